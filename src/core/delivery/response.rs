//! The response of the receiver.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::stored;
use crate::core::body::{DecodedBody, decode, header_text, masked_body, without_partial_character};
use crate::core::secrets::{MASK, Redactor, is_credential_name};
use crate::core::text::one_line;

#[derive(Clone, Serialize, Deserialize)]
pub struct Response {
    pub status: u16,
    /// The reason phrase that was received, if it is not the standard one.
    pub reason: Option<String>,
    /// Such as `HTTP/1.1`.
    pub version: Cow<'static, str>,
    /// In the order of arrival, see [`Response::kept_headers`].
    pub headers: Vec<(String, String)>,
    /// The beginning of the body, at most [`Response::KEPT`] bytes.
    #[serde(with = "stored::bytes")]
    pub body: Vec<u8>,
    /// How many bytes of the body were read, kept or not.
    pub body_read: u64,
    pub body_end: BodyEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    Complete,
    /// Not read beyond [`Response::READ`] bytes.
    Stopped,
    /// The connection closed early.
    CutShort,
    Malformed,
    /// The time limit of the delivery was reached.
    TimedOut,
}

impl BodyEnd {
    /// The name in JSON and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::CutShort => "cut_short",
            Self::Malformed => "malformed",
            Self::TimedOut => "timed_out",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Complete, Self::Stopped, Self::CutShort, Self::Malformed, Self::TimedOut]
            .into_iter()
            .find(|end| end.as_str() == name)
    }
}

serde_by_name!(BodyEnd: as_str);

impl Response {
    /// The maximum number of bytes of a body that are kept.
    pub const KEPT: usize = 64 * 1024;
    /// The maximum number of bytes of a body that are read.
    pub const READ: u64 = 1024 * 1024;

    /// Names in lower case, values as text, credentials masked.
    pub fn kept_headers<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<(String, String)> {
        let kept = headers.map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let value = if is_credential_name(&name) { MASK.into() } else { header_text(value) };
            (name, value.into_owned())
        });
        kept.collect()
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The status with the reason phrase of the receiver, else the standard one, safe to show: `404 Not Found`.
    pub fn status_line(&self) -> String {
        const MAX_REASON_LENGTH: usize = 80;
        let own = self.reason.as_deref().map(|own| match own.char_indices().nth(MAX_REASON_LENGTH) {
            Some((end, _)) => format!("{}…", one_line(&own[..end])),
            None => one_line(own).into_owned(),
        });
        let usual = || {
            let status = http::StatusCode::from_u16(self.status).ok()?;
            status.canonical_reason().map(str::to_owned)
        };
        match own.filter(|own| !own.trim().is_empty()).or_else(usual) {
            Some(name) => format!("{} {name}", self.status),
            None => self.status.to_string(),
        }
    }

    /// The first header with this name (in lower case), without whitespace at either end.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_named(name).next()
    }

    /// All headers with this name (in lower case), without whitespace at either end.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.trim())
    }

    /// The kept part of the body, decoded as the headers say.
    pub fn decoded_body(&self) -> DecodedBody<'_> {
        self.decoded(&self.body)
    }

    fn decoded<'b>(&self, body: &'b [u8]) -> DecodedBody<'b> {
        let (kind, encoding) = (self.header("content-type"), self.header("content-encoding"));
        let body = if self.body_truncated() { without_partial_character(body) } else { body };
        decode(body, kind, encoding)
    }

    /// Masks every secret that the receiver echoes.
    pub fn redact(&mut self, redactor: &Redactor) {
        if let Some(reason) = &mut self.reason {
            *reason = redactor.redact(reason).into_owned();
        }
        for (name, value) in &mut self.headers {
            *name = redactor.redact(name).into_owned();
            *value = redactor.redact(value).into_owned();
        }
        let is_truncated = self.body_truncated();
        let mask = |body: &[u8]| redactor.masked_bytes(body, is_truncated);
        if let Cow::Owned(masked) = masked_body(&self.body, |body| self.decoded(body), mask) {
            self.body = masked;
        }
        if !is_truncated {
            self.body_read = self.body.len() as u64;
        }
    }

    /// Whether less than the whole body was kept.
    pub fn body_truncated(&self) -> bool {
        self.body_end != BodyEnd::Complete || self.body_read > self.body.len() as u64
    }

    /// Whether the body is a web page.
    pub fn is_html(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if !kind.is_empty() {
            return kind.starts_with("text/html") || kind.starts_with("application/xhtml");
        }
        let start = String::from_utf8_lossy(&self.body[..self.body.len().min(200)]);
        let start = start.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
        start.starts_with("<!doctype html") || start.starts_with("<html")
    }
}

/// Shows sizes, not contents: a receiver may echo secrets.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("version", &self.version)
            .field("headers", &self.headers.len())
            .field("body_read", &self.body_read)
            .field("body_end", &self.body_end)
            .finish()
    }
}

#[cfg(test)]
impl Response {
    /// A complete response over HTTP/1.1.
    pub(super) fn example(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        Self {
            status,
            reason: None,
            version: "HTTP/1.1".into(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.as_bytes().to_vec(),
            body_read: body.len() as u64,
            body_end: BodyEnd::Complete,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_headers_are_not_kept() {
        for (name, value, kept) in [
            ("Set-Cookie", "sid=1", "***"),
            ("X-Auth-Token", "t", "***"),
            ("WWW-Authenticate", "Bearer", "Bearer"),
            ("X-Request-Id", "7", "7"),
        ] {
            let headers = Response::kept_headers(std::iter::once((name, value.as_bytes())));
            assert_eq!(headers, [(name.to_ascii_lowercase(), kept.to_owned())]);
        }
    }

    #[test]
    fn the_status_line_has_the_reason_phrase_of_the_receiver() {
        let line = |status, reason: Option<&str>| {
            let reason = reason.map(str::to_owned);
            Response { reason, ..Response::example(status, &[], "") }.status_line()
        };
        assert_eq!(line(500, None), "500 Internal Server Error");
        assert_eq!(line(500, Some("Oops")), "500 Oops");
        assert_eq!(line(500, Some(" ")), "500 Internal Server Error");
        assert_eq!(line(799, None), "799");
        assert_eq!(line(799, Some("a\u{1b}[2J\u{202e}")), "799 a\\x1b[2J\\u{202e}");
        assert_eq!(line(200, Some(&"ä".repeat(200))).chars().count(), 85);
    }

    #[test]
    fn every_end_of_a_body_parses_back() {
        for end in
            [BodyEnd::Complete, BodyEnd::Stopped, BodyEnd::CutShort, BodyEnd::Malformed, BodyEnd::TimedOut]
        {
            assert_eq!(BodyEnd::parse(end.as_str()), Some(end));
        }
    }

    #[test]
    fn the_beginning_of_a_secret_is_masked_only_where_the_body_is_truncated() {
        let redactor = Redactor::new([&crate::core::secrets::Secret::new("s3cret-token-of-this-test")]);
        for (body_end, kept) in [(BodyEnd::Stopped, "seen ***"), (BodyEnd::Complete, "seen s3cret-token-of")]
        {
            let mut response = Response::example(200, &[], "seen s3cret-token-of");
            response.body_end = body_end;
            response.redact(&redactor);
            assert_eq!(String::from_utf8_lossy(&response.body), kept);
        }
    }
}
