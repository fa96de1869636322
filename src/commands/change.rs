//! Changes the definitions file under a lock: all changes are written, or none.

use std::path::Path;
use std::sync::Arc;

use crate::core::definitions::edit::{self, Change};
use crate::core::definitions::{Definitions, read};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::text::{Source, one_line};
use crate::io::files::{self, Outcome, Update};
use crate::output::json::{self, Changed, Done};
use crate::output::text;

use super::args::ChangeArgs;
use super::context::{Context, MAX_FILE_BYTES};
use super::error::Result;
use super::exit::Exit;

/// The definitions before and after some changes.
#[derive(Debug)]
pub struct Applied {
    pub before: Definitions,
    pub after: Definitions,
    pub is_written: bool,
}

/// Writes the changes and reports what was done.
pub fn write(cx: &mut Context, how: &ChangeArgs, changes: &[Change], done: &[Done]) -> Result {
    let Applied { before, after, is_written } = apply(cx, how, changes)?;
    let is_same = before.source.whole() == after.source.whole();
    let done = if is_same { &[] } else { done };
    let changed = Changed { file: before.source.name(), before: &before, after: &after, done, is_written };
    report(cx, how, &changed, is_same);
    Ok(Exit::Success)
}

/// Writes the changes, unless they would cause new errors.
pub fn apply(cx: &mut Context, how: &ChangeArgs, changes: &[Change]) -> Result<Applied> {
    let path = cx.definitions_path()?;
    let update = open(cx, &path)?;
    if !how.dry_run {
        update.require_writable()?;
    }
    let (before, after) = edited(&path, update.bytes(), changes)?;
    let is_written = !how.dry_run && {
        let bytes = after.source.whole().as_bytes();
        update.write(bytes)? == Outcome::Written
    };
    Ok(Applied { before, after, is_written })
}

/// Writes the changes to a new file; without changes, no file is created.
pub fn create(path: &Path, how: &ChangeArgs, changes: &[Change]) -> Result<Applied> {
    const MODE: u32 = 0o644;
    let (before, after) = edited(path, b"", changes)?;
    let is_written = !how.dry_run && !changes.is_empty();
    if is_written {
        files::create_new(path, after.source.whole().as_bytes(), MODE)?;
    }
    Ok(Applied { before, after, is_written })
}

/// Refuses a file that cannot be written, before the user answers questions.
pub fn require_writable(cx: &mut Context, how: &ChangeArgs) -> Result<()> {
    if how.dry_run {
        return Ok(());
    }
    let path = cx.definitions_path()?;
    Ok(open(cx, &path)?.require_writable()?)
}

/// Locks and reads the file. Says so if it has to wait for the lock.
fn open(cx: &mut Context, path: &Path) -> Result<Update> {
    let shown = one_line(&path.display().to_string()).into_owned();
    let printer = &mut cx.printer;
    let waiting = || printer.status(&format!("waiting for another program to release `{shown}`"));
    Ok(Update::open(path, MAX_FILE_BYTES, waiting)?)
}

fn edited(path: &Path, bytes: &[u8], changes: &[Change]) -> Result<(Definitions, Definitions)> {
    let source = Arc::new(files::decode(&path.display().to_string(), bytes.to_vec())?);
    let (before, old) = read(&source);
    let (syntax, old): (Vec<_>, Vec<_>) = old.into_iter().partition(|own| own.code.starts_with("toml-"));
    if !syntax.is_empty() {
        return Err(syntax.into());
    }
    let text = edit::apply(&source, changes)?;
    let (after, new) = read(&Arc::new(Source::new(source.name(), text)));
    refuse_new_errors(before.configured(old), after.configured(new))?;
    Ok((before, after))
}

/// Accepts errors that exist already, and a file without webhooks.
fn refuse_new_errors(before: Vec<Diagnostic>, after: Vec<Diagnostic>) -> Result<()> {
    let counts = |finding: &Diagnostic| finding.level == Level::Error && finding.code != "definitions-empty";
    let mut old: Vec<_> =
        before.into_iter().filter(counts).map(|finding| (finding.code, finding.message)).collect();
    let is_new = |finding: &Diagnostic| {
        let same =
            old.iter().position(|(code, message)| *code == finding.code && *message == finding.message);
        same.map(|index| old.swap_remove(index)).is_none()
    };
    let new: Vec<_> = after.into_iter().filter(counts).filter(is_new).collect();
    if new.is_empty() { Ok(()) } else { Err(new.into()) }
}

fn report(cx: &mut Context, how: &ChangeArgs, changed: &Changed<'_>, is_same: bool) {
    if how.format.is_json() {
        cx.printer.data(&json::changed_json(changed));
        return;
    }
    if is_same {
        cx.printer.status(&format!("nothing to change in `{}`", one_line(changed.file)));
        return;
    }
    if how.dry_run || how.verbose {
        let diff = text::diff_text(changed, cx.printer.style());
        cx.printer.data(&diff);
    }
    if how.dry_run {
        cx.printer.status("dry run: nothing was written");
    } else {
        cx.printer.data(&text::changed_text(changed, cx.printer.style()));
    }
}

/// The definitions after the changes, without writing them.
pub fn apply_in_memory(cx: &Context, changes: &[Change]) -> Result<Definitions> {
    let path = cx.definitions_path()?;
    let bytes = files::read(&path, MAX_FILE_BYTES)?;
    edited(&path, &bytes, changes).map(|(_, after)| after)
}
