//! The changes that the editor can make, and their values in TOML.

use std::borrow::Cow;
use std::fmt::{self, Write};

use toml::Spanned;
use toml::de::DeValue;

use crate::core::model::FieldValue;

use super::super::json_value::{JSON, json_as_scalar, json_literal, scalar_as_json};
use super::index::WEBHOOKS;

/// One change to one webhook of a definitions file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Defines a new webhook after the last one. The handle must be free; the fields are written in this order.
    Add { handle: String, fields: Vec<(FieldPath, Scalar)> },
    /// Sets a field, whether or not it exists.
    Set { handle: String, field: FieldPath, value: Scalar },
    /// Removes a field; with the last header or body field, its table too. A missing field is not an error.
    Clear { handle: String, field: FieldPath },
    /// Changes a handle, wherever it is written. The new handle must be free.
    Rename { from: String, to: String },
    /// Removes a webhook, the comment directly above it and one of two empty lines around it. A comment followed by an
    /// empty line stays, and so does one that starts on the first line of the file.
    Remove { handle: String },
}

impl Change {
    /// The handle of its webhook before the change.
    pub fn handle(&self) -> &str {
        match self {
            Self::Rename { from, .. } => from,
            Self::Add { handle, .. }
            | Self::Set { handle, .. }
            | Self::Clear { handle, .. }
            | Self::Remove { handle } => handle,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add { handle, .. } => write!(f, "add `{handle}`"),
            Self::Set { handle, field, .. } => write!(f, "set `{field}` of `{handle}`"),
            Self::Clear { handle, field } => write!(f, "clear `{field}` of `{handle}`"),
            Self::Rename { from, to } => write!(f, "rename `{from}` to `{to}`"),
            Self::Remove { handle } => write!(f, "remove `{handle}`"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldPath {
    /// A field such as `method`; for [`Change::Clear`] also all of `header` or `body`.
    Field(String),
    /// The header's name as in the file.
    Header(String),
    Body(String),
    /// The id in this account, in an `id` that is a table.
    Id(String),
}

impl FieldPath {
    /// `header`, `body` or `id`, if it is in one of them.
    pub(super) fn group(&self) -> Option<&'static str> {
        match self {
            Self::Field(_) => None,
            Self::Id(_) => Some("id"),
            Self::Header(_) => Some("header"),
            Self::Body(_) => Some("body"),
        }
    }

    pub(super) fn name(&self) -> &str {
        let (Self::Field(name) | Self::Header(name) | Self::Body(name) | Self::Id(name)) = self;
        name
    }

    /// The path from the root of the document.
    pub(super) fn path<'a>(&'a self, handle: &'a str) -> Vec<&'a str> {
        [WEBHOOKS, handle].into_iter().chain(self.group()).chain([self.name()]).collect()
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.group() {
            None => f.write_str(self.name()),
            Some(group) => write!(f, "{group}.{}", self.name()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    Text(String),
    Bool(bool),
    Integer(i128),
    /// A header or body in list form, in which keys may be repeated: only for a field that does not exist.
    Pairs(Vec<(String, FieldValue)>),
    /// A JSON value that is not a string, or `${NAME}` in place of one.
    Json(String),
    /// An `id` as a table: the id in each account.
    Ids(Vec<(String, u64)>),
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<FieldValue> for Scalar {
    fn from(value: FieldValue) -> Self {
        match value {
            FieldValue::Text(text) => Self::Text(text),
            FieldValue::Json(json) => Self::Json(json),
        }
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Self::Integer(value.into())
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&basic(text)),
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Pairs(pairs) => {
                let item = |(key, value): &(String, FieldValue)| {
                    format!("{{ key = {}, value = {} }}", basic(key), Self::from(value.clone()))
                };
                write!(f, "[{}]", pairs.iter().map(item).collect::<Vec<_>>().join(", "))
            }
            Self::Json(json) => match json_as_scalar(json) {
                Some(scalar) => f.write_str(scalar),
                None => write!(f, "{{ {JSON} = {} }}", quoted(json)),
            },
            Self::Ids(ids) => {
                let id = |(account, number): &(String, u64)| format!("{} = {number}", key(account));
                write!(f, "{{ {} }}", ids.iter().map(id).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl Scalar {
    /// The value in the quotes of the literal that it replaces, if possible.
    pub(super) fn like(&self, old: &str, newline: &str) -> String {
        let Self::Text(text) = self else { return self.to_string() };
        let first_break = |quotes: usize| {
            ["\r\n", "\n"].into_iter().find(|end| old[quotes..].starts_with(end)).unwrap_or("")
        };
        let candidate = if old.starts_with("\"\"\"") {
            format!("\"\"\"{}{}\"\"\"", first_break(3), escape(text, newline))
        } else if old.starts_with("'''") {
            format!("'''{}{text}'''", first_break(3))
        } else if old.starts_with('\'') {
            format!("'{text}'")
        } else {
            basic(text)
        };
        if reads_as(&candidate, text) && line_breaks_are(&candidate, newline) {
            candidate
        } else {
            basic(text)
        }
    }

    /// Whether it equals this parsed value.
    pub(super) fn is(&self, parsed: &DeValue<'_>) -> bool {
        match (parsed, self) {
            (DeValue::String(parsed), Self::Text(value)) => parsed == value,
            (DeValue::Boolean(parsed), Self::Bool(value)) => parsed == value,
            (DeValue::Integer(_), Self::Integer(value)) => integer(parsed) == Some(*value),
            (DeValue::Array(items), Self::Pairs(pairs)) => {
                let is_item = |(item, (key, value)): (&Spanned<DeValue<'_>>, &(String, FieldValue))| {
                    let own = |name| item.get_ref().get(name).map(Spanned::get_ref);
                    let is_pair = item.get_ref().as_table().is_some_and(|table| table.len() == 2);
                    let is_value = own("value").is_some_and(|own| Self::from(value.clone()).is(own));
                    is_pair && is_value && own("key").and_then(DeValue::as_str) == Some(key)
                };
                items.len() == pairs.len() && items.iter().zip(pairs).all(is_item)
            }
            (parsed, Self::Json(json)) => match json_literal(parsed) {
                Some(literal) => literal.get_ref().as_str() == Some(json),
                None => scalar_as_json(parsed).as_ref() == Some(json),
            },
            (DeValue::Table(table), Self::Ids(ids)) => {
                let of = |(key, parsed): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                    (key.get_ref().clone().into_owned(), integer(parsed.get_ref()))
                };
                let ids = ids.iter().map(|(account, number)| (account.clone(), Some(i128::from(*number))));
                table.iter().map(of).eq(ids)
            }
            _ => false,
        }
    }
}

fn integer(parsed: &DeValue<'_>) -> Option<i128> {
    let DeValue::Integer(number) = parsed else { return None };
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A key, in quotes only if needed.
pub(super) fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { basic(name) }
}

/// In single quotes if possible: JSON has double quotes.
fn quoted(text: &str) -> String {
    let is_literal = text.chars().all(|c| c != '\'' && (!c.is_control() || c == '\t'));
    if is_literal && text.contains(['"', '\\']) { format!("'{text}'") } else { basic(text) }
}

fn basic(text: &str) -> String {
    format!("\"{}\"", escape(text, ""))
}

/// Escapes everything except this line break.
fn escape(text: &str, keep: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if !keep.is_empty() && rest.starts_with(keep) {
            escaped.push_str(keep);
            rest = &rest[keep.len()..];
            continue;
        }
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\u{8}' => escaped.push_str("\\b"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\u{c}' => escaped.push_str("\\f"),
            '\r' => escaped.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(escaped, "\\u{:04X}", u32::from(c));
            }
            c => escaped.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    escaped
}

fn reads_as(literal: &str, text: &str) -> bool {
    DeValue::parse(literal).is_ok_and(|value| value.get_ref().as_str() == Some(text))
}

/// Whether all line breaks in a literal have this style.
fn line_breaks_are(literal: &str, newline: &str) -> bool {
    let feeds = literal.matches('\n').count();
    let both = literal.matches("\r\n").count();
    if newline == "\r\n" { feeds == both } else { both == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Scalar {
        Scalar::Text(text.to_owned())
    }

    #[test]
    fn quotes_stay_if_they_can_contain_the_new_value() {
        for (old, new, expected) in [
            ("\"a\"", "b\"c", r#""b\"c""#),
            ("'a'", "b\"c\\", r#"'b"c\'"#),
            ("'a'", "it's", "\"it's\""),
            ("'a'", "two\nlines", "\"two\\nlines\""),
            ("\"\"\"a\"\"\"", "two\nlines", "\"\"\"two\nlines\"\"\""),
            ("\"\"\"\na\n\"\"\"", "b\n", "\"\"\"\nb\n\"\"\""),
            ("'''\na'''", "b\\\nc", "'''\nb\\\nc'''"),
            ("'''a'''", "b'''c", "\"b'''c\""),
            ("true", "b", "\"b\""),
        ] {
            assert_eq!(text(new).like(old, "\n"), expected, "{new:?} for {old}");
        }
        assert_eq!(text("x\ny\r\nz").like("\"\"\"a\"\"\"", "\r\n"), "\"\"\"x\\ny\r\nz\"\"\"");
        assert_eq!(text("x\ny").like("'''a'''", "\r\n"), "\"x\\ny\"");
    }

    #[test]
    fn keys_are_quoted_only_if_needed() {
        assert_eq!(key("rsvp-to_CMS1"), "rsvp-to_CMS1");
        assert_eq!(key("a.b"), "\"a.b\"");
        assert_eq!(key(""), "\"\"");
        assert_eq!(key("ä\u{7f}\""), "\"ä\\u007F\\\"\"");
    }

    proptest! {
        #[test]
        fn every_text_survives_every_quoting(
            new in any::<String>(),
            old in prop::sample::select(vec!["\"\"", "''", "\"\"\"\"\"\"", "''''''", "'''\nx'''", "1"]),
            newline in prop::sample::select(vec!["\n", "\r\n"]),
        ) {
            prop_assert!(reads_as(&text(&new).like(old, newline), &new));
            prop_assert!(reads_as(&basic(&new), &new));
        }
    }
}
