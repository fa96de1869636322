//! Masks a definitions file: all of it, or the lines that are shown with a finding. The lines are searched as plain text, since
//! the syntax of the file may be invalid.

use toml::de::{DeTable, DeValue};

use crate::core::text::Span;

use super::mask::{placeholders, shown_field, shown_header, shown_url};
use super::secret::MASK;
use super::words::is_credential_name;

/// The text with a mask for every literal credential. Line numbers stay the same, so that both can be read side by side.
pub fn masked_text(text: &str) -> String {
    let mut masks = Vec::new();
    if let Ok(tree) = DeTable::parse(text) {
        collect("", tree.get_ref(), &mut masks);
    }
    masks.sort_by_key(|(span, _)| span.start);
    let mut masked = text.to_owned();
    for (span, shown) in masks.into_iter().rev() {
        let further_lines = text[span.clone()].matches('\n').count();
        let shown = shown.replace(['\r', '\n'], " ");
        masked.replace_range(span, &format!("\"{shown}\"{}", format!("\n{MASK}").repeat(further_lines)));
    }
    masked
}

/// Collects the literals to mask in the table with this name.
fn collect(name: &str, table: &DeTable<'_>, masks: &mut Vec<(Span, String)>) {
    // `{ key = "Authorization", value = "…" }` in a list of fields.
    let listed = table.get("value").and(table.get("key")).and_then(|key| key.get_ref().as_str());
    for (key, value) in table {
        let key = match (key.get_ref().as_ref(), listed) {
            ("value", Some(listed)) => listed,
            ("key", Some(_)) => "",
            (key, _) => key,
        };
        collect_value(name, key, value.get_ref(), value.span(), masks);
    }
}

fn collect_value(table: &str, key: &str, value: &DeValue<'_>, span: Span, masks: &mut Vec<(Span, String)>) {
    match value {
        // `{ json = "…" }` is the value of its key.
        DeValue::Table(own) if own.len() == 1 && own.contains_key("json") => {
            for value in own.values() {
                collect_value(table, key, value.get_ref(), value.span(), masks);
            }
        }
        DeValue::Table(own) => collect(key, own, masks),
        DeValue::Array(items) => {
            for item in items {
                collect_value(table, key, item.get_ref(), item.span(), masks);
            }
        }
        DeValue::String(text) => {
            let shown = match key {
                "payload_url" => shown_url(text, false),
                _ if is_header(table) => shown_header(key, text, false),
                _ => shown_field(key, text, false),
            };
            if shown != *text {
                masks.push((span, shown));
            }
        }
        _ if (is_header(table) || table == BODY) && is_credential_name(key) => {
            masks.push((span, MASK.to_owned()));
        }
        _ => {}
    }
}

fn is_header(table: &str) -> bool {
    matches!(table, "header" | "headers")
}

/// The field of a webhook with masked values.
const HEADER: &str = "header";
const BODY: &str = "body";

/// Whether one of these lines may contain a credential.
pub fn may_hold_secret(text: &str, lines: Span) -> bool {
    let is_header = is_inside_header(&text[..lines.start]);
    text[lines]
        .lines()
        .any(|line| holds_url_with_secret(line) || holds_credential(line) || is_header && sets_header(line))
}

/// A URL, even an invalid one, with user info or another secret.
fn holds_url_with_secret(line: &str) -> bool {
    let is_end = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    let mut urls = line.split("://").skip(1).map(|rest| rest.split(is_end).next().unwrap_or(rest));
    urls.any(|url| url.contains('@')) || line.split(is_end).any(|url| shown_url(url, false) != url)
}

/// A literal value, even in an inline table, that is a credential by its name or its format.
fn holds_credential(line: &str) -> bool {
    let mut literal = line.to_owned();
    for span in placeholders(line).into_iter().rev() {
        literal.replace_range(span, "");
    }
    let pairs = literal.split(['{', ',']);
    let pairs: Vec<(&str, &str)> =
        pairs.filter_map(|pair| pair.split_once('=').or_else(|| pair.split_once(':'))).collect();
    // In a listed field, `{ key = "seats", value = "2" }`, the name of the value is unknown.
    let is_listed = pairs.iter().any(|(name, _)| name.trim() == "value");
    let is_named = pairs.iter().any(|(name, _)| is_credential_name(name.trim()));
    let is_secret = |name: &str| match name.trim() {
        "value" => true,
        "key" if is_listed => false,
        // The name of `{ json = "…" }` is before it, or on another line.
        "json" => is_listed || is_named || pairs.len() == 1,
        name => is_credential_name(name.strip_suffix(".json").unwrap_or(name)),
    };
    pairs.iter().any(|(name, value)| is_secret(name) && !is_harmless("key", value))
        || literal.split(['"', '\'']).any(|text| shown_field("", text, false) != text)
}

