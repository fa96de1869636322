//! What the receiver said.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::stored;
use crate::core::body::{DecodedBody, decode, header_text, masked_body, without_torn_end};
use crate::core::secrets::{MASK, Redactor, is_credential_name};
use crate::core::text::one_line;

/// Such as `HTTP/1.1`.
pub type HttpVersion = &'static str;

#[derive(Clone, Serialize, Deserialize)]
pub struct Response {
    pub status: u16,
    /// The reason phrase that was received, if it is not the usual one.
    pub reason: Option<String>,
    #[serde(deserialize_with = "stored::version")]
    pub version: HttpVersion,
    /// The headers in the order in which they came, as [`Response::kept_headers`] keeps them.
    #[serde(with = "stored::headers")]
    pub headers: Vec<(String, Vec<u8>)>,
    /// The beginning of the body, at most [`Response::KEPT`] bytes.
    #[serde(with = "stored::bytes")]
    pub body: Vec<u8>,
    /// How many bytes of the body were read, kept or not.
    pub body_read: u64,
    /// How the body ended.
    pub body_end: BodyEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// As announced.
    Complete,
    /// We stopped at [`Response::READ`] bytes; there was more.
    Stopped,
    /// The connection ended before the body did.
    CutShort,
    /// The body is malformed.
    Malformed,
    /// The time for the whole exchange was over.
    TimedOut,
}

impl BodyEnd {
    /// Its name in JSON and in the history.
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
    /// The most bytes of a body that are kept.
    pub const KEPT: usize = 64 * 1024;
    /// The most bytes of a body that are read.
    pub const READ: u64 = 1024 * 1024;

    /// Headers as they are kept: names in lower case, values as bytes, and a mask for the value of a header with a
    /// credential's name.
    pub fn kept_headers<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<(String, Vec<u8>)> {
        let kept = headers.map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let value = if is_credential_name(&name) { MASK.as_bytes() } else { value };
            (name, value.to_vec())
        });
        kept.collect()
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The status with its name, safe to show: the receiver's own, else the usual one, as in `404 Not Found`.
    pub fn status_line(&self) -> String {
        const LONGEST: usize = 80;
        let own = self.reason.as_deref().map(|own| match own.char_indices().nth(LONGEST) {
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

    /// The first header of this name (lower case) as text, without whitespace at either end.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers_named(name).next()
    }

    /// All headers of this name (lower case) as text, without whitespace at either end.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = String> {
        let own = self.headers.iter().filter(move |(own, _)| own == name);
        own.map(|(_, value)| header_text(value).trim().to_owned())
    }

    /// The body as its headers say that it is to be read, as far as it was kept.
    pub fn decoded_body(&self) -> DecodedBody<'_> {
        let (kind, encoding) = (self.header("content-type"), self.header("content-encoding"));
        let body = if self.body_truncated() { without_torn_end(&self.body) } else { &self.body };
        decode(body, kind.as_deref(), encoding.as_deref())
    }

    /// Masks every secret that it sends back.
    pub fn redact(&mut self, redactor: &Redactor) {
        if let Some(reason) = &mut self.reason {
            *reason = redactor.redact(reason).into_owned();
        }
        for (name, value) in &mut self.headers {
            *name = redactor.redact(name).into_owned();
            if let Some(masked) = redactor.masked(&header_text(value)) {
                *value = masked.into_bytes();
            }
        }
        let is_truncated = self.body_truncated();
        let mask = |text: &str| {
            let shown = if is_truncated { redactor.redact_beginning(text) } else { redactor.redact(text) };
            (shown != text).then(|| shown.into_owned())
        };
        self.body = masked_body(&self.body, &self.decoded_body(), mask).into_owned();
        if !is_truncated {
            self.body_read = self.body.len() as u64;
        }
    }

    /// Whether less than the whole body was kept.
    pub fn body_truncated(&self) -> bool {
        self.body_end != BodyEnd::Complete || self.body_read > self.body.len() as u64
    }

    /// Whether the body is a web page rather than an API's response.
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

/// Shows sizes, not contents: what a receiver echoes may hold secrets.
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
mod tests {
    use super::*;

    #[test]
    fn what_lets_somebody_in_is_not_kept() {
        let headers = [
            ("Set-Cookie", "sid=1"),
            ("X-Auth-Token", "t"),
            ("WWW-Authenticate", "Bearer"),
            ("X-Request-Id", "7"),
            ("Retry-After", "120"),
        ];
        let kept = Response::kept_headers(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        let kept: Vec<_> =
            kept.iter().map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap())).collect();
        let expected = [
            ("set-cookie", "***"),
            ("x-auth-token", "***"),
            ("www-authenticate", "Bearer"),
            ("x-request-id", "7"),
            ("retry-after", "120"),
        ];
        assert_eq!(kept, expected);
    }

    #[test]
    fn the_status_has_the_name_that_the_receiver_gives_it() {
        let line = |status, reason: Option<&str>| {
            let reason = reason.map(str::to_owned);
            let (headers, body) = (Vec::new(), Vec::new());
            let (version, body_read, body_end) = ("HTTP/1.1", 0, BodyEnd::Complete);
            Response { status, reason, version, headers, body, body_read, body_end }.status_line()
        };
        assert_eq!(line(500, None), "500 Internal Server Error");
        assert_eq!(line(500, Some("Oops")), "500 Oops");
        assert_eq!(line(500, Some(" ")), "500 Internal Server Error");
        assert_eq!(line(799, None), "799");
        assert_eq!(line(799, Some("a\u{1b}[2J\u{202e}")), "799 a\\x1b[2J\\u{202e}");
        assert_eq!(line(200, Some(&"ä".repeat(200))).chars().count(), 85);
    }
}
