//! `webhooks.fields.json`: fields that hooks learned from the account.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::account::AccountElement;
use crate::core::catalog::{FIELDS_FILE, LearnedFields, LearnedType, is_usable, unknown_fields};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::TriggerElement;
use crate::core::text::{count, one_line};
use crate::io::files::{self, Update};

use super::context::Context;
use super::error::Result;

const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// The mode of a new file before the umask: like the definitions, it contains no secrets.
const MODE: u32 = 0o666;

/// The file beside a definitions file.
pub(super) fn path_beside(definitions: &Path) -> PathBuf {
    definitions.with_file_name(FIELDS_FILE)
}

/// Reads a file; without one, no fields are known.
pub(super) fn read(path: &Path) -> std::result::Result<LearnedFields, Diagnostic> {
    if path.symlink_metadata().is_err() {
        return Ok(LearnedFields::default());
    }
    LearnedFields::parse(&Arc::new(files::read_source(path, MAX_BYTES)?))
}

/// The fields in the file beside the definitions in use.
pub(super) fn known(cx: &Context) -> Result<Arc<LearnedFields>> {
    let definitions = cx.definitions_path();
    let known = definitions.map(|definitions| read(&path_beside(&definitions)));
    Ok(Arc::new(known.unwrap_or_else(|_| Ok(LearnedFields::default()))?))
}

/// Reports the fields of an element that are neither in the catalog nor in the file.
pub(super) fn report(cx: &mut Context, element: &AccountElement, known: &LearnedFields) {
    let unknown = unknown_fields(element.kind, &element.delivered);
    if report_new(cx, element.kind, &unknown, known) > 0 {
        cx.printer.hint(&format!(
            "to use them in definitions, run `hooks vars {}` with the same `--id` or `--event`",
            element.kind
        ));
    }
}

/// Reports these fields and adds them to the file.
pub(super) fn learn(cx: &mut Context, element: &AccountElement, known: &LearnedFields) -> Result<()> {
    let unknown = unknown_fields(element.kind, &element.delivered);
    let new = report_new(cx, element.kind, &unknown, known);
    let mut learned = known.clone();
    if !learned.learn(element.kind, &unknown) {
        return Ok(());
    }
    let Ok(definitions) = cx.definitions_path() else {
        cx.printer.hint("the fields are not stored, because no definitions file was found");
        return Ok(());
    };
    let path = path_beside(&definitions);
    let shown = path.display().to_string();
    let shown = one_line(&shown);
    match add(cx, &path, element.kind, &unknown)? {
        Ok(()) if new > 0 => cx.printer.status(&format!(
            "added {} to `{shown}`; other commands now know {}",
            count(new, "field"),
            if new == 1 { "it" } else { "them" }
        )),
        Ok(()) => cx.printer.status(&format!("changed the types of fields in `{shown}`")),
        Err(reason) => cx.printer.findings(&[Diagnostic { level: Level::Warning, ..reason }]),
    }
    Ok(())
}

/// Adds fields to the file. An invalid file is an error; if the file cannot be written, the inner result says why.
fn add(
    cx: &mut Context,
    path: &Path,
    element: TriggerElement,
    unknown: &[(String, LearnedType)],
) -> Result<std::result::Result<(), Diagnostic>> {
    let mut learned = LearnedFields::default();
    if path.symlink_metadata().is_err() {
        learned.learn(element, unknown);
        let created = files::create_new(path, learned.to_json().as_bytes(), MODE);
        // Another process may have created it first; its fields are kept.
        if created.is_ok() || path.symlink_metadata().is_err() {
            return Ok(created.map_err(|error| files::finding(&error)));
        }
    }
    let printer = &mut cx.printer;
    let waiting = || printer.status("waiting for another process that is changing the file");
    let update = match Update::open(path, MAX_BYTES, waiting) {
        Ok(update) => update,
        Err(error) => return Ok(Err(files::finding(&error))),
    };
    let source = files::decode(&path.display().to_string(), update.bytes().to_vec())?;
    learned = LearnedFields::parse(&Arc::new(source))?;
    learned.learn(element, unknown);
    Ok(update.write(learned.to_json().as_bytes()).map(drop).map_err(|error| files::finding(&error)))
}

/// Reports the unknown fields; returns how many of them can be variables.
fn report_new(
    cx: &mut Context,
    kind: TriggerElement,
    unknown: &[(String, LearnedType)],
    known: &LearnedFields,
) -> usize {
    const SHOWN: usize = 10;
    let new: Vec<_> = unknown.iter().filter(|(name, _)| known.get(kind, name).is_none()).collect();
    if new.is_empty() {
        return 0;
    }
    let shown: Vec<String> =
        new.iter().take(SHOWN).map(|(name, kind)| format!("`{}` ({kind})", one_line(name))).collect();
    let more = new.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    cx.printer.status(&format!(
        "{} unknown to hooks, kept as in the account: {}{more}",
        count(new.len(), "field"),
        shown.join(", ")
    ));
    new.iter().filter(|(name, _)| is_usable(name)).count()
}
