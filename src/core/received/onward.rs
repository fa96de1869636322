//! A request as it is passed on to another receiver: byte for byte, but for what belongs to this connection.

use std::borrow::Cow;

use url::Url;

use super::{OfConnection, Received};
use crate::core::request::authority;

/// The header that marks a request as forwarded, with the name of each listener that it went through: a listener that
/// finds its own has forwarded the request to itself.
const FORWARDED_BY: &str = "x-hooks-forwarded-by";

/// What frames or addresses a message stays, whatever `connection` says.
const KEPT: [&str; 4] = ["host", "content-length", "transfer-encoding", "expect"];

impl Received {
    /// The target under which it is asked for at `url`: the path of `url` with that of the request behind it, and the
    /// queries of both.
    pub fn onward_target(&self, url: &Url) -> String {
        let path = &*without_dot_segments(self.path());
        let base = url.path().trim_end_matches('/');
        let path = match path {
            "*" if base.is_empty() => "*".to_owned(),
            "*" => base.to_owned(),
            path if path.starts_with('/') => format!("{base}{path}"),
            path => format!("{base}/{path}"),
        };
        let queries: Vec<&str> =
            [url.query(), self.query()].into_iter().flatten().filter(|query| !query.is_empty()).collect();
        match (queries.is_empty(), self.query().or(url.query())) {
            (true, None) => path,
            _ => format!("{path}?{}", queries.join("&")),
        }
    }

    /// First line and headers as they go to `url`: the target, the value of `host` and `connection` are made anew, and
    /// what is about the old connection is left out. All else stands as it came, in its order and its letter case.
    pub fn onward_head(&self, url: &Url, listener: &str) -> Vec<u8> {
        let of_connection = OfConnection::new(self.header("connection"));
        let is_dropped = |name: &str| {
            let is = |other: &str| other.eq_ignore_ascii_case(name);
            of_connection.has(name) && !KEPT.iter().any(|own| is(own))
        };
        let mut lines =
            self.head.bytes().split_inclusive(|byte| *byte == b'\n').skip_while(|line| is_blank(line));
        lines.next();
        let mut head =
            format!("{} {} {}\r\n", self.head.method(), self.onward_target(url), self.head.version())
                .into_bytes();
        let (mut has_host, mut has_connection) = (false, false);
        for line in lines.take_while(|line| !is_blank(line)) {
            let name = String::from_utf8_lossy(line.split(|byte| *byte == b':').next().unwrap_or_default());
            let mut put = |value: &str| head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            if name.eq_ignore_ascii_case("host") {
                has_host = true;
                put(&authority(url));
            } else if name.eq_ignore_ascii_case("connection") {
                if !has_connection {
                    put("close");
                }
                has_connection = true;
            } else if !is_dropped(&name) {
                head.extend_from_slice(line);
            }
        }
        if !has_host {
            head.extend_from_slice(format!("Host: {}\r\n", authority(url)).as_bytes());
        }
        if !has_connection {
            head.extend_from_slice(b"Connection: close\r\n");
        }
        head.extend_from_slice(format!("{FORWARDED_BY}: {listener}\r\n\r\n").as_bytes());
        head
    }

    /// Whether this listener has forwarded it before.
    pub fn was_forwarded_by(&self, listener: &str) -> bool {
        self.header(FORWARDED_BY).any(|value| value.trim() == listener)
    }

    /// What stands before and behind the body: what makes one chunk of a body that came in chunks.
    pub fn onward_frame(&self) -> (Vec<u8>, &'static [u8]) {
        match (self.is_chunked(), self.body.len()) {
            (false, _) => (Vec::new(), b""),
            (true, 0) => (Vec::new(), b"0\r\n\r\n"),
            (true, length) => (format!("{length:x}\r\n").into_bytes(), b"\r\n0\r\n\r\n"),
        }
    }

    fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").next().is_some()
    }
}

