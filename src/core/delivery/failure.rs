//! A failure or a note of one exchange: an entry of the catalogue, filled with the facts.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::catalogue::{FailureKind, NoteKind};
use super::date::day_and_time;
use super::retry::RetryAfter;
use crate::core::text::one_line;

/// An entry of the catalog in the words of one exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained<K> {
    pub kind: K,
    /// What happened, in one sentence or two.
    pub what: String,
    /// What to do next.
    pub next: String,
}

pub type Failure = Explained<FailureKind>;
/// Something to know that is not a failure.
pub type Note = Explained<NoteKind>;

/// What is known of a failure. Texts may come from outside: they are escaped when put into a sentence.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub host: String,
    /// The port, written or implied.
    pub port: u16,
    /// The addresses that were tried.
    pub addresses: Vec<SocketAddr>,
    /// The proxy, as `host:port`.
    pub proxy: Option<String>,
    /// Whether the proxy is given the request instead of a tunnel, so that a response may be its own.
    pub proxy_forwards: bool,
    /// Whether the URL says `http`.
    pub is_plain: bool,
    /// Whether `--to` replaces the payload URL.
    pub url_is_overridden: bool,
    /// The part of the exchange that was under way.
    pub phase: Option<Phase>,
    /// Whether the connection had been used for another exchange before.
    pub reused: bool,
    /// The time that had passed, or the limit that was reached.
    pub elapsed: Option<Duration>,
    /// A few words from below, such as an operating system's error.
    pub reason: Option<String>,
    /// The date that matters, in seconds since 1970.
    pub date: Option<i64>,
    /// The names that a certificate is for.
    pub names: Vec<String>,
    /// The status with its name.
    pub status: Option<String>,
    pub location: Location,
    /// When the receiver wants to be asked again: its `Retry-After`.
    pub retry_after: Option<String>,
    /// The methods that the receiver allows: its `Allow`.
    pub allow: Option<String>,
    /// The `Upgrade` header: the protocols that the receiver requires.
    pub upgrade: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Location {
    /// It does not say.
    #[default]
    Missing,
    /// To the URL that was requested.
    Itself,
    /// To this URL, made absolute.
    Url(String),
    /// To a URL that cannot be requested.
    NotWeb(String),
}

/// The part of an exchange that was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Finding the addresses of the name.
    Lookup,
    /// Connecting, also through a proxy.
    Connect,
    Tls,
    Send,
    /// Waiting for the head of the response.
    Wait,
    /// Reading the body of the response.
    Body,
}

impl Phase {
    /// Its name in JSON and in the history.
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

    /// How a sentence calls it: "while ...".
    fn in_words(self) -> &'static str {
        match self {
            Self::Lookup => "looking up the name",
            Self::Connect => "connecting",
            Self::Tls => "agreeing on encryption (TLS)",
            Self::Send => "sending the request",
            Self::Wait => "waiting for the response",
            Self::Body => "reading the response",
        }
    }
}

impl Failure {
    pub fn new(kind: FailureKind, facts: &Facts) -> Self {
        let mut what = facts.fill(kind.what());
        if let Some(proxy) = facts.proxy.as_deref().filter(|_| kind != FailureKind::ProxyError) {
            let proxy = one_line(proxy);
            if facts.proxy_forwards && kind.is_response() {
                what.push_str(&format!(" The response came through the proxy {proxy} and may be its own."));
            } else if !facts.proxy_forwards {
                what.push_str(&format!(" The connection goes through the proxy {proxy}."));
            }
        }
        Self { kind, what, next: facts.fill(kind.next()) }
    }
}

impl Note {
    pub fn new(kind: NoteKind, facts: &Facts) -> Self {
        Self { kind, what: facts.fill(kind.what()), next: facts.fill(kind.next()) }
    }
}

