//! The secret parts of a text.
//!
//! A text may contain placeholders, or values that were inserted for them. Decisions are made on the whole text, and these
//! parts are excluded from the result.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::core::text::Span;

use super::words::is_credential_name;

/// Authentication schemes. They are not masked.
const SCHEMES: [&str; 4] = ["Bearer", "Basic", "Token", "Digest"];

/// The prefixes of the tokens of known services, which are credentials in any text.
const TOKENS: [&str; 20] = [
    "AIza",
    "AKIA",
    "ASIA",
    "eyJhbGciOi",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "npm_",
    "pypi-",
    "rk_live_",
    "shpat_",
    "sk-ant-",
    "sk_live_",
    "sk_test_",
    "whsec_",
    "xoxb-",
    "xoxp-",
];

/// A credential in a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlCredential {
    /// The name of its parameter, `password`, or `token`.
    pub name: String,
    pub span: Span,
    /// The part that is masked, including the user.
    pub(super) masked: Span,
    /// Whether it is the user or the password before the host.
    pub is_user_info: bool,
}

/// The secret parts of the value of a header, without inserted parts.
pub fn spans_in_header(name: &str, value: &str, inserted: &[Span]) -> Vec<Span> {
    spans_in_value(is_credential_name(name), value, inserted)
}

/// The secret parts of the value of a body field, without inserted parts. With inserted parts, the name does not make the
/// rest a secret: it is usually prose.
pub fn spans_in_field(key: &str, value: &str, inserted: &[Span]) -> Vec<Span> {
    spans_in_value(inserted.is_empty() && is_credential_name(key), value, inserted)
}

fn spans_in_value(is_credential: bool, value: &str, inserted: &[Span]) -> Vec<Span> {
    let plain = without_inserted(value, inserted);
    let spans = if is_credential || has_credential_after_scheme(&plain) {
        vec![after_scheme(&plain)]
    } else {
        let mut spans = tokens(&plain, 0..plain.len());
        if plain.contains("://") {
            spans.extend(all_in_url(value, inserted).into_iter().map(|own| own.masked));
        }
        spans
    };
    spans.into_iter().flat_map(|span| not_inserted(span, value, inserted)).collect()
}

/// The secret parts of a URL, or of a path with its query, without inserted parts.
pub fn spans_in_url(url: &str, inserted: &[Span]) -> Vec<Span> {
    let found = all_in_url(url, inserted).into_iter();
    found.flat_map(|own| not_inserted(own.masked, url, inserted)).collect()
}

/// The credentials in a URL, including inserted parts.
pub(super) fn all_in_url(url: &str, inserted: &[Span]) -> Vec<UrlCredential> {
    let plain = without_inserted(url, inserted);
    let mut parts = credentials_in(&plain);
    if plain != url {
        // Inserted parts may contain `&`, or a part of a name.
        parts.extend(credentials_in(url));
    }
    parts
}

fn credentials_in(url: &str) -> Vec<UrlCredential> {
    let mut parts = Vec::new();
    let end_of_path = url.find(['?', '#']).unwrap_or(url.len());
    let mut start_of_path = 0;
    if let Some(scheme) = url[..end_of_path].find("://") {
        let authority = scheme + "://".len();
        start_of_path =
            url[authority..end_of_path].find(['/', '\\']).map_or(end_of_path, |at| authority + at);
        if let Some(at) = end_of_user_info(url, authority, start_of_path, end_of_path) {
            parts.push(user_info(url, authority..at));
            start_of_path = start_of_path.max(at);
        }
    }
    pieces(url, start_of_path..end_of_path, &['/', ';'], &mut parts);
    pieces(url, end_of_path..url.len(), &['?', '#', '&', ';'], &mut parts);
    parts
}

