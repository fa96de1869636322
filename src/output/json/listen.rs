//! The JSON lines of `listen`, which the inspector page also reads.

use std::sync::Arc;

use serde::Serialize;

use super::delivery::Response;
use super::{Header, VERSION, line, text_or_base64};
use crate::core::delivery::timestamp;
use crate::core::received::{
    BestMatch, Difference, ForwardError, Forwarded, HandledRequest, ReceivedRequest, RefusedRequest,
    ResponseState,
};
use crate::core::secrets::{MASK, Redactor, shown_url};

/// The maximum number of bytes of a body that the inspector page gets with a request.
const BEGINNING: usize = 64 * 1024;

/// A received request as it is shown.
#[derive(Debug, Clone)]
pub struct ShownRequest {
    /// Its number in this run, from 1.
    pub id: u64,
    pub arrival: Arc<HandledRequest>,
    /// The webhook that matches it; none without definitions.
    pub best_match: Option<BestMatch>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Request<'a> {
    /// the version of this format
    version: u32,
    /// `request`
    r#type: &'static str,
    /// the number of the request in this run, from 1
    id: u64,
    /// when it was complete, in UTC, e.g. `2026-11-23T16:48:19.218Z`
    time: String,
    /// the address and port of the sender
    peer: String,
    /// the method
    method: &'a str,
    /// the path as sent
    path: &'a str,
    /// the query, without `?`; values with credential names are masked
    query: Option<String>,
    /// `HTTP/1.1` or `HTTP/1.0`
    http_version: &'static str,
    /// the headers, in the order in which they arrived; credentials are masked unless `--reveal` is given
    headers: Vec<Header<'a>>,
    /// the body; only if it is valid UTF-8
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    /// the body in base64; only if it is not valid UTF-8
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    /// the size of the body
    body_bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(skip))]
    body_truncated: Option<bool>,
    /// the webhook that matches
    webhook: Option<&'a str>,
    /// if no webhook matches, the closest one
    closest: Option<&'a str>,
    /// the differences from the closest webhook, at most 50
    differences: Vec<DifferenceShape<'a>>,
    /// the response to it
    response: ResponseShape<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DifferenceShape<'a> {
    /// `method`, `path`, `query`, `header`, `element` (its kind), `prokey_filter` or `body`
    part: &'static str,
    /// the name of the header, or the path in the body (empty for all of it)
    name: Option<&'a str>,
    /// the expected value, in a body as JSON; null if none was expected
    expected: Option<&'a str>,
    /// the received value, in a body as JSON; null if there was none
    actual: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ResponseShape<'a> {
    /// `sent`, `closed` (without a response, as configured) or `gone` (the sender did not wait)
    state: &'static str,
    /// the status of the response
    status: Option<u16>,
    /// the result of forwarding it; null without `--forward`, and if the sender had disconnected before
    forward: Option<ForwardShape<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ForwardShape<'a> {
    /// the URL: that of `--forward` with the path of the request appended; credentials are masked
    url: String,
    /// the status of the response; null if there was none to return
    status: Option<u16>,
    /// how long it took, in milliseconds
    ms: f64,
    /// why there was none: a name of [the failures](failures.md), or `response-too-large`
    failure: Option<&'a str>,
    /// the failure in a sentence
    what: Option<String>,
    /// the response that was returned
    response: Option<Response<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReceiverShape<'a> {
    url: &'a str,
    file: Option<&'a str>,
    r#try: [&'a str; 1],
}

pub(super) fn difference_shape(difference: &Difference, reveal: bool) -> DifferenceShape<'_> {
    let is_hidden = difference.is_secret && !reveal;
    let shown = |text: &'_ Option<String>| text.as_ref().map(|_| MASK);
    DifferenceShape {
        part: difference.part.as_str(),
        name: difference.part.name(),
        expected: if is_hidden { shown(&difference.expected) } else { difference.expected.as_deref() },
        actual: if is_hidden { shown(&difference.actual) } else { difference.actual.as_deref() },
    }
}

/// A request, on one line.
pub fn request_json(seen: &ShownRequest, reveal: bool) -> String {
    line(&shape(seen, &seen.arrival.request.body, None, reveal))
}

/// A request for the inspector page, with only the beginning of a long body.
pub fn inspected_json(seen: &ShownRequest, redactor: &Redactor, reveal: bool) -> String {
    let body = seen.arrival.request.shown_body(redactor, reveal);
    let mut end = body.len().min(BEGINNING);
    if let Ok(text) = std::str::from_utf8(&body) {
        end = text.floor_char_boundary(end);
    }
    let json = line(&shape(seen, &body[..end], Some(end < body.len()), reveal));
    if reveal { json } else { redactor.redact(&json).into_owned() }
}

