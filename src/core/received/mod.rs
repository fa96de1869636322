//! Requests as they arrive: parsing, matching with webhooks, differences, responses, forwarding and replay.

mod actual_request;
mod coverage;
mod difference;
mod event;
mod expected_request;
mod foreign_mask;
mod forward_request;
mod head;
mod matcher;
mod ranking;
mod replay;
mod response;
mod ring;
mod wildcard;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use crate::core::body::{DecodedBody, decode, header_text};
use crate::core::secrets::{shown_header, shown_url};

pub use coverage::{BodyCoverage, Coverage};
pub use difference::{Difference, MAX_DIFFERENCES, RequestPart, distance};
pub use event::{ForwardError, Forwarded, HandledRequest, Refusal, RefusedRequest, ResponseState};
pub use expected_request::ExpectedRequest;
pub use foreign_mask::masks;
pub use forward_request::HopByHop;
pub use head::{HeadRanges, RequestHead};
pub use matcher::{BestMatch, Matcher};
pub use ranking::{HostMatch, Ranked, Ranking, TriggerEvidence};
pub use response::{HttpResponse, ResponseAction, ResponseTemplate, is_bodiless};
pub use ring::Ring;

/// A request, every name and value as it was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedRequest {
    pub head: RequestHead,
    /// The body, without chunked encoding.
    pub body: Bytes,
}

impl ReceivedRequest {
    /// The path of the target, as it was sent.
    pub fn path(&self) -> &str {
        self.path_and_query().0
    }

    /// The query, as it was sent.
    pub fn query(&self) -> Option<&str> {
        self.path_and_query().1
    }

    fn path_and_query(&self) -> (&str, Option<&str>) {
        let target = match self.authority_and_rest() {
            (Some(_), "") => "/",
            (_, rest) => rest,
        };
        target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)))
    }

    /// The authority of a target in absolute form, as proxies receive it, and the rest of the target.
    fn authority_and_rest(&self) -> (Option<&str>, &str) {
        let target = self.head.target();
        match target.split_once("://") {
            Some((_, rest)) if !target.starts_with('/') => {
                let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
                (Some(authority), rest)
            }
            _ => (None, target),
        }
    }

    /// The host that it was sent to, with its port if it names one.
    pub fn host(&self) -> Option<String> {
        match self.authority_and_rest().0 {
            Some(authority) => authority.rsplit('@').next().map(str::to_owned),
            None => self.header("host").next().map(|host| host.trim().to_owned()),
        }
    }

    /// The values of a header; its name is case-insensitive.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        let own = self.head.headers().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| header_text(value))
    }

    /// The body, decoded as its headers say.
    pub fn decoded_body(&self) -> DecodedBody<'_> {
        self.decoded(&self.body)
    }

    fn decoded<'b>(&self, body: &'b [u8]) -> DecodedBody<'b> {
        let named = |name| self.header(name).next();
        decode(body, named("content-type").as_deref(), named("content-encoding").as_deref())
    }

    /// The target, with secrets masked unless `reveal` is set.
    pub fn shown_target(&self, reveal: bool) -> String {
        shown_url(self.head.target(), reveal)
    }

    /// The query, with secrets masked unless `reveal` is set.
    pub fn shown_query(&self, reveal: bool) -> Option<String> {
        let query = self.query()?;
        Some(shown_url(&format!("?{query}"), reveal)[1..].to_owned())
    }

    /// The value of a header, with secrets masked unless `reveal` is set.
    pub fn shown_header<'a>(name: &str, value: &'a [u8], reveal: bool) -> Cow<'a, str> {
        let text = header_text(value);
        match shown_header(name, &text, reveal) {
            shown if shown == text => text,
            shown => Cow::Owned(shown),
        }
    }
}

/// Shows sizes only: a request may contain secrets.
impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedRequest")
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

    pub(in crate::core::received) fn received(
        line: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> ReceivedRequest {
        let (method, target) = line.split_once(' ').unwrap();
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        ReceivedRequest {
            head: RequestHead::written(method, target, "HTTP/1.1", headers),
            body: Bytes::from(body.to_owned()),
        }
    }

    #[test]
    fn every_form_of_target_has_a_path_and_a_query() {
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
    fn values_with_credential_names_are_masked_unless_revealed() {
        let received = received("GET /a?token=t0p&b=c", &[("X-Key", "s3cret"), ("Accept", "*/*")], "");
        assert_eq!(received.shown_target(false), "/a?token=***&b=c");
        assert_eq!(received.shown_query(false).as_deref(), Some("token=***&b=c"));
        assert_eq!(received.shown_target(true), "/a?token=t0p&b=c");
        let shown = |reveal| {
            let shown = received.head.headers();
            shown.map(|(name, value)| ReceivedRequest::shown_header(name, value, reveal)).collect::<Vec<_>>()
        };
        assert_eq!(shown(false), ["***", "*/*"]);
        assert_eq!(shown(true), ["s3cret", "*/*"]);
        assert!(!format!("{received:?}").contains("t0p") && !format!("{received:?}").contains("s3cret"));
    }
}
