//! The file of fields that hooks learned from the account, beside the definitions.

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
/// The mode of a new file: like the definitions, it is for everyone.
const MODE: u32 = 0o666;

/// The file beside a definitions file.
pub(super) fn path_beside(definitions: &Path) -> PathBuf {
    definitions.with_file_name(FIELDS_FILE)
}

/// The fields of a file; none if it does not exist.
pub(super) fn read(path: &Path) -> std::result::Result<LearnedFields, Diagnostic> {
    if path.symlink_metadata().is_err() {
        return Ok(LearnedFields::default());
    }
    LearnedFields::parse(&Arc::new(files::read_source(path, MAX_BYTES)?))
}

/// The fields of the file beside the definitions in use.
pub(super) fn known(cx: &Context) -> Result<Arc<LearnedFields>> {
    let definitions = cx.definitions_path();
    let known = definitions.map(|definitions| read(&path_beside(&definitions)));
    Ok(Arc::new(known.unwrap_or_else(|_| Ok(LearnedFields::default()))?))
}

/// Reports the fields of an element that neither the catalog nor the file knows.
pub(super) fn report(cx: &mut Context, element: &AccountElement, known: &LearnedFields) {
    let unknown = unknown_fields(element.kind, &element.delivered);
    if report_new(cx, element.kind, &unknown, known) > 0 {
        cx.printer.hint(&format!(
            "to use them in definitions, store them with `hooks vars {} --id …`, which takes the same options",
            element.kind
        ));
    }
}

/// The same, and adds the fields to the file.
pub(super) fn learn(cx: &mut Context, element: &AccountElement, known: &LearnedFields) -> Result<()> {
    let unknown = unknown_fields(element.kind, &element.delivered);
    let new = report_new(cx, element.kind, &unknown, known);
    let mut learned = known.clone();
    if !learned.learn(element.kind, &unknown) {
        return Ok(());
    }
    let Ok(definitions) = cx.definitions_path() else {
        cx.printer.hint("they are not stored: there is no definitions file");
        return Ok(());
    };
    let path = path_beside(&definitions);
    let shown = path.display().to_string();
    let shown = one_line(&shown);
    match add(cx, &path, element.kind, &unknown)? {
        Ok(()) if new > 0 => cx.printer.status(&format!(
            "added {} to `{shown}`, so that other commands know {}",
            count(new, "field"),
            if new == 1 { "it" } else { "them" }
        )),
        Ok(()) => cx.printer.status(&format!("changed the types of fields in `{shown}`")),
        Err(reason) => cx.printer.findings(&[Diagnostic { level: Level::Warning, ..reason }]),
    }
    Ok(())
}

/// Adds fields to the file. An invalid file is an error; one that cannot be written is the inner one.
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
        // Another program may have been faster; then its fields are kept.
        if created.is_ok() || path.symlink_metadata().is_err() {
            return Ok(created.map_err(|error| files::finding(&error)));
        }
    }
    let printer = &mut cx.printer;
    let waiting = || printer.status("waiting for another program that is changing the file");
    let update = match Update::open(path, MAX_BYTES, waiting) {
        Ok(update) => update,
        Err(error) => return Ok(Err(files::finding(&error))),
    };
    let source = files::decode(&path.display().to_string(), update.bytes().to_vec())?;
    learned = LearnedFields::parse(&Arc::new(source))?;
    learned.learn(element, unknown);
    Ok(update.write(learned.to_json().as_bytes()).map(drop).map_err(|error| files::finding(&error)))
}

/// Reports the fields that are not known, and returns how many of them can be variables.
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
        "{} that hooks does not know, kept as in the account: {}{more}",
        count(new.len(), "field"),
        shown.join(", ")
    ));
    new.iter().filter(|(name, _)| is_usable(name)).count()
}