/// The end of the user info of an authority, if it has any, even if the URL is invalid because the user info contains a `/`.
fn end_of_user_info(url: &str, authority: usize, end: usize, end_of_path: usize) -> Option<usize> {
    if let Some(at) = url[authority..end].rfind('@') {
        return Some(authority + at);
    }
    let (_, port) = url[authority..end].rsplit_once(':')?;
    let is_port = port.ends_with(']') || port.bytes().all(|byte| byte.is_ascii_digit());
    url[authority..end_of_path].rfind('@').filter(|_| !is_port).map(|at| authority + at)
}

fn user_info(url: &str, masked: Span) -> UrlCredential {
    let (name, span) = match url[masked.clone()].split_once(':') {
        Some((user, password)) if !password.is_empty() => {
            ("password", masked.start + user.len() + 1..masked.end)
        }
        // A user alone is a token.
        Some((user, _)) => ("token", masked.start..masked.start + user.len()),
        None => ("token", masked.clone()),
    };
    UrlCredential { name: name.to_owned(), span, masked, is_user_info: true }
}

/// Finds parameters with the name of a credential, and texts that look like one.
fn pieces(url: &str, within: Span, separators: &[char], parts: &mut Vec<UrlCredential>) {
    let mut start = within.start;
    for piece in url[within].split(separators) {
        let whole = start..start + piece.len();
        start = whole.end + 1;
        let name = piece.split_once('=').map(|(name, _)| name);
        let value = whole.start + name.map_or(0, |name| name.len() + 1)..whole.end;
        let decoded = percent_decode_str(name.unwrap_or_default()).decode_utf8_lossy();
        let (name, spans) = if is_credential_name(&decoded) {
            (&*decoded, vec![value])
        } else {
            ("token", tokens(url, value))
        };
        parts.extend(spans.into_iter().map(|span| UrlCredential {
            name: name.to_owned(),
            masked: span.clone(),
            span,
            is_user_info: false,
        }));
    }
}

/// The words of a text that look like the tokens of a known service.
fn tokens(text: &str, within: Span) -> Vec<Span> {
    let is_end = |c: char| c.is_whitespace() || ",;=:\"'/&".contains(c);
    let mut start = within.start;
    let mut found = Vec::new();
    for word in text[within].split(is_end) {
        let span = start..start + word.len();
        start = text[span.end..].chars().next().map_or(span.end, |end| span.end + end.len_utf8());
        if TOKENS.iter().any(|token| word.len() > token.len() && word.starts_with(token)) {
            found.push(span);
        }
    }
    found
}

/// The scheme at the start of a text, if a space or nothing follows.
fn scheme(text: &str) -> Option<&'static str> {
    SCHEMES.into_iter().find(|scheme| {
        let is_own = text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        is_own && text[scheme.len()..].chars().next().is_none_or(|next| next == ' ')
    })
}

/// Whether a text is an authentication scheme and nothing else.
pub fn is_scheme(text: &str) -> bool {
    scheme(text).is_some_and(|scheme| text.trim().len() == scheme.len())
}

/// A text without surrounding spaces and a leading scheme.
pub(super) fn after_scheme(text: &str) -> Span {
    let start = scheme(text.trim_start()).map_or(0, str::len) + text.len() - text.trim_start().len();
    let rest = &text[start..];
    let start = start + rest.len() - rest.trim_start().len();
    start..start + rest.trim().len()
}

/// Whether a value is a credential because of its scheme, in any header: `Bearer abc`, but not "Basic course".
fn has_credential_after_scheme(value: &str) -> bool {
    let rest = &value[after_scheme(value)];
    let is_word = !rest.is_empty() && !rest.contains(char::is_whitespace);
    match scheme(value.trim_start()) {
        Some("Bearer") => is_word,
        Some("Basic") => is_word && STANDARD.decode(rest).is_ok_and(|decoded| decoded.contains(&b':')),
        _ => false,
    }
}

/// The text with letters in place of inserted parts, so that every other byte keeps its offset.
fn without_inserted(text: &str, inserted: &[Span]) -> String {
    let mut plain = text.to_owned();
    for span in inserted {
        plain.replace_range(span.clone(), &"x".repeat(span.len()));
    }
    plain
}

