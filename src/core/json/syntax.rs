//! Syntax errors, with help for common mistakes.

use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, Span, look_alike};

use super::MAX_DEPTH;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    /// Its stable kebab-case name.
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
}

impl SyntaxError {
    fn new(span: Span, code: &'static str, message: impl Into<String>, help: &str) -> Self {
        Self {
            span,
            code,
            message: message.into(),
            help: Some(help.to_owned()).filter(|own| !own.is_empty()),
        }
    }

    pub(super) fn too_deep(at: usize) -> Self {
        let message = format!("nested deeper than {MAX_DEPTH} levels");
        Self::new(at..at + 1, "json-too-deep", message, "check that this is the right file")
    }

    pub(super) fn lone_surrogate(bytes: &[u8], at: usize) -> Self {
        let escape = String::from_utf8_lossy(&bytes[at..at + 6]);
        let message = format!("`{escape}` is half of a surrogate pair");
        let help = "a character above U+FFFF needs two such escapes; the other one is missing";
        Self::new(at..at + 6, "json-lone-surrogate", message, help)
    }

    /// The error at its position in a source.
    pub fn into_diagnostic(self, source: &Arc<Source>) -> Diagnostic {
        Diagnostic::error(self.code, self.message).at(source, self.span).maybe_help(self.help)
    }
}

const NO_COMMENTS: (&str, &str, &str) =
    ("json-comment", "comments are not allowed in JSON", "remove the comment");

/// Common mistakes, by the text at the position of the error: code, message, help.
const HINTS: &[(&str, (&str, &str, &str))] = &[
    ("//", NO_COMMENTS),
    ("/*", NO_COMMENTS),
    ("#", NO_COMMENTS),
    ("'", ("json-single-quotes", "strings need double quotes", "write `\"…\"` instead of `'…'`")),
    ("True", ("json-literal", "`True` is not JSON", "write `true`")),
    ("False", ("json-literal", "`False` is not JSON", "write `false`")),
    ("None", ("json-literal", "`None` is not JSON", "write `null`")),
    ("undefined", ("json-literal", "`undefined` is not JSON", "write `null`")),
    ("NaN", ("json-literal", "`NaN` is not JSON", "write `null`")),
    ("Infinity", ("json-literal", "`Infinity` is not JSON", "write `null`")),
];

pub(super) fn explained(text: &str, error: &serde_json::Error) -> SyntaxError {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    if text.trim_ascii().is_empty() {
        return SyntaxError::new(0..0, "json-empty", "the JSON is empty", "write a value, e.g. `null`");
    }
    if error.is_eof() {
        let inside = message.strip_prefix("EOF while parsing ").unwrap_or("a value");
        let message = format!("the JSON is truncated inside {inside}");
        let end = text.trim_ascii_end().len();
        return SyntaxError::new(
            end..end,
            "json-unclosed",
            message,
            "add the missing bracket or quote, or check that the file is complete",
        );
    }
    let at = offset(text, error);
    let rest = &text[at..];
    if let Some((written, (code, message, help))) = HINTS.iter().find(|(start, _)| rest.starts_with(start)) {
        return SyntaxError::new(at..at + written.len(), code, *message, help);
    }
    let before = text[..at].trim_ascii_end();
    if rest.starts_with(['}', ']']) && before.ends_with(',') {
        let span = before.len() - 1..before.len();
        return SyntaxError::new(span, "json-trailing-comma", "trailing comma", "remove it");
    }
    let character = rest.chars().next();
    let span = at..at + character.map_or(0, char::len_utf8);
    if let Some(found) = character.and_then(look_alike) {
        let message = format!("{} is not JSON", found.describe());
        return SyntaxError::new(span, "json-look-alike", message, &found.advice());
    }
    let (span, code, message, help) = match message {
        "trailing characters" => (
            span,
            "json-trailing-data",
            "unexpected data after the value",
            "remove everything after the value",
        ),
        _ if character.is_some_and(|own| own < ' ') => {
            (span, "json-syntax", "control character in a string", "escape it, or close the string before it")
        }
        "expected value" | "expected ident" => {
            let is_letter = |c: char| c.is_ascii_alphabetic();
            let start = text[..at].trim_end_matches(is_letter).len();
            let word = rest.len() - rest.trim_start_matches(is_letter).len();
            let help = "put text in double quotes, or write `null` for a missing value";
            (start..span.end.max(at + word), "json-syntax", "expected a value", help)
        }
        "key must be a string" => (span, "json-syntax", "expected a key", "put keys in double quotes"),
        "invalid number" => {
            let help = "remove leading zeros, `+` and a final `.`, or put text in double quotes";
            (span, "json-syntax", message, help)
        }
        "invalid escape" => (span, "json-syntax", message, "write a backslash as `\\\\`"),
        _ => (span, "json-syntax", message, "check the quotes and brackets before this position"),
    };
    SyntaxError::new(span, code, message, help)
}

/// Where the error is, in bytes, at the start of a character.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    // The column counts bytes from 1; for a control character, it is that of the byte before.
    let column = if error.to_string().starts_with("control character") {
        error.column()
    } else {
        error.column().saturating_sub(1)
    };
    text.floor_char_boundary(line + column)
}
