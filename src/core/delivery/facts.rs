//! A failure or a note about one delivery: a row of the failure table, filled in with facts.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure_table::Group;
use super::failures::{FailureKind, NoteKind};
use super::retry::RetryAfter;
use super::time::{day_and_time, duration_in_words};
use crate::core::text::{list, one_line};

/// A row of the table with the facts of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained<K> {
    pub kind: K,
    /// What happened.
    pub what: String,
    /// What to do next.
    pub next: String,
}

pub type Failure = Explained<FailureKind>;
/// Something to know that is not a failure.
pub type Note = Explained<NoteKind>;

/// What is known about a failure. Texts from outside are escaped when they are inserted into a sentence.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub host: String,
    pub port: u16,
    /// The addresses that were tried.
    pub addresses: Vec<SocketAddr>,
    /// The proxy, as `host:port`.
    pub proxy: Option<String>,
    /// Whether the proxy forwards the request instead of opening a tunnel, so that a response may be its own.
    pub proxy_forwards: bool,
    /// Whether the scheme is `http`.
    pub is_plain: bool,
    /// Where the URL comes from, such as `payload_url`.
    pub setting: &'static str,
    /// What was in progress.
    pub phase: Option<Phase>,
    /// Whether the connection had been used for an earlier request.
    pub reused: bool,
    /// The time that passed, or the limit that was reached.
    pub elapsed: Option<Duration>,
    /// A few words about the cause, such as an operating system's error.
    pub reason: Option<String>,
    /// In seconds since 1970.
    pub date: Option<i64>,
    /// The names that a certificate is for.
    pub names: Vec<String>,
    /// The status with its reason phrase.
    pub status: Option<String>,
    pub location: Location,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Allow` header: the methods that the receiver accepts.
    pub allow: Option<String>,
    /// The `Upgrade` header: the protocols that the receiver requires.
    pub upgrade: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Location {
    #[default]
    Missing,
    /// The URL that was requested.
    Itself,
    /// An absolute URL.
    Url(String),
    /// Not an http or https URL.
    NotWeb(String),
}

/// A part of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Lookup,
    /// Connecting, directly or through a proxy.
    Connect,
    Tls,
    Send,
    /// Waiting for the status line and headers of the response.
    Wait,
    /// Reading the response body.
    Body,
}

impl Phase {
    /// The name in JSON and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Send => "send",
            Self::Wait => "wait",
            Self::Body => "body",
        }
    }

    /// As in "while connecting".
    fn in_words(self) -> &'static str {
        match self {
            Self::Lookup => "looking up the host name",
            Self::Connect => "connecting",
            Self::Tls => "performing the TLS handshake",
            Self::Send => "sending the request",
            Self::Wait => "waiting for the response",
            Self::Body => "reading the response",
        }
    }
}

impl Failure {
    pub fn new(kind: FailureKind, facts: &Facts) -> Self {
        let row = kind.row();
        let mut what = facts.fill(row.what);
        if let Some(proxy) = facts.proxy.as_deref().filter(|_| kind != FailureKind::ProxyError) {
            let proxy = one_line(proxy);
            if facts.proxy_forwards && kind.group() == Group::Response {
                what.push_str(&format!(" The response came through the proxy {proxy} and may be its own."));
            } else if !facts.proxy_forwards {
                what.push_str(&format!(" The connection goes through the proxy {proxy}."));
            }
        }
        Self { kind, what, next: facts.fill(row.next) }
    }
}

impl Note {
    pub fn new(kind: NoteKind, facts: &Facts) -> Self {
        let row = kind.row();
        Self { kind, what: facts.fill(row.what), next: facts.fill(row.next) }
    }
}

impl Facts {
    /// Replaces the placeholders of a sentence.
    pub(super) fn fill(&self, sentence: &str) -> String {
        let mut filled = String::with_capacity(sentence.len() + 64);
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            let fact = self.fact(name);
            // A fact may begin the sentence.
            let fact = match fact.strip_prefix("the ") {
                Some(rest) if filled.is_empty() => Cow::Owned(format!("The {rest}")),
                _ => fact,
            };
            filled.push_str(&one_line(&fact));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// The words for one placeholder.
    fn fact(&self, name: &str) -> Cow<'_, str> {
        let or = |text: &Option<String>, default: &'static str| {
            text.as_ref().map_or(Cow::Borrowed(default), |text| Cow::Owned(short(text)))
        };
        match name {
            "host" => Cow::Borrowed(&self.host),
            "port" => Cow::Owned(self.port.to_string()),
            "target" => Cow::Owned(match &self.proxy {
                Some(proxy) if self.proxy_forwards => format!("the proxy {proxy}"),
                _ => format!("{}:{}", self.host, self.port),
            }),
            "setting" => Cow::Owned(self.setting()),
            "tried" => Cow::Owned(self.tried()),
            "proxy" => or(&self.proxy, "the proxy"),
            "phase" => Cow::Borrowed(self.phase.map_or("sending", Phase::in_words)),
            "elapsed" => Cow::Owned(self.elapsed.map_or_else(|| "some time".to_owned(), duration_in_words)),
            "before" if self.reused => Cow::Borrowed(
                " The connection had been used for an earlier request: the receiver may have closed it at that moment, without seeing this one.",
            ),
            "arrived" if matches!(self.phase, Some(Phase::Send | Phase::Wait | Phase::Body)) => {
                Cow::Borrowed(" Before sending the request again, check at the receiver whether it arrived.")
            }
            "slow" if self.proxy_forwards => Cow::Borrowed("The proxy or the receiver behind it is slow. "),
            "reason" => or(&self.reason, "no details are known"),
            "date" => Cow::Owned(self.date.map_or_else(|| "an unknown date".to_owned(), day_and_time)),
            "names" if self.names.is_empty() => {
                Cow::Borrowed("it names no host (it has no `subjectAltName`)")
            }
            "names" => Cow::Owned(format!("it is valid for {}", short(&list(&self.names, "and")))),
            "use_names" if self.names.is_empty() => Cow::Owned(format!(
                "Get a certificate with `{}` as `subjectAltName`; a common name alone is no longer accepted.",
                self.host
            )),
            "use_names" => Cow::Owned(format!(
                "Use one of these names in {}, or get a certificate for `{}`.",
                self.setting(),
                self.host
            )),
            "https" if self.is_plain && self.proxy.is_none() && !self.reused => {
                Cow::Owned(format!("If this port expects TLS, write `https://` in {}. ", self.setting()))
            }
            "before" | "https" | "arrived" | "slow" => Cow::Borrowed(""),
            "status" => or(&self.status, "an unknown status"),
            "redirect" => Cow::Owned(match &self.location {
                Location::Missing => "a redirect without a target".to_owned(),
                Location::Itself => "a redirect to the same URL".to_owned(),
                Location::Url(url) => format!("a redirect to `{}`", short(url)),
                Location::NotWeb(text) => {
                    format!("a redirect to `{}`, which is not a web address", short(text))
                }
            }),
            "change" => Cow::Owned(self.change()),
            "wait" => Cow::Owned(self.retry_after.as_deref().map_or_else(String::new, wait)),
            "upgrade" => Cow::Owned(match &self.upgrade {
                Some(upgrade) if !upgrade.is_empty() => format!(" It requires: {}.", short(upgrade)),
                _ => String::new(),
            }),
            "allowed" => Cow::Owned(match &self.allow {
                Some(allow) if !allow.is_empty() => format!(" It allows: {}.", short(allow)),
                _ => String::new(),
            }),
            _ => Cow::Owned(format!("{{{name}}}")),
        }
    }

    fn setting(&self) -> String {
        format!("`{}`", if self.setting.is_empty() { "payload_url" } else { self.setting })
    }

    /// The advice for a redirect.
    fn change(&self) -> String {
        let setting = self.setting();
        match &self.location {
            Location::Url(url) => format!(
                "Set {setting} to `{}`: webhooks do not follow redirects. If that is a login page, the receiver expects credentials instead.",
                short(url)
            ),
            Location::Missing => format!(
                "Ask whoever runs the receiver for the right address and set {setting} to it: webhooks do not follow redirects."
            ),
            Location::Itself => "Check the settings of the receiver and of the proxy in front of it: following the redirect would lead back to the same URL. Common causes are cookies, which webhooks do not keep, and a proxy that forwards `https` as `http`.".to_owned(),
            Location::NotWeb(_) => "Fix the redirect at the receiver: the target must be an `https` or `http` URL.".to_owned(),
        }
    }

    /// The addresses that were tried, unless the host is one itself.
    fn tried(&self) -> String {
        let addresses: Vec<String> = self.addresses.iter().map(|own| own.ip().to_string()).collect();
        if addresses.is_empty() || addresses == [self.host.trim_matches(['[', ']'])] {
            return String::new();
        }
        format!(" (tried {})", addresses.join(", "))
    }
}

