//! Reads a response, bounded in size and time.

use std::error::Error;
use std::io;
use std::pin::Pin;

use super::connection::{Connection, Excess};
use crate::core::body::header_text;
use crate::core::delivery::{BodyEnd, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::ext::ReasonPhrase;
use tokio::time::Sleep;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Beginning,
    /// All of it; a body of more bytes than this is not read.
    All(u64),
}

#[derive(Debug)]
pub struct ReceivedResponse {
    pub status: StatusCode,
    pub version: Version,
    /// The reason phrase that was received, if it is not the standard one.
    pub reason: Option<Vec<u8>>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// How many bytes of the body were read, kept or not.
    pub body_read: u64,
    pub body_end: BodyEnd,
}

impl ReceivedResponse {
    pub fn to_response(&self) -> Response {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        Response {
            status: self.status.as_u16(),
            reason: self.reason.as_ref().map(|reason| header_text(reason).into_owned()),
            version: if self.version == Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" }.into(),
            headers: Response::kept_headers(headers),
            body: self.body[..self.body.len().min(Response::KEPT)].to_vec(),
            body_read: self.body_read,
            body_end: self.body_end,
        }
    }

    /// Why it cannot be forwarded: a fragment that starts with "it" or "its".
    pub(super) fn unforwardable(&self) -> Option<String> {
        if self.status == StatusCode::SWITCHING_PROTOCOLS {
            return Some("it changes to another protocol".to_owned());
        }
        // The body would be forwarded without the header that says how it is encoded.
        let is_supported = |coding: &&[u8]| {
            [&b"chunked"[..], b"identity"].iter().any(|own| coding.eq_ignore_ascii_case(own))
        };
        let codings = elements(&self.headers, header::TRANSFER_ENCODING);
        let coding = codings.into_iter().find(|coding| !is_supported(coding))?;
        Some(format!("its transfer coding `{}` is not supported", header_text(coding)))
    }

    /// Reads the body until its end, the limit of bytes, the deadline or `stop`.
    pub(super) async fn read(
        response: http::Response<Incoming>,
        connection: &Connection,
        keep: Keep,
        deadline: Pin<&mut Sleep>,
        stop: impl Future<Output = ()>,
    ) -> Self {
        // hyper drops a reason phrase that is not ASCII.
        let reason = match response.extensions().get::<ReasonPhrase>() {
            Some(reason) if reason.as_bytes().is_empty() => connection.reason_phrase(),
            reason => reason.map(|reason| reason.as_bytes().to_vec()),
        };
        let (head, body) = response.into_parts();
        let mut response = Self {
            status: head.status,
            version: head.version,
            reason,
            headers: head.headers,
            body: Vec::new(),
            body_read: 0,
            body_end: BodyEnd::Complete,
        };
        if !matches!(response.status.as_u16(), 101 | 204 | 304) {
            response.body_end = tokio::select! {
                biased;
                end = response.read_body(body, keep) => end,
                () = deadline => BodyEnd::TimedOut,
                () = stop => BodyEnd::CutShort,
            };
        }
        response
    }

    async fn read_body(&mut self, mut body: Incoming, keep: Keep) -> BodyEnd {
        let (kept, limit) = match keep {
            Keep::All(limit) if body.size_hint().lower() > limit => return BodyEnd::Stopped,
            Keep::All(limit) => (usize::MAX, limit),
            Keep::Beginning => (Response::KEPT, Response::READ),
        };
        loop {
            match body.frame().await {
                Some(Ok(frame)) => {
                    let Ok(chunk) = frame.into_data() else { continue };
                    let space = kept - self.body.len();
                    self.body.extend_from_slice(&chunk[..chunk.len().min(space)]);
                    self.body_read += chunk.len() as u64;
                    if self.body_read > limit {
                        return BodyEnd::Stopped;
                    }
                }
                None => return BodyEnd::Complete,
                Some(Err(error)) if is_too_long(&error) => return BodyEnd::Stopped,
                Some(Err(error)) if is_malformed(&error) => return BodyEnd::Malformed,
                Some(Err(_)) => return BodyEnd::CutShort,
            }
        }
    }
}

