//! What changed in the definitions, and files that are new.

use serde::Serialize;

use super::{VERSION, document};
use crate::core::definitions::Definitions;
use crate::output::diff::masked_diff;
use crate::output::style::Style;

/// What was done to one webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    pub webhook: String,
    /// A stable word: `added`, `changed`, `renamed`, `removed`, `enabled`, `disabled`.
    #[serde(rename = "change")]
    pub what: &'static str,
    /// The new handle of one that was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A change of a file.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    pub file: &'a str,
    pub before: &'a Definitions,
    pub after: &'a Definitions,
    pub done: &'a [Done],
    pub is_written: bool,
}

#[derive(Serialize)]
struct Shape<'a> {
    version: u32,
    file: &'a str,
    written: bool,
    changes: &'a [Done],
    diff: String,
}

/// The change for scripts.
pub fn changed_json(changed: &Changed<'_>) -> String {
    document(&Shape {
        version: VERSION,
        file: changed.file,
        written: changed.is_written,
        changes: changed.done,
        diff: masked_diff(changed.before.source.text(), changed.after.source.text(), "", Style::OFF),
    })
}

#[derive(Serialize)]
struct Created<'a> {
    version: u32,
    file: &'a str,
    schema: Option<&'a str>,
    gitignore: Option<&'a str>,
}

/// A new file for scripts; `schema` is the JSON Schema written beside it, `gitignore` the file that `.env` was added to.
pub fn created_json(file: &str, schema: Option<&str>, gitignore: Option<&str>) -> String {
    document(&Created { version: VERSION, file, schema, gitignore })
}
