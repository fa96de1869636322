//! Changes the definitions file: under its lock, proved, whole or not at all, and told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::edit::{self, Change};
use crate::core::definitions::{Definitions, read};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::text::{Source, one_line};
use crate::io::files::{self, Outcome, Update};
use crate::output::text::{self, Changed, Done};

use super::args::ChangeArgs;
use super::context::{Context, LARGEST_FILE};
use super::error::{Error, Result};
use super::exit::Exit;

/// Makes changes, and says what was done.
///
/// # Errors
/// When the file cannot be read, edited in place or written, or would be worse than before; it is as it
/// was then.
pub fn write(cx: &mut Context, how: &ChangeArgs, changes: &[Change], done: &[Done]) -> Result {
    write_if(cx, how, changes, done, |_| Ok(()))
}

/// The same, if the file as it is under the lock passes a check.
///
/// # Errors
/// Those of [`write()`], and that of the check.
pub fn write_if(
    cx: &mut Context,
    how: &ChangeArgs,
    changes: &[Change],
    done: &[Done],
    check: impl FnOnce(&Source) -> Result<()>,
) -> Result {
    let path = cx.definitions_path()?;
    let update = open(cx, &path)?;
    if !how.dry_run {
        update.require_writable().map_err(|error| files::finding(&error))?;
    }
    let (before, after) = changed(&path, update.bytes(), changes)?;
    check(&before)?;
    let is_written = !how.dry_run && {
        let outcome = update.write(after.whole().as_bytes()).map_err(|error| files::finding(&error))?;
        outcome == Outcome::Written
    };
    tell(cx, how, &Told { before: &before, after: &after, done, is_written });
    Ok(Exit::Success)
}

/// Refuses a file that will not be replaced before a person has done the work.
///
/// # Errors
/// When the file cannot be read, is read-only or has other names.
pub fn require_writable(cx: &mut Context, how: &ChangeArgs) -> Result<()> {
    if how.dry_run {
        return Ok(());
    }
    let path = cx.definitions_path()?;
    open(cx, &path)?.require_writable().map_err(|error| files::finding(&error).into())
}

/// Refuses a webhook that is in the file and cannot be understood, by what is wrong with it.
///
/// # Errors
/// The findings in its block.
pub fn require_readable(definitions: &Definitions, handle: &str) -> Result<()> {
    let source = &definitions.source;
    if definitions.get(handle).is_some() {
        return Ok(());
    }
    let Some(block) = edit::block(source.text(), handle) else { return Ok(()) };
    let is_within = |finding: &Diagnostic| {
        let start = finding.primary.as_ref().map(|place| place.span.start);
        start.is_some_and(|start| block.iter().any(|span| span.contains(&start)))
    };
    let mut findings = read(source).1;
    findings.retain(is_within);
    if let Some(last) = findings.last_mut() {
        last.helps.push(format!("`hooks edit {handle} --editor` opens the whole block"));
        return Err(findings.into());
    }
    Ok(())
}

/// Locks the file and reads it; says so when it has to wait.
fn open(cx: &mut Context, path: &Path) -> Result<Update> {
    let shown = one_line(&path.display().to_string()).into_owned();
    let printer = &mut cx.printer;
    let waiting = || printer.status(&format!("waiting for another program to finish with `{shown}`"));
    Ok(Update::open(path, LARGEST_FILE, waiting).map_err(|error| files::finding(&error))?)
}

/// The file before and after the changes.
fn changed(path: &Path, bytes: &[u8], changes: &[Change]) -> Result<(Arc<Source>, Arc<Source>)> {
    let before = Arc::new(files::decode(&path.display().to_string(), bytes.to_vec())?);
    let text = edit::apply(before.whole(), changes).map_err(|error| -> Error {
        match error {
            edit::EditError::Syntax { .. } => syntax_errors(&before).into(),
            other => in_block(&other, changes).unwrap_or_else(|| other.to_diagnostic(&before)).into(),
        }
    })?;
    let after = Arc::new(Source::new(before.name(), text));
    refuse_new_errors(&before, &after)?;
    Ok((before, after))
}

/// An error in a block that was to be put in, at its place there.
fn in_block(error: &edit::EditError, changes: &[Change]) -> Option<Diagnostic> {
    let (edit::EditError::Block { span: Some(span), .. }, [Change::Replace { block, .. }]) = (error, changes)
    else {
        return None;
    };
    let source = Arc::new(Source::new("the block", block.as_str()));
    Some(error.to_diagnostic(&source).at(&source, span.clone()))
}

/// All syntax errors, where the editor stops at the first.
fn syntax_errors(source: &Arc<Source>) -> Vec<Diagnostic> {
    read(source).1.into_iter().filter(|finding| finding.code.starts_with("toml-")).collect()
}

/// A change must not bring in an error; those that were there may stay, and the last webhook may go.
fn refuse_new_errors(before: &Arc<Source>, after: &Arc<Source>) -> Result<()> {
    let counts = |finding: &Diagnostic| finding.level == Level::Error && finding.code != "definitions-empty";
    let errors = |source| {
        let (definitions, findings) = read(source);
        definitions.configured(findings).into_iter().filter(counts)
    };
    let mut old: Vec<_> = errors(before).map(|finding| (finding.code, finding.message)).collect();
    let is_new = |finding: &Diagnostic| {
        let same =
            old.iter().position(|(code, message)| *code == finding.code && *message == finding.message);
        same.map(|index| old.swap_remove(index)).is_none()
    };
    let new: Vec<_> = errors(after).filter(is_new).collect();
    if new.is_empty() { Ok(()) } else { Err(new.into()) }
}

struct Told<'a> {
    before: &'a Arc<Source>,
    after: &'a Arc<Source>,
    done: &'a [Done],
    is_written: bool,
}

fn tell(cx: &mut Context, how: &ChangeArgs, told: &Told<'_>) {
    let is_same = told.before.whole() == told.after.whole();
    let changed = Changed {
        file: told.before.name(),
        before: &read(told.before).0,
        after: &read(told.after).0,
        done: if is_same { &[] } else { told.done },
        is_written: told.is_written,
    };
    if how.format.is_json() {
        cx.printer.data(&text::changed_json(&changed));
        return;
    }
    if is_same {
        cx.printer.status(&format!("nothing to change in `{}`", one_line(changed.file)));
        return;
    }
    if how.dry_run || how.verbose {
        let diff = text::diff_text(&changed, cx.printer.style());
        cx.printer.data(&diff);
    }
    if how.dry_run {
        cx.printer.status("dry run: nothing was written");
    } else {
        cx.printer.data(&text::changed_text(&changed, cx.printer.style()));
    }
}

/// What the definitions would be after some changes, for a look before they are written.
///
/// # Errors
/// When the file cannot be read, or the changes cannot be made or bring in an error.
pub fn rehearse(cx: &Context, changes: &[Change]) -> Result<Definitions> {
    let path: PathBuf = cx.definitions_path()?;
    let bytes = files::read(&path, LARGEST_FILE).map_err(|error| files::finding(&error))?;
    let (_, after) = changed(&path, &bytes, changes)?;
    Ok(read(&after).0)
}
