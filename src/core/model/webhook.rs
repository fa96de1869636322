//! One block of `webhooks.toml`, parsed, with the span of every part.

use std::sync::Arc;

use crate::core::diagnostic::Levels;
use crate::core::text::{Source, Span, Spanned};

use super::{AccountIds, FieldValue, Method, Trigger, TriggerElement, UnknownWords};

#[derive(Debug, Clone)]
pub struct Webhook {
    /// The definitions file; all spans are in it.
    pub source: Arc<Source>,
    /// The levels of findings that this file configures.
    pub levels: Arc<Levels>,
    /// The name that commands use.
    pub handle: Spanned<String>,
    /// The display name.
    pub name: Option<Spanned<String>>,
    /// The ids of this webhook in the accounts.
    pub ids: AccountIds,
    /// "Status" in the app: an inactive webhook never fires.
    pub active: Spanned<bool>,
    pub trigger: Spanned<Trigger>,
    pub trigger_element: Spanned<TriggerElement>,
    /// For `rsvp_answer`: only answers to the event with this prokey.
    pub prokey_filter: Option<Spanned<String>>,
    pub method: Spanned<Method>,
    /// If a word is set here, the field above that it belongs to is a placeholder. Only webhooks without such words are in
    /// [`Definitions::webhooks`](crate::core::definitions::Definitions::webhooks).
    pub unknown: UnknownWords,
    /// As written: may contain `${NAME}`.
    pub payload_url: Spanned<String>,
    /// Extra request headers, in file order.
    pub header: Vec<Field>,
    /// Extra body fields, sent next to `element_data`, in file order.
    pub body: Vec<Field>,
}

/// A header or a body field, as written.
#[derive(Debug, Clone)]
pub struct Field {
    pub key: Spanned<String>,
    /// The span is that of the literal, with its quotes.
    pub value: Spanned<FieldValue>,
    /// Whether it is an item of a list, `{ key = "…", value = "…" }`.
    pub is_item: bool,
}

impl Webhook {
    /// The name, or the handle if there is none.
    pub fn label(&self) -> &str {
        self.name.as_ref().map_or(&self.handle.value, |name| &name.value)
    }

    /// The trigger as in the API, known or not.
    pub fn trigger_word(&self) -> &str {
        self.unknown.trigger.as_deref().unwrap_or(self.trigger.value.as_str())
    }

    pub fn trigger_element_word(&self) -> &str {
        self.unknown.trigger_element.as_deref().unwrap_or(self.trigger_element.value.as_str())
    }

    pub fn method_word(&self) -> &str {
        self.unknown.method.as_deref().unwrap_or(self.method.value.as_str())
    }

    /// The id of this webhook in the account with this name.
    pub fn id_in(&self, account: &str) -> Option<u64> {
        self.ids.of(account).map(|id| id.value)
    }

    /// The span in the file of a part of a string value; `range` counts bytes of the value.
    pub fn span_within<T>(&self, value: &Spanned<T>, range: Span) -> Span {
        span_in_literal(self.source.text(), &value.span, range)
    }
}

/// The span in a file of a part of the value of a string literal. Accounts for its quotes and escapes.
pub fn span_in_literal(text: &str, span: &Span, range: Span) -> Span {
    let literal = text.get(span.clone()).unwrap_or_default();
    let start = span.start + literal_offset(literal, range.start);
    let end = span.start + literal_offset(literal, range.end);
    start..end.max(start)
}

/// The offset in a TOML string literal of the byte `target` of its value. Always a character boundary, even if the parser
/// recovered from a syntax error in the literal.
fn literal_offset(literal: &str, target: usize) -> usize {
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| literal.starts_with(quote));
    let quote = quote.map_or(0, str::len);
    let escapes = literal.starts_with('"');
    let mut at = quote;
    if quote == 3 {
        // A line break right after the opening quotes is not part of the value.
        at += ["\r\n", "\n"].into_iter().find(|end| literal[at..].starts_with(end)).map_or(0, str::len);
    }
    let mut value_bytes = 0;
    while at < literal.len().saturating_sub(quote) {
        let (written, meant) = match literal[at..].strip_prefix('\\') {
            Some(rest) if escapes => escape_lengths(rest),
            // A line break is a line feed in the value.
            _ if literal[at..].starts_with("\r\n") => (2, 1),
            _ => literal[at..].chars().next().map_or((1, 1), |c| (c.len_utf8(), c.len_utf8())),
        };
        if meant > 0 && value_bytes >= target {
            break;
        }
        at = (at + written..literal.len()).find(|at| literal.is_char_boundary(*at)).unwrap_or(literal.len());
        value_bytes += meant;
    }
    at
}

/// The number of bytes of an escape in the file, including its backslash, and in the value.
fn escape_lengths(after_backslash: &str) -> (usize, usize) {
    let digits = match after_backslash.chars().next() {
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        // A backslash at the end of a line removes all whitespace up to the next word.
        Some(c) if c.is_ascii_whitespace() => {
            let rest = after_backslash.trim_start_matches([' ', '\t', '\r', '\n']);
            return (1 + after_backslash.len() - rest.len(), 0);
        }
        _ => return (2, 1),
    };
    let code = after_backslash.get(1..=digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    (2 + digits, code.and_then(char::from_u32).map_or(1, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_at(literal: &str, value: &str, part: &str) -> String {
        let start = value.find(part).unwrap();
        let range = literal_offset(literal, start)..literal_offset(literal, start + part.len());
        literal[range].to_owned()
    }

    #[test]
    fn a_part_of_a_value_is_found_in_every_kind_of_literal() {
        assert_eq!(written_at("\"a {{b}}\"", "a {{b}}", "{{b}}"), "{{b}}");
        assert_eq!(written_at("'a {{b}}'", "a {{b}}", "{{b}}"), "{{b}}");
        assert_eq!(written_at(r#""\"\u00e4\t{{b}}\n""#, "\"ä\t{{b}}\n", "{{b}}"), "{{b}}");
        assert_eq!(written_at(r#""\x41\U0001F600{{b}}""#, "A\u{1F600}{{b}}", "{{b}}"), "{{b}}");
        assert_eq!(written_at("\"\"\"\r\nx\r\n{{b}}\"\"\"", "x\n{{b}}", "{{b}}"), "{{b}}");
        assert_eq!(written_at("\"\"\"a \\\n   {{b}}\"\"\"", "a {{b}}", "{{b}}"), "{{b}}");
        assert_eq!(written_at(r"'\{{b}}'", r"\{{b}}", "{{b}}"), "{{b}}");
    }

    #[test]
    fn offsets_in_invalid_literals_are_character_boundaries() {
        for literal in
            ["“a {{b}}”", "\u{a0}\"a\"", "\"\\“a\"", "\"\\u“”«»a", "\"“", "'“", "\"\"\"“", "“", "\"", ""]
        {
            for target in 0..20 {
                let at = literal_offset(literal, target);
                assert!(literal.is_char_boundary(at), "{literal}: {target} is {at}");
            }
        }
        assert_eq!(written_at("“a {{b}}”", "“a {{b}}”", "{{b}}"), "{{b}}");
    }
}
