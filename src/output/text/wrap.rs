//! Wraps text only at spaces, so that words such as URLs are never broken.

use console::{measure_text_width, truncate_str};

const BETWEEN: &str = " · ";

/// Lines of items: as many in a line as fit; an item is only broken if it is longer than a line.
pub(super) struct Wrapped {
    width: usize,
    indent: usize,
    lines: Vec<String>,
}

impl Wrapped {
    pub(super) fn new(width: usize, indent: usize) -> Self {
        Self { width, indent, lines: Vec::new() }
    }

    pub(super) fn item(&mut self, item: &str) {
        let length = measure_text_width(item);
        if let Some(last) = self.lines.last_mut()
            && measure_text_width(last) + measure_text_width(BETWEEN) + length <= self.width
        {
            last.push_str(BETWEEN);
            last.push_str(item);
            return;
        }
        let indent = " ".repeat(self.indent);
        self.lines.push(format!("{indent}{}", wrapped(item, self.width, self.indent, self.indent + 2)));
    }

    pub(super) fn finish(self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// A text that begins at column `at`, with its continuation lines indented.
pub fn wrapped(text: &str, width: usize, at: usize, indent: usize) -> String {
    let mut wrapped = String::new();
    let (mut column, mut is_first) = (at, true);
    for word in text.split(' ') {
        let length = measure_text_width(word);
        if is_first {
            column += length;
        } else if column + 1 + length <= width {
            wrapped.push(' ');
            column += 1 + length;
        } else {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent + length;
        }
        wrapped.push_str(word);
        is_first = false;
    }
    wrapped
}

/// A message wrapped between words, with continuation lines below the text after the label. A command or name in backquotes
/// is one word.
pub(in crate::output) fn wrapped_message(line: &str, width: usize) -> String {
    /// The indent of continuation lines after a long label.
    const INDENT: usize = 4;
    const NO_BREAK: &str = "\u{a0}";
    let label = line.split_once(": ").map_or(0, |(label, _)| measure_text_width(label) + 2);
    let indent = if label > 16 { INDENT } else { label };
    let parts = line.split('`').enumerate();
    let parts =
        parts.map(|(index, part)| if index % 2 == 1 { part.replace(' ', NO_BREAK) } else { part.to_owned() });
    wrapped(&parts.collect::<Vec<_>>().join("`"), width, 0, indent).replace(NO_BREAK, " ")
}

/// A page in Markdown, wrapped between words except in code blocks and tables.
pub fn wrapped_page(page: &str, width: Option<u16>) -> String {
    let Some(width) = width.map(usize::from) else { return page.to_owned() };
    let mut is_code = false;
    let line = |line: &str| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        let is_kept = is_code || is_fence || line.starts_with('|');
        if is_kept { line.to_owned() } else { wrapped(line, width, 0, 0) }
    };
    page.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A line of a view for people, wrapped between words unless lines may have any length.
pub(super) fn prose(line: &str, width: Option<u16>) -> String {
    const INDENT: usize = 2;
    let Some(width) = width.map(usize::from).filter(|width| measure_text_width(line) > *width) else {
        return line.to_owned();
    };
    if is_message(line) {
        return wrapped_message(line, width);
    }
    let text = line.trim_start_matches(' ');
    let start = line.len() - text.len();
    format!("{}{}", &line[..start], wrapped(text, width, start, start + INDENT))
}

/// Whether a line is a message with a label, such as `error[port]:` or `= help:`.
pub(in crate::output) fn is_message(line: &str) -> bool {
    let line = console::strip_ansi_codes(line);
    let line = line.trim_start();
    let line = line.strip_prefix("= ").unwrap_or(line);
    ["error", "warning", "note", "hint", "help"].iter().any(|label| {
        let rest = line.strip_prefix(label);
        rest.is_some_and(|rest| rest.starts_with(": ") || rest.starts_with('['))
    })
}

/// The text, or its beginning with `…` if it is too long.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if measure_text_width(text) <= width {
        return text.to_owned();
    }
    truncate_str(text, width, "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_wrapped_between_words_below_their_label() {
        for (line, expected) in [
            ("error: one two three four", "error: one two\n       three four"),
            ("  = help: one two three four", "  = help: one two\n          three\n          four"),
            ("hint: run `hooks fire a b c d e` now", "hint: run\n      `hooks fire a b c d e`\n      now"),
            ("error[a-long-name-of-it]: one", "error[a-long-name-of-it]:\n    one"),
            ("short", "short"),
        ] {
            assert_eq!(wrapped_message(line, 18), expected, "{line}");
        }
    }

    #[test]
    fn prose_is_wrapped_below_its_first_word() {
        assert_eq!(prose("  one two three", Some(9)), "  one two\n    three");
        assert_eq!(prose("hint: one two", Some(10)), "hint: one\n      two");
        assert_eq!(prose("  one two three", None), "  one two three");
        assert_eq!(prose("one two", Some(7)), "one two");
    }

    #[test]
    fn only_lines_with_a_label_are_messages() {
        for line in ["error: a", "\u{1b}[1merror[b]\u{1b}[0m: a", "  = help: a", "hint: a", "   = note: a"] {
            assert!(is_message(line), "{line:?}");
        }
        for line in ["errors: a", "12 | error", "│ error: a", "  --> a.toml:1:1", ""] {
            assert!(!is_message(line), "{line:?}");
        }
    }
}
