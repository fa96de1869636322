//! HTTP messages as sent or as pasted: with CRLF or LF, one or several, with the prefixes of `curl -v` and
//! `hooks listen -v`, or with the pseudo-headers of HTTP/2.

use std::borrow::Cow;

use crate::core::received::BodyCoverage;

use super::captured::{Captured, Format};
use super::parts::{Body, Headers, RequestParts};

pub(super) fn is_http(bytes: &[u8]) -> bool {
    Line::all(bytes, 0).any(|line| is_start(line.content(bytes))) || is_headers_only(bytes)
}

pub(super) fn parse(bytes: &[u8]) -> Vec<Captured> {
    let bytes = &*without_prefixes(bytes);
    let mut found = Vec::new();
    let mut at = Line::all(bytes, 0).find(|line| is_start(line.content(bytes))).map_or(0, |line| line.start);
    let (mut line, mut counted) = (1, 0);
    while at < bytes.len() {
        line += memchr::memchr_iter(b'\n', &bytes[counted..at]).count();
        counted = at;
        let (parts, end) = read_message(bytes, at);
        found.push(parts.captured(Format::Http, line));
        at = end.max(at + 1);
    }
    found
}

#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    next: usize,
}

impl Line {
    fn at(bytes: &[u8], start: usize) -> Self {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        let next = (end + 1).min(bytes.len());
        let end = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
        Self { start, end, next }
    }

    fn all(bytes: &[u8], start: usize) -> impl Iterator<Item = Self> {
        let mut at = start;
        std::iter::from_fn(move || {
            let line = (at < bytes.len()).then(|| Self::at(bytes, at))?;
            at = line.next.max(at + 1);
            Some(line)
        })
    }

    fn content(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start..self.end]
    }
}

/// Line prefixes of `curl -v` and `hooks`.
const PREFIXES: [&str; 2] = ["> ", "│ "];

fn is_start(line: &[u8]) -> bool {
    request_line(without_prefix(line)).is_some() || line.starts_with(b":method:")
}

fn without_prefix(line: &[u8]) -> &[u8] {
    PREFIXES.iter().find_map(|prefix| line.strip_prefix(prefix.as_bytes())).unwrap_or(line)
}

fn request_line(line: &[u8]) -> Option<(&str, &str)> {
    const MAX_METHOD_LENGTH: usize = 20;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let (method, rest) = line.split_once(' ')?;
    let (target, version) = rest.trim_start().rsplit_once(' ')?;
    let is_method = !method.is_empty()
        && method.len() <= MAX_METHOD_LENGTH
        && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    let target = target.trim();
    let is_version = version.strip_prefix("HTTP/").is_some_and(|number| {
        number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= "1.1".len()
    });
    (is_method && is_version && !target.is_empty() && !target.contains(' ')).then_some((method, target))
}

/// The text without the prefixes of its lines, if its first request has one.
fn without_prefixes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let first = Line::all(bytes, 0).map(|line| line.content(bytes)).find(|line| is_start(line));
    let prefix = first.and_then(|line| PREFIXES.iter().find(|prefix| line.starts_with(prefix.as_bytes())));
    let Some(prefix) = prefix else { return Cow::Borrowed(bytes) };
    let mut plain = Vec::with_capacity(bytes.len());
    for line in Line::all(bytes, 0) {
        let content = line.content(bytes);
        // Other lines become empty, so that line numbers stay the same.
        plain.extend_from_slice(if content == prefix.trim_end().as_bytes() {
            b""
        } else {
            content.strip_prefix(prefix.as_bytes()).unwrap_or_default()
        });
        plain.push(b'\n');
    }
    Cow::Owned(plain)
}

/// Whether a text is a list of headers, an empty line and a body, without a first line.
fn is_headers_only(bytes: &[u8]) -> bool {
    let mut lines = Line::all(bytes, 0).skip_while(|line| header(line.content(bytes)).is_some());
    let end = lines.next().filter(|line| line.start > 0 && line.content(bytes).is_empty());
    end.is_some_and(|line| line.next < bytes.len())
}

