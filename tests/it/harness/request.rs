//! Parses the requests that a receiver got.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// The request line, without its end.
    pub(crate) line: String,
    /// In order, with names as written.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The value of a header that appears at most once, in any letter case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let value = values.next();
        assert!(values.next().is_none(), "`{name}` appears twice in {:?}", self.headers);
        value.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// Splits bytes into requests with `content-length`.
pub(crate) fn requests(mut bytes: &[u8]) -> Vec<Request> {
    let mut requests = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a request's head ends");
        let head = std::str::from_utf8(&bytes[..end]).expect("a request's head is UTF-8");
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let header =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers =
            lines.map(|line| header(line).unwrap_or_else(|| panic!("no header: {line:?}"))).collect();
        let mut request = Request { line, headers, body: Vec::new() };
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        let body = &bytes[end + 4..];
        request.body = body[..length].to_vec();
        bytes = &body[length..];
        requests.push(request);
    }
    requests
}

#[test]
fn requests_are_split_by_their_length() {
    let bytes = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{\"a\":1}GET /b HTTP/1.1\r\nhost: y\r\n\r\n";
    let found = requests(bytes);
    assert_eq!(
        found.iter().map(|request| request.line.as_str()).collect::<Vec<_>>(),
        ["POST /a HTTP/1.1", "GET /b HTTP/1.1"]
    );
    assert_eq!(found[0].header("host"), Some("x"));
    assert_eq!(found[0].json(), serde_json::json!({"a": 1}));
    assert_eq!(found[1].body, b"");
}
