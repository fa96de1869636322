//! A saved request, and how much of it is known.

use crate::core::received::{Coverage, ReceivedRequest};

#[derive(Debug, Clone)]
pub struct Captured {
    pub format: Format,
    /// The line at which it begins, from 1.
    pub line: usize,
    /// The request; parts that are unknown are empty.
    pub request: ReceivedRequest,
    pub coverage: Coverage,
    /// The size of the saved body in bytes.
    pub body_bytes: usize,
    /// Why the body is missing or truncated.
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
    /// Its name in JSON, and its name for people, without an article.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("json", "JSON"),
            Self::Http => ("http", "HTTP message"),
            Self::Curl => ("curl", "curl command"),
            Self::Har => ("har", "HAR entry"),
            Self::WebhookSite => ("webhook-site", "webhook.site request"),
            Self::History => ("history", "history record"),
        }
    }

    pub fn as_str(self) -> &'static str {
        self.names().0
    }

    pub fn in_words(self) -> &'static str {
        self.names().1
    }
}
