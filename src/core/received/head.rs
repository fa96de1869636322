//! First line and headers of a request, kept as the bytes that came: what they hold are places in them. A request in a
//! burst then costs a piece of memory or two, not two for each header.

use std::fmt;

use bytes::Bytes;

/// First line and headers, every name and value as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestHead {
    bytes: Bytes,
    places: Places,
}

/// Where the parts of a head are in its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    method: Place,
    target: Place,
    is_old: bool,
    /// Names and values.
    headers: Vec<(Place, Place)>,
}

/// Heads are far shorter than 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    start: u32,
    end: u32,
}

impl Place {
    fn new(start: usize, length: usize) -> Self {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(start.saturating_add(length)) }
    }

    /// The place of a part of `whole`.
    fn of(part: &[u8], whole: &[u8]) -> Self {
        Self::new(part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr()), part.len())
    }

    /// What stands there.
    fn in_bytes(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl Places {
    /// Those of a head that was parsed from the beginning of these bytes.
    pub fn of(head: &httparse::Request<'_, '_>, bytes: &[u8]) -> Self {
        let place = |part: &[u8]| Place::of(part, bytes);
        let headers = head.headers.iter();
        Self {
            method: place(head.method.unwrap_or_default().as_bytes()),
            target: place(head.path.unwrap_or_default().as_bytes()),
            is_old: head.version == Some(0),
            headers: headers.map(|own| (place(own.name.as_bytes()), place(own.value))).collect(),
        }
    }
}

impl RequestHead {
    /// Of these bytes, the empty line at their end included.
    pub fn new(bytes: Bytes, places: Places) -> Self {
        Self { bytes, places }
    }

    /// One with these parts, as they are mostly written. `version` is `HTTP/1.0` or `HTTP/1.1`.
    pub fn written<'a>(
        method: &str,
        target: &str,
        version: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Self {
        let mut bytes = Vec::new();
        let mut put = |part: &[u8], behind: &str| {
            let place = Place::new(bytes.len(), part.len());
            bytes.extend_from_slice(part);
            bytes.extend_from_slice(behind.as_bytes());
            place
        };
        let (method, target) = (put(method.as_bytes(), " "), put(target.as_bytes(), " "));
        put(version.as_bytes(), "\r\n");
        let headers = headers
            .into_iter()
            .map(|(name, value)| (put(name.as_bytes(), ": "), put(value, "\r\n")))
            .collect();
        put(b"", "\r\n");
        let places = Places { method, target, is_old: version == "HTTP/1.0", headers };
        Self { bytes: bytes.into(), places }
    }

    /// All of it, byte for byte.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The method, any that HTTP allows.
    pub fn method(&self) -> &str {
        self.text(self.places.method)
    }

    /// The target as it stands in the first line: mostly path and query.
    pub fn target(&self) -> &str {
        self.text(self.places.target)
    }

    /// `HTTP/1.0` or `HTTP/1.1`.
    pub fn version(&self) -> &'static str {
        if self.places.is_old { "HTTP/1.0" } else { "HTTP/1.1" }
    }

    /// The headers in their order, names in their letter case.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.places.headers.iter().map(|(name, value)| (self.text(*name), value.in_bytes(&self.bytes)))
    }

    /// Method, target and names are ASCII, or they would be no HTTP.
    fn text(&self, place: Place) -> &str {
        std::str::from_utf8(place.in_bytes(&self.bytes)).unwrap_or_default()
    }
}

/// Shows sizes, not contents: a request may hold secrets.
impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("bytes", &self.bytes.len())
            .field("headers", &self.places.headers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let own = [("X-A", &b"1"[..]), ("x-a", b"\xff"), ("Empty", b"")];
        let written = RequestHead::written("PoST", "/a?b", "HTTP/1.1", own);
        let mut headers = [httparse::EMPTY_HEADER; 4];
        let mut request = httparse::Request::new(&mut headers);
        assert!(request.parse(written.bytes()).unwrap().is_complete());
        let read = Places::of(&request, written.bytes());
        let read = RequestHead::new(Bytes::copy_from_slice(written.bytes()), read);
        assert_eq!((read.method(), read.target(), read.version()), ("PoST", "/a?b", "HTTP/1.1"));
        assert_eq!(read.headers().collect::<Vec<_>>(), own);
        assert_eq!(written.headers().collect::<Vec<_>>(), own);
        assert_eq!(RequestHead::written("GET", "/", "HTTP/1.0", []).version(), "HTTP/1.0");
    }
}
