//! What the history records of a request that `hooks listen` received.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Fidelity, Kept};
use crate::core::body::{DecodedBody, decode, without_partial_character};
use crate::core::received::{ReceivedRequest, RequestHead};
use crate::core::secrets::Redactor;

/// A received request as it may be stored and shown, and the response to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reception {
    /// The version of `hooks` that received it.
    pub hooks: String,
    /// The definitions file that was in use, if any: an absolute path.
    pub file: Option<String>,
    /// Address and port of the sender.
    pub peer: String,
    pub method: String,
    /// The target of the first line, as it may be shown.
    pub target: String,
    pub version: String,
    /// The headers as they may be shown.
    pub headers: Vec<(String, String)>,
    /// The names of those that are masked.
    pub masked: Vec<String>,
    /// The body as it may be shown, or its beginning.
    #[serde(with = "crate::core::delivery::bytes")]
    pub body: Vec<u8>,
    pub body_bytes: u64,
    pub body_fidelity: Fidelity,
    /// The handle of the webhook that matches.
    pub webhook: Option<String>,
    /// Without a match, the webhook that sends the most similar request.
    pub closest: Option<String>,
    /// `sent`, `closed` or `gone`.
    pub response: String,
    pub status: Option<u16>,
    /// The URL that it was forwarded to, as it may be shown.
    pub forward: Option<String>,
    /// The name of the failure, if forwarding failed.
    pub failure: Option<String>,
}

impl Reception {
    /// What may be stored of a request that this peer sent.
    pub fn of(request: &ReceivedRequest, peer: String, redactor: &Redactor) -> Self {
        let target = redactor.redact(&request.shown_target(false)).into_owned();
        let mut masked = Vec::new();
        let headers = request.head.headers().map(|(name, value)| {
            let shown = ReceivedRequest::shown_header(name, value, false);
            let shown = redactor.redact(&shown).into_owned();
            // Bytes that are not text are not stored as received.
            if shown.as_bytes() != value {
                masked.push(name.to_owned());
            }
            (name.to_owned(), shown)
        });
        let headers = headers.collect();
        let shown = request.shown_body(redactor, false);
        let mut body_fidelity = if *shown == *request.body { Fidelity::AsSent } else { Fidelity::Masked };
        if shown.len() > Kept::MAX_TEXT_BYTES {
            body_fidelity = Fidelity::Truncated;
        }
        Self {
            hooks: env!("CARGO_PKG_VERSION").to_owned(),
            file: None,
            peer,
            method: request.head.method().to_owned(),
            target,
            version: request.head.version().to_owned(),
            headers,
            masked,
            body: shown[..shown.len().min(Kept::MAX_TEXT_BYTES)].to_vec(),
            body_bytes: request.body.len() as u64,
            body_fidelity,
            webhook: None,
            closest: None,
            response: String::new(),
            status: None,
            forward: None,
            failure: None,
        }
    }

    /// Whether this text is in what was received, in any letter case of ASCII.
    pub fn contains(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        let is_in = |own: &str| own.to_ascii_lowercase().contains(&text);
        is_in(&self.method)
            || is_in(&self.target)
            || self.webhook.as_deref().is_some_and(is_in)
            || self.headers.iter().any(|(name, value)| is_in(name) || is_in(value))
            || is_in(&String::from_utf8_lossy(&self.body))
    }

    /// The body, decoded according to its headers, as far as it was stored.
    pub fn decoded_body(&self) -> DecodedBody<'_> {
        let named = |wanted: &str| {
            let own = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            own.map(|(_, value)| value.as_str())
        };
        let body = if self.body_fidelity == Fidelity::Truncated {
            without_partial_character(&self.body)
        } else {
            &self.body
        };
        decode(body, named("content-type"), named("content-encoding"))
    }

    /// The request without the masked headers.
    pub fn received(&self) -> ReceivedRequest {
        let is_whole = |name: &str| !self.masked.iter().any(|masked| masked == name);
        let headers = self.headers.iter().filter(|(name, _)| is_whole(name));
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
        ReceivedRequest {
            head: RequestHead::written(&self.method, &self.target, &self.version, headers),
            body: Bytes::from(self.body.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::secrets::{MASK, Secret};

    fn request(body: &str) -> ReceivedRequest {
        let headers = [("Accept", &b"*/*"[..]), ("X-Key", b"k3y"), ("Accept", b"s3cret-value")];
        ReceivedRequest {
            head: RequestHead::written("POST", "/a?token=t0p", "HTTP/1.1", headers),
            body: Bytes::from(body.to_owned()),
        }
    }

    #[test]
    fn no_secret_is_stored_and_masked_headers_are_known() {
        let redactor = Redactor::new([&Secret::new("s3cret-value")]);
        let kept = Reception::of(&request("a s3cret-value"), "127.0.0.1:1".to_owned(), &redactor);
        for secret in ["t0p", "k3y", "s3cret-value"] {
            assert!(
                !format!("{kept:?} {}", String::from_utf8_lossy(&kept.body)).contains(secret),
                "{secret}"
            );
        }
        assert_eq!(kept.masked, ["X-Key", "Accept"]);
        assert_ne!(kept.target, "/a?token=t0p");
        assert_eq!(kept.headers[1].1, MASK);
        assert_eq!((kept.body_fidelity, kept.body_bytes), (Fidelity::Masked, 14));
    }

    #[test]
    fn every_byte_of_a_body_is_stored() {
        for body in [&b"{\"a\": 1.10}\n"[..], b"\xff\x00\"\\", b""] {
            let received = ReceivedRequest { body: Bytes::from(body), ..request("") };
            let kept = Reception::of(&received, String::new(), &Redactor::default());
            let stored = serde_json::to_string(&kept).unwrap();
            assert_eq!(serde_json::from_str::<Reception>(&stored).unwrap(), kept);
        }
    }

    #[test]
    fn a_request_without_secrets_is_restored_exactly() {
        let head = RequestHead::written("POST", "/a?b=c", "HTTP/1.1", [("Accept", &b"*/*"[..])]);
        let received = ReceivedRequest { head, ..request("{\"n\":1.10}") };
        let kept = Reception::of(&received, String::new(), &Redactor::default());
        assert_eq!((kept.target.as_str(), kept.body_fidelity), ("/a?b=c", Fidelity::AsSent));
        assert_eq!(kept.received(), received);
    }

    #[test]
    fn a_long_body_is_truncated() {
        let kept = Reception::of(
            &request(&"x".repeat(Kept::MAX_TEXT_BYTES + 1)),
            String::new(),
            &Redactor::default(),
        );
        assert_eq!((kept.body.len(), kept.body_fidelity), (Kept::MAX_TEXT_BYTES, Fidelity::Truncated));
        assert_eq!(kept.body_bytes, Kept::MAX_TEXT_BYTES as u64 + 1);
    }
}
