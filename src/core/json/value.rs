//! A value in a text that was checked: a place, read when asked.

use std::borrow::Cow;
use std::collections::HashMap;

use super::scan::plain_length;
use crate::core::text::Span;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number of any size.
    Number,
    /// A string.
    Text,
    /// `[…]`
    List,
    /// `{…}`
    Object,
}

impl Kind {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Text => "text",
            Self::List => "list",
            Self::Object => "object",
        }
    }
}

/// A value in place. Only [`check`](super::check)ed text may stand behind it.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    /// Whether no object in it holds a key twice, so that the first match is the last.
    has_unique_keys: bool,
}

impl<'a> Value<'a> {
    pub(super) fn new(text: &'a str, span: Span, has_unique_keys: bool) -> Self {
        Self { text, start: span.start, end: span.end, has_unique_keys }
    }

    /// The value as written.
    pub fn raw(self) -> &'a str {
        &self.text[self.start..self.end]
    }

    /// Where it stands in the text.
    pub fn span(self) -> Span {
        self.start..self.end
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match self.raw().as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The text of a string, without its escapes.
    pub fn as_text(self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::Text).then(|| unquote(self.raw()))
    }

    /// The members of an object or the items of a list, as written; nothing for other values.
    pub fn members(self) -> Members<'a> {
        let is_object = self.kind() == Kind::Object;
        let is_container = is_object || self.kind() == Kind::List;
        let at = if is_container { self.start + 1 } else { self.end };
        Members { text: self.text, at, end: self.end, is_object, has_unique_keys: self.has_unique_keys }
    }

    /// The member with this key; the last one where it is repeated.
    pub fn get(self, key: &str) -> Option<Self> {
        if self.kind() != Kind::Object {
            return None;
        }
        let is_named = |raw: &str| {
            let own = &raw[1..raw.len() - 1];
            own == key || (own.contains('\\') && decode(own) == key)
        };
        let mut matching = self.members().raw_keys().filter(|(own, _)| is_named(own));
        let found = if self.has_unique_keys { matching.next() } else { matching.last() };
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

    /// What the value becomes inside longer text: strings as they are, numbers and booleans as
    /// written, `null` as nothing, lists and objects as compact JSON (`platform.md`, "Variables").
    pub fn to_text(self) -> Cow<'a, str> {
        match self.kind() {
            Kind::Null => Cow::Borrowed(""),
            Kind::Boolean | Kind::Number => Cow::Borrowed(self.raw()),
            Kind::Text => unquote(self.raw()),
            Kind::List | Kind::Object => Cow::Owned(self.to_compact()),
        }
    }

    /// The value without white space, each key once.
    pub fn to_compact(self) -> String {
        let mut out = Vec::new();
        self.write_compact(&mut out);
        // Only whole tokens of a `str` were copied.
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Appends the value without white space, each key once, the last value of a repeated one.
    pub fn write_compact(self, out: &mut Vec<u8>) {
        let is_object = match self.kind() {
            Kind::Object => true,
            Kind::List => false,
            _ => return out.extend_from_slice(self.raw().as_bytes()),
        };
        out.push(if is_object { b'{' } else { b'[' });
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
        for (index, (raw_key, value)) in members.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            if is_object {
                out.extend_from_slice(raw_key.as_bytes());
                out.push(b':');
            }
            value.write_compact(out);
        }
        out.push(if is_object { b'}' } else { b']' });
    }

    /// Appends the value without white space, everything else as written.
    pub(super) fn write_stripped(self, out: &mut Vec<u8>) {
        let bytes = self.raw().as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            match bytes[at] {
                b' ' | b'\t' | b'\n' | b'\r' => {
                    at += 1;
                    continue;
                }
                b'"' => at = string_end(bytes, at),
                _ => {
                    while at < bytes.len() && !matches!(bytes[at], b' ' | b'\t' | b'\n' | b'\r' | b'"') {
                        at += 1;
                    }
                }
            }
            out.extend_from_slice(&bytes[start..at]);
        }
    }
}