/// A line in a table of headers that may contain a secret.
fn sets_header(line: &str) -> bool {
    let line = line.trim();
    let is_no_value = line.is_empty() || line.starts_with(['#', '[', '}']);
    !is_no_value
        && line
            .split_once('=')
            .is_none_or(|(key, value)| !is_harmless(key.trim().trim_matches(['"', '\'']), value))
}

/// Whether the value of a header contains nothing to mask.
fn is_harmless(name: &str, written: &str) -> bool {
    let written = written.trim();
    let (value, rest) = match written.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        Some(quote) => written[1..].split_once(quote).unwrap_or((&written[1..], "")),
        None => (written, ""),
    };
    let rest = rest.trim().trim_start_matches([',', '}', ']', ' ']);
    (rest.is_empty() || rest.starts_with('#')) && shown_header(name, value, false) == value
}

/// Whether the end of this text is in a table of headers: below `[webhooks.a.header]`, or inside `header = {`.
fn is_inside_header(before: &str) -> bool {
    let (mut is_table_closed, mut is_list_closed) = (false, false);
    for line in before.lines().rev() {
        let line = line.trim();
        is_table_closed |= line.starts_with('}');
        is_list_closed |= line.starts_with(']');
        if line.starts_with('[') && line.contains(']') {
            return names_header(line);
        }
        let opened = line.split_once('=').filter(|(key, _)| names_header(key));
        match opened.and_then(|(_, value)| value.trim_start().chars().next()) {
            Some('{') => return !is_table_closed && !line.ends_with('}'),
            Some('[') => return !is_list_closed && !line.ends_with(']'),
            _ => {}
        }
    }
    false
}