impl Facts {
    /// Puts the facts into a sentence of the catalogue.
    pub(super) fn fill(&self, sentence: &str) -> String {
        let mut filled = String::with_capacity(sentence.len() + 64);
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            let fact = self.fact(name);
            // A fact with words of its own may begin the sentence.
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
            "target" => Cow::Owned(match &self.proxy {
                Some(proxy) if self.proxy_forwards => format!("the proxy {proxy}"),
                _ => format!("{}:{}", self.host, self.port),
            }),
            "setting" => Cow::Borrowed(self.setting()),
            "addresses" => Cow::Owned(self.addresses_in_words()),
            "proxy" => or(&self.proxy, "the proxy"),
            "phase" => Cow::Borrowed(self.phase.map_or("sending", Phase::in_words)),
            "elapsed" => Cow::Owned(self.elapsed.map_or_else(|| "some time".to_owned(), duration_in_words)),
            "before" if self.reused => Cow::Borrowed(
                " Another request had gone over it before: the receiver may have closed it at that moment and not have seen this one.",
            ),
            "arrived" if matches!(self.phase, Some(Phase::Send | Phase::Wait | Phase::Body)) => {
                Cow::Borrowed(" Check at the receiver whether the request arrived before sending it again.")
            }
            "slow" if self.proxy_forwards => Cow::Borrowed("The proxy or the receiver behind it is slow. "),
            "reason" => or(&self.reason, "no more is known"),
            "date" => Cow::Owned(self.date.map_or_else(|| "an unknown date".to_owned(), day_and_time)),
            "names" if self.names.is_empty() => {
                Cow::Borrowed("it names no host (it has no `subjectAltName`)")
            }
            "names" => {
                let names = self.names.iter().map(|name| format!("`{name}`"));
                Cow::Owned(format!("it is for {}", short(&join(names))))
            }
            "use_names" if self.names.is_empty() => Cow::Owned(format!(
                "Have a certificate issued with `{}` as `subjectAltName`; a common name alone no longer counts.",
                self.host
            )),
            "use_names" => Cow::Owned(format!(
                "Use one of those names in {}, or have a certificate issued for `{}`.",
                self.setting(),
                self.host
            )),
            "https" if self.is_plain && self.proxy.is_none() && !self.reused => {
                Cow::Owned(format!("If this port expects TLS, write `https://` in {}. ", self.setting()))
            }
            "before" | "https" | "arrived" | "slow" => Cow::Borrowed(""),
            "status" => or(&self.status, "an unknown status"),
            "points" => Cow::Owned(match &self.location {
                Location::Missing => "does not say where to".to_owned(),
                Location::Itself => "redirects to itself".to_owned(),
                Location::Url(url) => format!("points to `{}`", short(url)),
                Location::NotWeb(text) => format!("points to `{}`, which is not a web address", short(text)),
            }),
            "change" => Cow::Owned(self.change()),
            "wait" => {
                Cow::Owned(self.retry_after.as_deref().map_or_else(
                    String::new,
                    |text| match RetryAfter::parse(text) {
                        Some(RetryAfter::Seconds(seconds)) => {
                            format!(" It asks to wait (`Retry-After`): {seconds} s.")
                        }
                        Some(RetryAfter::At(_)) => {
                            format!(" It asks to wait (`Retry-After`): {}.", short(text))
                        }
                        None if text.trim().is_empty() => " Its `Retry-After` is empty.".to_owned(),
                        None => format!(" Its `Retry-After` cannot be read: `{}`.", short(text)),
                    },
                ))
            }
            "upgrade" => Cow::Owned(match &self.upgrade {
                Some(upgrade) if !upgrade.is_empty() => format!(" It asks for: {}.", short(upgrade)),
                _ => String::new(),
            }),
            "allowed" => Cow::Owned(match &self.allow {
                Some(allow) if !allow.is_empty() => format!(" It allows: {}.", short(allow)),
                _ => String::new(),
            }),
            _ => Cow::Owned(format!("{{{name}}}")),
        }
    }

    /// Where the URL comes from.
    fn setting(&self) -> &'static str {
        if self.url_is_overridden { "`--to`" } else { "`payload_url`" }
    }

    /// The advice for a redirect.
    fn change(&self) -> String {
        let setting = self.setting();
        match &self.location {
            Location::Url(url) => format!(
                "Set {setting} to `{}`: webhooks do not follow redirects. If that is a login page, the receiver wants credentials instead.",
                short(url)
            ),
            Location::Missing => format!(
                "Ask whoever runs the receiver which address to use, and set {setting} to it: webhooks do not follow redirects."
            ),
            Location::Itself => "Check the settings of the receiver and of the proxy in front of it: following the redirect would lead back here. Such loops come from cookies that a webhook does not keep, or from a proxy that passes `https` on as `http`.".to_owned(),
            Location::NotWeb(_) => "Correct the redirect at the receiver: it must point to an `https` or `http` URL.".to_owned(),
        }
    }

    fn addresses_in_words(&self) -> String {
        if self.addresses.is_empty() {
            return format!("{}:{}", self.host, self.port);
        }
        join(self.addresses.iter().map(ToString::to_string))
    }
}

/// A duration as a person says it: `250 µs`, `30 ms`, `1.2 s`, `30 s`, `3 min`, `2 h 5 min`.
pub fn duration_in_words(duration: Duration) -> String {
    const YEAR: u64 = 366 * 24 * 3600;
    match (duration.as_secs(), duration.as_millis()) {
        (0, 0) => format!("{} µs", duration.as_micros()),
        (0, milliseconds) => format!("{milliseconds} ms"),
        (1..120, _) => format!("{} s", (duration.as_secs_f64() * 10.0).round() / 10.0),
        (seconds @ 120..7200, _) => format!("{} min", seconds.div_ceil(60)),
        (seconds @ 7200..YEAR, _) => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => "more than a year".to_owned(),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn join(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.as_slice() {
        [firsts @ .., last] if !firsts.is_empty() => format!("{} and {last}", firsts.join(", ")),
        _ => items.concat(),
    }
}

/// The beginning of a text from outside: a sentence stays a sentence, whatever a server sends.
fn short(text: &str) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_escaped_and_cut() {
        let facts = Facts {
            location: Location::Url(format!("http://x/\u{1b}[2J\n{}", "a".repeat(5000))),
            ..Facts::default()
        };
        let filled = facts.fill("It {points}.");
        assert!(filled.contains("\\x1b[2J\\n"), "{filled}");
        assert!(filled.chars().count() < 400);
    }

    #[test]
    fn a_placeholder_inside_a_fact_is_never_filled() {
        let facts = Facts { host: "{port}{host}".to_owned(), ..Facts::default() };
        assert_eq!(facts.fill("`{host}`"), "`{port}{host}`");
    }

    #[test]
    fn durations_read_as_people_say_them() {
        for (micros, words) in
            [(250, "250 µs"), (30_000, "30 ms"), (1_240_000, "1.2 s"), (30_000_000, "30 s")]
        {
            assert_eq!(duration_in_words(Duration::from_micros(micros)), words);
        }
        for (seconds, words) in
            [(119, "119 s"), (170, "3 min"), (7500, "2 h 5 min"), (u64::MAX, "more than a year")]
        {
            assert_eq!(duration_in_words(Duration::from_secs(seconds)), words);
        }
    }
}
