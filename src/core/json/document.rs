//! Parses a text, with the checks that `serde_json::value::RawValue` leaves out.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memchr;
use serde_json::value::RawValue;

use crate::core::text::Span;

use super::syntax::{SyntaxError, explained};
use super::value::{Layout, Value, string_length, unquote};
use super::{MAX_DEPTH, is_space};

/// A text that is one valid JSON value.
#[derive(Debug, Clone)]
pub struct Document {
    root: Span,
    is_compact: bool,
    duplicate_keys: Vec<Span>,
}

impl Document {
    /// The value, given the text that was parsed.
    pub fn root<'a>(&self, text: &'a str) -> Value<'a> {
        let layout = Layout { is_compact: self.is_compact, has_unique_keys: self.duplicate_keys.is_empty() };
        Value::new(&text[self.root.clone()], self.root.start, layout)
    }

    /// The document of a value inside this one.
    #[must_use]
    pub fn part(&self, span: Span) -> Self {
        Self { root: span, ..self.clone() }
    }

    /// The keys that their object already has; the last one counts.
    pub fn duplicate_keys(&self) -> &[Span] {
        &self.duplicate_keys
    }

    /// Appends the value without whitespace, each key once, everything else as written.
    pub fn write_compact(&self, text: &str, out: &mut Vec<u8>) {
        self.root(text).write_compact(out);
    }
}

pub fn check(text: &str) -> Result<Document, SyntaxError> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| explained(text, &error))?;
    let raw = raw.get();
    let start = raw.as_ptr().addr() - text.as_ptr().addr();
    let mut document =
        Document { root: start..start + raw.len(), is_compact: true, duplicate_keys: Vec::new() };
    inspect(text, &mut document)?;
    Ok(document)
}

/// Finds duplicate keys, lone surrogates and deep nesting, which are grammatical, in one pass.
fn inspect(text: &str, document: &mut Document) -> Result<(), SyntaxError> {
    let bytes = text.as_bytes();
    let mut at = document.root.start;
    // The keys of each open object; none for a list.
    let mut open: Vec<Option<Keys<'_>>> = Vec::new();
    let mut is_key = false;
    while at < document.root.end {
        match bytes[at] {
            b'"' => {
                let start = at;
                let (length, has_escapes) = string_length(&bytes[start..]);
                at += length;
                if has_escapes && let Some(lone) = lone_surrogate(&bytes[start..at]) {
                    return Err(SyntaxError::lone_surrogate(bytes, start + lone));
                }
                if let Some(Some(keys)) = open.last_mut().filter(|_| is_key) {
                    let literal = &text[start..at];
                    let plain = || Cow::Borrowed(&literal[1..length - 1]);
                    if !keys.insert(if has_escapes { unquote(literal) } else { plain() }) {
                        document.duplicate_keys.push(start..at);
                    }
                }
                is_key = false;
                continue;
            }
            byte @ (b'{' | b'[') => {
                if open.len() == MAX_DEPTH {
                    return Err(SyntaxError::too_deep(at));
                }
                is_key = byte == b'{';
                open.push(is_key.then(Keys::default));
            }
            b'}' | b']' => drop(open.pop()),
            b',' => is_key = matches!(open.last(), Some(Some(_))),
            byte if is_space(byte) => document.is_compact = false,
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// The keys of one object: compared one by one while there are few, which is faster than hashing.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    const FEW: usize = 32;

    /// Adds a key; false if it is a duplicate.
    fn insert(&mut self, key: Cow<'a, str>) -> bool {
        if self.few.len() <= Self::FEW && self.many.is_empty() {
            let is_new = !self.few.contains(&key);
            if is_new {
                self.few.push(key);
            }
            return is_new;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(key)
    }
}

/// The offset of an escape in a valid string that is half of a surrogate pair.
fn lone_surrogate(string: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(length) = memchr(b'\\', &string[at..]) {
        at += length;
        at += match surrogate(string, at) {
            Some(0xd800..0xdc00) if matches!(surrogate(string, at + 6), Some(0xdc00..0xe000)) => 12,
            Some(_) => return Some(at),
            None => 2,
        };
    }
    None
}

/// The surrogate escaped at an offset: `\ud800` to `\udfff`.
fn surrogate(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let unit = digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))?;
    (0xd800..0xe000).contains(&unit).then_some(unit)
}
