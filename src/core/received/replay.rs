//! Builds the request that replays a received one.

use std::borrow::Cow;

use url::Url;

use crate::core::body::masked_body;
use crate::core::model::Method;
use crate::core::request::{Override, PreparedHeader, PreparedRequest, authority};
use crate::core::secrets::{Redactor, Secret, shown_url, spans_in_header};
use crate::core::text::one_line;

use super::{HopByHop, ReceivedRequest};

/// Headers that are created again, or were meant for a proxy.
const REBUILT: [&str; 7] =
    ["content-length", "expect", "host", "proxy-authorization", "te", "trailer", "transfer-encoding"];

impl ReceivedRequest {
    /// The URL to send it to: with its own path and query if `to` only has a host.
    pub fn url_at(&self, to: &Override) -> Url {
        let mut original = to.url.clone();
        original.set_path(self.path());
        original.set_query(self.query());
        to.applied_to(&original)
    }

    /// The same method, headers and body for this URL. Masked values stay masked; `redactor` finds other secrets.
    pub fn replayed_to(&self, url: &Url, redactor: &Redactor) -> Result<PreparedRequest, String> {
        let method = Method::ALL.into_iter().find(|method| method.as_str() == self.head.method());
        let method = method.ok_or_else(|| {
            format!(
                "unsupported method `{}`: webhooks use POST, PUT, PATCH, GET or DELETE",
                one_line(self.head.method())
            )
        })?;
        let mut url = url.clone();
        url.set_fragment(None);
        let mut redactor = redactor.clone();
        let mut headers = vec![header("host", authority(&url))];
        let hop_by_hop = HopByHop::new(self.header("connection"));
        for (name, value) in self.head.headers() {
            let lower = name.to_ascii_lowercase();
            if REBUILT.contains(&lower.as_str()) || hop_by_hop.contains(name) {
                continue;
            }
            let text = std::str::from_utf8(value)
                .map_err(|_| format!("the value of the header `{}` is not text", one_line(name)))?;
            let secrets = spans_in_header(name, text, &[]);
            let is_secret = !secrets.is_empty();
            for span in secrets {
                redactor.add(&Secret::new(&text[span]));
            }
            headers.push(PreparedHeader { is_secret, ..header(&lower, text.to_owned()) });
        }
        // Most requests without a body do not have a length.
        if !self.body.is_empty() || self.header("content-length").next().is_some() {
            headers.push(header("content-length", self.body.len().to_string()));
        }
        Ok(PreparedRequest {
            webhook: "".into(),
            method,
            shown_url: redactor.redact(&shown_url(url.as_str(), false)).into(),
            url: url.into(),
            headers,
            body: self.body.clone(),
            body_secrets: Vec::new(),
            values: Vec::new(),
            redactor,
        })
    }

    /// The body, with secrets masked unless `reveal` is set.
    pub fn shown_body(&self, redactor: &Redactor, reveal: bool) -> Cow<'_, [u8]> {
        if reveal {
            return Cow::Borrowed(&self.body);
        }
        masked_body(&self.body, |body| self.decoded(body), |text| redactor.masked_bytes(text, false))
    }
}

fn header(name: &str, value: String) -> PreparedHeader {
    PreparedHeader { name: name.into(), value: value.into(), is_secret: false }
}

#[cfg(test)]
mod tests {
    use super::super::RequestHead;
    use super::*;
    use crate::core::received::tests::received;

    fn replayed(request: &ReceivedRequest, url: &str) -> Result<PreparedRequest, String> {
        request.replayed_to(&Url::parse(url).unwrap(), &Redactor::default())
    }

    #[test]
    fn a_replayed_request_has_the_received_values_and_does_not_show_secrets() {
        let request = received(
            "POST /a?b",
            &[
                ("Host", "127.0.0.1:4000"),
                ("Authorization", "Bearer s3cret"),
                ("Connection", "close, X-Hop"),
                ("X-Hop", "1"),
                ("Transfer-Encoding", "chunked"),
                ("Accept", "*/*"),
                ("accept", "b"),
            ],
            "{\"n\":1.10}",
        );
        let sent = replayed(&request, "http://[::1]:3000/c?token=t0p#d").unwrap();
        let headers: Vec<_> = sent.headers.iter().map(|own| format!("{}: {}", own.name, own.value)).collect();
        assert_eq!(
            headers,
            [
                "host: [::1]:3000",
                "authorization: Bearer s3cret",
                "accept: */*",
                "accept: b",
                "content-length: 10"
            ]
        );
        assert_eq!(
            (sent.url.as_str(), &sent.body[..]),
            ("http://[::1]:3000/c?token=t0p", &b"{\"n\":1.10}"[..])
        );
        assert_eq!(&*sent.shown_url, "http://[::1]:3000/c?token=***");
        assert!(!format!("{sent:?}").contains("s3cret"));
        assert!(!sent.redactor.redact("it echoes Bearer s3cret").contains("s3cret"));
    }

    #[test]
    fn a_request_that_cannot_be_replayed_is_named() {
        let request = received("PURGE /", &[], "");
        assert!(replayed(&request, "http://x/").unwrap_err().contains("`PURGE`"));
        let head = RequestHead::written("GET", "/", "HTTP/1.1", [("X-Odd", &[0xff][..])]);
        let request = ReceivedRequest { head, ..request };
        assert!(replayed(&request, "http://x/").unwrap_err().contains("`X-Odd`"));
    }

    #[test]
    fn a_body_is_shown_unchanged_unless_it_contains_a_secret() {
        let redactor = Redactor::new([&Secret::new("s3cret-value")]);
        let mut request = received("POST /", &[], "a s3cret-value b");
        assert_eq!(&request.shown_body(&redactor, false)[..], b"a *** b");
        assert_eq!(&request.shown_body(&redactor, true)[..], b"a s3cret-value b");
        request.body = vec![0xff, 0, b'a'].into();
        assert_eq!(&request.shown_body(&redactor, false)[..], [0xff, 0, b'a']);
    }
}
