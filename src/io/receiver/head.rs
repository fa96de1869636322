//! The request line, the headers and the framing of the body (RFC 9112). Stricter than most servers: messages that receivers
//! interpret differently are refused.

use bytes::{Bytes, BytesMut};

use super::state::ReceiverLimits;
use crate::core::received::{HeadRanges, ReceivedRequest, Refusal, RequestHead};

/// What the head of a request means for the connection.
pub(super) struct Semantics {
    pub(super) framing: Framing,
    /// Whether the sender may send another request on this connection.
    pub(super) keep_alive: bool,
    /// Whether the sender waits for `100 Continue` before it sends the body.
    pub(super) expects_continue: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Length(usize),
    Chunked,
}

/// Removes a head from `buffer`, as a request without its body; none while it is incomplete.
pub(super) fn parse(
    buffer: &mut BytesMut,
    limits: &ReceiverLimits,
) -> Result<Option<ReceivedRequest>, Refusal> {
    let bytes = &buffer[..];
    let mut headers = vec![httparse::EMPTY_HEADER; limits.headers];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() > limits.head => {
            return Err(Refusal::HeadTooLarge(limits.head));
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(refusal(error, bytes, limits)),
    };
    if length > limits.head {
        return Err(Refusal::HeadTooLarge(limits.head));
    }
    // Servers disagree about other line ends.
    let mut ends = memchr::memchr_iter(b'\n', &bytes[..length]);
    if ends.any(|at| at == 0 || bytes[at - 1] != b'\r') {
        return Err(refusal(httparse::Error::NewLine, bytes, limits));
    }
    let ranges = HeadRanges::of(&request, bytes);
    let head = RequestHead::new(buffer.split_to(length).freeze(), ranges);
    Ok(Some(ReceivedRequest { head, body: Bytes::new() }))
}

pub(super) fn interpret(received: &ReceivedRequest, limits: &ReceiverLimits) -> Result<Semantics, Refusal> {
    let is_old = received.head.version() == "HTTP/1.0";
    if received.head.method() == "CONNECT" {
        return Err(Refusal::Connect);
    }
    if !is_target(received) {
        return Err(Refusal::Malformed("the path does not begin with `/`"));
    }
    let hosts = received.header("host").count();
    if hosts > 1 || hosts == 0 && !is_old {
        return Err(Refusal::BadHost);
    }
    let framing = framing(received, is_old, limits)?;
    let says = |name: &str, word: &str| {
        received.header(name).any(|value| value.split(',').any(|own| own.trim().eq_ignore_ascii_case(word)))
    };
    let keep_alive = !is_old && !says("connection", "close");
    let expects_continue = !is_old && says("expect", "100-continue");
    Ok(Semantics { framing, keep_alive, expects_continue })
}

/// Whether the target has one of the forms of RFC 9112, section 3.2, other than that of `CONNECT`.
fn is_target(received: &ReceivedRequest) -> bool {
    let target = received.head.target();
    let is_absolute = || {
        let (scheme, rest) = target.split_once("://").unwrap_or_default();
        ["http", "https"].iter().any(|own| own.eq_ignore_ascii_case(scheme)) && !rest.is_empty()
    };
    target.starts_with('/') || target == "*" && received.head.method() == "OPTIONS" || is_absolute()
}

fn refusal(error: httparse::Error, bytes: &[u8], limits: &ReceiverLimits) -> Refusal {
    const HANDSHAKE: &[u8] = &[0x16, 0x03];
    match error {
        _ if bytes.starts_with(HANDSHAKE) => Refusal::Tls,
        _ if bytes.starts_with(b"PRI * HTTP/2.0") => Refusal::Http2,
        httparse::Error::TooManyHeaders => Refusal::TooManyHeaders(limits.headers),
        httparse::Error::HeaderName => Refusal::Malformed("the name of a header is not valid"),
        httparse::Error::HeaderValue => Refusal::Malformed("the value of a header is not valid"),
        httparse::Error::NewLine => Refusal::Malformed("a line does not end with CR LF"),
        httparse::Error::Version => Refusal::Malformed("the first line does not end with `HTTP/1.1`"),
        httparse::Error::Token | httparse::Error::Status => {
            Refusal::Malformed("the first line is not `METHOD PATH HTTP/1.1`")
        }
    }
}

