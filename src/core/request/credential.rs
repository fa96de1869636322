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
    let scheme = SCHEMES
        .iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme)));
    let start = scheme.map_or(0, |scheme| scheme.len());
    let secret = text[start..].trim();
    let start = start + text[start..].len() - text[start..].trim_start().len();
    let is_token = TOKENS.iter().any(|token| secret.starts_with(token));
    (!secret.is_empty() && (is_named_so || scheme.is_some() || is_token)).then(|| start..start + secret.len())
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
    fn names_are_names_of_environment_variables() {
        assert_eq!(environment_name("rsvp-to-cms", "Authorization"), "RSVP_TO_CMS_TOKEN");
        assert_eq!(environment_name("2nd", "X-Api-Key"), "HOOKS_2ND_X_API_KEY");
    }
}
