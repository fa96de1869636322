//! How a value or a key is spelled in TOML.

use std::fmt::Write;

use toml::de::DeValue;

use super::Scalar;

/// A value in its plainest spelling.
pub(super) fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => basic(text),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Integer(value) => value.to_string(),
    }
}

/// A value in the quotes of the literal that it replaces, where these can hold it.
pub(super) fn like(old: &str, value: &Scalar, newline: &str) -> String {
    let Scalar::Text(text) = value else { return scalar(value) };
    let first_break =
        |quotes: usize| ["\r\n", "\n"].into_iter().find(|end| old[quotes..].starts_with(end)).unwrap_or("");
    let candidate = if old.starts_with("\"\"\"") {
        format!("\"\"\"{}{}\"\"\"", first_break(3), escape(text, newline))
    } else if old.starts_with("'''") {
        format!("'''{}{text}'''", first_break(3))
    } else if old.starts_with('\'') {
        format!("'{text}'")
    } else {
        basic(text)
    };
    if reads_as(&candidate, text) && line_breaks_are(&candidate, newline) { candidate } else { basic(text) }
}

/// A key, in quotes only where it needs them.
pub(super) fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { basic(name) }
}

/// Whether a parsed value is that one.
pub(super) fn is_value(parsed: &DeValue<'_>, value: &Scalar) -> bool {
    match (parsed, value) {
        (DeValue::String(parsed), Scalar::Text(value)) => parsed == value,
        (DeValue::Boolean(parsed), Scalar::Bool(value)) => parsed == value,
        (DeValue::Integer(parsed), Scalar::Integer(value)) => {
            i128::from_str_radix(parsed.as_str(), parsed.radix()) == Ok(i128::from(*value))
        }
        _ => false,
    }
}

fn basic(text: &str) -> String {
    format!("\"{}\"", escape(text, ""))
}

/// Escapes everything but the line break to keep; an empty one keeps none.
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

/// Whether a literal brings no line break of another style into the file.
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
    fn quotes_stay_where_they_can_hold_the_new_value() {
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
            assert_eq!(like(old, &text(new), "\n"), expected, "{new:?} for {old}");
        }
        assert_eq!(like("\"\"\"a\"\"\"", &text("x\ny\r\nz"), "\r\n"), "\"\"\"x\\ny\r\nz\"\"\"");
        assert_eq!(like("'''a'''", &text("x\ny"), "\r\n"), "\"x\\ny\"");
    }

    #[test]
    fn keys_are_quoted_only_when_they_must_be() {
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
            prop_assert!(reads_as(&like(old, &text(&new), newline), &new));
            prop_assert!(reads_as(&basic(&new), &new));
        }
    }
}
