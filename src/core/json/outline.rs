//! Brackets and strings of a text that need not be valid JSON: where a value ends, and how one that was cut off
//! would be closed.

use super::check;

/// Where the list or object that begins at `start` ends; none if it is not closed.
pub fn end_of_container(text: &str, start: usize) -> Option<usize> {
    let mut outline = Outline::default();
    for (at, byte) in text.bytes().enumerate().skip(start) {
        outline.step(at, byte);
        if outline.open.is_empty() && !outline.in_string {
            return Some(at + 1);
        }
    }
    None
}

/// Truncated JSON, cut after its last complete member and closed; none if it is not truncated, or is not valid JSON up
/// to there.
pub fn completed(text: &str) -> Option<String> {
    let start = text.find(['{', '['])?;
    if !text[..start].trim().is_empty() {
        return None;
    }
    let mut outline = Outline::default();
    for (at, byte) in text.bytes().enumerate().skip(start) {
        outline.step(at, byte);
        if outline.open.is_empty() && !outline.in_string {
            return None;
        }
    }
    let mut closed = text[start..outline.safe].to_owned();
    // Every bracket is a safe place itself: what is open at the end was open there.
    closed.extend(outline.open.iter().rev().map(|open| if *open == b'{' { '}' } else { ']' }));
    check(&closed).is_ok().then_some(closed)
}

#[derive(Default)]
struct Outline {
    /// The brackets that are open.
    open: Vec<u8>,
    in_string: bool,
    is_escaped: bool,
    /// The last place at which the text can be cut.
    safe: usize,
}

impl Outline {
    fn step(&mut self, at: usize, byte: u8) {
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
        assert_eq!(end_of_container(text, 2).map(|end| &text[2..end]), Some(r#"{"a": "}", "b": [{}]}"#));
        assert_eq!(end_of_container("[1, [2]", 0), None);
    }
}
