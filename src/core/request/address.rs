//! Separates the URL of a request from its credentials, and masks the secrets in it.

use base64::Engine;
use url::Url;

use crate::core::secrets::{MASK, Secret, mask};
use crate::core::text::Span;

use super::explained::ValuePart;
use super::prepared::PreparedHeader;
use super::target::parse_target;

pub(super) struct Address {
    /// Where the request goes, without user info and fragment.
    pub(super) url: Url,
    /// The same URL with secrets masked.
    pub(super) shown: Url,
    pub(super) credentials: Option<Credentials>,
}

/// The user info of a URL, decoded.
pub(super) struct Credentials {
    user: String,
    password: String,
}

impl Address {
    /// Removes user info and fragment from both URLs.
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

    /// A user without a password is a token.
    pub(super) fn secrets(&self) -> [Secret; 2] {
        let sensitive = if self.password.is_empty() { &self.user } else { &self.password };
        [Secret::new(self.joined()), Secret::new(sensitive)]
    }
}

/// Every spelling of the secrets in the URL, and the host if a part of it is secret.
pub(super) fn url_secrets(secrets: &[Secret], url: &Url, masked: Option<&Url>) -> Vec<Secret> {
    let texts = secrets.iter().map(Secret::reveal);
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    let is_from = |host: &&str| {
        texts.iter().map(|text| text.to_lowercase()).any(|text| {
            // The URL spells a non-ASCII name differently.
            host.contains(&text) || text.contains(*host) || !text.is_ascii() && host.contains("xn--")
        })
    };
    let is_masked = |host: &&str| masked.is_some_and(|masked| masked.host_str() != Some(*host));
    let host = url.host_str().filter(is_masked).filter(is_from).map(Secret::new);
    texts.iter().flat_map(|text| spellings(text, url)).chain(host).collect()
}

/// The spellings of a text in this URL: as written, decoded, and percent-encoded for a path or a query.
fn spellings(text: &str, url: &Url) -> [Secret; 4] {
    let mut url = url.clone();
    url.set_path(text);
    url.set_query(Some(text));
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    [text, &decoded, url.path().trim_start_matches('/'), url.query().unwrap_or_default()].map(Secret::new)
}

/// The secrets in the text of all parts.
pub(super) fn secret_spans(parts: &[&ValuePart]) -> Vec<Span> {
    let mut start = 0;
    let mut spans = Vec::new();
    for part in parts {
        spans.extend(part.secret.iter().map(|span| start + span.start..start + span.end));
        start += part.text.len();
    }
    spans
}

/// The URL with every secret masked: the whole URL if the rest is not one, none if nothing is secret.
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

/// The URL with a placeholder for host and port.
fn with_host(url: &str, placeholder: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let path = rest.find(['/', '?', '#']).map_or("/", |at| &rest[at..]);
    Some(format!("{scheme}://{placeholder}{path}"))
}

/// The placeholder in a URL for a variable that is not set.
pub(super) const NOT_SET: &str = "not-set";

/// The URL to show if it contains a variable that is not set: with a placeholder for host and port, or for the whole URL if it
/// starts with the variable. None if the rest is invalid.
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
    fn a_secret_that_cannot_be_masked_alone_is_masked_with_its_surroundings() {
        for (before, secret, after, masked) in [
            ("http://localhost:", "4000", "/x?y", "http://***/x?y"),
            ("http://localhost:", "4000", "", "http://***/"),
            ("http://", "localhost", ":4000/x", "http://***:4000/x"),
            ("", "http", "://localhost", "https://***/"),
        ] {
            let text = format!("{before}{secret}{after}");
            let span = before.len()..before.len() + secret.len();
            assert_eq!(masked_url(&text, vec![span]).unwrap().as_str(), masked);
        }
    }
}
