//! Which lines of a file may be shown beside a finding: none that may hold a credential. This is read
//! from the text alone, since what is wrong may be its syntax.

use crate::core::request::{shown_header, shown_url};
use crate::core::text::Span;

/// The field of a webhook whose values are masked wherever they are shown.
const HEADER: &str = "header";

/// Words in the name of a field that make its value a credential.
const CREDENTIALS: [&str; 8] =
    ["authorization", "token", "secret", "password", "api-key", "api_key", "apikey", "cookie"];

/// Whether one of these lines may hold a credential.
pub(super) fn may_hold_secret(text: &str, lines: Span) -> bool {
    let is_header = is_inside_header(&text[..lines.start]);
    text[lines].lines().any(|line| {
        holds_url_with_secret(line)
            || holds_credential(line)
            || holds_header(line)
            || is_header && sets_header(line)
    })
}

/// A URL with user info, also where it is no valid one, or with a parameter that names itself a credential.
fn holds_url_with_secret(line: &str) -> bool {
    let is_end = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    let mut urls = line.split("://").skip(1).map(|rest| rest.split(is_end).next().unwrap_or(rest));
    urls.any(|url| url.contains('@')) || shown_url(line, false) != line
}

/// A value, other than placeholders, whose name says that it is a credential.
fn holds_credential(line: &str) -> bool {
    line.split_once('=').or_else(|| line.split_once(':')).is_some_and(|(key, value)| {
        let key = key.to_lowercase();
        CREDENTIALS.iter().any(|word| key.contains(word)) && !is_harmless("authorization", value)
    })
}

/// Headers on the line of their table: `header = { … }`, `header.Name = "…"`.
fn holds_header(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, value)| names_header(key) && value.contains(['"', '\'']))
}

/// Anything in a table of headers but what cannot be a secret.
fn sets_header(line: &str) -> bool {
    let line = line.trim();
    let is_no_value = line.is_empty() || line.starts_with(['#', '[', '}']);
    !is_no_value
        && line
            .split_once('=')
            .is_none_or(|(key, value)| !is_harmless(key.trim().trim_matches(['"', '\'']), value))
}

/// Whether a value as written shows the same when it is masked as a header's.
fn is_harmless(name: &str, written: &str) -> bool {
    let written = written.trim();
    let (value, rest) = match written.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        Some(quote) => written[1..].split_once(quote).unwrap_or((&written[1..], "")),
        None => (written, ""),
    };
    let rest = rest.trim().trim_start_matches(',');
    (rest.is_empty() || rest.starts_with('#')) && shown_header(name, value, false) == value
}

/// Whether what follows this text stands in a table of headers, be it below `[webhooks.a.header]` or
/// between the braces of `header = {`.
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

/// Whether one of the steps of a dotted key, or of a table's name, is the field.
fn names_header(key: &str) -> bool {
    let key = key.split('#').next().unwrap_or(key);
    key.split('.').any(|step| step.trim_matches(|c: char| c.is_whitespace() || "[]\"'".contains(c)) == HEADER)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the last line of a text may be shown.
    fn is_shown(text: &str) -> bool {
        let start = text.rfind('\n').map_or(0, |newline| newline + 1);
        !may_hold_secret(text, start..text.len())
    }

    #[test]
    fn literal_header_values_are_not_shown_wherever_they_stand() {
        for text in [
            "[webhooks.a.header]\nX-Sig = \"hunter2 {{x}}\"",
            "[webhooks.a.header]\nX-Sig = \"hunter2",
            "[webhooks.a.header]\nX-Sig = hunter2",
            "[webhooks.a.header]\nX-Sig = '${A}' hunter2",
            "[webhooks.a.header]\nX-Sig = \"\"\"a\nhunter2 {{x\"\"\"",
            "[ webhooks . a . \"header\" ] # they are\n\nA = \"${B}\"\nX-Sig = \"hunter2\"",
            "[webhooks.a]\nheader = { X-Sig = \"hunter2\" }",
            "[webhooks.a]\nheader.X-Sig = \"hunter2\"",
            "[webhooks]\na.header.X-Sig = 'hunter2'",
            "[webhooks.a]\nheader = {\n  X-Sig = \"hunter2\",",
            "[webhooks.a]\nheader = {\n  A = \"${B}\",\n  X-Sig = \"hunter2\",",
            "[webhooks.a]\nheader = [{ key = \"X-Sig\", value = \"hunter2\" }]",
            "[webhooks.a]\nheader = [\n  { key = \"A\", value = \"${B}\" },\n  { key = \"X-Sig\", value = \"hunter2\" },",
            "[webhooks.a]\nheader = [{\n  key = \"A\",\n}, {\n  key = \"X-Sig\", value = \"hunter2\"",
            "[[webhooks.a.header]]\nkey = \"X-Sig\"\nvalue = \"hunter2\"",
            "[webhooks.a.body]\napi_key = \"hunter2\"",
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
    fn all_else_is_shown() {
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
        ] {
            assert!(is_shown(text), "{text}");
        }
    }
}
