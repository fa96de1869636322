//! A request as it arrived: what it is, which webhook would send it, in what it differs, what it is
//! answered.

mod arrival;
mod coverage;
mod difference;
mod expectation;
mod forward_request;
mod head;
mod hop_by_hop;
mod mask;
mod matcher;
mod ranking;
mod replay;
mod reply;
mod ring;
mod wildcard;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use crate::core::body::{DecodedBody, decode, header_text};
use crate::core::secrets::{shown_header, shown_url};

pub use arrival::{Arrival, Forwarded, NotForwarded, Refusal, Refused, ResponseState};
pub use coverage::{BodyCoverage, Coverage};
pub use difference::{Difference, MOST_DIFFERENCES, RequestPart, distance};
pub use expectation::Expectation;
pub use head::{HeadRanges, RequestHead};
pub use hop_by_hop::HopByHop;
pub use mask::masks;
pub use matcher::{BestMatch, Matcher};
pub use ranking::{HostMatch, Ranked, Ranking, TriggerEvidence};
pub use reply::{Reply, ReplyPlan, Turn, is_bodiless};
pub use ring::Ring;

/// A request as it arrived, every name and value as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    pub head: RequestHead,
    /// The body, without chunks where it came in such.
    pub body: Bytes,
}

impl Received {
    /// The path of the target, as it was sent.
    pub fn path(&self) -> &str {
        self.path_and_query().0
    }

    /// What stands behind the `?`, as it was sent.
    pub fn query(&self) -> Option<&str> {
        self.path_and_query().1
    }

    /// Path and query, also of a target that names a host, as a proxy gets it.
    fn path_and_query(&self) -> (&str, Option<&str>) {
        let whole = self.head.target();
        let target = match whole.find("://") {
            Some(scheme) if !whole.starts_with('/') => {
                let authority = scheme + "://".len();
                whole[authority..].find(['/', '?']).map_or("/", |at| &whole[authority + at..])
            }
            _ => whole,
        };
        match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        }
    }

    /// The host that it was sent to, with its port if it names one.
    pub fn host(&self) -> Option<String> {
        let target = self.head.target();
        let authority = target.find("://").filter(|_| !target.starts_with('/')).map(|scheme| {
            let authority = &target[scheme + "://".len()..];
            &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())]
        });
        let without_user = |authority: &str| authority.rsplit('@').next().unwrap_or_default().to_owned();
        let host = authority.map(without_user);
        host.or_else(|| self.header("host").next().map(|host| host.trim().to_owned()))
    }

    /// The values of a header, whatever the letter case of its name.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        let own = self.head.headers().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| header_text(value))
    }

    /// The body as its headers say that it is to be read.
    pub fn decoded_body(&self) -> DecodedBody<'_> {
        let named = |name| self.header(name).next();
        decode(&self.body, named("content-type").as_deref(), named("content-encoding").as_deref())
    }

    /// The target as it may be shown, or, with `reveal`, as it is.
    pub fn shown_target(&self, reveal: bool) -> String {
        shown_url(self.head.target(), reveal)
    }

    /// What stands behind the `?`, as it may be shown.
    pub fn shown_query(&self, reveal: bool) -> Option<String> {
        let query = self.query()?;
        Some(shown_url(&format!("?{query}"), reveal)[1..].to_owned())
    }

    /// The value of a header as it may be shown, or, with `reveal`, as it is.
    pub fn shown_header<'a>(name: &str, value: &'a [u8], reveal: bool) -> Cow<'a, str> {
        let text = header_text(value);
        match shown_header(name, &text, reveal) {
            shown if shown == text => text,
            shown => Cow::Owned(shown),
        }
    }
}

/// Shows sizes, not contents: a request may hold secrets.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.head.method())
            .field("target", &self.shown_target(false))
            .field("headers", &self.head.headers().len())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

#[cfg(test)]
pub(in crate::core::received) mod tests {
    use super::*;

    /// A request made of a first line, header lines and a body.
    pub(in crate::core::received) fn received(line: &str, headers: &[(&str, &str)], body: &str) -> Received {
        let (method, target) = line.split_once(' ').unwrap();
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        Received {
            head: RequestHead::written(method, target, "HTTP/1.1", headers),
            body: Bytes::from(body.to_owned()),
        }
    }

    #[test]
    fn path_and_query_are_told_apart_in_every_form_of_target() {
        for (target, path, query) in [
            ("/a/b?c=d?e", "/a/b", Some("c=d?e")),
            ("/", "/", None),
            ("*", "*", None),
            ("http://example.com/a?b", "/a", Some("b")),
            ("http://example.com", "/", None),
            ("http://example.com?b", "", Some("b")),
            ("/to?next=http://example.com/", "/to", Some("next=http://example.com/")),
        ] {
            let received = received(&format!("GET {target}"), &[], "");
            assert_eq!((received.path(), received.query()), (path, query), "{target}");
        }
    }

    #[test]
    fn what_names_itself_a_credential_is_masked_unless_revealed() {
        let received = received("GET /a?token=t0p&b=c", &[("X-Key", "s3cret"), ("Accept", "*/*")], "");
        assert_eq!(received.shown_target(false), "/a?token=***&b=c");
        assert_eq!(received.shown_query(false).as_deref(), Some("token=***&b=c"));
        assert_eq!(received.shown_target(true), "/a?token=t0p&b=c");
        let shown = |reveal| {
            let shown = received.head.headers();
            shown.map(|(name, value)| Received::shown_header(name, value, reveal)).collect::<Vec<_>>()
        };
        assert_eq!(shown(false), ["***", "*/*"]);
        assert_eq!(shown(true), ["s3cret", "*/*"]);
        assert!(!format!("{received:?}").contains("t0p") && !format!("{received:?}").contains("s3cret"));
    }
}
