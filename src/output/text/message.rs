//! HTTP messages for people. Each line starts with a bar, which marks text from outside.

use std::borrow::Cow;

use crate::core::body::{Content, DecodedBody};
use crate::core::json;
use crate::core::text::{count, one_line, printable};
use crate::output::style::Style;

/// The prefix of every line of text from outside. It also prevents CI systems from running the line as a command.
pub(super) const BAR: &str = "│ ";

/// The limit of a body in text output; longer bodies are truncated with a note.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) lines: usize,
    pub(super) bytes: usize,
    /// Where to find the whole body.
    pub(super) advice: &'static str,
}

/// The first line, already formatted, and the headers.
pub(super) fn head_text<'a>(
    first: &str,
    headers: impl Iterator<Item = (&'a str, Cow<'a, str>)>,
    style: Style,
) -> String {
    let bar = style.faint(BAR);
    let mut text = format!("{bar}{first}\n");
    for (name, value) in headers {
        let name = style.name(&format!("{}:", one_line(name)));
        text.push_str(&format!("{bar}{name} {}\n", one_line(&value)));
    }
    text
}

/// A decoded body, with a note on its encoding; JSON has one value per line.
pub(super) fn body_text(body: &DecodedBody<'_>, limit: Limit, style: Style) -> String {
    /// The maximum number of parts shown.
    const PARTS: usize = 20;
    /// The maximum number of bytes shown of a binary body.
    const BINARY: usize = 256;
    let bar = style.faint(BAR);
    let mut text = String::new();
    if let Some(note) = body.note() {
        text.push_str(&format!("{bar}{}\n", style.faint(&format!("({})", one_line(&note)))));
    }
    match &body.content {
        Content::Text(own) => text.push_str(&quoted(&laid_out(own, limit.bytes), limit, &bar, style)),
        Content::Escaped(own, _) => text.push_str(&quoted(own, limit, &bar, style)),
        Content::Binary(bytes) if bytes.len() <= BINARY => {
            text.push_str(&quoted(&body.all_text(), limit, &bar, style));
        }
        Content::Binary(_) => {}
        Content::Parts(parts) => {
            for (index, part) in parts.iter().take(PARTS).enumerate() {
                let title = format!("part {} of {}", index + 1, parts.len());
                let headers = part.headers.iter().map(|(name, value)| (name.as_str(), value.into()));
                text.push_str(&head_text(&style.strong(&title), headers, style));
                text.push_str(&format!("{bar}\n{}", body_text(&part.body, limit, style)));
            }
            if let Some(more) = parts.len().checked_sub(PARTS).filter(|more| *more > 0) {
                let more = format!("… {}; {}", count(more, "more part"), limit.advice);
                text.push_str(&format!("{bar}{}\n", style.faint(&more)));
            }
        }
    }
    text
}

/// JSON with one value per line unless it is too long; other text unchanged.
pub(super) fn laid_out(text: &str, longest: usize) -> Cow<'_, str> {
    match json::check(text) {
        Ok(document) if text.len() <= longest => json::pretty(document.root(text)).into(),
        _ => text.into(),
    }
}

/// Text from outside, with a bar before each line; long text is truncated with a note.
pub(super) fn quoted(text: &str, limit: Limit, bar: &str, style: Style) -> String {
    let safe = printable(text.trim_end_matches(['\n', '\r']));
    let mut shown = String::new();
    let mut left = safe.as_ref();
    for (index, line) in safe.lines().enumerate() {
        let end = line.floor_char_boundary(limit.bytes.saturating_sub(safe.len() - left.len()));
        if index == limit.lines || end == 0 && !line.is_empty() {
            break;
        }
        shown.push_str(&format!("{bar}{}\n", line[..end].trim_end_matches("\\r")));
        left = &left[end..];
        if end < line.len() {
            break;
        }
        left = left.strip_prefix('\n').unwrap_or(left);
    }
    if !left.is_empty() {
        let more = count(left.len(), "more byte");
        shown.push_str(&format!("{bar}{}\n", style.faint(&format!("… {more}; {}", limit.advice))));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_truncated_and_the_rest_counted() {
        let limit = Limit { lines: 3, bytes: 10, advice: "elsewhere" };
        let quoted = |text: &str| quoted(text, limit, "| ", Style::OFF);
        assert_eq!(quoted("a\r\nb\n\n"), "| a\n| b\n");
        assert_eq!(quoted("a\n\nb\nc\nd"), "| a\n| \n| b\n| … 3 more bytes; elsewhere\n");
        assert_eq!(quoted("0123456789"), "| 0123456789\n");
        assert_eq!(quoted("012345678ä!"), "| 012345678\n| … 3 more bytes; elsewhere\n");
        assert_eq!(quoted("0123\n456789\nx"), "| 0123\n| 45678\n| … 3 more bytes; elsewhere\n");
        assert_eq!(quoted("012345678\nxy\nz"), "| 012345678\n| … 4 more bytes; elsewhere\n");
    }
}
