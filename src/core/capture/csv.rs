//! Rows of a CSV file (RFC 4180).

use std::borrow::Cow;

/// One row.
pub(super) struct Row<'a> {
    /// Its fields, without quotes.
    pub(super) fields: Vec<Cow<'a, str>>,
    /// The line at which it begins, from 1.
    pub(super) line: usize,
}

/// The rows of a text that are not empty.
pub(super) fn rows(text: &str, separator: char) -> impl Iterator<Item = Row<'_>> {
    let (mut at, mut line) = (0, 1);
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = line;
            let mut fields = Vec::new();
            loop {
                let (field, length) = field(&text[at..], separator);
                line += text[at..at + length].matches('\n').count();
                at += length;
                fields.push(field);
                if text[at..].starts_with(separator) {
                    at += separator.len_utf8();
                    continue;
                }
                break;
            }
            let rest = &text[at..];
            let end = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
            at += end;
            line += usize::from(end > 0);
            if fields.len() > 1 || !fields[0].is_empty() {
                return Some(Row { fields, line: start });
            }
        }
        None
    })
}

/// The field that a text begins with, and its length. What is behind the closing quote belongs to the field.
fn field(text: &str, separator: char) -> (Cow<'_, str>, usize) {
    let is_end = |c: char| c == separator || c == '\n';
    let Some(quoted) = text.strip_prefix('"') else {
        let length = text.find(is_end).unwrap_or(text.len());
        let length = if text[..length].ends_with('\r') && text[length..].starts_with('\n') {
            length - 1
        } else {
            length
        };
        return (Cow::Borrowed(&text[..length]), length);
    };
    let mut value = String::new();
    let mut at = 0;
    while let Some(length) = quoted[at..].find('"') {
        value.push_str(&quoted[at..at + length]);
        at += length + 1;
        if !quoted[at..].starts_with('"') {
            let rest = quoted[at..].find(|c| is_end(c) || c == '\r').unwrap_or(quoted.len() - at);
            value.push_str(&quoted[at..at + rest]);
            return (Cow::Owned(value), 1 + at + rest);
        }
        value.push('"');
        at += 1;
    }
    value.push_str(&quoted[at..]);
    (Cow::Owned(value), text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_separators_and_line_feeds_in_fields_are_kept() {
        let text = "a,b\r\n\"x,\"\"y\"\"\nz\",2\n\n\"\",\n\"open";
        let rows: Vec<_> = rows(text, ',').map(|row| (row.line, row.fields.join("|"))).collect();
        let expected = [(1, "a|b"), (2, "x,\"y\"\nz|2"), (5, "|"), (6, "open")];
        assert_eq!(rows, expected.map(|(line, text)| (line, text.to_owned())));
    }
}
