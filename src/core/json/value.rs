//! A value in a parsed text: a slice that is read on demand.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memchr2;
use serde_json::value::RawValue;

use crate::core::text::Span;

use super::is_space;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Null,
    Boolean,
    Number,
    String,
    List,
    Object,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::List => "list",
            Self::Object => "object",
        }
    }

    pub fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// Properties of the whole text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Without whitespace between tokens.
    pub(super) is_compact: bool,
    /// Without duplicate keys, so that the first match is the last.
    pub(super) has_unique_keys: bool,
}

/// A value in a [`check`](super::check)ed text.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    raw: &'a str,
    /// Its offset in the text.
    start: usize,
    layout: Layout,
}

impl<'a> Value<'a> {
    pub(super) fn new(raw: &'a str, start: usize, layout: Layout) -> Self {
        Self { raw, start, layout }
    }

    pub fn raw(self) -> &'a str {
        self.raw
    }

    pub fn span(self) -> Span {
        self.start..self.start + self.raw.len()
    }

    pub fn kind(self) -> Kind {
        match self.raw.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The text of a string, without its escapes.
    pub fn as_text(self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::String).then(|| unquote(self.raw))
    }

    /// The members of an object or the items of a list, as written; nothing for other values.
    pub fn members(self) -> Members<'a> {
        let is_object = self.kind() == Kind::Object;
        let is_container = is_object || self.kind() == Kind::List;
        let inner = if is_container { &self.raw[1..self.raw.len() - 1] } else { "" };
        Members { rest: inner, start: self.start + 1, is_object, layout: self.layout }
    }

    /// The member with this key; the last one of duplicates.
    pub fn get(self, key: &str) -> Option<Self> {
        if self.kind() != Kind::Object {
            return None;
        }
        let mut matching = self
            .members()
            .raw_keys()
            .filter(|(own, _)| &own[1..own.len() - 1] == key || (own.contains('\\') && unquote(own) == key));
        let found = if self.layout.has_unique_keys { matching.next() } else { matching.last() };
        found.map(|(_, value)| value)
    }

    /// The item at this position, from 0.
    pub fn item(self, position: usize) -> Option<Self> {
        let items = (self.kind() == Kind::List).then(|| self.members())?;
        items.raw_keys().nth(position).map(|(_, value)| value)
    }

    /// The value at a dotted path, such as `payload.first_name` or `dates.0.name`. A dot always separates two
    /// steps: a key with a dot in it has no path.
    pub fn find(self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self, Value::step)
    }

    /// One step down a path.
    pub(super) fn step(self, name: &str) -> Option<Self> {
        match self.kind() {
            Kind::Object => self.get(name),
            Kind::List => self.item(position(name)?),
            _ => None,
        }
    }

    /// The value as part of a longer text: strings without quotes, numbers and booleans as written, `null` as nothing, lists and
    /// objects as compact JSON (`platform.md`, "Variables").
    pub fn to_text(self) -> Cow<'a, str> {
        match self.kind() {
            Kind::Null => Cow::Borrowed(""),
            Kind::Boolean | Kind::Number => Cow::Borrowed(self.raw),
            Kind::String => unquote(self.raw),
            Kind::List | Kind::Object => Cow::Owned(self.to_compact()),
        }
    }

    /// The value without whitespace, each key once.
    pub fn to_compact(self) -> String {
        let mut out = Vec::new();
        self.write_compact(&mut out);
        // Only whole tokens of a `str` were copied.
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Appends the value without whitespace, each key once, the last value of duplicates.
    pub fn write_compact(self, out: &mut Vec<u8>) {
        if self.layout.is_compact && self.layout.has_unique_keys {
            out.extend_from_slice(self.raw.as_bytes());
        } else if self.layout.has_unique_keys {
            write_stripped(self.raw.as_bytes(), out);
        } else {
            self.write_unique(out);
        }
    }

    fn write_unique(self, out: &mut Vec<u8>) {
        let is_object = match self.kind() {
            Kind::Object => true,
            Kind::List => false,
            _ => return out.extend_from_slice(self.raw.as_bytes()),
        };
        let mut members: Vec<(&str, Value<'_>)> = Vec::new();
        let mut seen: HashMap<Cow<'_, str>, usize> = HashMap::new();
        for (raw_key, value) in self.members().raw_keys() {
            if is_object {
                let first = *seen.entry(unquote(raw_key)).or_insert(members.len());
                if first < members.len() {
                    members[first].1 = value;
                    continue;
                }
            }
            members.push((raw_key, value));
        }
        out.push(if is_object { b'{' } else { b'[' });
        for (index, (raw_key, value)) in members.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            if is_object {
                out.extend_from_slice(raw_key.as_bytes());
                out.push(b':');
            }
            value.write_unique(out);
        }
        out.push(if is_object { b'}' } else { b']' });
    }
}

