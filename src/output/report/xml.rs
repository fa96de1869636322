//! Escaping for XML reports.

use crate::core::text::{escape_markers, one_line};

/// Escapes an attribute's value, on one line.
pub(super) fn attribute(value: &str) -> String {
    text(&one_line(value))
}

/// Escapes text and markers of log commands; a character that XML 1.0 does not allow (section 2.2) becomes U+FFFD.
pub(super) fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + 16);
    for c in value.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escape_markers(&escaped, "&#35;").into_owned()
}
