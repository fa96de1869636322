//! The check: one pass over the text that either finds the first offence against RFC 8259, in words
//! that help, or promises that all later reading can trust the text.

mod keys;
mod offence;
mod plain;

use std::borrow::Cow;

use crate::core::text::Span;

pub(super) use plain::plain_length;

use keys::Keys;
use offence::error;

use super::DEEPEST;
use super::value::{Value, decode};

/// A text that is one valid JSON value.
#[derive(Debug, Clone)]
pub struct Document {
    root: Span,
    is_compact: bool,
    repeated_keys: Vec<Span>,
}

impl Document {
    /// The value, given the text that was checked.
    pub fn root<'a>(&self, text: &'a str) -> Value<'a> {
        Value::new(text, self.root.clone(), self.repeated_keys.is_empty())
    }

    /// The document of a value inside this one.
    #[must_use]
    pub fn part(&self, span: Span) -> Self {
        Self { root: span, ..self.clone() }
    }

    /// The keys that stand a second time in their object; of these the last one counts.
    pub fn repeated_keys(&self) -> &[Span] {
        &self.repeated_keys
    }

    /// Appends the value without white space, each key once, everything else as written.
    pub fn write_compact(&self, text: &str, out: &mut Vec<u8>) {
        let root = self.root(text);
        if !self.repeated_keys.is_empty() {
            root.write_compact(out);
        } else if self.is_compact {
            out.extend_from_slice(root.raw().as_bytes());
        } else {
            root.write_stripped(out);
        }
    }
}

/// The first offence against RFC 8259.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// Its stable kebab-case name.
    pub code: &'static str,
    /// What is wrong: a fragment.
    pub message: String,
    /// The way out, where it is known.
    pub help: Option<String>,
}

/// Checks a text.
///
/// # Errors
/// The first offence: RFC 8259's grammar, a lone surrogate, or more than [`DEEPEST`] levels.
pub fn check(text: &str) -> Result<Document, SyntaxError> {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, is_compact: true, repeated: Vec::new() };
    scanner.skip_space()?;
    if scanner.peek().is_none() {
        return Err(error(0..0, "json-empty", "there is nothing in it")
            .with_help("`hooks sample ELEMENT` prints an element to start from"));
    }
    let start = scanner.at;
    scanner.value(0)?;
    let root = start..scanner.at;
    scanner.skip_space()?;
    if scanner.peek().is_some() {
        if let Some(found) = scanner.look_alike_in(scanner.here()) {
            return Err(found);
        }
        return Err(error(
            scanner.here(),
            "json-trailing-data",
            "something follows after the end of the value",
        )
        .with_help(
            "one file holds one element; `hooks fire --each` takes one on each line, or a list of them",
        ));
    }
    Ok(Document { root, is_compact: scanner.is_compact, repeated_keys: scanner.repeated })
}

const NO_COMMENTS: &str = "JSON has no comments; the examples in the platform's manual have them: take them \
                           out, or start from `hooks sample ELEMENT`";

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    is_compact: bool,
    repeated: Vec<Span>,
}