/// What the receiver asks for with `Retry-After`.
fn wait(text: &str) -> String {
    match RetryAfter::parse(text) {
        Some(RetryAfter::Seconds(seconds)) => {
            format!(" It requested a pause of {seconds} s (`Retry-After`).")
        }
        Some(RetryAfter::At(_)) => format!(" It requested a pause until {} (`Retry-After`).", short(text)),
        None if text.trim().is_empty() => " Its `Retry-After` is empty.".to_owned(),
        None => format!(" Its `Retry-After` is invalid: `{}`.", short(text)),
    }
}

/// The beginning of a text from outside, whatever its length.
fn short(text: &str) -> String {
    const MAX_TEXT_LENGTH: usize = 300;
    match text.char_indices().nth(MAX_TEXT_LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_the_receiver_is_escaped_and_truncated() {
        let facts = Facts {
            location: Location::Url(format!("http://x/\u{1b}[2J\n{}", "a".repeat(5000))),
            ..Facts::default()
        };
        let filled = facts.fill("It sent {redirect}.");
        assert!(filled.contains("\\x1b[2J\\n"), "{filled}");
        assert!(filled.chars().count() < 400);
    }

    #[test]
    fn a_placeholder_inside_a_fact_is_never_filled() {
        let facts = Facts { host: "{port}{host}".to_owned(), ..Facts::default() };
        assert_eq!(facts.fill("`{host}`"), "`{port}{host}`");
    }

    #[test]
    fn advice_is_given_only_where_it_applies() {
        let plain = Facts { is_plain: true, ..Facts::default() };
        assert!(plain.fill("{https}").contains("`https://`"));
        let proxied = Facts { proxy: Some("proxy.test:3128".to_owned()), ..plain.clone() };
        for facts in [Facts::default(), proxied, Facts { reused: true, ..plain.clone() }] {
            assert_eq!(facts.fill("{https}"), "", "{facts:?}");
        }
        for phase in [Phase::Send, Phase::Wait, Phase::Body] {
            assert_ne!(Facts { phase: Some(phase), ..plain.clone() }.fill("{arrived}"), "", "{phase:?}");
        }
        for phase in [None, Some(Phase::Connect)] {
            assert_eq!(Facts { phase, ..plain.clone() }.fill("{arrived}"), "", "{phase:?}");
        }
    }
}