/// The receiver, for the inspector page: its URL, the definitions file, and a command to try.
pub fn receiver_json(url: &str, file: Option<&str>, example: &str) -> String {
    line(&ReceiverShape { url, file, r#try: [example] })
}

fn shape<'a>(
    seen: &'a ShownRequest,
    body: &'a [u8],
    body_truncated: Option<bool>,
    reveal: bool,
) -> Request<'a> {
    let HandledRequest { time, peer, request, response, forwarded } = &*seen.arrival;
    let (text, base64) = text_or_base64(body, false);
    let best_match = seen.best_match.as_ref();
    Request {
        version: VERSION,
        r#type: "request",
        id: seen.id,
        time: timestamp(*time),
        peer: peer.to_string(),
        method: request.head.method(),
        path: request.path(),
        query: request.shown_query(reveal),
        http_version: request.head.version(),
        headers: request
            .head
            .headers()
            .map(|(name, value)| Header { name, value: ReceivedRequest::shown_header(name, value, reveal) })
            .collect(),
        body: text,
        body_base64: base64,
        body_bytes: request.body.len(),
        body_truncated,
        webhook: best_match.and_then(|best_match| best_match.webhook.as_deref()),
        closest: best_match.and_then(|best_match| best_match.closest.as_deref()),
        differences: best_match.map_or(Vec::new(), |best_match| {
            best_match.differences.iter().map(|difference| difference_shape(difference, reveal)).collect()
        }),
        response: response_shape(response, forwarded.as_ref(), reveal),
    }
}

fn response_shape<'a>(
    response: &ResponseState,
    forwarded: Option<&'a Forwarded>,
    reveal: bool,
) -> ResponseShape<'a> {
    let forward = forwarded.map(|own| ForwardShape {
        url: shown_url(&own.url, reveal),
        status: own.outcome.as_ref().ok().map(|response| response.status),
        ms: (own.time.as_secs_f64() * 10_000.0).round() / 10.0,
        failure: own.outcome.as_ref().err().map(ForwardError::name),
        what: own.outcome.as_ref().err().map(ForwardError::what),
        response: own.outcome.as_ref().ok().map(Into::into),
    });
    ResponseShape { state: response.name(), status: response.status(), forward }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Ready<'a> {
    /// the version of this format
    version: u32,
    /// `ready`
    r#type: &'static str,
    /// the URL to send to, without a path
    url: &'a str,
    /// the definitions file that requests are compared with; null without one
    file: Option<&'a str>,
    /// the URL of the inspector page; null without `--ui`
    inspector: Option<&'a str>,
    /// the URL of `--forward`; values with credential names are masked
    forward: Option<&'a str>,
}

/// The first line, printed as soon as requests can be sent. `forward` must be masked already.
pub fn ready_json(url: &str, file: Option<&str>, inspector: Option<&str>, forward: Option<&str>) -> String {
    line(&Ready { version: VERSION, r#type: "ready", url, file, inspector, forward })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RefusedShape<'a> {
    /// the version of this format
    version: u32,
    /// `refused`
    r#type: &'static str,
    /// when, in UTC
    time: String,
    /// the address and port of the sender
    peer: String,
    /// the method, if it could be parsed
    method: Option<&'a str>,
    /// the path, if it could be parsed
    path: Option<&'a str>,
    /// the reason: a stable name, such as `malformed`, `body-too-large` or `cut-short`
    name: &'static str,
    /// the reason, for people
    what: String,
    /// the status of the response; null if there was none
    status: Option<u16>,
}

/// A message that was not accepted as a request.
pub fn refused_json(refused: &RefusedRequest) -> String {
    let request = refused.request.as_deref();
    line(&RefusedShape {
        version: VERSION,
        r#type: "refused",
        time: timestamp(refused.time),
        peer: refused.peer.to_string(),
        method: request.map(|request| request.head.method()),
        path: request.map(ReceivedRequest::path),
        name: refused.why.name(),
        what: refused.why.what(),
        status: refused.why.status(),
    })
}

/// What has been received.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tally {
    /// the number of requests
    pub requests: u64,
    /// the number of requests that match a webhook of the definitions
    pub matched: u64,
    /// the number of `refused` lines
    pub refused: u64,
}

/// Why `listen` ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// Everything that was waited for has arrived.
    Done,
    Time,
    Signal,
    /// Standard output was closed.
    Unread,
}

/// The result for the request of `--expect`.
#[derive(Debug, Clone)]
pub struct ExpectedOutcome<'a> {
    pub webhook: &'a str,
    pub is_met: bool,
    /// Why it was not delivered, if it was forwarded.
    pub undelivered: Option<String>,
    /// The number of the closest request; its own if it was received.
    pub closest: Option<u64>,
    /// How the closest request differs from it.
    pub differences: &'a [Difference],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EndShape<'a> {
    /// the version of this format
    version: u32,
    /// `end`
    r#type: &'static str,
    /// `done` (everything expected has arrived), `time` (`--for` is over), `signal` or `unread` (standard output
    /// was closed)
    #[cfg_attr(test, schemars(with = "String"))]
    reason: End,
    #[serde(flatten)]
    tally: Tally,
    /// the result for the request of `--expect`; null without it
    expected: Option<ExpectedShape<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ExpectedShape<'a> {
    /// the handle
    webhook: &'a str,
    /// whether it arrived
    met: bool,
    /// with `--forward`, why the receiver did not accept it
    not_delivered: Option<&'a str>,
    /// the `id` of the closest request, its own if it arrived; null if none arrived
    closest: Option<u64>,
    /// how the closest request differs; at most 50
    differences: Vec<DifferenceShape<'a>>,
}

/// The end, for scripts. Without `reveal`, secret differences are masked.
pub fn end_json(reason: End, tally: Tally, expected: Option<&ExpectedOutcome<'_>>, reveal: bool) -> String {
    let expected = expected.map(|own| ExpectedShape {
        webhook: own.webhook,
        met: own.is_met,
        not_delivered: own.undelivered.as_deref(),
        closest: own.closest,
        differences: own.differences.iter().map(|own| difference_shape(own, reveal)).collect(),
    });
    line(&EndShape { version: VERSION, r#type: "end", reason, tally, expected })
}