/// The members of an object, or the items of a list with empty keys.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    is_object: bool,
    has_unique_keys: bool,
}

impl<'a> Members<'a> {
    /// The members with their keys as written, quotes included; empty ones in a list.
    pub(super) fn raw_keys(mut self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        std::iter::from_fn(move || {
            let key = self.next_key()?;
            Some((key, self.next_value()))
        })
    }

    /// The next key as written; an empty one in a list; none at the end.
    fn next_key(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        while self.at < self.end && matches!(bytes[self.at], b' ' | b'\t' | b'\n' | b'\r' | b',') {
            self.at += 1;
        }
        if self.at >= self.end || matches!(bytes[self.at], b'}' | b']') {
            return None;
        }
        if !self.is_object {
            return Some("");
        }
        let start = self.at;
        self.at = string_end(bytes, start);
        Some(&self.text[start..self.at])
    }

    fn next_value(&mut self) -> Value<'a> {
        let bytes = self.text.as_bytes();
        while matches!(bytes[self.at], b' ' | b'\t' | b'\n' | b'\r' | b':') {
            self.at += 1;
        }
        let start = self.at;
        self.at = value_end(bytes, start);
        Value { text: self.text, start, end: self.at, has_unique_keys: self.has_unique_keys }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.next_key()?;
        let value = self.next_value();
        Some((if self.is_object { unquote(key) } else { Cow::Borrowed("") }, value))
    }
}

/// A position in a list: digits without a leading zero.
pub(super) fn position(name: &str) -> Option<usize> {
    let is_canonical = name == "0" || (!name.starts_with(['0', '+']) && !name.is_empty());
    name.parse().ok().filter(|_| is_canonical)
}

/// The offset behind the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        at += plain_length(&bytes[at..]);
        if bytes[at] != b'\\' {
            return at + 1;
        }
        at += 2;
    }
}

/// The offset behind the value that begins at `start`.
fn value_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut depth = 0usize;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            b'}' | b']' | b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => break,
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn unquote(literal: &str) -> Cow<'_, str> {
    let inner = &literal[1..literal.len() - 1];
    if inner.contains('\\') { Cow::Owned(decode(inner)) } else { Cow::Borrowed(inner) }
}

/// Replaces the escapes of a checked string.
pub(super) fn decode(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(backslash) = rest.find('\\') {
        text.push_str(&rest[..backslash]);
        let escape = rest.as_bytes()[backslash + 1];
        rest = &rest[backslash + 2..];
        match escape {
            b'n' => text.push('\n'),
            b'r' => text.push('\r'),
            b't' => text.push('\t'),
            b'b' => text.push('\u{8}'),
            b'f' => text.push('\u{c}'),
            b'u' => {
                let unit = |digits: &str| u16::from_str_radix(digits, 16).unwrap_or(0xfffd);
                let mut units = vec![unit(&rest[..4])];
                rest = &rest[4..];
                if (0xd800..0xdc00).contains(&units[0]) && rest.len() >= 6 {
                    units.push(unit(&rest[2..6]));
                    rest = &rest[6..];
                }
                text.push_str(&String::from_utf16_lossy(&units));
            }
            other => text.push(char::from(other)),
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::super::check;

    fn at(text: &str, path: &str) -> Option<String> {
        check(text).unwrap().root(text).find(path).map(|value| value.raw().to_owned())
    }

    #[test]
    fn paths_lead_through_objects_and_lists_and_never_to_a_key_with_a_dot() {
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
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(at(r#"{"a": 1, "a": 2}"#, "a").as_deref(), Some("2"));
    }

    #[test]
    fn values_become_text_as_the_platform_makes_them() {
        let text = r#"[null, true, 1.10, "a\u00e4\ud83e\udef5\n", [ 1, {"b" : 2} ]]"#;
        let root = check(text).unwrap().root(text);
        let texts: Vec<String> = root.members().map(|(_, value)| value.to_text().into_owned()).collect();
        assert_eq!(texts, ["", "true", "1.10", "aä🫵\n", r#"[1,{"b":2}]"#]);
    }
}
