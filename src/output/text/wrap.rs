//! Wraps text at spaces alone, so that a word such as a URL is never broken.

use console::{measure_text_width, truncate_str};

const BETWEEN: &str = " · ";

/// Items put into lines: as many in a line as fit, each whole unless it needs several.
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

/// A text that begins at column `at`, with its further lines indented.
pub(super) fn wrapped(text: &str, width: usize, at: usize, indent: usize) -> String {
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

/// The beginning of a text that is too long, and a mark.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if measure_text_width(text) <= width {
        return text.to_owned();
    }
    truncate_str(text, width, "…").into_owned()
}
