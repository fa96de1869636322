//! A prepared request, and its parts with secrets masked.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use crate::core::model::Method;
use crate::core::secrets::{MASK, Redactor};
use crate::core::text::Span;

use super::explained::{ExplainedValue, ValuePlace};

/// Everything that is sent. The requests of a [`CompiledWebhook`](super::CompiledWebhook) share what does not depend on the
/// element.
#[derive(Clone)]
pub struct PreparedRequest {
    /// The handle of the webhook; empty for a received request.
    pub webhook: Arc<str>,
    pub method: Method,
    /// Normalised, without user info and fragment.
    pub url: Arc<Url>,
    /// The URL with values from the environment and credentials masked.
    pub shown_url: Arc<str>,
    /// All headers in the order in which they are sent, including `host` and `content-length`, with names in lower case.
    pub headers: Vec<PreparedHeader>,
    pub body: Bytes,
    /// The secrets in the body.
    pub body_secrets: Vec<Span>,
    /// The origin of the values; empty in the requests of a [`CompiledWebhook`](super::CompiledWebhook).
    pub values: Vec<ExplainedValue>,
    /// Masks values from the environment and literal credentials in any text.
    pub redactor: Redactor,
}

#[derive(Clone, PartialEq, Eq)]
pub struct PreparedHeader {
    /// The name in lower case.
    pub name: Arc<str>,
    /// Without whitespace at either end.
    pub value: Arc<str>,
    pub is_secret: bool,
}

impl PreparedRequest {
    /// The same request with another body, in which no secrets are known.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        for header in self.headers.iter_mut().filter(|header| &*header.name == "content-length") {
            header.value = body.len().to_string().into();
        }
        self.body_secrets = Vec::new();
        self.values.retain(|value| !matches!(value.place, ValuePlace::Body(_)));
        self.body = body;
        self
    }

    pub fn url_text(&self, reveal: bool) -> &str {
        if reveal { self.url.as_str() } else { &self.shown_url }
    }

    /// Path and query, as in the first line of the message (RFC 9112, 3.2.1).
    pub fn target_text(&self, reveal: bool) -> &str {
        let url = self.url_text(reveal);
        let authority = url.find("://").map_or(0, |at| at + "://".len());
        url[authority..].find('/').map_or("/", |at| &url[authority + at..])
    }

    /// The first header with this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| *header.name == *name).map(|header| &*header.value)
    }

    /// The value of a header, masked unless `reveal`.
    pub fn shown_header_value<'a>(&self, header: &'a PreparedHeader, reveal: bool) -> Cow<'a, str> {
        match (reveal, header.is_secret) {
            (true, _) => Cow::Borrowed(&header.value),
            (false, true) => Cow::Borrowed(MASK),
            (false, false) => self.redactor.redact(&header.value),
        }
    }

    /// The body, masked unless `reveal`.
    pub fn shown_body(&self, reveal: bool) -> Cow<'_, [u8]> {
        if reveal {
            return Cow::Borrowed(&self.body);
        }
        let mut masked = Cow::Borrowed(self.body.as_ref());
        if !self.body_secrets.is_empty() {
            masked = Cow::Owned(self.without_body_secrets());
        }
        // The element may contain the text of a secret.
        let redacted = match self.redactor.redact(&String::from_utf8_lossy(&masked)) {
            Cow::Owned(redacted) => Some(redacted.into_bytes()),
            Cow::Borrowed(_) => None,
        };
        redacted.map_or(masked, Cow::Owned)
    }

    fn without_body_secrets(&self) -> Vec<u8> {
        let mut masked = Vec::with_capacity(self.body.len());
        let mut end = 0;
        for secret in &self.body_secrets {
            masked.extend_from_slice(&self.body[end..secret.start]);
            masked.extend_from_slice(MASK.as_bytes());
            end = secret.end;
        }
        masked.extend_from_slice(&self.body[end..]);
        masked
    }

    /// How many places are masked: the URL, headers and parts of the body.
    pub fn masked_places(&self) -> usize {
        let url = usize::from(*self.shown_url != *self.url.as_str());
        let headers = self.headers.iter().filter(|header| self.is_masked(header)).count();
        url + headers + self.masked_in_body()
    }

    pub fn masked_in_body(&self) -> usize {
        match self.body_secrets.len() {
            0 => usize::from(*self.shown_body(false) != *self.body),
            pieces => pieces,
        }
    }

    pub fn is_masked(&self, header: &PreparedHeader) -> bool {
        self.shown_header_value(header, false) != *header.value
    }
}

impl PreparedHeader {
    pub fn new(name: &str, value: &str, is_secret: bool) -> Self {
        Self { name: name.into(), value: value.into(), is_secret }
    }
}

/// Masks secrets, and shows only the length of the body.
impl fmt::Debug for PreparedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line =
            |header: &PreparedHeader| format!("{}: {}", header.name, self.shown_header_value(header, false));
        f.debug_struct("PreparedRequest")
            .field("webhook", &self.webhook)
            .field("method", &self.method)
            .field("url", &self.shown_url)
            .field("headers", &self.headers.iter().map(line).collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PreparedHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.is_secret { MASK } else { &*self.value };
        write!(f, "{}: {value}", self.name)
    }
}
