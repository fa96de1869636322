//! Collects the problems of a file while it is read, and rewords the errors of the TOML parser.

use std::borrow::Cow;
use std::sync::Arc;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use crate::core::diagnostic::{Diagnostic, Levels};
use crate::core::text::{Source, Span, look_alike};

pub(super) type TomlKey<'i> = TomlSpanned<Cow<'i, str>>;
pub(super) type TomlValue<'i> = TomlSpanned<DeValue<'i>>;

pub(super) struct Problems<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) levels: Arc<Levels>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The offset of the part that is being read; the spans of the parser count from there.
    pub(super) base: usize,
    /// The lines with syntax errors, in order and without duplicates. The parser guesses the values there, so nothing else
    /// is reported.
    broken: Vec<Span>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(source: &'a Arc<Source>) -> Self {
        Self { source, levels: Arc::default(), diagnostics: Vec::new(), base: 0, broken: Vec::new() }
    }

    /// The span in the source of something in the part that is being read.
    pub(super) fn span<T>(&self, of: &TomlSpanned<T>) -> Span {
        let span = of.span();
        self.base + span.start..self.base + span.end
    }

    /// Adds a finding, unless there is a syntax error on its line.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        let span = finding.primary.as_ref().map_or(0..0, |place| place.span.clone());
        let next = self.broken.partition_point(|broken| broken.end <= span.start);
        let is_broken = self.broken.get(next).is_some_and(|broken| broken.start <= span.end);
        // A value that the parser invents to continue has an empty span.
        let is_invented = span.is_empty() && !self.broken.is_empty();
        if !is_invented && !is_broken {
            self.diagnostics.push(finding);
        }
    }

    /// Adds a finding about something missing, unless a syntax error may hide it.
    pub(super) fn report_missing(&mut self, finding: Diagnostic) {
        if self.broken.is_empty() {
            self.diagnostics.push(finding);
        }
    }

    /// Adds an error, unless there is a syntax error on its line.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::error(code, message).at(self.source, span).help(help));
    }

    /// Adds an error about the type of a value.
    pub(super) fn wrong_type(&mut self, expected: &str, value: &TomlValue<'_>, help: impl Into<String>) {
        let message = format!("{expected}, not {}", article(value.get_ref().type_str()));
        self.error("wrong-type", message, self.span(value), help);
    }

    pub(super) fn syntax_errors(&mut self, errors: &[toml::de::Error]) {
        for error in errors {
            self.syntax_error(error);
        }
        self.broken.sort_unstable_by_key(|lines| lines.start);
    }

    fn syntax_error(&mut self, error: &toml::de::Error) {
        let text = self.source.text();
        let end = text.len();
        let span = error.span().map_or(end..end, |span| span.start.min(end)..span.end.min(end));
        // Errors are in order; lines are looked up once.
        if self.broken.last().is_none_or(|last| span.start < last.start || last.end < span.end) {
            let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
            let line_end = text[span.end..].find('\n').map_or(end, |newline| span.end + newline);
            self.broken.push(line_start..line_end);
        }
        let message = error.message().trim().replace('\n', ", ");
        let finding = if message.starts_with("duplicate key") {
            Diagnostic::error("toml-duplicate-key", "duplicate key").help(DUPLICATE)
        } else {
            let written = text.get(span.clone()).unwrap_or_default();
            let line = text.get(line_of(text, span.start)).unwrap_or_default();
            let reworded = reworded(&message, written);
            let message = reworded.map_or(message.as_str(), |(message, _)| message);
            let help = unusual_character(line).or_else(|| quoted_word(line, written));
            let help = help.or(reworded.map(|(_, help)| help.to_owned()));
            Diagnostic::error("toml-syntax", format!("invalid TOML: {message}")).maybe_help(help)
        };
        self.diagnostics.push(finding.at(self.source, span));
    }

    /// Reports what the parser accepts but TOML does not allow: a second byte order mark, and invalid numbers.
    pub(super) fn report_invalid(&mut self, table: &DeTable<'_>) {
        const MARK: char = '\u{feff}';
        if self.base == 0 && self.source.text().starts_with(MARK) {
            let finding = Diagnostic::error("toml-syntax", "invalid TOML: a second byte order mark");
            let finding = finding.at(self.source, 0..MARK.len_utf8());
            self.diagnostics.push(finding.help("delete it: it is invisible"));
        }
        let mut rest: Vec<&TomlValue<'_>> = table.values().collect();
        while let Some(value) = rest.pop() {
            let is_valid = match value.get_ref() {
                DeValue::Table(inner) => {
                    rest.extend(inner.values());
                    continue;
                }
                DeValue::Array(items) => {
                    rest.extend(items.iter());
                    continue;
                }
                DeValue::Integer(number) => is_integer(number.as_str(), number.radix()),
                DeValue::Float(number) => number.as_str().parse::<f64>().is_ok(),
                _ => true,
            };
            if !is_valid {
                let help = "use the digits 0 to 9, or put text in quotes";
                self.error("toml-syntax", "invalid TOML: invalid number", self.span(value), help);
            }
        }
    }
}

/// A TOML type with its article.
pub fn article(kind: &str) -> String {
    match kind {
        "array" | "integer" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// The line around an offset.
fn line_of(text: &str, offset: usize) -> Span {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    start..text[offset..].find('\n').map_or(text.len(), |newline| offset + newline)
}

const DUPLICATE: &str = "remove one; if a webhook was copied, give the copy its own handle";

/// The usual errors of the parser in other words, with help. `written` is the text at the error.
fn reworded(message: &str, written: &str) -> Option<(&'static str, &'static str)> {
    Some(match message {
        "string values must be quoted, expected literal string" if written.trim().is_empty() => {
            ("missing value", "write a value after `=`; put strings in quotes")
        }
        "string values must be quoted, expected literal string" => {
            ("this value is not in quotes", "put strings in quotes, e.g. `\"POST\"`")
        }
        "invalid basic string, expected `\"`" => ("this string is not closed", "close it with `\"`"),
        "invalid literal string, expected `'`" => ("this string is not closed", "close it with `'`"),
        "unexpected key or value, expected newline, `#`" => {
            ("unexpected text, expected a line break or a comment", "remove it, or move it to its own line")
        }
        _ => return None,
    })
}

/// How to write a word without quotes, if its field never contains a secret.
fn quoted_word(line: &str, written: &str) -> Option<String> {
    const FIELDS: [&str; 4] = ["name", "trigger", "trigger_element", "method"];
    let (key, value) = line.split_once('=')?;
    let is_word = written.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let is_value = !written.is_empty() && value.split('#').next()?.trim() == written;
    let field = FIELDS.into_iter().find(|field| *field == key.trim())?;
    (is_word && is_value).then(|| format!("write `{field} = \"{written}\"`"))
}

/// How to fix a line with a syntax error, if it contains an unusual character.
fn unusual_character(line: &str) -> Option<String> {
    const MAX_LINE_LENGTH: usize = 4096;
    if line.is_ascii() || line.len() > MAX_LINE_LENGTH {
        return None;
    }
    if let Some(odd) = line.chars().find_map(look_alike) {
        return Some(format!("the line contains {}: {}", odd.describe(), odd.advice()));
    }
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let is_bare = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '\u{300}'..='\u{36f}'));
    (is_bare && !key.is_ascii()).then(|| format!("put the key in quotes: `\"{key}\" = …`"))
}

fn is_integer(number: &str, radix: u32) -> bool {
    let digits = number.trim_start_matches(['+', '-']);
    !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix))
}
