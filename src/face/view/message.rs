//! HTTP messages for people: each line behind a bar, which shows that it is text from outside.

use std::borrow::Cow;

use crate::core::text::{count, one_line, printable};
use crate::face::paint::Paint;

/// Before every line from outside: it makes clear where it is from, and no CI system takes it for a command.
pub(super) const BAR: &str = "│ ";

/// How much of a body is shown to people: what is more than this is cut, with a note.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) lines: usize,
    pub(super) bytes: usize,
    /// Where all of it is to be had.
    pub(super) way_out: &'static str,
}

/// First line, laid out already, and headers.
pub(super) fn head_text<'a>(
    first: &str,
    headers: impl Iterator<Item = (&'a str, Cow<'a, str>)>,
    paint: Paint,
) -> String {
    let bar = paint.faint(BAR);
    let mut text = format!("{bar}{first}\n");
    for (name, value) in headers {
        let name = paint.name(&format!("{}:", one_line(name)));
        text.push_str(&format!("{bar}{name} {}\n", one_line(&value)));
    }
    text
}

/// Text from outside, each line behind a bar; of a long one the beginning, with a note on how much more
/// there is.
pub(super) fn quoted(text: &str, limit: Limit, bar: &str, paint: Paint) -> String {
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
        shown.push_str(&format!("{bar}{}\n", paint.faint(&format!("… {more}; {}", limit.way_out))));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_body_the_beginning_is_shown_and_the_rest_counted() {
        let limit = Limit { lines: 3, bytes: 10, way_out: "elsewhere" };
        let quoted = |text: &str| quoted(text, limit, "| ", Paint::OFF);
        assert_eq!(quoted("a\r\nb\n\n"), "| a\n| b\n");
        assert_eq!(quoted("a\n\nb\nc\nd"), "| a\n| \n| b\n| … 3 more bytes; elsewhere\n");
        assert_eq!(quoted("0123456789"), "| 0123456789\n");
        assert_eq!(quoted("012345678ä!"), "| 012345678\n| … 3 more bytes; elsewhere\n");
        assert_eq!(quoted("0123\n456789\nx"), "| 0123\n| 45678\n| … 3 more bytes; elsewhere\n");
        assert_eq!(quoted("012345678\nxy\nz"), "| 012345678\n| … 4 more bytes; elsewhere\n");
    }
}