fn header(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = memchr::memchr(b':', line.get(1..)?)? + 1;
    let name = std::str::from_utf8(&line[..colon]).ok()?.trim_end();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:".contains(&byte);
    let is_name = !name.is_empty() && name.bytes().all(is_token);
    is_name.then(|| (name.to_owned(), line[colon + 1..].trim_ascii().to_vec()))
}

/// A message, and where the next one can begin.
fn read_message(bytes: &[u8], start: usize) -> (RequestParts, usize) {
    let mut parts = RequestParts::default();
    let mut headers = Headers::new();
    let mut at = start;
    for line in Line::all(bytes, start) {
        let content = line.content(bytes);
        let is_first = line.start == start;
        if !is_first && is_start(content) {
            at = line.start;
            break;
        }
        at = line.next;
        if let Some((method, target)) = request_line(content).filter(|_| is_first) {
            parts.method = Some(method.to_owned());
            parts.target = Some(target.to_owned());
        } else if content.is_empty() {
            break;
        } else if content.starts_with(b" ") || content.starts_with(b"\t") {
            // A folded line continues the value above.
            if let Some((_, value)) = headers.last_mut() {
                value.push(b' ');
                value.extend_from_slice(content.trim_ascii());
            }
        } else if let Some((name, value)) = header(content) {
            let text = String::from_utf8_lossy(&value).into_owned();
            match name.as_str() {
                ":method" => parts.method = Some(text),
                ":path" => parts.target = Some(text),
                ":authority" => headers.push(("host".to_owned(), value)),
                _ if name.starts_with(':') => {}
                _ => headers.push((name, value)),
            }
        }
    }
    let (body, end) = read_body(bytes, at, &headers);
    parts.body = body;
    parts.headers = Some(headers);
    (parts, end)
}

/// The body that begins at `start`, and where the next message can begin.
fn read_body(bytes: &[u8], start: usize, headers: &[(String, Vec<u8>)]) -> (Body, usize) {
    let value = |wanted: &str| {
        let own = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        own.map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned())
    };
    let announced = value("content-length").and_then(|length| length.parse::<usize>().ok());
    let is_chunked =
        value("transfer-encoding").is_some_and(|coding| coding.to_lowercase().contains("chunked"));
    if is_chunked && let Some((body, end)) = read_chunks(bytes, start) {
        return (body, next_start(bytes, end).unwrap_or(bytes.len()));
    }
    let announced_end = announced.and_then(|length| start.checked_add(length));
    if let Some(end) = announced_end.filter(|end| *end <= bytes.len()) {
        let is_joined = end < bytes.len() && is_start(Line::at(bytes, end).content(bytes));
        let next = if is_joined { Some(end) } else { next_start(bytes, end) };
        let between = &bytes[end..next.unwrap_or(bytes.len())];
        // Line feeds after it were added when it was saved; other text means that the body was edited.
        if between.trim_ascii().is_empty() {
            return (Body { announced, ..Body::new(&bytes[start..end]) }, next.unwrap_or(bytes.len()));
        }
    }
    let next = next_start(bytes, start).unwrap_or(bytes.len());
    let body = bytes[start..next].trim_ascii_end();
    (Body { announced, ..Body::new(body) }, next)
}

/// Where the next message begins, at or after `from`.
fn next_start(bytes: &[u8], from: usize) -> Option<usize> {
    // Messages begin at the start of a line.
    let from =
        if from == 0 || bytes.get(from - 1) == Some(&b'\n') { from } else { Line::at(bytes, from).next };
    Line::all(bytes, from).find(|line| is_start(line.content(bytes))).map(|line| line.start)
}

/// The maximum number of lines after the last chunk.
const MAX_TRAILERS: usize = 100;

