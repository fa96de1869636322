//! The brackets and strings of a text that may be invalid JSON: where a value ends, and how truncated JSON is closed.

use super::check;

/// Truncated JSON, closed after its last complete member; none if it is not truncated, or invalid before that.
pub fn completed(text: &str) -> Option<String> {
    let start = text.find(['{', '['])?;
    if !text[..start].trim().is_empty() {
        return None;
    }
    let mut outline = Outline::default();
    for (at, byte) in text.bytes().enumerate().skip(start) {
        outline.step(at, byte);
        if outline.is_closed() {
            return None;
        }
    }
    let mut closed = text[start..outline.safe].to_owned();
    // Each bracket moves `safe` past itself, so the brackets open at the end are those open at `safe`.
    closed.extend(outline.open.iter().rev().map(|open| if *open == b'{' { '}' } else { ']' }));
    check(&closed).is_ok().then_some(closed)
}

/// How a list or an object ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerEnd {
    /// At its closing bracket; the offset is after it.
    Closed(usize),
    /// It is truncated at the first offset, and an object follows at the second.
    Cut(usize, usize),
    /// At the end of the text, without a closing bracket.
    Open,
}

/// Where the list or object that begins at `start` ends. It is truncated before a line that begins with an object
/// where JSON does not allow one: in a string, in place of a key, or after a value without a comma.
pub fn container_end(text: &str, start: usize) -> ContainerEnd {
    let mut outline = Outline::default();
    let (mut last, mut cut) = (None, None);
    // The start of the line, as long as it has only whitespace.
    let mut line = None;
    let indent = start - text[..start].rfind('\n').map_or(0, |end| end + 1);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        if byte == b'\n' {
            // A string cannot contain a line feed.
            cut = cut.or(outline.in_string.then_some(at));
            line = Some(at + 1);
        } else if byte == b'{'
            && line.is_some_and(|begin| at - begin <= indent)
            && (cut.is_some() || !outline.can_begin_value(last))
        {
            return ContainerEnd::Cut(cut.unwrap_or(at), at);
        } else if !byte.is_ascii_whitespace() {
            line = None;
        }
        outline.step(at, byte);
        if outline.is_closed() {
            return ContainerEnd::Closed(at + 1);
        }
        last = Some(byte).filter(|byte| !byte.is_ascii_whitespace()).or(last);
    }
    ContainerEnd::Open
}

/// The state of a scan over brackets and strings.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The brackets that are open.
    open: Vec<u8>,
    in_string: bool,
    is_escaped: bool,
    /// The last offset at which the text can be cut.
    safe: usize,
}

impl Outline {
    /// Whether a value can begin after this byte, the last one that is not whitespace.
    fn can_begin_value(&self, last: Option<u8>) -> bool {
        match last {
            Some(b'[' | b':') => true,
            Some(b',') => self.open.last() == Some(&b'['),
            _ => false,
        }
    }

    /// Whether no bracket and no string is open.
    pub(super) fn is_closed(&self) -> bool {
        self.open.is_empty() && !self.in_string
    }

    pub(super) fn step(&mut self, at: usize, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => {
                self.open.push(byte);
                self.safe = at + 1;
            }
            b'}' | b']' => {
                self.open.pop();
                self.safe = at + 1;
            }
            b',' => self.safe = at,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_truncated_where_a_line_begins_with_an_object_that_cannot_be_in_it() {
        for (text, expected) in [
            ("{\"a\": {\"b\": 1}}\n{", ContainerEnd::Closed(15)),
            ("{\"a\": \"x\n\n{\"b\": 1}", ContainerEnd::Cut(8, 10)),
            ("{\"a\": 1,\n{\"b\": 1}", ContainerEnd::Cut(9, 9)),
            ("[\n{\"a\": 1},\n{\"b\": 1}\n", ContainerEnd::Open),
            ("{\"a\": \"x\n  {\"b\": 1}", ContainerEnd::Open),
            ("{\"a\":\n{\"b\": 1}", ContainerEnd::Open),
        ] {
            assert_eq!(container_end(text, 0), expected, "{text}");
        }
    }

    #[test]
    fn truncated_json_is_closed_after_its_last_complete_member() {
        for (text, expected) in [
            (r#"{"a": 1, "b": {"c": "x", "d": "y"#, Some(r#"{"a": 1, "b": {"c": "x"}}"#)),
            (r#"{"a": [1, 2"#, Some(r#"{"a": [1]}"#)),
            (r#"{"a": "\"}"#, Some("{}")),
            (r#" {"a": {"b": 1}"#, Some(r#"{"a": {"b": 1}}"#)),
            ("{", Some("{}")),
            (r#"{"a": 1}"#, None),
            (r#"{"a": x, "b": 1"#, None),
            ("hello {", None),
            ("", None),
        ] {
            assert_eq!(completed(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_container_is_its_own_bracket() {
        let text = r#"x {"a": "}", "b": [{}]} {}"#;
        assert_eq!(container_end(text, 2), ContainerEnd::Closed(2 + r#"{"a": "}", "b": [{}]}"#.len()));
        assert_eq!(container_end("[1, [2]", 0), ContainerEnd::Open);
    }
}
