//! A decoded body.

use std::borrow::Cow;
use std::fmt::Write;

use crate::core::text::{count, one_line};

/// A body that was decoded as its headers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedBody<'a> {
    pub content: Content<'a>,
    /// The encodings that were removed, as their headers name them; empty for plain UTF-8.
    pub encodings: Vec<String>,
    /// Why the content encoding was not decoded, if it was not.
    pub undecoded: Option<String>,
    /// Whether a compressed body ended early, or was larger than the limit: the content is its beginning.
    pub is_incomplete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'a> {
    /// Text, every byte of it decoded.
    Text(Cow<'a, str>),
    /// Text with escapes such as `\xfc` for bytes that are invalid in this encoding.
    Escaped(String, String),
    /// Bytes that are not text, or are in an encoding that is not supported.
    Binary(Cow<'a, [u8]>),
    /// The parts of a `multipart` body.
    Parts(Vec<FormPart<'a>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPart<'a> {
    /// Its headers, names in their letter case.
    pub headers: Vec<(String, String)>,
    pub body: DecodedBody<'a>,
}

impl DecodedBody<'_> {
    /// The text, if all of the body is text and could be decoded.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) if !self.is_incomplete => Some(text),
            _ => None,
        }
    }

    /// All text, including that of parts; other bytes are escaped.
    pub fn all_text(&self) -> String {
        match &self.content {
            Content::Text(text) => text.clone().into_owned(),
            Content::Escaped(text, _) => text.clone(),
            Content::Binary(bytes) => one_line(&escaped(bytes)).into_owned(),
            Content::Parts(parts) => {
                parts.iter().map(|part| part.body.all_text()).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// How it was decoded, or why not; nothing for plain UTF-8.
    pub fn note(&self) -> Option<String> {
        let encodings = Some(self.encodings.join(", ")).filter(|own| !own.is_empty());
        let mut notes = Vec::new();
        match &self.content {
            Content::Binary(bytes) => {
                let size = count(bytes.len(), "byte");
                let of = encodings.map(|own| format!(" ({own})")).unwrap_or_default();
                notes.push(format!("{size} of binary data{of}"));
            }
            _ => notes.extend(encodings),
        }
        notes.extend(self.undecoded.clone());
        if let Content::Escaped(_, expected) = &self.content {
            notes.push(format!("invalid {expected}: other bytes are shown as \\xNN"));
        }
        if self.is_incomplete {
            notes.push("truncated".to_owned());
        }
        Some(notes.join("; ")).filter(|note| !note.is_empty())
    }
}

/// UTF-8 text, with escapes for invalid bytes.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}