type Checked<T = ()> = Result<T, SyntaxError>;

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The character at this place, or the empty end of the text.
    fn here(&self) -> Span {
        let mut end = self.at;
        while end < self.text.len() && (end == self.at || !self.text.is_char_boundary(end)) {
            end += 1;
        }
        self.at..end
    }

    fn skip_space(&mut self) -> Checked {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => {
                    self.is_compact = false;
                    self.at += 1;
                }
                b'/' if matches!(self.bytes.get(self.at + 1), Some(b'/' | b'*')) => {
                    let end = self.at + 2;
                    return Err(
                        error(self.at..end, "json-comment", "a comment is not JSON").with_help(NO_COMMENTS)
                    );
                }
                b'#' => {
                    return Err(
                        error(self.here(), "json-comment", "a comment is not JSON").with_help(NO_COMMENTS)
                    );
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Checked {
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.literal("true") || self.literal("false") || self.literal("null") => Ok(()),
            _ => Err(self.unexpected_value()),
        }
    }

    fn literal(&mut self, word: &str) -> bool {
        let found = self.bytes[self.at..].starts_with(word.as_bytes())
            && !self.bytes.get(self.at + word.len()).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if found {
            self.at += word.len();
        }
        found
    }

    fn enter(&self, depth: usize) -> Checked {
        if depth > DEEPEST {
            let message = format!("lists and objects stand in each other more than {DEEPEST} deep");
            return Err(error(self.here(), "json-too-deep", message)
                .with_help("no element of the platform is nested like this: is it the right file?"));
        }
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Checked {
        self.enter(depth)?;
        let opened = self.at;
        self.at += 1;
        let mut keys = Keys::default();
        self.skip_space()?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.at;
            self.key(&mut keys)?;
            self.skip_space()?;
            if self.peek() != Some(b':') {
                let expected = || self.expected("`:` between the key and its value", opened);
                return Err(self.look_alike_quote(key).unwrap_or_else(expected));
            }
            self.at += 1;
            self.skip_space()?;
            self.value(depth)?;
            if self.next_item(opened, b'}')? {
                return Ok(());
            }
        }
    }

    fn key(&mut self, keys: &mut Keys<'a>) -> Checked {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected_key());
        }
        let start = self.at;
        let has_escapes = self.string()?;
        let inner = &self.text[start + 1..self.at - 1];
        let key = if has_escapes { Cow::Owned(decode(inner)) } else { Cow::Borrowed(inner) };
        if !keys.insert(key) {
            self.repeated.push(start..self.at);
        }
        Ok(())
    }

    fn list(&mut self, depth: usize) -> Checked {
        self.enter(depth)?;
        let opened = self.at;
        self.at += 1;
        self.skip_space()?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.next_item(opened, b']')? {
                return Ok(());
            }
        }
    }

    /// Passes the comma before a next item, or the closing bracket; says whether it was the latter.
    fn next_item(&mut self, opened: usize, close: u8) -> Checked<bool> {
        self.skip_space()?;
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.skip_space()?;
                if self.peek() == Some(close) {
                    return Err(error(comma..comma + 1, "json-trailing-comma", "a comma after the last item")
                        .with_help("JSON has no trailing commas; the examples in the platform's manual have them: take it out"));
                }
                Ok(false)
            }
            _ => Err(self.expected(&format!("`,` or `{}`", char::from(close)), opened)),
        }
    }

    /// Passes a string; says whether it holds escapes.
    fn string(&mut self) -> Checked<bool> {
        let start = self.at;
        let mut has_escapes = false;
        self.at += 1;
        loop {
            self.at += plain_length(&self.bytes[self.at..]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(has_escapes);
                }
                Some(b'\\') => {
                    has_escapes = true;
                    self.escape()?;
                }
                Some(byte) => return Err(self.control_character(byte, start)),
                None => {
                    return Err(self.unclosed_string(start..start + 1, "this string is never closed", None));
                }
            }
        }
    }

    fn escape(&mut self) -> Checked {
        let start = self.at;
        match self.bytes.get(start + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let unit = self.unit(start)?;
                if (0xd800..0xdc00).contains(&unit) {
                    let low = if self.bytes[self.at..].starts_with(b"\\u") { self.unit(self.at)? } else { 0 };
                    if !(0xdc00..0xe000).contains(&low) {
                        return Err(self.lone_surrogate(start));
                    }
                } else if (0xdc00..0xe000).contains(&unit) {
                    return Err(self.lone_surrogate(start));
                }
            }
            _ => {
                self.at += 1;
                let end = self.here().end;
                return Err(error(start..end, "json-bad-escape", "JSON has no such escape")
                    .with_help("a backslash itself is written `\\\\`"));
            }
        }
        Ok(())
    }

    /// Passes `\uXXXX` at `start` and returns its number.
    fn unit(&mut self, start: usize) -> Checked<u32> {
        let digits = self.bytes.get(start + 2..start + 6).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return Err(error(
                start..start + 2,
                "json-bad-escape",
                "`\\u` is followed by four hexadecimal digits",
            ));
        };
        self.at = start + 6;
        Ok(digits.iter().fold(0, |unit, digit| unit * 16 + char::from(*digit).to_digit(16).unwrap_or(0)))
    }

    fn number(&mut self) -> Checked {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let first = self.at;
        let whole = self.digits();
        if whole == 0 || (whole > 1 && self.bytes[first] == b'0') {
            return Err(self.bad_number(start));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.bad_number(start));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return Err(self.bad_number(start));
            }
        }
        if self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')) {
            return Err(self.bad_number(start));
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }
}

#[cfg(test)]
mod tests;
