//! Literal credentials, which can be moved out of the definitions file.

use crate::core::template::{self, Segment};
use crate::core::text::Span;

use super::mask::placeholders;
use super::policy::{UrlCredential, after_scheme, all_in_url, is_scheme, spans_in_header};
use super::words::is_credential_name;

/// The literal credentials in the value of a header or body field; none if it contains placeholders.
pub fn credentials(name: &str, value: &str) -> Vec<Span> {
    if is_literal(value) { spans_in_header(name, value, &[]) } else { Vec::new() }
}

/// The literal credentials in a URL, by position.
pub fn url_credentials(url: &str) -> Vec<UrlCredential> {
    let placeholders = placeholders(url);
    let is_literal =
        |span: &Span| !placeholders.iter().any(|own| own.start < span.end && span.start < own.end);
    let mut found = all_in_url(url, &placeholders);
    found.retain(|found| !found.span.is_empty() && is_literal(&found.span));
    found.sort_by_key(|found| found.span.start);
    found.dedup_by(|a, b| a.span == b.span);
    found
}

/// Whether a value should be a credential but is empty, or only an authentication scheme.
pub fn lacks_credential(name: &str, value: &str) -> bool {
    let value = value.trim();
    let is_named = is_credential_name(name);
    value.eq_ignore_ascii_case("bearer") || is_named && (value.is_empty() || is_scheme(value))
}

/// The parameter of a URL that should be a credential and is empty.
pub fn empty_parameter(url: &str) -> Option<String> {
    let found = all_in_url(url, &placeholders(url)).into_iter();
    found.filter(|own| own.masked.is_empty()).map(|own| own.name).next()
}

/// The credential in a text that was entered as one, without a scheme such as `Bearer`; none if it is already taken from
/// the environment.
pub fn typed_credential(value: &str) -> Option<Span> {
    let is_from_environment = template::parse(value).is_ok_and(|template| {
        template.segments.iter().any(|segment| matches!(segment, Segment::Environment(_)))
    });
    Some(after_scheme(value)).filter(|span| !is_from_environment && !span.is_empty())
}

/// Whether a value is one literal without escapes: `$${` is one.
fn is_literal(value: &str) -> bool {
    let template = template::parse(value).unwrap_or_default();
    matches!(template.segments.as_slice(), [Segment::Literal(text)] if text == value)
}

/// The name of the environment variable that replaces a credential: the handle and the name of the field, as in
/// `RSVP_TO_CMS_X_API_KEY`.
pub fn environment_name(handle: &str, field: &str) -> String {
    let field = if field.eq_ignore_ascii_case("authorization") { "token" } else { field };
    let name: String = format!("{handle}_{field}")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("HOOKS_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_literals_are_credentials() {
        let found = |name: &str, value: &'static str| {
            credentials(name, value).into_iter().map(|span| &value[span]).collect::<Vec<_>>()
        };
        assert_eq!(found("Authorization", "Bearer abc"), ["abc"]);
        assert_eq!(found("api_key", "abc"), ["abc"]);
        for (name, value) in [
            ("Authorization", "Bearer ${TOKEN}"),
            ("Authorization", "${TOKEN}"),
            ("Authorization", "Bearer "),
            ("X-Api-Key", ""),
            ("X-Key", "{{id}}"),
            ("X-Key", "$${a}"),
            ("X-Author", "Jane"),
        ] {
            assert!(found(name, value).is_empty(), "{name}: {value}");
        }
    }

    #[test]
    fn literal_credentials_in_a_url_have_names() {
        let found = |url: &'static str| {
            let found = url_credentials(url).into_iter();
            found.map(|found| (found.name, &url[found.span])).collect::<Vec<_>>()
        };
        let own = |name: &str, value| (name.to_owned(), value);
        assert_eq!(found("https://user:pw@h/?api_key=a&b=c"), [own("password", "pw"), own("api_key", "a")]);
        assert_eq!(found("https://t0ken@h/"), [own("token", "t0ken")]);
        assert_eq!(found("https://${U}:pw@h/?token=${T}"), [own("password", "pw")]);
        assert!(found("https://user:${P}@h/?token=pre${T}").is_empty());
    }

    #[test]
    fn a_typed_credential_is_one_unless_it_is_from_the_environment() {
        let found = |value: &'static str| typed_credential(value).map(|span| &value[span]);
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            (" a b ", Some("a b")),
            ("p4ss{{word", Some("p4ss{{word")),
            ("Bearer a{{b}}", Some("a{{b}}")),
            ("Bearer ${TOKEN}", None),
            ("Bearer", None),
            ("", None),
        ] {
            assert_eq!(found(value), expected, "{value}");
        }
    }

    #[test]
    fn a_scheme_alone_and_an_empty_value_are_not_credentials() {
        for (name, value) in
            [("Authorization", "Bearer "), ("X-Token", "token"), ("X-Api-Key", ""), ("X-A", "bearer")]
        {
            assert!(lacks_credential(name, value), "{name}: {value}");
        }
        for (name, value) in [("X-Plan", "Basic"), ("Authorization", "Bearer a"), ("X-A", "")] {
            assert!(!lacks_credential(name, value), "{name}: {value}");
        }
        assert_eq!(empty_parameter("https://h/?a=&token=").as_deref(), Some("token"));
        assert_eq!(empty_parameter("https://h/?a=&token=${T}"), None);
    }

    #[test]
    fn names_are_valid_names_of_environment_variables() {
        assert_eq!(environment_name("rsvp-to-cms", "Authorization"), "RSVP_TO_CMS_TOKEN");
        assert_eq!(environment_name("2nd", "X-Api-Key"), "HOOKS_2ND_X_API_KEY");
    }
}