/// Appends valid JSON without the whitespace between its tokens.
fn write_stripped(mut rest: &[u8], out: &mut Vec<u8>) {
    while let Some(first) = rest.first() {
        let length = match first {
            b'"' => string_length(rest).0,
            space if is_space(*space) => {
                rest = &rest[1..];
                continue;
            }
            _ => rest.iter().position(|byte| *byte == b'"' || is_space(*byte)).unwrap_or(rest.len()),
        };
        out.extend_from_slice(&rest[..length]);
        rest = &rest[length..];
    }
}

/// The length of the valid string at the start, and whether it has escapes.
pub(super) fn string_length(bytes: &[u8]) -> (usize, bool) {
    let mut at = 1;
    let mut has_escapes = false;
    while let Some(length) = memchr2(b'"', b'\\', &bytes[at..]) {
        at += length;
        if bytes[at] == b'"' {
            break;
        }
        has_escapes = true;
        at += 2;
    }
    (at + 1, has_escapes)
}

/// The members of an object, or the items of a list with empty keys.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    rest: &'a str,
    /// The offset of `rest` in the text.
    start: usize,
    is_object: bool,
    layout: Layout,
}

impl<'a> Members<'a> {
    /// The members with their keys as written, quotes included; empty ones in a list.
    pub(super) fn raw_keys(mut self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        std::iter::from_fn(move || self.next_member())
    }

    fn next_member(&mut self) -> Option<(&'a str, Value<'a>)> {
        let key = if self.is_object { self.next_value()?.raw } else { "" };
        Some((key, self.next_value()?))
    }

    /// The next key or value.
    fn next_value(&mut self) -> Option<Value<'a>> {
        let is_between = |byte: &u8| is_space(*byte) || matches!(byte, b',' | b':');
        let skipped = self.rest.bytes().position(|byte| !is_between(&byte))?;
        let rest = &self.rest[skipped..];
        let raw = if rest.starts_with('"') {
            &rest[..string_length(rest.as_bytes()).0]
        } else {
            serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>().next()?.ok()?.get()
        };
        let value = Value { raw, start: self.start + skipped, layout: self.layout };
        self.rest = &rest[raw.len()..];
        self.start += skipped + raw.len();
        Some(value)
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.next_member()?;
        Some((if self.is_object { unquote(key) } else { Cow::Borrowed("") }, value))
    }
}

/// A position in a list: digits without a leading zero.
pub(super) fn position(name: &str) -> Option<usize> {
    let is_canonical = name == "0" || (!name.starts_with(['0', '+']) && !name.is_empty());
    name.parse().ok().filter(|_| is_canonical)
}

/// The text of a valid string literal.
pub(super) fn unquote(literal: &str) -> Cow<'_, str> {
    if literal.contains('\\') {
        serde_json::from_str::<String>(literal).unwrap_or_default().into()
    } else {
        Cow::Borrowed(&literal[1..literal.len() - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    fn at(text: &str, path: &str) -> Option<String> {
        check(text).unwrap().root(text).find(path).map(|value| value.raw().to_owned())
    }

    #[test]
    fn paths_lead_through_objects_and_lists_but_not_to_keys_with_dots() {
        let text =
            r#"{"payload": {"first name": "a", "x.y": 1, "x": {"z": 2}}, "dates": [{"name": "b"}, null]}"#;
        assert_eq!(at(text, "payload.first name").as_deref(), Some("\"a\""));
        assert_eq!(at(text, "payload.x.y"), None);
        assert_eq!(at(text, "payload.x.z").as_deref(), Some("2"));
        assert_eq!(at(text, "dates.0.name").as_deref(), Some("\"b\""));
        assert_eq!(at(text, "dates.1").as_deref(), Some("null"));
        for missing in
            ["dates.2", "dates.00", "dates.-1", "dates.name", "payload.", "payload..x", ".payload", ""]
        {
            assert_eq!(at(text, missing), None, "{missing}");
        }
    }

    #[test]
    fn the_last_of_duplicate_keys_counts() {
        assert_eq!(at(r#"{"a": 1, "a": 2}"#, "a").as_deref(), Some("2"));
    }

    #[test]
    fn values_become_text_as_on_the_platform() {
        let text = r#"[null, true, 1.10, "a\u00e4\ud83e\udef5\n", [ 1, {"b" : 2} ]]"#;
        let root = check(text).unwrap().root(text);
        let texts: Vec<String> = root.members().map(|(_, value)| value.to_text().into_owned()).collect();
        assert_eq!(texts, ["", "true", "1.10", "aä🫵\n", r#"[1,{"b":2}]"#]);
    }
}
