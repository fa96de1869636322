//! Elements from a file, standard input or a pipe.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::commands::args::OnBadLine;
use crate::commands::context::Context;
use crate::commands::error::{Error, Result};
use crate::core::backfill::Selection;
use crate::core::diagnostic::Diagnostic;
use crate::core::model::TriggerElement;
use crate::core::request::OTHER_FORMAT;
use crate::io::files::{self, Elements, InputFormat, Prescan, STANDARD_INPUT};

use super::args::RequestsArgs;
use super::input::{Input, Numbered};
use super::report::counted;

/// How many elements of a stream are read ahead, each of which may be large.
const AHEAD: usize = 16;

#[derive(Debug)]
pub(super) struct DataSource {
    /// None for standard input.
    path: Option<PathBuf>,
    format: InputFormat,
    /// What the prescan of a file found; none for standard input and pipes.
    prescan: Option<Prescan>,
}

impl DataSource {
    /// Reads a file to its end.
    pub(super) fn open(cx: &mut Context, args: &RequestsArgs, kind: TriggerElement) -> Result<Self> {
        let path = args.data.path();
        let format = args.input.format(path, kind)?;
        let prescan = path.map(|path| prescan(path, format, args.selection.on_bad_line));
        let prescan = prescan.transpose()?.flatten();
        cx.printer.findings(prescan.as_ref().and_then(|prescan| prescan.note.clone()).as_slice());
        Ok(Self { path: path.map(Path::to_owned), format, prescan })
    }

    pub(super) fn name(&self) -> Cow<'_, str> {
        self.path.as_deref().map_or(STANDARD_INPUT.into(), Path::to_string_lossy)
    }

    /// The prescan of a file that can be read to its end; a truncated list may be completed later.
    pub(super) fn complete(&self) -> Option<&Prescan> {
        self.prescan.as_ref().filter(|prescan| prescan.is_complete)
    }

    pub(super) fn input(&self, selection: Selection) -> Result<Input> {
        let elements = match &self.path {
            Some(path) => Elements::open(path, self.format)?,
            None => Elements::stdin(self.format),
        };
        let is_stream = self.prescan.is_none();
        let numbered = Numbered::new(elements, is_stream, selection);
        if !is_stream {
            return Ok(Input::File(numbered));
        }
        Input::stream(AHEAD, move |to| {
            for read in numbered {
                if to.blocking_send(read).is_err() {
                    return;
                }
            }
        })
    }
}

/// Reads a file to its end before anything of it is sent; none for a pipe.
fn prescan(path: &Path, format: InputFormat, on_bad_line: OnBadLine) -> Result<Option<Prescan>> {
    match files::prescan(path, format)? {
        Some(prescan) if !prescan.bad.is_empty() && on_bad_line == OnBadLine::Refuse => {
            Err(not_valid(prescan))
        }
        prescan => Ok(prescan),
    }
}

fn not_valid(prescan: Prescan) -> Error {
    let mut findings = prescan.bad;
    if !prescan.is_complete {
        // A truncated list has no next element, so `--on-bad-line` does not help.
        if findings.iter().any(|finding| finding.code == OTHER_FORMAT) {
            return findings.into();
        }
        let message = "nothing was sent: the data cannot be read to the end";
        findings.push(Diagnostic::error("bad-data", message).help("fix it and run the same command again"));
        return findings.into();
    }
    let all = findings.len() as u64 + prescan.more;
    let verb = if all == 1 { "is" } else { "are" };
    let elements = counted(prescan.elements, "element");
    let message = format!("nothing was sent: {all} of {elements} {verb} invalid");
    let help = (all < prescan.elements).then(|| "use `--on-bad-line skip` to send the others".to_owned());
    findings.push(Diagnostic::error("bad-lines", message).maybe_help(help));
    findings.into()
}
