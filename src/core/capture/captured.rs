//! A saved request, and how far it is known.

use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::received::{Coverage, Received, RequestHead, masks};
use crate::core::text::{Source, Span};

use super::body::Body;

#[derive(Debug, Clone)]
pub struct Captured {
    pub format: Format,
    /// The line at which it begins, from 1.
    pub line: usize,
    /// The request; what is not known is empty.
    pub request: Received,
    /// What of it is known.
    pub coverage: Coverage,
    /// How many bytes of the body there are.
    pub body_bytes: usize,
    /// What is wrong with the body: it is missing, or cut.
    pub body_problem: Option<String>,
    /// How many values are masked.
    pub masked: usize,
}

impl Captured {
    /// The inbox of webhook.site to which an exported request was sent, as in its URL.
    pub fn webhook_site_inbox(&self) -> Option<&str> {
        let target = Some(self.request.head.target()).filter(|_| self.format == Format::WebhookSite)?;
        let (host, path) = target.split_once("://")?.1.split_once('/')?;
        let inbox = path.split(['/', '?', '#']).next().filter(|inbox| !inbox.is_empty())?;
        host.eq_ignore_ascii_case("webhook.site").then_some(inbox)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The body alone, or a JSON object that describes a request.
    Json,
    Http,
    Curl,
    Har,
    /// An export of webhook.site, as JSON or CSV.
    WebhookSite,
    /// A record of `hooks history`.
    History,
}

impl Format {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Http => "http",
            Self::Curl => "curl",
            Self::Har => "har",
            Self::WebhookSite => "webhook-site",
            Self::History => "history",
        }
    }

    /// Its name for people, after "a" or "an".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Http => "HTTP message",
            Self::Curl => "curl command",
            Self::Har => "HAR entry",
            Self::WebhookSite => "webhook.site request",
            Self::History => "record of the history",
        }
    }
}

/// The parts of a request, as far as a format has them.
#[derive(Debug, Clone, Default)]
pub struct RequestParts {
    pub method: Option<String>,
    /// The URL, or path and query.
    pub target: Option<String>,
    /// The headers, if the format has them at all.
    pub headers: Option<Vec<(String, Vec<u8>)>>,
    pub body: Body,
}

impl RequestParts {
    pub fn captured(self, format: Format, line: usize) -> Captured {
        let headers = self.headers.as_deref().unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (method, target) = (text(&self.method), text(&self.target));
        let lines = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        let head = RequestHead::written(&method, &target, "HTTP/1.1", lines);
        let values = headers.iter().map(|(_, value)| String::from_utf8_lossy(value));
        let masked_headers: usize = values.map(|value| masks(&value).len()).sum();
        let assessed = self.body.assess();
        let masked_body = masks(&String::from_utf8_lossy(&assessed.bytes)).len();
        Captured {
            format,
            line,
            coverage: Coverage {
                method: self.method.is_some(),
                target: self.target.is_some(),
                headers: self.headers.is_some(),
                body: assessed.coverage,
                masks: true,
            },
            masked: masks(&target).len() + masked_headers + masked_body,
            request: Received { head, body: assessed.bytes },
            body_bytes: assessed.length,
            body_problem: assessed.problem,
        }
    }
}

/// An error at a position. The line is not shown, since it may contain a secret.
pub(super) fn error(
    source: &Arc<Source>,
    code: &'static str,
    span: Span,
    message: impl Into<String>,
    help: &str,
) -> Diagnostic {
    Diagnostic::error(code, message).at_hidden(source, span).help(help)
}

/// The line of a place in a text, from 1.
pub(super) struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a place that is not before the last one that was asked for.
    pub(super) fn at(&mut self, place: usize) -> usize {
        let place = place.min(self.text.len());
        self.line += memchr::memchr_iter(b'\n', &self.text[self.at.min(place)..place]).count();
        self.at = place;
        self.line
    }
}
