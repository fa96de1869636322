//! Changes of the definitions: a line for each webhook, and a diff without credentials.

use crate::core::text::one_line;
use crate::output::diff::masked_diff;
use crate::output::json::{Changed, Done};
use crate::output::style::Style;

use super::message::BAR;

/// A line for each changed webhook.
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
            style.success(done.what),
            one_line(&done.webhook),
            one_line(changed.file)
        )
    };
    changed.done.iter().map(line).collect()
}

pub fn diff_text(changed: &Changed<'_>, style: Style) -> String {
    diff(changed.before.source.text(), changed.after.source.text(), style)
}

/// The differences of two texts of a definitions file, with credentials masked and a bar before each line.
pub fn diff(before: &str, after: &str, style: Style) -> String {
    masked_diff(before, after, BAR, style)
}
