//! What the environment does not hold is stood in for by a mark, so that a request can be compared by its
//! shape: a mark stands for any text.

use std::borrow::Cow;

use crate::core::request::{Environment, EnvironmentValue};
use crate::core::secrets::Secret;

use super::coverage::matches_pattern;

/// An environment in which every name has a value: its own, or a mark.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Lenient<'a>(pub &'a dyn Environment);

/// Letters and digits alone, all of them small, so that it stays what it is in a host, a path and a header.
const START: &str = "zq0unset0";
const END: char = 'z';

impl Environment for Lenient<'_> {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        let mark = || EnvironmentValue {
            value: Secret::new(unknown(&format!("${{{name}}}"))),
            source: Cow::Borrowed("nowhere"),
        };
        Some(self.0.get(name).unwrap_or_else(mark))
    }

    fn own_names(&self) -> Vec<&str> {
        self.0.own_names()
    }

    fn own_file(&self) -> &str {
        self.0.own_file()
    }
}

/// A mark for any text, shown as `${NAME}` or `{{name}}`.
pub(super) fn unknown(shown: &str) -> String {
    let hex: String = shown.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{START}{hex}{END}")
}

/// A piece of a text that may hold marks.
enum Piece<'a> {
    Text(&'a str),
    Unset(String),
}

fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some(at) = text.find(START) {
        let rest = &text[at + START.len()..];
        let Some(end) = rest.find(END) else { break };
        let Some(name) = decode(&rest[..end]) else { break };
        pieces.push(Piece::Text(&text[..at]));
        pieces.push(Piece::Unset(name));
        text = &rest[end + END.len_utf8()..];
    }
    pieces.push(Piece::Text(text));
    pieces
}

fn decode(hex: &str) -> Option<String> {
    let digits = hex.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    String::from_utf8(bytes?).ok()
}

/// The names of environment variables that a text has marks for.
pub(super) fn unset_names(text: &str) -> Vec<String> {
    let names = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Unset(shown) => shown.strip_prefix("${")?.strip_suffix('}').map(str::to_owned),
        Piece::Text(_) => None,
    });
    names.collect()
}

/// The text with what is shown for each mark.
pub(super) fn without_marks(text: &str) -> Cow<'_, str> {
    if !text.contains(START) {
        return Cow::Borrowed(text);
    }
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Unset(shown) => shown,
    });
    Cow::Owned(pieces.collect())
}

/// What a text has before, between and after its marks; the whole text if it has none.
pub(super) fn literals(text: &str) -> Vec<&str> {
    if !text.contains(START) {
        return vec![text];
    }
    let literals = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Unset(_) => None,
    });
    literals.collect()
}

/// Whether a text is the expected one, in which a mark stands for any text.
pub(super) fn fits(expected: &str, actual: &str) -> bool {
    if !expected.contains(START) {
        return expected == actual;
    }
    matches_pattern(&literals(expected), actual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stands_for_any_text_and_is_shown_as_the_name() {
        let expected = format!("Bearer {}, {}!", unknown("${TOKEN}"), unknown("{{id}}"));
        assert_eq!(without_marks(&expected), "Bearer ${TOKEN}, {{id}}!");
        assert_eq!(unset_names(&expected), ["TOKEN"]);
        for actual in ["Bearer a, b!", "Bearer , !", "Bearer a, b, c!"] {
            assert!(fits(&expected, actual), "{actual}");
        }
        for actual in ["Bearer a, b", "bearer a, b!", "Bearer a b!", "", "Bearer , "] {
            assert!(!fits(&expected, actual), "{actual}");
        }
    }

    #[test]
    fn without_a_mark_only_the_same_text_fits() {
        assert!(fits("a", "a") && !fits("a", "ab"));
        assert_eq!(without_marks("zq0unset0"), "zq0unset0");
        assert!(fits("zq0unset0zz", "zq0unset0zz"));
    }
}
