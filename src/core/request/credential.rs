//! Literal text that looks like a credential: where it is, so that it can be moved out of the file.

use crate::core::template::{self, Segment};
use crate::core::text::Span;

use super::header::is_harmless_header;
use super::shown::{SCHEMES, is_credential_name};

/// How tokens begin that some services give out; whatever begins so is a credential anywhere.
const TOKENS: [&str; 9] =
    ["sk_live_", "sk_test_", "ghp_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "eyJhbGciOi", "AKIA"];

/// The part of a header's value that looks like a credential: what is left of it without a scheme
/// such as `Bearer`.
pub fn header_credential(name: &str, value: &str) -> Option<Span> {
    let is_named_so = !is_harmless_header(name) && is_credential_name(name);
    literal_credential(value, is_named_so)
}

/// The part of a body field's value that looks like a credential.
pub fn body_credential(key: &str, value: &str) -> Option<Span> {
    const NAMES: [&str; 6] = ["token", "secret", "password", "api_key", "api-key", "apikey"];
    let key = key.to_lowercase();
    literal_credential(value, NAMES.iter().any(|name| key.contains(name)))
}

/// A value that is one literal and nothing else: without a scheme, when the name or the text says so.
fn literal_credential(value: &str, is_named_so: bool) -> Option<Span> {
    let template = template::parse(value).ok()?;
    let [Segment::Literal(text)] = template.segments.as_slice() else { return None };
    // `$${` is the only literal that is written otherwise than it reads.
    if text != value {
        return None;
    }
    let span = after_scheme(text);
    let secret = &text[span.clone()];
    let is_token = TOKENS.iter().any(|token| secret.starts_with(token));
    let has_scheme = !text[..span.start].trim().is_empty();
    (!secret.is_empty() && (is_named_so || has_scheme || is_token)).then_some(span)
}

/// The credential in a text that was typed as one, whatever it looks like, without a scheme such as
/// `Bearer`; none when the text takes it from the environment already.
pub fn typed_credential(value: &str) -> Option<Span> {
    let names_one = template::parse(value).is_ok_and(|template| {
        template.segments.iter().any(|segment| matches!(segment, Segment::Environment(_)))
    });
    Some(after_scheme(value)).filter(|span| !names_one && !span.is_empty())
}

/// What is left of a text without blanks around it and a scheme before it.
fn after_scheme(text: &str) -> Span {
    let scheme = SCHEMES
        .iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme)));
    let start = scheme.map_or(0, |scheme| scheme.len());
    let rest = &text[start..];
    let start = start + rest.len() - rest.trim_start().len();
    start..start + rest.trim().len()
}

/// A name for the environment variable that takes a credential's place: from the webhook's handle and
/// the field's name, as in `RSVP_TO_CMS_X_API_KEY`.
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
    fn what_looks_like_a_credential_is_found_without_its_scheme() {
        let found = |name: &str, value: &'static str| header_credential(name, value).map(|span| &value[span]);
        assert_eq!(found("Authorization", "Bearer abc"), Some("abc"));
        assert_eq!(found("Authorization", "bearer  abc "), Some("abc"));
        assert_eq!(found("X-Api-Key", "abc"), Some("abc"));
        assert_eq!(found("X-Source", "ghp_0123"), Some("ghp_0123"));
        assert_eq!(found("X-Custom", "Bearer abc"), Some("abc"));
        for (name, value) in [
            ("Authorization", "Bearer ${TOKEN}"),
            ("Authorization", "${TOKEN}"),
            ("Authorization", "Bearer "),
            ("X-Api-Key", ""),
            ("X-Source", "calendar"),
            ("X-Key", "{{id}}"),
            ("Content-Type", "text/key"),
        ] {
            assert_eq!(found(name, value), None, "{name}: {value}");
        }
        assert!(body_credential("api_key", "abc").is_some());
        assert!(body_credential("keyword", "abc").is_none());
    }

    #[test]
    fn what_was_typed_as_a_credential_is_one_unless_it_names_one() {
        let found = |value: &'static str| typed_credential(value).map(|span| &value[span]);
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            (" a b ", Some("a b")),
            ("p4ss{{word", Some("p4ss{{word")),
            ("Bearer a{{b}}", Some("a{{b}}")),
            ("Bearer ${TOKEN}", None),
            ("", None),
        ] {
            assert_eq!(found(value), expected, "{value}");
        }
    }

    #[test]
    fn names_are_names_of_environment_variables() {
        assert_eq!(environment_name("rsvp-to-cms", "Authorization"), "RSVP_TO_CMS_TOKEN");
        assert_eq!(environment_name("2nd", "X-Api-Key"), "HOOKS_2ND_X_API_KEY");
    }
}