/// A chunked body, and where it ends; none if it does not begin with the size of a chunk.
fn read_chunks(bytes: &[u8], start: usize) -> Option<(Body, usize)> {
    let size = |line: &[u8]| {
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = bytes.get(start..).filter(|rest| !rest.is_empty()).map(|_| Line::at(bytes, start))?;
    size(first.content(bytes))?;
    let mut whole = Vec::new();
    let mut at = start;
    loop {
        let line = (at < bytes.len()).then(|| Line::at(bytes, at));
        let length = line.and_then(|line| size(line.content(bytes)));
        let (Some(line), Some(length)) = (line, length) else { break };
        if length == 0 {
            let mut trailers = Line::all(bytes, line.next).take(MAX_TRAILERS);
            let trailers = trailers.find(|line| line.content(bytes).is_empty());
            return Some((Body::new(whole), trailers.map_or(line.next, |line| line.next)));
        }
        let end = line.next.saturating_add(length).min(bytes.len());
        whole.extend_from_slice(&bytes[line.next..end]);
        at = if end < bytes.len() { Line::at(bytes, end).next } else { end };
    }
    let why = format!("the body is truncated: the last chunk is missing after {} bytes", whole.len());
    let problem = Some((BodyCoverage::Cut, why));
    Some((Body { problem, ..Body::new(whole) }, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(text: &str) -> Vec<String> {
        assert!(is_http(text.as_bytes()), "{text}");
        parse(text.as_bytes()).iter().map(shown).collect()
    }

    fn shown(own: &Captured) -> String {
        let head = &own.request.head;
        let body = String::from_utf8_lossy(&own.request.body);
        format!("{}:{} {} {} {body}", own.line, head.method(), head.target(), head.headers().len())
    }

    #[test]
    fn one_or_several_messages_are_read_with_either_line_ending() {
        let message = "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{\"a\":1}";
        assert_eq!(bodies(message), ["1:POST /a?b 2 {\"a\":1}"]);
        let several = format!("Received:\n\n{}\n\nGET /c HTTP/2\nHost: y\n\n", message.replace("\r\n", "\n"));
        assert_eq!(bodies(&several), ["3:POST /a?b 2 {\"a\":1}", "9:GET /c 1 "]);
        // A body that was reformatted is longer than its `Content-Length`.
        let longer = message.replace("{\"a\":1}", "{\n  \"a\": 1\n}\n");
        assert_eq!(bodies(&longer), ["1:POST /a?b 2 {\n  \"a\": 1\n}"]);
    }

    #[test]
    fn chunks_are_joined_and_a_missing_one_is_reported() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(
            bodies(&format!("{head}3\r\n{{\"a\r\n4;x=y\r\n\":1}}\r\n0\r\n\r\n")),
            ["1:POST / 1 {\"a\":1}"]
        );
        assert_eq!(bodies(&format!("{head}{{\"a\":1}}")), ["1:POST / 1 {\"a\":1}"]);
        let cut = parse(format!("{head}7\r\n{{\"a\":1,\r\n9\r\n\"b\":").as_bytes());
        assert_eq!((cut[0].coverage.body, cut[0].body_problem.is_some()), (BodyCoverage::Cut, true));
        assert_eq!(&cut[0].request.body[..], b"{\"a\":1}");
    }

    #[test]
    fn prefixes_pseudo_headers_and_headers_without_a_request_line_are_read() {
        assert_eq!(
            bodies("* Connected\n> POST /a HTTP/1.1\n> Host: x\n> \n< HTTP/1.1 200 OK\n"),
            ["2:POST /a 1 "]
        );
        assert_eq!(bodies("│ POST /a HTTP/1.1\n│ A: b\n│\n│ {}\n"), ["1:POST /a 1 {}"]);
        assert_eq!(bodies(":method: PUT\n:path: /p\n:authority: h\na: b\n\n{}"), ["1:PUT /p 2 {}"]);
        assert_eq!(bodies("Content-Type: application/json\nX-A: b\n\n{}"), ["1:  2 {}"]);
        for other in ["hello", "hello: world", "a b c\n\nd", ""] {
            assert!(!is_http(other.as_bytes()), "{other}");
        }
    }
}
