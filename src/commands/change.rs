//! Changes the definitions file: under its lock, proved, whole or not at all, and told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::edit::{self, Change};
use crate::core::definitions::{Definitions, read};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::text::{Source, one_line};
use crate::effects::files::{self, Outcome, Update};
use crate::face::view::{self, Changed, Done};

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
    let path = cx.definitions_path()?;
    let update = open(cx, &path)?;
    if !how.dry_run {
        update.require_writable().map_err(|error| files::finding(&error))?;
    }
    let (before, after) = changed(&path, update.bytes(), changes)?;
    let is_written = !how.dry_run && {
        let outcome = update.write(after.whole().as_bytes()).map_err(|error| files::finding(&error))?;
        outcome == Outcome::Written
    };
    tell(cx, how, &Told { before: &before, after: &after, done, is_written });
    Ok(Exit::Success)
}

/// Locks the file and reads it; says so when it has to wait.
fn open(cx: &mut Context, path: &Path) -> Result<Update> {
    let shown = one_line(&path.display().to_string()).into_owned();
    let ui = &mut cx.ui;
    let waiting = || ui.status(&format!("waiting for another program to finish with `{shown}`"));
    Ok(Update::open(path, LARGEST_FILE, waiting).map_err(|error| files::finding(&error))?)
}

/// The file before and after the changes.
fn changed(path: &Path, bytes: &[u8], changes: &[Change]) -> Result<(Arc<Source>, Arc<Source>)> {
    let before = Arc::new(files::decode(&path.display().to_string(), bytes.to_vec())?);
    let text = edit::apply(before.whole(), changes).map_err(|error| match error {
        edit::EditError::Syntax { .. } => Error::Unusable(syntax_errors(&before)),
        other => other.to_diagnostic(&before).into(),
    })?;
    let after = Arc::new(Source::new(before.name(), text));
    refuse_new_errors(&before, &after)?;
    Ok((before, after))
}

/// All syntax errors, where the editor stops at the first.
fn syntax_errors(source: &Arc<Source>) -> Vec<Diagnostic> {
    read(source).1.into_iter().filter(|finding| finding.code.starts_with("toml-")).collect()
}

/// A change must not bring in an error; those that were there may stay.
fn refuse_new_errors(before: &Arc<Source>, after: &Arc<Source>) -> Result<()> {
    let errors = |source| read(source).1.into_iter().filter(|finding| finding.level == Level::Error);
    let mut old: Vec<_> = errors(before).map(|finding| (finding.code, finding.message)).collect();
    let is_new = |finding: &Diagnostic| {
        let same =
            old.iter().position(|(code, message)| *code == finding.code && *message == finding.message);
        same.map(|index| old.swap_remove(index)).is_none()
    };
    let new: Vec<_> = errors(after).filter(is_new).collect();
    if new.is_empty() { Ok(()) } else { Err(Error::Unusable(new)) }
}

struct Told<'a> {
    before: &'a Arc<Source>,
    after: &'a Arc<Source>,
    done: &'a [Done],
    is_written: bool,
}

fn tell(cx: &mut Context, how: &ChangeArgs, told: &Told<'_>) {
    let changed = Changed {
        file: told.before.name(),
        before: &read(told.before).0,
        after: &read(told.after).0,
        done: told.done,
        is_written: told.is_written,
    };
    if how.format.is_json() {
        cx.ui.data(&view::changed_json(&changed));
        return;
    }
    let is_same = told.before.whole() == told.after.whole();
    if is_same {
        cx.ui.status(&format!("nothing to change in `{}`", one_line(changed.file)));
        return;
    }
    if how.dry_run || how.verbose {
        let diff = view::diff_text(&changed, cx.ui.paint());
        cx.ui.data(&diff);
    }
    if how.dry_run {
        cx.ui.status("dry run: nothing was written");
    } else {
        cx.ui.data(&view::changed_text(&changed, cx.ui.paint()));
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
