//! The offences in words: what is wrong at a place, and the way out.

use crate::core::text::{LookAlike, Span, look_alike};

use super::{Scanner, SyntaxError};

pub(super) fn error(span: Span, code: &'static str, message: impl Into<String>) -> SyntaxError {
    SyntaxError { span, code, message: message.into(), help: None }
}

impl SyntaxError {
    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl<'a> Scanner<'a> {
    /// A look-alike in a part of the text, as an error.
    pub(super) fn look_alike_in(&self, span: Span) -> Option<SyntaxError> {
        let mut characters = self.text.get(span.clone())?.char_indices();
        let (at, found) = characters.find_map(|(at, c)| Some((at, look_alike(c)?)))?;
        let at = span.start + at;
        let span = at..at + found.character.len_utf8();
        Some(
            error(span, "json-look-alike", format!("{} is not JSON", found.describe()))
                .with_help(found.advice()),
        )
    }

    /// A quotation mark inside a string that looks as if it closed it, and where it is.
    fn quote_in(&self, span: Span) -> Option<(usize, LookAlike)> {
        let characters = self.text.get(span.clone())?.char_indices();
        let quotes = characters.filter_map(|(at, c)| Some((span.start + at, look_alike(c)?)));
        quotes.into_iter().find(|(_, found)| found.replacement == "\"")
    }

    /// The quotation mark that was meant to close the string at `start`, which goes on behind it.
    pub(super) fn look_alike_quote(&self, start: usize) -> Option<SyntaxError> {
        let (at, quote) = self.quote_in(start..self.at)?;
        let message = format!("{} does not close a string", quote.describe());
        let span = at..at + quote.character.len_utf8();
        Some(error(span, "json-look-alike", message).with_help(quote.advice()))
    }

    /// A string that does not end, on its line or at all.
    pub(super) fn unclosed_string(&self, span: Span, message: &str, help: Option<&str>) -> SyntaxError {
        let unclosed = error(span, "json-unclosed", message);
        if let Some((_, quote)) = self.quote_in(unclosed.span.start..self.at) {
            let advice = quote.advice();
            return unclosed.with_help(format!("{} does not close it: {advice}", quote.describe()));
        }
        match help {
            Some(help) => unclosed.with_help(help),
            None => unclosed,
        }
    }

    pub(super) fn control_character(&self, byte: u8, start: usize) -> SyntaxError {
        if matches!(byte, b'\n' | b'\r') {
            let help = "a line break inside a string is written `\\n`";
            return self.unclosed_string(start..self.at, "this string is not closed on its line", Some(help));
        }
        let message = format!("a control character (U+{byte:04X}) stands bare in a string");
        error(self.here(), "json-control-character", message)
            .with_help(format!("write it as `\\u{byte:04x}`"))
    }

    pub(super) fn lone_surrogate(&self, start: usize) -> SyntaxError {
        let written = &self.text[start..start + 6];
        error(start..start + 6, "json-lone-surrogate", format!("`{written}` is half of a character"))
            .with_help("beyond U+FFFF two such escapes make one character; the other half is missing")
    }

    pub(super) fn bad_number(&self, start: usize) -> SyntaxError {
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

    /// The end of the word, or of as much of it as a message has room for.
    fn word_end(&self, start: usize) -> usize {
        let is_part = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-') || *byte >= 0x80
        };
        let length = self.bytes[start..].iter().take_while(|byte| is_part(byte)).take(200).count();
        self.text.floor_char_boundary(start + length)
    }

    fn word(&self) -> (Span, &'a str) {
        let span = self.at..self.word_end(self.at);
        (span.clone(), &self.text[span])
    }

    pub(super) fn unexpected_value(&self) -> SyntaxError {
        let (span, word) = self.word();
        if let Some(found) = self.look_alike_in(span.clone()) {
            return found;
        }
        let (code, message, help): (_, String, _) = match (self.peek(), word) {
            (None, _) => (
                "json-unclosed",
                "the text ends where a value should stand".into(),
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

    pub(super) fn unexpected_key(&self) -> SyntaxError {
        match self.peek() {
            None => error(self.here(), "json-unclosed", "the text ends inside an object")
                .with_help("it may have been cut off"),
            Some(b'\'') => error(self.here(), "json-single-quotes", "keys stand in double quotes")
                .with_help("write `\"…\"` instead of `'…'`"),
            Some(_) => {
                let (span, word) = self.word();
                if let Some(found) = self.look_alike_in(span.clone()) {
                    return found;
                }
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

    pub(super) fn expected(&self, what: &str, opened: usize) -> SyntaxError {
        if self.peek().is_none() {
            let bracket = char::from(self.bytes[opened]);
            return error(opened..opened + 1, "json-unclosed", format!("this `{bracket}` is never closed"))
                .with_help("the text ends before it does; it may have been cut off");
        }
        self.look_alike_in(self.here())
            .unwrap_or_else(|| error(self.here(), "json-unexpected", format!("{what} is expected here")))
    }
}
