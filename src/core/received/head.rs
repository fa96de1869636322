//! The request line and headers of a request: the bytes as received, and the ranges of their parts.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

/// Request line and headers, every name and value as it was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestHead {
    bytes: Bytes,
    ranges: HeadRanges,
}

/// The byte ranges of the parts of a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRanges {
    method: Range<usize>,
    target: Range<usize>,
    is_http_1_0: bool,
    headers: Vec<(Range<usize>, Range<usize>)>,
}

impl HeadRanges {
    /// The ranges of a head that was parsed from the beginning of these bytes.
    pub fn of(head: &httparse::Request<'_, '_>, bytes: &[u8]) -> Self {
        let range = |part: &[u8]| {
            let start = part.as_ptr().addr().wrapping_sub(bytes.as_ptr().addr());
            start..start.wrapping_add(part.len())
        };
        let headers = head.headers.iter();
        Self {
            method: range(head.method.unwrap_or_default().as_bytes()),
            target: range(head.path.unwrap_or_default().as_bytes()),
            is_http_1_0: head.version == Some(0),
            headers: headers.map(|own| (range(own.name.as_bytes()), range(own.value))).collect(),
        }
    }
}

impl RequestHead {
    /// `bytes` include the empty line at the end.
    pub fn new(bytes: Bytes, ranges: HeadRanges) -> Self {
        Self { bytes, ranges }
    }

    /// Writes a head. `version` is `HTTP/1.0` or `HTTP/1.1`.
    pub fn written<'a>(
        method: &str,
        target: &str,
        version: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Self {
        let mut bytes = Vec::new();
        let mut put = |part: &[u8], after: &str| {
            let start = bytes.len();
            bytes.extend_from_slice(part);
            bytes.extend_from_slice(after.as_bytes());
            start..start + part.len()
        };
        let (method, target) = (put(method.as_bytes(), " "), put(target.as_bytes(), " "));
        put(version.as_bytes(), "\r\n");
        let headers = headers
            .into_iter()
            .map(|(name, value)| (put(name.as_bytes(), ": "), put(value, "\r\n")))
            .collect();
        put(b"", "\r\n");
        let ranges = HeadRanges { method, target, is_http_1_0: version == "HTTP/1.0", headers };
        Self { bytes: bytes.into(), ranges }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Any method that HTTP allows.
    pub fn method(&self) -> &str {
        self.text(&self.ranges.method)
    }

    /// The request target, usually path and query.
    pub fn target(&self) -> &str {
        self.text(&self.ranges.target)
    }

    pub fn version(&self) -> &'static str {
        if self.ranges.is_http_1_0 { "HTTP/1.0" } else { "HTTP/1.1" }
    }

    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.ranges.headers.iter().map(|(name, value)| (self.text(name), self.part(value)))
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// Method, target and names are ASCII, or the head would not have been parsed.
    fn text(&self, range: &Range<usize>) -> &str {
        std::str::from_utf8(self.part(range)).unwrap_or_default()
    }
}

/// Shows sizes only: a request may contain secrets.
impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("bytes", &self.bytes.len())
            .field("headers", &self.ranges.headers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_head_is_parsed_to_the_same_parts() {
        let own = [("X-A", &b"1"[..]), ("x-a", b"\xff"), ("Empty", b"")];
        let written = RequestHead::written("PoST", "/a?b", "HTTP/1.1", own);
        let mut headers = [httparse::EMPTY_HEADER; 4];
        let mut request = httparse::Request::new(&mut headers);
        assert!(request.parse(written.bytes()).unwrap().is_complete());
        let read = HeadRanges::of(&request, written.bytes());
        let read = RequestHead::new(Bytes::copy_from_slice(written.bytes()), read);
        assert_eq!((read.method(), read.target(), read.version()), ("PoST", "/a?b", "HTTP/1.1"));
        assert_eq!(read.headers().collect::<Vec<_>>(), own);
        assert_eq!(written.headers().collect::<Vec<_>>(), own);
        assert_eq!(RequestHead::written("GET", "/", "HTTP/1.0", []).version(), "HTTP/1.0");
    }
}
