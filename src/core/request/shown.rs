//! How much of a definition may be shown: placeholders always, literal credentials never.

use crate::core::template::{self, Segment};
use crate::core::text::MASK;

use super::header::is_harmless_header;

/// Authentication schemes, which say nothing about the credentials after them.
pub(super) const SCHEMES: [&str; 4] = ["Bearer ", "Basic ", "Token ", "Digest "];

/// The value of a header as written, with a mask for literal text, unless the header is harmless or
/// the value is to be revealed. `Bearer ${CMS_TOKEN}` stays as it is.
pub fn shown_header(name: &str, value: &str, reveal: bool) -> String {
    if reveal || is_harmless_header(name) {
        return value.to_owned();
    }
    let Ok(template) = template::parse(value) else { return MASK.to_owned() };
    let pieces = template.segments.iter().enumerate().map(|(index, segment)| match segment {
        Segment::Variable(name) | Segment::Environment(name) => value[name.span.clone()].to_owned(),
        Segment::Literal(text) => masked_literal(text, index == 0),
    });
    pieces.collect()
}

fn masked_literal(text: &str, is_first: bool) -> String {
    if text.trim().is_empty() {
        return text.to_owned();
    }
    let scheme = SCHEMES.iter().find(|scheme| {
        is_first && text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    match scheme {
        Some(scheme) if text.len() == scheme.len() => text.to_owned(),
        Some(scheme) => format!("{}{MASK}", &text[..scheme.len()]),
        None => MASK.to_owned(),
    }
}

/// A payload URL as written, with a mask for user info and for query values that name themselves
/// credentials; placeholders stay.
pub fn shown_url(url: &str, reveal: bool) -> String {
    if reveal {
        return url.to_owned();
    }
    let (mut before_query, query) = match url.split_once('?') {
        Some((before, query)) => (before.to_owned(), Some(query)),
        None => (url.to_owned(), None),
    };
    if let Some(start) = before_query.find("://").map(|at| at + 3) {
        let end = before_query[start..].find('/').map_or(before_query.len(), |slash| start + slash);
        if let Some(at) = before_query[start..end].rfind('@') {
            before_query.replace_range(start..start + at, MASK);
        }
    }
    match query {
        Some(query) => {
            format!("{before_query}?{}", query.split('&').map(masked_parameter).collect::<Vec<_>>().join("&"))
        }
        None => before_query,
    }
}

/// A query parameter, its value masked when its name says that it is a credential; a placeholder stays.
pub(super) fn masked_parameter(parameter: &str) -> String {
    let Some((name, value)) = parameter.split_once('=') else { return parameter.to_owned() };
    let is_placeholder = value.starts_with("${") && value.ends_with('}');
    if is_placeholder || !is_credential_name(&percent_encoding::percent_decode_str(name).decode_utf8_lossy())
    {
        return parameter.to_owned();
    }
    format!("{name}={MASK}")
}

pub(super) fn is_credential_name(name: &str) -> bool {
    let name = name.to_lowercase();
    ["token", "key", "secret", "sig", "pass", "auth", "credential", "code"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_credentials_are_masked_and_placeholders_are_not() {
        for (value, shown) in [
            ("Bearer ${CMS_TOKEN}", "Bearer ${CMS_TOKEN}"),
            ("Bearer abc", "Bearer ***"),
            ("abc", "***"),
            ("abc-{{id}}", "***{{id}}"),
            ("{{id", "***"),
            ("", ""),
        ] {
            assert_eq!(shown_header("Authorization", value, false), shown);
            assert_eq!(shown_header("Content-Type", value, false), value);
            assert_eq!(shown_header("Authorization", value, true), value);
        }
    }

    #[test]
    fn credentials_in_a_url_are_masked() {
        let shown = |url| shown_url(url, false);
        assert_eq!(shown("https://user:pw@example.com/a@b?x=1"), "https://***@example.com/a@b?x=1");
        assert_eq!(
            shown("https://example.com?token=abc&x=1&key=${K}"),
            "https://example.com?token=***&x=1&key=${K}"
        );
        assert_eq!(shown("${BASE}/x"), "${BASE}/x");
    }
}