/// A path whose `.` and `..` segments are resolved, so that they cannot lead out of the path before it. Servers disagree on
/// encoded dots and slashes, backslashes and parameters, so they count here as the server that reads the most into them
/// would read them. Any other path is unchanged.
fn without_dot_segments(path: &str) -> Cow<'_, str> {
    let dots = |segment: &str| {
        let name = segment.split(';').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
        matches!(name.as_str(), "." | "..").then_some(name.len())
    };
    let mut slashes = path.replace('\\', "/");
    for encoded in ["%2f", "%2F", "%5c", "%5C"] {
        slashes = slashes.replace(encoded, "/");
    }
    let segments: Vec<&str> = slashes.split('/').skip(1).collect();
    if !segments.iter().any(|segment| dots(segment).is_some()) {
        return path.into();
    }
    let mut kept: Vec<&str> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        match dots(segment) {
            None => kept.push(segment),
            Some(length) => {
                if length == 2 {
                    kept.pop();
                }
                if index + 1 == segments.len() {
                    kept.push("");
                }
            }
        }
    }
    format!("/{}", kept.join("/")).into()
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::super::tests::received;
    use super::*;

    fn head(line: &str, headers: &[(&str, &str)], url: &str) -> String {
        String::from_utf8(received(line, headers, "").onward_head(&Url::parse(url).unwrap(), "me")).unwrap()
    }

    #[test]
    fn paths_and_queries_are_joined() {
        for (target, url, joined) in [
            ("/a?b=c", "http://x", "/a?b=c"),
            ("/a?b=c", "http://x/base", "/base/a?b=c"),
            ("/a//%2fb?", "http://x/base/", "/base/a//%2fb?"),
            ("/", "http://x/base", "/base/"),
            ("/a", "http://x/?key=1", "/a?key=1"),
            ("/a?b", "http://x/c?key=1", "/c/a?key=1&b"),
            ("*", "http://x", "*"),
            ("http://y/a?b", "http://x/c", "/c/a?b"),
            ("http://y?b", "http://x/c", "/c/?b"),
            ("/../../x", "http://x/app", "/app/x"),
            ("/a/%2E./.%2e/../x/./y/..", "http://x/app", "/app/x/"),
            ("/..%2f..%5Cx", "http://x/app", "/app/x"),
            ("/a\\..\\..\\x", "http://x/app", "/app/x"),
            ("/..;a=b/..;/x?../y", "http://x/app", "/app/x?../y"),
            ("http://y/../a", "http://x/c", "/c/a"),
            ("/...//a%2fb\\c/..d", "http://x/app", "/app/...//a%2fb\\c/..d"),
        ] {
            let request = received(&format!("GET {target}"), &[], "");
            assert_eq!(request.onward_target(&Url::parse(url).unwrap()), joined, "{target} {url}");
        }
    }

    #[test]
    fn only_what_belongs_to_the_connection_is_changed() {
        let headers = [
            ("X-B", "1"),
            ("HOST", "old"),
            ("x-b", " 2 "),
            ("Connection", "x-Gone, content-length, close"),
            ("X-Gone", "1"),
            ("Keep-Alive", "5"),
            ("Content-Length", "0"),
            ("connection", "keep-alive"),
        ];
        assert_eq!(
            head("PoST /a", &headers, "http://x:1/"),
            "PoST /a HTTP/1.1\r\nX-B: 1\r\nHOST: x:1\r\nx-b:  2 \r\nConnection: close\r\nContent-Length: 0\r\nx-hooks-forwarded-by: me\r\n\r\n"
        );
        assert_eq!(
            head("GET /", &[], "http://[::1]:2/"),
            "GET / HTTP/1.1\r\nHost: [::1]:2\r\nConnection: close\r\nx-hooks-forwarded-by: me\r\n\r\n"
        );
    }

    #[test]
    fn chunks_become_one() {
        let headers = [("Transfer-Encoding", "chunked"), ("Trailer", "x")];
        let request = received("POST /", &headers, "0123456789abcdef");
        assert_eq!(request.onward_frame(), (b"10\r\n".to_vec(), &b"\r\n0\r\n\r\n"[..]));
        let kept = head("POST /", &headers, "http://x");
        assert!(kept.contains("Transfer-Encoding: chunked") && !kept.contains("Trailer"), "{kept}");
        assert_eq!(received("POST /", &headers, "").onward_frame(), (Vec::new(), &b"0\r\n\r\n"[..]));
        assert_eq!(received("POST /", &[], "a").onward_frame(), (Vec::new(), &b""[..]));
    }
}
