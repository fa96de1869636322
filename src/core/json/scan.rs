//! The check: one pass over the text that either finds the first offence against RFC 8259, in words
//! that help, or promises that all later reading can trust the text.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::core::text::Span;

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
        return Err(error(
            scanner.here(),
            "json-trailing-data",
            "something follows after the end of the value",
        )
        .with_help("one file holds one element"));
    }
    Ok(Document { root, is_compact: scanner.is_compact, repeated_keys: scanner.repeated })
}

const NO_COMMENTS: &str = "JSON has no comments; the examples in the platform's manual have them: take them \
                           out, or start from `hooks sample ELEMENT`";

fn error(span: Span, code: &'static str, message: impl Into<String>) -> SyntaxError {
    SyntaxError { span, code, message: message.into(), help: None }
}

impl SyntaxError {
    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

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
            self.key(&mut keys)?;
            self.skip_space()?;
            if self.peek() != Some(b':') {
                return Err(self.expected("`:` between the key and its value", opened));
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
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(has_escapes);
                }
                Some(b'\\') => {
                    has_escapes = true;
                    self.escape()?;
                }
                Some(byte) if byte < 0x20 => return Err(self.control_character(byte, start)),
                Some(_) => self.at += 1,
                None => {
                    return Err(error(start..start + 1, "json-unclosed", "this string is never closed"));
                }
            }
        }
    }

    fn control_character(&self, byte: u8, start: usize) -> SyntaxError {
        if matches!(byte, b'\n' | b'\r') {
            return error(start..self.at, "json-unclosed", "this string is not closed on its line")
                .with_help("a line break inside a string is written `\\n`");
        }
        let message = format!("a control character (U+{byte:04X}) stands bare in a string");
        error(self.here(), "json-control-character", message)
            .with_help(format!("write it as `\\u{byte:04x}`"))
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

    fn lone_surrogate(&self, start: usize) -> SyntaxError {
        let written = &self.text[start..start + 6];
        error(start..start + 6, "json-lone-surrogate", format!("`{written}` is half of a character"))
            .with_help("beyond U+FFFF two such escapes make one character; the other half is missing")
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

    fn bad_number(&self, start: usize) -> SyntaxError {
        let span = start..self.word_end(start);
        let help = match &self.text[span.clone()] {
            word if word.starts_with("-I") || word.starts_with("-N") => {
                "infinity and NaN are no JSON numbers: use `null`"
            }
            word if word.trim_start_matches('-').starts_with('0') => {
                "a number does not begin with 0, and has no 0x, 0o or 0b forms; an identifier is a string: put it in quotes"
            }
            _ => "numbers look like `12`, `-1.5` or `2e10`; anything else is a string: put it in quotes",
        };
        error(span, "json-bad-number", "this is no JSON number").with_help(help)
    }

    fn word_end(&self, start: usize) -> usize {
        let is_part = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-') || *byte >= 0x80
        };
        start + self.bytes[start..].iter().take_while(|byte| is_part(byte)).take(200).count()
    }

    fn word(&self) -> (Span, &'a str) {
        let mut end = self.word_end(self.at);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (self.at..end, &self.text[self.at..end])
    }

    fn unexpected_value(&self) -> SyntaxError {
        let (span, word) = self.word();
        let (code, message, help): (_, String, _) = match (self.peek(), word) {
            (None, _) => (
                "json-unclosed",
                "the file ends where a value should stand".into(),
                "it may have been cut off",
            ),
            (Some(b'\''), _) => (
                "json-single-quotes",
                "strings stand in double quotes".into(),
                "write `\"…\"` instead of `'…'`",
            ),
            (Some(b'+' | b'.'), _) => (
                "json-bad-number",
                "this is no JSON number".into(),
                "numbers look like `12`, `-1.5` or `0.5`",
            ),
            (_, "NaN" | "Infinity") => {
                ("json-bad-number", format!("`{word}` is no JSON number"), "use `null`")
            }
            (_, "True" | "False") => (
                "json-unknown-word",
                format!("`{word}` is not JSON"),
                "write `true` or `false`, in small letters",
            ),
            (_, "None" | "undefined" | "nil" | "NULL" | "Null") => {
                ("json-unknown-word", format!("`{word}` is not JSON"), "write `null`")
            }
            (Some(b'}' | b']' | b',' | b':'), _) => {
                ("json-missing-value", "a value is missing here".into(), "write `null` where there is none")
            }
            (_, "") => (
                "json-unexpected",
                "this is not JSON".into(),
                "a value is an object, a list, a string, a number, `true`, `false` or `null`",
            ),
            _ => ("json-unknown-word", "this word is not JSON".into(), "text stands in double quotes"),
        };
        let span = if span.is_empty() { self.here() } else { span };
        error(span, code, message).with_help(help)
    }

    fn unexpected_key(&self) -> SyntaxError {
        match self.peek() {
            None => error(self.here(), "json-unclosed", "the file ends inside an object")
                .with_help("it may have been cut off"),
            Some(b'\'') => error(self.here(), "json-single-quotes", "keys stand in double quotes")
                .with_help("write `\"…\"` instead of `'…'`"),
            Some(_) => {
                let (span, word) = self.word();
                let span = if span.is_empty() { self.here() } else { span };
                let help = if word.is_empty() {
                    "an object looks like `{\"key\": \"value\"}`".to_owned()
                } else {
                    format!("write `\"{word}\"`")
                };
                error(span, "json-bad-key", "a key in double quotes is expected here").with_help(help)
            }
        }
    }

    fn expected(&self, what: &str, opened: usize) -> SyntaxError {
        if self.peek().is_none() {
            let bracket = char::from(self.bytes[opened]);
            return error(opened..opened + 1, "json-unclosed", format!("this `{bracket}` is never closed"))
                .with_help("the file ends before it does; it may have been cut off");
        }
        error(self.here(), "json-unexpected", format!("{what} is expected here"))
    }
}

