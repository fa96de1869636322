//! Requests for a queue, as JSON Lines.

use serde::Serialize;

use crate::core::request::PreparedRequest;
use crate::core::text::escape_markers;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    /// the version of this format
    version: u32,
    /// the position of the element in the data, from 1
    element: u64,
    /// the method
    method: &'a str,
    /// the URL to send it to
    url: &'a str,
    /// the headers, without `host` and `content-length`, which follow from the URL and the body
    headers: Vec<Header<'a>>,
    /// the body
    body: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Header<'a> {
    /// the name, in lower case
    name: &'a str,
    /// the value
    value: &'a str,
}

/// The request of element `number` as a line, with its line break; without `reveal`, secrets are masked. `host` and
/// `content-length` are left out: the sender creates them from the URL and the body.
pub fn jsonl(request: &PreparedRequest, number: u64, reveal: bool) -> String {
    let body = request.shown_body(reveal);
    let body = String::from_utf8_lossy(&body);
    let headers = request.headers.iter().filter(|header| !super::CREATED_BY_SENDER.contains(&&*header.name));
    let headers: Vec<_> =
        headers.map(|header| (&*header.name, request.shown_header_value(header, reveal))).collect();
    let document = Document {
        version: 1,
        element: number,
        method: request.method.as_str(),
        url: request.url_text(reveal),
        headers: headers.iter().map(|(name, value)| Header { name, value }).collect(),
        body: &body,
    };
    let json = serde_json::to_string(&document).unwrap_or_default();
    let mut line = escape_markers(&json, "\\u0023").into_owned();
    line.push('\n');
    line
}