/// The parts of a span that were not inserted, and are more than spaces.
fn not_inserted(span: Span, text: &str, inserted: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut start = span.start;
    for own in inserted.iter().filter(|own| own.end > span.start && own.start < span.end) {
        left.push(start..own.start.max(start));
        start = own.end;
    }
    left.push(start..span.end.max(start));
    left.retain(|piece| !text[piece.clone()].trim().is_empty());
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(text: &str, spans: Vec<Span>) -> Vec<&str> {
        spans.into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn values_are_secret_by_name_or_format() {
        for (name, value, expected) in [
            ("Authorization", "Bearer abc", &["abc"][..]),
            ("Authorization", "bearer  abc ", &["abc"]),
            ("Authorization", "Bearer", &[]),
            ("Authorization", "", &[]),
            ("X-Api-Key", "abc def", &["abc def"]),
            ("X-Source", "ghp_0123", &["ghp_0123"]),
            ("X-Source", "from ghp_0123, ghp_4", &["ghp_0123", "ghp_4"]),
            ("X-Custom", "Bearer abc", &["abc"]),
            ("X-Custom", "Basic YTpi", &["YTpi"]),
            ("course", "Basic plan", &[]),
            ("course", "Token of thanks", &[]),
            ("X-Source", "calendar", &[]),
            ("X-Callback", "https://a:b@example.com/?token=c&d=e", &["a:b", "c"]),
            ("Idempotency-Key", "abc", &[]),
            ("keyword", "b", &[]),
        ] {
            assert_eq!(secrets(value, spans_in_header(name, value, &[])), expected, "{name}: {value}");
        }
    }

    #[test]
    fn secrets_are_found_in_every_part_of_a_url() {
        for (url, expected) in [
            ("https://example.com/a@b?x=1", &[][..]),
            ("/a@b?x=1&signup=1&keyword=a", &[]),
            ("http://[::1]:4000/a@b", &[]),
            ("https://user:pw@example.com/a@b?x=1", &["user:pw"]),
            ("https://us@er:pw@example.com?x=@", &["us@er:pw"]),
            ("https://me:hun/ter2@example.com", &["me:hun/ter2"]),
            ("http://u:SECRET@[bad", &["u:SECRET"]),
            ("https://example.com?token=abc&x=1&key=d#access_token=e", &["abc", "d", "e"]),
            ("/a?sig=1&code=2&auth=3&X-Amz-Signature=4&api%5Fkey=5", &["1", "2", "3", "4", "5"]),
            ("/a;token=abc/b?c=d;pwd=e", &["abc", "e"]),
            ("/a/ghp_0123/b?x=sk_live_1&whsec_2", &["ghp_0123", "sk_live_1", "whsec_2"]),
            ("?token=", &[]),
        ] {
            assert_eq!(secrets(url, spans_in_url(url, &[])), expected, "{url}");
        }
    }

    #[expect(clippy::single_range_in_vec_init, reason = "spans are ranges")]
    #[test]
    fn inserted_values_are_excluded_and_the_text_around_them_is_not() {
        // An inserted `&` does not end a parameter, and an inserted name counts.
        for url in ["/?token=preXtail&x=1", "/?token=pre&tail&x=1"] {
            let found = spans_in_url(url, &[11..12]);
            assert!(found.contains(&(8..11)) && found.contains(&(12..16)), "{url}: {found:?}");
            assert!(found.iter().all(|span| span.end <= 16), "{url}: {found:?}");
        }
        let url = "/?token=tail";
        assert!(spans_in_url(url, &[2..7]).contains(&(8..12)));
        assert!(spans_in_field("token", "a x b", &[2..3]).is_empty());
        assert_eq!(spans_in_field("token", "a x b", &[]), [0..5]);
        let value = "Bearer a b";
        assert_eq!(secrets(value, spans_in_header("X-Custom", value, &[8..9])), ["a", "b"]);
        assert_eq!(secrets(value, spans_in_header("Authorization", value, &[7..10])), [""; 0]);
    }
}