/// Whether a dotted key or table name contains the field.
fn names_header(key: &str) -> bool {
    let key = key.split('#').next().unwrap_or(key);
    key.split('.').any(|step| step.trim_matches(|c: char| c.is_whitespace() || "[]\"'".contains(c)) == HEADER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_credentials_are_masked_in_every_notation() {
        for (text, masked) in [
            (
                "header = { Authorization = \"Bearer a\", X-Key = 'b' } # c",
                "header = { Authorization = \"Bearer ***\", X-Key = \"***\" } # c",
            ),
            (
                "[webhooks.x.header]\nAccept = \"a\"\nKey = 1\nToken = [\"a\"]",
                "[webhooks.x.header]\nAccept = \"a\"\nKey = \"***\"\nToken = [\"***\"]",
            ),
            ("payload_url = \"https://u:p@x.y/?token=a\"", "payload_url = \"https://***@x.y/?token=***\""),
            (
                "[webhooks.x.body]\napi_key = \"a\"\nkeyword = \"b\"",
                "[webhooks.x.body]\napi_key = \"***\"\nkeyword = \"b\"",
            ),
            ("header.Key = '''a\nb'''\nname = \"n\"", "header.Key = \"***\"\n***\nname = \"n\""),
            ("header.Key = \"${A} {{b}}\"", "header.Key = \"${A} {{b}}\""),
            ("header = { X-Author = \"Jane\" }", "header = { X-Author = \"Jane\" }"),
            ("header.X = ", "header.X = "),
            (
                "header = [{ key = \"X-Key\", value = \"a\" }, { value = \"b\", key = \"X-A\" }]",
                "header = [{ key = \"X-Key\", value = \"***\" }, { value = \"b\", key = \"X-A\" }]",
            ),
            (
                "[w.x.body]\napi_key = { json = '[\"a\"]' }\nseats = 1\npassword = 1234\ntoken.json = \"1\"\nx = { json = \"1\" }",
                "[w.x.body]\napi_key = { json = \"***\" }\nseats = 1\npassword = \"***\"\ntoken.json = \"***\"\nx = { json = \"1\" }",
            ),
            (
                "body = [{ key = \"token\", value = 5 }, { key = \"token\", value = { json = \"5\" } }]",
                "body = [{ key = \"token\", value = \"***\" }, { key = \"token\", value = { json = \"***\" } }]",
            ),
            (
                "[[w.a.body]]\nkey = \"token\"\nvalue = \"a\"",
                "[[w.a.body]]\nkey = \"token\"\nvalue = \"***\"",
            ),
        ] {
            assert_eq!(masked_text(text), masked);
        }
    }

    /// Whether the last line of a text may be shown.
    fn is_shown(text: &str) -> bool {
        let start = text.rfind('\n').map_or(0, |newline| newline + 1);
        !may_hold_secret(text, start..text.len())
    }

    #[test]
    fn lines_with_literal_header_values_are_not_shown() {
        for text in [
            "[webhooks.a.header]\nX-Sig = \"hunter2 {{x}}\"",
            "[webhooks.a.header]\nX-Sig = \"hunter2",
            "[webhooks.a.header]\nX-Sig = hunter2",
            "[webhooks.a.header]\nX-Sig = '${A}' hunter2",
            "[webhooks.a.header]\nX-Sig = \"\"\"a\nhunter2 {{x\"\"\"",
            "[ webhooks . a . \"header\" ] # they are\n\nA = \"${B}\"\nX-Sig = \"hunter2\"",
            "[webhooks.a]\nheader = { X-A = \"x\", X-Sig = \"hunter2\" }",
            "[webhooks.a]\nheader.X-Sig = \"hunter2\"",
            "[webhooks]\na.header.X-Sig = 'hunter2'",
            "[webhooks.a]\nheader = {\n  X-Sig = \"hunter2\",",
            "[webhooks.a]\nheader = {\n  A = \"${B}\",\n  X-Sig = \"hunter2\",",
            "[webhooks.a]\nheader = [{ key = \"X-Sig\", value = \"hunter2\" }]",
            "[webhooks.a]\nheader = [\n  { key = \"A\", value = \"${B}\" },\n  { key = \"X-Sig\", value = \"hunter2\" },",
            "[webhooks.a]\nheader = [{\n  key = \"A\",\n}, {\n  key = \"X-Sig\", value = \"hunter2\"",
            "[[webhooks.a.header]]\nkey = \"X-Sig\"\nvalue = \"hunter2\"",
            "[webhooks.a.body]\napi_key = \"hunter2\"",
            "[webhooks.a.body]\napi_key = { json = '[\"hunter2\"]' }",
            "[webhooks.a]\nbody.api_key.json = \"1234\"",
            "[webhooks.a.body.api_key]\njson = \"1234\"",
            "[webhooks.a]\nbody = [{ key = \"api_key\", value = { json = \"1234\" } }]",
            "{\n  \"access_token\": \"hunter2\"",
        ] {
            assert!(!is_shown(text), "{text}");
        }
    }

    #[test]
    fn urls_with_credentials_are_not_shown() {
        for line in [
            "payload_url = \"https://me:hunter2@example.com\"",
            "payload_url = \"https://me:hun/ter2@example.com\"",
            "payload_url = \"https://example.com/?token=hunter2\"",
        ] {
            assert!(!is_shown(line), "{line}");
        }
        assert!(is_shown("payload_url = \"https://${USER}.example.com/?a=1\" # ask me@example.com"));
    }

    #[test]
    fn other_lines_are_shown() {
        for text in [
            "[webhooks.a.header]\nAuthorization = \"Bearer ${TOKEN}\"  # of the CMS",
            "[webhooks.a.header]\nX-Request-Id = \"event-{{id}}\"",
            "[webhooks.a.header]\n[webhooks.a.body]\nx = \"plain\"",
            "[webhooks.a.header]\n# only a comment",
            "[webhooks.a]\nheader = []",
            "[webhooks.a]\nheader = { A = \"x\" }\nname = \"plain\"",
            "[webhooks.a]\nheader = {\n  A = \"x\",\n}\nname = \"plain\"",
            "[webhooks.a]\nheader = [\n  { key = \"A\", value = \"x\" },\n]\nname = \"plain\"",
            "[webhooks.header-of-a]\nname = \"plain\"",
            "[webhooks.a.header]\nX-Author = \"Jane\"",
        ] {
            assert!(is_shown(text), "{text}");
        }
    }
}