fn framing(received: &ReceivedRequest, is_old: bool, limits: &ReceiverLimits) -> Result<Framing, Refusal> {
    let mut lengths = received.header("content-length");
    let mut encodings = received.header("transfer-encoding");
    match (lengths.next(), encodings.next()) {
        (Some(_), Some(_)) => Err(Refusal::TwoLengths),
        (None, Some(encoding)) => {
            let is_chunked = encoding.trim().eq_ignore_ascii_case("chunked") && encodings.next().is_none();
            if is_chunked && !is_old { Ok(Framing::Chunked) } else { Err(Refusal::BadTransferEncoding) }
        }
        (Some(length), None) => {
            let digits = length.trim_matches([' ', '\t']);
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if !is_number || lengths.next().is_some() {
                return Err(Refusal::BadLength);
            }
            // A number that overflows is larger than any limit.
            let length = digits.parse().unwrap_or(usize::MAX);
            if length > limits.body {
                Err(Refusal::BodyTooLarge(limits.body))
            } else {
                Ok(Framing::Length(length))
            }
        }
        (None, None) => Ok(Framing::Length(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(head: &str) -> Result<Option<(ReceivedRequest, Semantics)>, Refusal> {
        let limits = ReceiverLimits { body: 100, head: 200, headers: 5, ..ReceiverLimits::default() };
        let Some(received) = parse(&mut head.into(), &limits)? else { return Ok(None) };
        let meaning = interpret(&received, &limits)?;
        Ok(Some((received, meaning)))
    }

    fn refused(head: &str) -> Refusal {
        parsed(head).err().unwrap_or_else(|| panic!("{head:?} should be refused"))
    }

    #[test]
    fn names_keep_their_case_and_their_order() {
        let text = "PoST /a?b HTTP/1.1\r\nHOST: x\r\nX-b:  1 \r\nx-A: 2\r\nConnection: Close\r\n\r\nrest";
        let mut buffer = text.into();
        let received = parse(&mut buffer, &ReceiverLimits::default()).unwrap().unwrap();
        assert_eq!(buffer, "rest");
        let own = &received.head;
        assert_eq!(own.bytes(), &text.as_bytes()[..text.len() - 4]);
        let names: Vec<&str> = own.headers().map(|(name, _)| name).collect();
        assert_eq!(names, ["HOST", "X-b", "x-A", "Connection"]);
        assert_eq!(own.headers().nth(1), Some(("X-b", &b"1"[..])));
        assert_eq!((own.method(), own.target()), ("PoST", "/a?b"));
        let meaning = interpret(&received, &ReceiverLimits::default()).unwrap();
        assert_eq!((meaning.framing, meaning.keep_alive), (Framing::Length(0), false));
    }

    #[test]
    fn an_incomplete_head_is_waited_for() {
        let text = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        for end in 0..text.len() {
            assert!(parsed(&text[..end]).unwrap().is_none(), "{end}");
        }
        assert!(parsed(text).unwrap().is_some());
    }

    #[test]
    fn a_body_has_one_length_or_is_refused() {
        let with = |lines: &str| format!("POST / HTTP/1.1\r\nhost: x\r\n{lines}\r\n\r\n");
        for (lines, refusal) in [
            ("content-length: 1\r\ntransfer-encoding: chunked", Refusal::TwoLengths),
            ("Transfer-Encoding: chunked\r\nContent-Length: 1", Refusal::TwoLengths),
            ("content-length: 1\r\ncontent-length: 1", Refusal::BadLength),
            ("content-length: +1", Refusal::BadLength),
            ("content-length: 1, 1", Refusal::BadLength),
            ("content-length: ", Refusal::BadLength),
            ("content-length: 0x1", Refusal::BadLength),
            ("content-length: 101", Refusal::BodyTooLarge(100)),
            ("content-length: 99999999999999999999999", Refusal::BodyTooLarge(100)),
            ("transfer-encoding: gzip", Refusal::BadTransferEncoding),
            ("transfer-encoding: gzip, chunked", Refusal::BadTransferEncoding),
            ("transfer-encoding: chunked\r\ntransfer-encoding: chunked", Refusal::BadTransferEncoding),
        ] {
            assert_eq!(refused(&with(lines)), refusal, "{lines}");
        }
        let framing = |lines: &str| parsed(&with(lines)).unwrap().unwrap().1.framing;
        assert_eq!(framing("content-length: 100"), Framing::Length(100));
        assert_eq!(framing("transfer-encoding: Chunked"), Framing::Chunked);
        let old = "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n";
        assert_eq!(refused(old), Refusal::BadTransferEncoding);
    }

    #[test]
    fn messages_that_are_not_http_are_distinguished() {
        const NO_PATH: Refusal = Refusal::Malformed("the path does not begin with `/`");
        for (text, refusal) in [
            ("\u{16}\u{3}\u{1}\u{2}", Refusal::Tls),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Refusal::Http2),
            ("CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n", Refusal::Connect),
            ("GET / HTTP/1.1\r\n\r\n", Refusal::BadHost),
            ("POST x HTTP/1.1\r\nhost: a\r\n\r\n", NO_PATH),
            ("POST * HTTP/1.1\r\nhost: a\r\n\r\n", NO_PATH),
            ("POST ?a HTTP/1.1\r\nhost: a\r\n\r\n", NO_PATH),
            ("POST a:80 HTTP/1.1\r\nhost: a\r\n\r\n", NO_PATH),
            ("POST ftp://a/ HTTP/1.1\r\nhost: a\r\n\r\n", NO_PATH),
            ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", Refusal::BadHost),
            ("GET /\r\n", Refusal::Malformed("the first line is not `METHOD PATH HTTP/1.1`")),
            ("GET / HTTP/3.0\r\n", Refusal::Malformed("the first line does not end with `HTTP/1.1`")),
            ("{\"a\": 1}", Refusal::Malformed("the first line is not `METHOD PATH HTTP/1.1`")),
            ("GET / HTTP/1.1\r\na b: c\r\n", Refusal::Malformed("the name of a header is not valid")),
            ("GET / HTTP/1.1\r\n a: b\r\n", Refusal::Malformed("the name of a header is not valid")),
            ("GET / HTTP/1.1\r\na: \u{0}\r\n", Refusal::Malformed("the value of a header is not valid")),
            ("GET / HTTP/1.1\nhost: x\n\n", Refusal::Malformed("a line does not end with CR LF")),
            ("GET / HTTP/1.1\r\nhost: x\na: 1\r\n\r\n", Refusal::Malformed("a line does not end with CR LF")),
            ("GET / HTTP/1.1\r\nhost: x\r\n\n", Refusal::Malformed("a line does not end with CR LF")),
            ("GET / HTTP/1.1\r\na:1\r\nb:1\r\nc:1\r\nd:1\r\ne:1\r\nf:1\r\n\r\n", Refusal::TooManyHeaders(5)),
        ] {
            assert_eq!(refused(text), refusal, "{text:?}");
        }
        let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200));
        assert_eq!(refused(&long), Refusal::HeadTooLarge(200));
        assert_eq!(refused(&long[..201]), Refusal::HeadTooLarge(200));
        assert!(parsed("GET / HTTP/1.0\r\n\r\n").unwrap().is_some());
        for target in ["http://a/b", "HTTPS://a", "/x://y", "//x"] {
            assert!(
                parsed(&format!("GET {target} HTTP/1.1\r\nhost: a\r\n\r\n")).unwrap().is_some(),
                "{target}"
            );
        }
        assert!(parsed("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n").unwrap().is_some());
    }
}
