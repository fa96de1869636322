//! The address that a request goes to, apart from its credentials, and as it may be shown.

use base64::Engine;
use url::Url;

use crate::core::secrets::{MASK, Secret, mask};
use crate::core::text::Span;

use super::explained::ValuePart;
use super::prepared::PreparedHeader;
use super::target::parse_target;

/// A URL apart from its credentials.
pub(super) struct Address {
    /// Where the request goes, without user info and fragment.
    pub(super) url: Url,
    /// The same as it may be shown.
    pub(super) shown: Url,
    pub(super) credentials: Option<Credentials>,
}

/// The user info of a URL, decoded.
pub(super) struct Credentials {
    user: String,
    password: String,
}

impl Address {
    /// Takes user info and fragment out of a URL, and of the one that is shown.
    pub(super) fn new(mut url: Url, mut shown: Url) -> Self {
        let credentials = Credentials::of(&url);
        for url in [&mut url, &mut shown] {
            // Neither can be refused: the URL has a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_fragment(None);
        }
        Self { url, shown, credentials }
    }
}

impl Credentials {
    fn of(url: &Url) -> Option<Self> {
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        (!url.username().is_empty() || url.password().is_some()).then(|| Self {
            user: decode(url.username()),
            password: decode(url.password().unwrap_or_default()),
        })
    }

    fn joined(&self) -> String {
        format!("{}:{}", self.user, self.password)
    }

    /// The header that they are sent in (RFC 7617).
    pub(super) fn authorization(&self) -> PreparedHeader {
        let value = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(self.joined()));
        PreparedHeader::new("authorization", &value, true)
    }

    /// What must not be shown: a user alone is a token.
    pub(super) fn secrets(&self) -> [Secret; 2] {
        let telling = if self.password.is_empty() { &self.user } else { &self.password };
        [Secret::new(self.joined()), Secret::new(telling)]
    }
}

/// Every spelling of what is secret in the URL, and the host if any of it is secret.
pub(super) fn url_secrets(secrets: &[Secret], url: &Url, masked: Option<&Url>) -> Vec<Secret> {
    let texts = secrets.iter().map(Secret::reveal);
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    let is_from = |host: &&str| {
        texts.iter().map(|text| text.to_lowercase()).any(|text| {
            // A name beyond ASCII is spelled otherwise in the URL.
            host.contains(&text) || text.contains(*host) || !text.is_ascii() && host.contains("xn--")
        })
    };
    let is_masked = |host: &&str| masked.is_some_and(|masked| masked.host_str() != Some(*host));
    let host = url.host_str().filter(is_masked).filter(is_from).map(Secret::new);
    texts.iter().flat_map(|text| spellings(text, url)).chain(host).collect()
}

/// A text after it has become a part of this URL: percent-encoded as far as a path or a query needs it.
fn spellings(text: &str, url: &Url) -> [Secret; 4] {
    let mut url = url.clone();
    url.set_path(text);
    url.set_query(Some(text));
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    [text, &decoded, url.path().trim_start_matches('/'), url.query().unwrap_or_default()].map(Secret::new)
}

/// Where in the text of all parts something secret is.
pub(super) fn secret_spans(parts: &[&ValuePart]) -> Vec<Span> {
    let mut start = 0;
    let mut spans = Vec::new();
    for part in parts {
        spans.extend(part.secret.iter().map(|span| start + span.start..start + span.end));
        start += part.text.len();
    }
    spans
}

/// The URL with a mask for everything secret, a mask alone when what remains is no URL; none when nothing in it is
/// secret.
pub(super) fn masked_url(text: &str, secrets: Vec<Span>) -> Option<Url> {
    if secrets.is_empty() {
        return None;
    }
    let masked = mask(text, secrets);
    Url::parse(&masked)
        .ok()
        .or_else(|| Url::parse(&with_host(&masked, MASK)?).ok())
        .or_else(|| Url::parse("https://***/").ok())
}

/// The URL with one stand-in for all of host and port: a word is not a port.
fn with_host(url: &str, stand_in: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let path = rest.find(['/', '?', '#']).map_or("/", |at| &rest[at..]);
    Some(format!("{scheme}://{stand_in}{path}"))
}

/// The placeholder in a URL for a variable that is not set.
pub(super) const NOT_SET: &str = "not-set";

/// A URL to show where the parts are none because something is not set: with a stand-in for host and port, or
/// a stand-in alone; none if what is set is wrong.
pub(super) fn url_without_unset(parts: &[&ValuePart]) -> Option<Url> {
    if !parts.iter().any(|part| part.is_unset()) {
        return None;
    }
    if parts.first().is_some_and(|part| part.is_unset()) {
        return Url::parse(&format!("https://{NOT_SET}/")).ok();
    }
    let text: String = parts.iter().map(|part| part.text.as_str()).collect();
    parse_target(&with_host(&text, NOT_SET)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_masked_alone_is_masked_with_what_is_around_it() {
        for (before, secret, behind, masked) in [
            ("http://localhost:", "4000", "/x?y", "http://***/x?y"),
            ("http://localhost:", "4000", "", "http://***/"),
            ("http://", "localhost", ":4000/x", "http://***:4000/x"),
            ("", "http", "://localhost", "https://***/"),
        ] {
            let text = format!("{before}{secret}{behind}");
            let span = before.len()..before.len() + secret.len();
            assert_eq!(masked_url(&text, vec![span]).unwrap().as_str(), masked);
        }
    }
}
