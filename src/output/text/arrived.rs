//! A request that arrived, as a JSON document: `listen --json` and the inspector page.

use serde::Serialize;

use crate::core::exchange::timestamp;
use crate::core::received::{Answered, Arrival, Forwarded, NotForwarded};
use crate::core::received::{Difference, Received};
use crate::core::secrets::{MASK, Redactor, shown_url};

use super::delivery;
use super::received::Seen;
use super::{VERSION, line, text_or_base64};

/// How much of a body the inspector page gets with the request; the rest is there to be saved.
const BEGINNING: usize = 64 * 1024;

#[derive(Serialize)]
struct RequestShape<'a> {
    version: u32,
    r#type: &'static str,
    id: u64,
    time: String,
    peer: String,
    method: &'a str,
    path: &'a str,
    query: Option<String>,
    http_version: &'static str,
    headers: Vec<Header<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    body_bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_truncated: Option<bool>,
    webhook: Option<&'a str>,
    nearest: Option<&'a str>,
    differences: Vec<DifferenceShape<'a>>,
    answer: AnswerShape<'a>,
}

#[derive(Serialize)]
struct Header<'a> {
    name: &'a str,
    value: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
pub(super) struct DifferenceShape<'a> {
    part: &'static str,
    name: Option<&'a str>,
    expected: Option<&'a str>,
    actual: Option<&'a str>,
}

#[derive(Serialize)]
struct AnswerShape<'a> {
    state: &'static str,
    status: Option<u16>,
    forward: Option<ForwardShape<'a>>,
}

#[derive(Serialize)]
struct ForwardShape<'a> {
    url: String,
    status: Option<u16>,
    ms: f64,
    failure: Option<&'a str>,
    what: Option<String>,
    answer: Option<delivery::AnswerShape<'a>>,
}

#[derive(Serialize)]
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

/// A request for scripts, on one line.
pub fn request_json(seen: &Seen, reveal: bool) -> String {
    line(&shape(seen, &seen.arrival.request.body, None, reveal))
}

/// A request for the inspector page: as for scripts, with the beginning of its body alone.
pub fn inspected_json(seen: &Seen, redactor: &Redactor, reveal: bool) -> String {
    let body = seen.arrival.request.shown_body(redactor, reveal);
    let mut end = body.len().min(BEGINNING);
    if let Ok(text) = std::str::from_utf8(&body) {
        end = text.floor_char_boundary(end);
    }
    let json = line(&shape(seen, &body[..end], Some(end < body.len()), reveal));
    if reveal { json } else { redactor.redact(&json).into_owned() }
}

/// The receiver, for the inspector page: where it is, what it compares with, and how to try it.
pub fn receiver_json(url: &str, file: Option<&str>, trial: &str) -> String {
    line(&ReceiverShape { url, file, r#try: [trial] })
}

fn shape<'a>(seen: &'a Seen, body: &'a [u8], body_truncated: Option<bool>, reveal: bool) -> RequestShape<'a> {
    let Arrival { time, peer, request, answer, forwarded } = &*seen.arrival;
    let (text, base64) = text_or_base64(body, false);
    let verdict = seen.verdict.as_ref();
    RequestShape {
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
            .map(|(name, value)| Header { name, value: Received::shown_header(name, value, reveal) })
            .collect(),
        body: text,
        body_base64: base64,
        body_bytes: request.body.len(),
        body_truncated,
        webhook: verdict.and_then(|verdict| verdict.webhook.as_deref()),
        nearest: verdict.and_then(|verdict| verdict.nearest.as_deref()),
        differences: verdict.map_or(Vec::new(), |verdict| {
            verdict.differences.iter().map(|difference| difference_shape(difference, reveal)).collect()
        }),
        answer: answer_shape(answer, forwarded.as_ref(), reveal),
    }
}

fn answer_shape<'a>(answer: &Answered, forwarded: Option<&'a Forwarded>, reveal: bool) -> AnswerShape<'a> {
    let forward = forwarded.map(|own| ForwardShape {
        url: shown_url(&own.url, reveal),
        status: own.outcome.as_ref().ok().map(|answer| answer.status),
        ms: (own.time.as_secs_f64() * 10_000.0).round() / 10.0,
        failure: own.outcome.as_ref().err().map(NotForwarded::name),
        what: own.outcome.as_ref().err().map(NotForwarded::what),
        answer: own.outcome.as_ref().ok().map(delivery::answer_shape),
    });
    AnswerShape { state: answer.state(), status: answer.status(), forward }
}
