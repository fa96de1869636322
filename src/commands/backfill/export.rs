//! Writes every request to a file for another program to send.

use std::path::Path;

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::fire::FireArgs;
use crate::core::diagnostic::Diagnostic;
use crate::core::export::{jsonl, masked_places};
use crate::core::text::{count, one_line};
use crate::io::files::{NewFile, Survey, finding};

use super::dry_run::make_all;
use super::input::{Job, Recipe};

/// Readable by this user only: elements contain names and addresses.
const MODE: u32 = 0o600;
/// Bytes collected before they are printed.
const BUFFER: usize = 64 * 1024;

/// Renders the request of every element and writes it as a line of JSON.
///
/// # Errors
/// When the data cannot be read, or the file cannot be written or exists.
pub(super) fn run(args: &FireArgs, cx: &mut Context, recipe: Recipe, survey: Option<&Survey>) -> Result {
    let path = args.each.output.as_deref();
    let mut sink = Sink::open(path)?;
    let mut masked = 0;
    let made = make_all(args, cx, recipe, survey, |cx, job: &Job| {
        masked += if args.reveal { 0 } else { masked_places(&job.request) };
        sink.write(cx, &jsonl(&job.request, job.line, args.reveal))
    })?;
    if path.is_none() || made.is_whole {
        sink.finish(cx)?;
        let to = path.map_or(String::new(), |path| format!(" to `{}`", one_line(&path.to_string_lossy())));
        if path.is_none() && cx.printer.is_out_closed() {
            cx.printer.warning("not all requests were written: the reader closed the pipe");
        } else {
            cx.printer.status(&format!("wrote {}{to}; none was sent", count(made.good, "request")));
        }
    }
    if masked > 0 {
        let places = count(masked, "place");
        cx.printer.warning(&format!(
            "{places} masked, so these are not the real requests; use `--reveal` to show all"
        ));
    }
    Ok(made.exit)
}

/// Standard output, or a new file.
enum Sink {
    Out(Vec<u8>),
    File(NewFile),
}

impl Sink {
    fn open(path: Option<&Path>) -> Result<Self> {
        path.map_or(Ok(Self::Out(Vec::new())), |path| Ok(Self::File(create(path)?)))
    }

    fn write(&mut self, cx: &mut Context, line: &str) -> Result<()> {
        match self {
            Self::File(file) => file.write(line.as_bytes()).map_err(|error| finding(&error))?,
            Self::Out(buffer) => {
                buffer.extend_from_slice(line.as_bytes());
                if buffer.len() >= BUFFER {
                    cx.printer.bytes(buffer);
                    buffer.clear();
                }
            }
        }
        Ok(())
    }

    fn finish(self, cx: &mut Context) -> Result<()> {
        match self {
            Self::File(file) => file.finish().map_err(|error| finding(&error))?,
            Self::Out(buffer) => cx.printer.bytes(&buffer),
        }
        Ok(())
    }
}

fn create(path: &Path) -> std::result::Result<NewFile, Diagnostic> {
    NewFile::create(path, MODE).map_err(|error| finding(&error))
}
