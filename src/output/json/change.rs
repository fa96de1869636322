//! Changes of the definitions, and new files.

use serde::Serialize;

use super::{VERSION, document};
use crate::core::definitions::Definitions;
use crate::output::diff::masked_diff;
use crate::output::style::Style;

/// What was done to one webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Done {
    /// the handle, before the change
    pub webhook: String,
    /// `added`, `changed`, `renamed`, `removed`, `enabled` or `disabled`
    #[serde(rename = "change")]
    pub what: &'static str,
    /// the new handle of a renamed webhook
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Shape<'a> {
    /// the version of this format
    version: u32,
    /// the definitions file
    file: &'a str,
    /// whether the file was changed; false with `--dry-run` or without changes
    written: bool,
    /// the changes, one for each webhook
    changes: &'a [Done],
    /// the changed lines with a few lines of context, each prefixed with `+`, `-` or a space; literal credentials are masked
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Created<'a> {
    /// the version of this format
    version: u32,
    /// the file that was written
    file: &'a str,
    /// the JSON Schema for editors that was written next to it; null if there already was one
    schema: Option<&'a str>,
    /// the `.gitignore` that `.env` was added to; null if it was not added
    gitignore: Option<&'a str>,
}

/// A new file. `schema` is the JSON Schema written next to it, `gitignore` the file to which `.env` was added.
pub fn created_json(file: &str, schema: Option<&str>, gitignore: Option<&str>) -> String {
    document(&Created { version: VERSION, file, schema, gitignore })
}