fn io_error(error: &hyper::Error) -> Option<&io::Error> {
    error.source()?.downcast_ref()
}

/// Whether the response exceeds the limits, such as a chunk size without an end.
fn is_too_long(error: &hyper::Error) -> bool {
    io_error(error).and_then(io::Error::get_ref).is_some_and(<dyn Error + Send + Sync>::is::<Excess>)
}

/// Whether the framing of the body is invalid; otherwise the connection closed early.
fn is_malformed(error: &hyper::Error) -> bool {
    io_error(error)
        .is_some_and(|io| matches!(io.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData))
}

/// Why the length of the body is ambiguous (RFC 9112, section 6.3), which allows response smuggling: a fragment that starts
/// with "it" or "its".
pub(super) fn framing_error(headers: &HeaderMap) -> Option<&'static str> {
    let encodings = elements(headers, header::TRANSFER_ENCODING);
    let lengths = elements(headers, header::CONTENT_LENGTH);
    let is_chunked = |encoding: &&&[u8]| encoding.eq_ignore_ascii_case(b"chunked");
    let chunked = encodings.iter().filter(is_chunked).count();
    if !encodings.is_empty() && !lengths.is_empty() {
        Some("it has both `Content-Length` and `Transfer-Encoding`")
    } else if lengths.is_empty() && headers.contains_key(header::CONTENT_LENGTH) {
        Some("its `Content-Length` is empty")
    } else if lengths.iter().any(|length| !length.iter().all(u8::is_ascii_digit)) {
        Some("its `Content-Length` is not a number")
    } else if lengths.iter().any(|length| length != &lengths[0]) {
        Some("it has different values of `Content-Length`")
    } else if chunked > 1 {
        Some("it is chunked twice")
    } else if chunked == 1 && !encodings.last().is_some_and(|last| is_chunked(&last)) {
        Some("it is encoded after it was chunked")
    } else {
        None
    }
}

/// The elements of all list headers with this name.
fn elements(headers: &HeaderMap, name: HeaderName) -> Vec<&[u8]> {
    let values = headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
    let elements = values.flat_map(|value| value.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    elements.filter(|element| !element.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(encodings: &[&'static str], lengths: &[&'static str]) -> Option<&'static str> {
        let named = |name: HeaderName, values: &[&'static str]| {
            let values = values.iter().map(|value| HeaderValue::from_static(value));
            values.map(|value| (name.clone(), value)).collect::<Vec<_>>()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in
            [named(header::TRANSFER_ENCODING, encodings), named(header::CONTENT_LENGTH, lengths)].concat()
        {
            headers.append(name, value);
        }
        framing_error(&headers)
    }

    #[test]
    fn an_unambiguous_length_is_accepted() {
        for (encodings, lengths) in [
            (&[][..], &[][..]),
            (&[], &["5"]),
            (&[], &["5, 5"]),
            (&[], &["5", " 5 "]),
            (&["Chunked"], &[]),
            (&["gzip, chunked"], &[]),
            (&["gzip", "chunked"], &[]),
            (&["identity"], &[]),
        ] {
            assert_eq!(error(encodings, lengths), None, "{encodings:?} {lengths:?}");
        }
    }

    #[test]
    fn an_ambiguous_length_is_refused() {
        for (encodings, lengths) in [
            (&["chunked"][..], &["5"][..]),
            (&["identity"], &["5"]),
            (&[], &["5", "6"]),
            (&[], &["5, 6"]),
            (&[], &["+5"]),
            (&[], &[""]),
            (&["chunked", "chunked"], &[]),
            (&["chunked, gzip"], &[]),
        ] {
            assert!(error(encodings, lengths).is_some(), "{encodings:?} {lengths:?}");
        }
    }
}