/// The keys of one object: compared one by one while few, hashed from then on.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    const FEW: usize = 32;

    /// Adds a key; false when it was there.
    fn insert(&mut self, key: Cow<'a, str>) -> bool {
        if !self.many.is_empty() {
            return self.many.insert(key);
        }
        if self.few.contains(&key) {
            return false;
        }
        self.few.push(key);
        if self.few.len() > Self::FEW {
            self.many.extend(self.few.drain(..));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> (&'static str, Span) {
        let error = check(text).unwrap_err();
        (error.code, error.span)
    }

    #[test]
    fn each_offence_has_its_name_and_place() {
        for (text, expected, span) in [
            ("", "json-empty", 0..0),
            (" \n", "json-empty", 0..0),
            ("{} {}", "json-trailing-data", 3..4),
            ("{\"a\": 1, // x\n}", "json-comment", 9..11),
            ("/* x */ {}", "json-comment", 0..2),
            ("{\"a\": 1,\n}", "json-trailing-comma", 7..8),
            ("[1,]", "json-trailing-comma", 2..3),
            ("{'a': 1}", "json-single-quotes", 1..2),
            ("['a']", "json-single-quotes", 1..2),
            ("{a: 1}", "json-bad-key", 1..2),
            ("[01]", "json-bad-number", 1..3),
            ("[+1]", "json-bad-number", 1..3),
            ("[.5]", "json-bad-number", 1..3),
            ("[1.]", "json-bad-number", 1..3),
            ("[1e]", "json-bad-number", 1..3),
            ("[-]", "json-bad-number", 1..2),
            ("[0x1F]", "json-bad-number", 1..5),
            ("[NaN]", "json-bad-number", 1..4),
            ("[-Infinity]", "json-bad-number", 1..10),
            ("[True]", "json-unknown-word", 1..5),
            ("[undefined]", "json-unknown-word", 1..10),
            ("[nulle]", "json-unknown-word", 1..6),
            ("{\"a\": }", "json-missing-value", 6..7),
            ("{\"a\" 1}", "json-unexpected", 5..6),
            ("[1 2]", "json-unexpected", 3..4),
            ("{\"a\": [1, 2}", "json-unexpected", 11..12),
            ("[1, 2", "json-unclosed", 0..1),
            ("[\"a", "json-unclosed", 1..2),
            ("[\"a\nb\"]", "json-unclosed", 1..3),
            ("[\"a\tb\"]", "json-control-character", 3..4),
            (r#"["\x"]"#, "json-bad-escape", 2..4),
            (r#"["\u12G4"]"#, "json-bad-escape", 2..4),
            (r#"["\ud800"]"#, "json-lone-surrogate", 2..8),
            (r#"["\udc00\ud800"]"#, "json-lone-surrogate", 2..8),
            ("ä", "json-unknown-word", 0..2),
        ] {
            assert_eq!(code(text), (expected, span), "{text:?}");
        }
    }

    #[test]
    fn nesting_is_bounded_whatever_its_size() {
        assert!(check(&("[".repeat(128) + &"]".repeat(128))).is_ok());
        assert_eq!(code(&"[".repeat(100_000)).0, "json-too-deep");
        assert_eq!(code(&"[{\"\":".repeat(50_000)).0, "json-too-deep");
    }

    #[test]
    fn repeated_keys_are_found_among_few_and_many_and_behind_escapes() {
        let document = check(r#"{"a":1,"\u0061":2,"b":{"a":3}}"#).unwrap();
        assert_eq!(document.repeated_keys().first(), Some(&(7..15)));
        let members: Vec<String> = (0..100).map(|n| format!("\"k{}\":{n}", n % 99)).collect();
        let document = check(&format!("{{{}}}", members.join(","))).unwrap();
        assert_eq!(document.repeated_keys().len(), 1);
    }

    #[test]
    fn the_compact_form_keeps_digits_escapes_and_the_last_of_repeated_keys() {
        let text =
            "{ \"n\" : 1.10, \"b\": 12345678901234567890, \"s\": \"a \\u00e4\\\" b\", \"n\": [ 1E400 ] }";
        let mut out = Vec::new();
        check(text).unwrap().write_compact(text, &mut out);
        let expected = r#"{"n":[1E400],"b":12345678901234567890,"s":"a \u00e4\" b"}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn valid_json_is_accepted_and_its_compact_form_means_the_same(value in any_json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            let mut out = Vec::new();
            check(&text).unwrap().write_compact(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).unwrap(), value.clone());
            prop_assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
        }

        #[test]
        fn whatever_serde_json_refuses_is_refused_and_the_place_lies_in_the_text(
            text in r#"[\[\]{}:,"0-9eE.+\-\\untrlsaf /\n]{0,24}"#,
        ) {
            let peer = serde_json::from_str::<serde_json::Value>(&text);
            match check(&text) {
                Ok(_) => prop_assert!(peer.is_ok() || peer.unwrap_err().to_string().contains("out of range"), "{}", text),
                Err(error) => {
                    prop_assert!(peer.is_err(), "{} {:?}", text, error);
                    prop_assert!(text.get(error.span).is_some());
                }
            }
        }
    }
}
