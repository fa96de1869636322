//! What changed in the definitions: a line for each webhook, and a diff that shows no credential.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::core::definitions::Definitions;
use crate::core::secrets::masked_text;
use crate::core::text::one_line;
use crate::output::style::Style;

use super::message::BAR;
use super::{VERSION, document};

/// What was done to one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The webhook.
    pub webhook: String,
    /// A stable word: `added`, `changed`, `renamed`, `removed`, `enabled`, `disabled`.
    pub what: &'static str,
    /// The new handle of one that was renamed.
    pub to: Option<String>,
}

/// A change of a file.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    pub file: &'a str,
    /// What it said.
    pub before: &'a Definitions,
    /// What it says.
    pub after: &'a Definitions,
    /// What was done to each webhook.
    pub done: &'a [Done],
    /// Whether it was written.
    pub is_written: bool,
}

const CONTEXT_LINES: usize = 2;

/// What was done, a line for each webhook.
pub fn changed_text(changed: &Changed<'_>, style: Style) -> String {
    let line = |done: &Done| {
        let to = done.to.as_ref().map(|to| format!(" to `{}`", one_line(to))).unwrap_or_default();
        let place = match done.what {
            "added" => "to",
            "removed" => "from",
            _ => "in",
        };
        format!(
            "{} `{}`{to} {place} `{}`\n",
            style.good(done.what),
            one_line(&done.webhook),
            one_line(changed.file)
        )
    };
    changed.done.iter().map(line).collect()
}

/// The lines that differ, with a few around them.
pub fn diff_text(changed: &Changed<'_>, style: Style) -> String {
    diff(changed.before.source.text(), changed.after.source.text(), style)
}

/// The lines in which two texts of a definitions file differ, with a few around them and a mask for every
/// credential, each behind a bar.
pub fn diff(before: &str, after: &str, style: Style) -> String {
    lines(before, after, BAR, style)
}

fn lines(before: &str, after: &str, prefix: &str, style: Style) -> String {
    let masked = [masked_text(before), masked_text(after)];
    let lines = [&masked[0], &masked[1]].map(|text| text.split('\n').collect::<Vec<_>>());
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if index > 0 {
            text.push_str(&style.faint(&format!("{prefix}  …\n")));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, side, number) = match change.tag() {
                ChangeTag::Delete => ("-", 0, change.old_index()),
                ChangeTag::Insert => ("+", 1, change.new_index()),
                ChangeTag::Equal => (" ", 1, change.new_index()),
            };
            let line = number.and_then(|number| lines[side].get(number)).copied().unwrap_or_default();
            let line = format!("{prefix}{sign} {}", one_line(line.trim_end_matches('\r')));
            let painted = match change.tag() {
                ChangeTag::Delete => style.removed(&line),
                ChangeTag::Insert => style.added(&line),
                ChangeTag::Equal => style.faint(&line),
            };
            text.push_str(painted.trim_end());
            text.push('\n');
        }
    }
    text
}

#[derive(Serialize)]
struct Shape<'a> {
    version: u32,
    file: &'a str,
    written: bool,
    changes: Vec<DoneShape<'a>>,
    diff: String,
}

#[derive(Serialize)]
struct DoneShape<'a> {
    webhook: &'a str,
    change: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
}

/// The change for scripts.
pub fn changed_json(changed: &Changed<'_>) -> String {
    let done = |done: &'_ Done| (done.webhook.clone(), done.what, done.to.clone());
    let all: Vec<_> = changed.done.iter().map(done).collect();
    document(&Shape {
        version: VERSION,
        file: changed.file,
        written: changed.is_written,
        changes: all
            .iter()
            .map(|(webhook, change, to)| DoneShape { webhook, change, to: to.as_deref() })
            .collect(),
        diff: lines(changed.before.source.text(), changed.after.source.text(), "", Style::OFF),
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
