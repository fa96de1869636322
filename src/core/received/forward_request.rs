//! Builds the request that `listen --forward` sends.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use url::Url;

use super::ReceivedRequest;
use crate::core::request::authority;

/// Contains the id of each listener that has forwarded the request, so that a listener can detect a loop.
const FORWARDED_BY: &str = "x-hooks-forwarded-by";

/// Kept even if `connection` lists them: they frame or address the message.
const KEPT: [HeaderName; 4] =
    [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::EXPECT];

/// Hop-by-hop whether or not `connection` lists them (RFC 9110, 7.6.1).
const ALWAYS: [&str; 7] =
    ["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "upgrade"];

/// The hop-by-hop headers of a message.
#[derive(Debug)]
pub struct HopByHop {
    /// From `connection`.
    named: Vec<String>,
}

impl HopByHop {
    /// `values` are those of `connection`.
    pub fn new(values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let values = values.into_iter();
        let words = |value: &str| value.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>();
        Self { named: values.flat_map(|value| words(value.as_ref())).collect() }
    }

    pub fn contains(&self, name: &str) -> bool {
        let named = self.named.iter().map(String::as_str);
        ALWAYS.into_iter().chain(named).any(|own| own.eq_ignore_ascii_case(name))
    }
}

impl ReceivedRequest {
    /// The target to request at `url`: the path of `url` followed by that of this request, and the queries of both.
    pub fn forward_target(&self, url: &Url) -> String {
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

    /// The request to forward to `url`: method, path, query, header values and body as received, without hop-by-hop
    /// headers; `host` is that of `url`. `listener` is the id of this listener.
    pub fn forwarded_to(&self, url: &Url, listener: &str) -> Result<Request<Bytes>, String> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() =
            Method::from_bytes(self.head.method().as_bytes()).map_err(|error| error.to_string())?;
        *request.uri_mut() = self.forward_uri(url)?;
        let headers = request.headers_mut();
        headers.insert(header::HOST, header_value("host", authority(url).as_bytes())?);
        let hop_by_hop = HopByHop::new(self.header("connection"));
        for (name, value) in self.head.headers() {
            let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
            let is_dropped = hop_by_hop.contains(name) && !KEPT.contains(&parsed);
            if parsed != header::HOST && !is_dropped {
                headers.append(parsed, header_value(name, value)?);
            }
        }
        if self.body.is_empty() && headers.remove(header::TRANSFER_ENCODING).is_some() {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        headers.append(FORWARDED_BY, header_value(FORWARDED_BY, listener.as_bytes())?);
        Ok(request)
    }

    fn forward_uri(&self, url: &Url) -> Result<Uri, String> {
        let target = self.forward_target(url);
        let uri = Uri::builder().scheme(url.scheme()).authority(authority(url)).path_and_query(&*target);
        // The library drops a fragment.
        let is_unchanged = |uri: &Uri| uri.path_and_query().is_some_and(|own| own.as_str() == target);
        let uri = uri.build().ok().filter(is_unchanged);
        uri.ok_or_else(|| "its path or query contains characters that are not allowed in a URL".to_owned())
    }

    /// Whether this listener has forwarded it before.
    pub fn was_forwarded_by(&self, listener: &str) -> bool {
        self.header(FORWARDED_BY).any(|value| value.trim() == listener)
    }
}

fn header_value(name: &str, value: &[u8]) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(value).map_err(|_| format!("the header `{name}` cannot be sent"))
}

/// A path with its `.` and `..` segments resolved, so that they cannot leave the base path. Servers disagree on whether to
/// resolve encoded dots and slashes, backslashes and segments with parameters, so all of them are resolved. Other paths are
/// unchanged.
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

#[cfg(test)]
mod tests {
    use super::super::tests::received;
    use super::*;

    fn forwarded(line: &str, headers: &[(&str, &str)], body: &str, url: &str) -> Request<Bytes> {
        received(line, headers, body).forwarded_to(&Url::parse(url).unwrap(), "me").unwrap()
    }

    fn headers(request: &Request<Bytes>) -> Vec<String> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers().iter().map(|(name, value)| format!("{name}: {}", text(value)));
        let mut headers: Vec<String> = headers.collect();
        headers.sort();
        headers
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
            assert_eq!(request.forward_target(&Url::parse(url).unwrap()), joined, "{target} {url}");
        }
    }

    #[test]
    fn only_hop_by_hop_headers_are_changed() {
        let received = [
            ("X-B", "1"),
            ("HOST", "old"),
            ("x-b", "2"),
            ("Connection", "x-Gone, content-length, close"),
            ("X-Gone", "1"),
            ("Keep-Alive", "5"),
            ("Content-Length", "0"),
            ("connection", "keep-alive"),
            ("X-Uml", "\u{fc}"),
        ];
        let request = forwarded("PoST /a?b", &received, "", "http://x:1/");
        assert_eq!((request.method().as_str(), request.uri().to_string()), ("PoST", "http://x:1/a?b".into()));
        let expected = [
            "connection: close",
            "content-length: 0",
            "host: x:1",
            "x-b: 1",
            "x-b: 2",
            "x-hooks-forwarded-by: me",
        ];
        assert_eq!(
            headers(&request),
            [&expected.map(str::to_owned)[..], &["x-uml: \u{fc}".to_owned()]].concat()
        );
        let bare = headers(&forwarded("GET /", &[], "", "http://[::1]:2/"));
        assert_eq!(bare, ["connection: close", "host: [::1]:2", "x-hooks-forwarded-by: me"]);
        assert_eq!(forwarded("OPTIONS *", &[], "", "http://x").uri().path(), "*");
    }

    #[test]
    fn an_empty_body_in_chunks_has_a_length() {
        let received = [("Transfer-Encoding", "chunked"), ("Trailer", "x")];
        let length = |body| {
            let request = forwarded("POST /", &received, body, "http://x");
            request.headers().get(header::CONTENT_LENGTH).cloned()
        };
        assert_eq!((length(""), length("a")), (Some(HeaderValue::from_static("0")), None));
    }

    #[test]
    fn a_target_is_sent_unchanged_or_refused() {
        for target in ["/a#b", "/a?b#c", "/<a>", "/a?`<"] {
            let received = received(&format!("GET {target}"), &[], "");
            let request = received.forwarded_to(&Url::parse("http://x").unwrap(), "me");
            assert!(request.is_err() || request.unwrap().uri().to_string().ends_with(target), "{target}");
        }
    }
}
