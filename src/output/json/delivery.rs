//! Deliveries: `fire`, `trigger`, `replay` and `history`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Header, VERSION, document, line, ms, text_or_base64};
use crate::core::delivery::{self, Exchange, Explained, FailureKind, NoteKind, Phases, timestamp};
use crate::core::diagnostic::Diagnostic;
use crate::core::history::{Delivery, Kept, Recorded, differences};
use crate::core::model::Webhook;
use crate::core::request::{Mismatch, PreparedRequest};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Fired<'a> {
    /// the version of this format
    version: u32,
    /// the handle; null for a received request that [`replay`](history.md#received-requests) sends
    webhook: Option<&'a str>,
    /// the source of the element
    data: &'a str,
    /// `delivered`, `failed` (the status is not 2xx), `in_doubt` (may have arrived, no usable response) or `not_sent`
    state: &'static str,
    /// the number of attempts; with `--retry`, the other values are those of the last attempt
    attempts: u32,
    /// the number of the last attempt in [`hooks history`](history.md); null if it is not recorded
    delivery: Option<i64>,
    /// the method
    method: &'a str,
    /// where it was sent
    url: &'a str,
    #[serde(flatten)]
    result: Result<'a>,
}

/// What happened to a request.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Result<'a> {
    /// the status of the response, such as 201
    status: Option<u16>,
    /// why it was not delivered
    failure: Option<Reason<'a>>,
    /// notes, listed in [failures.md](failures.md)
    notes: Vec<Reason<'a>>,
    /// the duration of each part, in milliseconds; null without a result
    phases_ms: Option<PhasesMs>,
    /// the address and port of the connection
    peer: Option<String>,
    /// the proxy that was used, as `host:port` without its credentials
    proxy: Option<&'a str>,
    /// the response
    response: Option<Response<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Reason<'a> {
    /// a stable name, one of [failures.md](failures.md)
    name: &'static str,
    /// what happened, as a sentence
    what: &'a str,
    /// what to do next, as a sentence
    next: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PhasesMs {
    /// the name lookup; null for an address and for `localhost`
    lookup: Option<f64>,
    /// the TCP connection; with a proxy, including the tunnel
    connect: Option<f64>,
    /// the TLS handshake; null without TLS
    tls: Option<f64>,
    /// from the connection to the head of the response
    first_byte: Option<f64>,
    /// everything, including the response body
    total: f64,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Response<'a> {
    /// the HTTP version
    version: &'a str,
    /// the reason phrase, if it is not the standard one of the status
    reason: Option<&'a str>,
    /// lists of name and value; the value is `***` for credentials such as `set-cookie` and `x-auth-token`
    headers: &'a [(String, String)],
    /// the body, at most 64 KiB of it; only if it is valid UTF-8
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    /// the same in base64; only if it is not valid UTF-8
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    /// the number of bytes read, which may be more than `body` contains
    body_bytes: u64,
    /// `complete`, `stopped` (too long to be read completely), `cut_short`, `malformed` or `timed_out`
    body_end: &'static str,
}

impl<'a> From<&'a Exchange> for Result<'a> {
    fn from(own: &'a Exchange) -> Self {
        Self {
            status: own.response.as_ref().map(|response| response.status),
            failure: own.failure.as_ref().map(|own| Reason::new(own, FailureKind::name)),
            notes: own.notes.iter().map(|own| Reason::new(own, NoteKind::name)).collect(),
            phases_ms: Some(own.phases.into()),
            peer: own.peer.map(|peer| peer.to_string()),
            proxy: own.proxy.as_deref(),
            response: own.response.as_ref().map(Into::into),
        }
    }
}

impl Result<'_> {
    const UNKNOWN: Self = Self {
        status: None,
        failure: None,
        notes: Vec::new(),
        phases_ms: None,
        peer: None,
        proxy: None,
        response: None,
    };
}

impl<'a> Reason<'a> {
    fn new<K: Copy>(own: &'a Explained<K>, name: fn(K) -> &'static str) -> Self {
        Self { name: name(own.kind), what: &own.what, next: &own.next }
    }
}

impl From<Phases> for PhasesMs {
    fn from(own: Phases) -> Self {
        Self {
            lookup: own.lookup.map(ms),
            connect: own.connect.map(ms),
            tls: own.tls.map(ms),
            first_byte: own.first_byte.map(ms),
            total: ms(own.total),
        }
    }
}

impl<'a> From<&'a delivery::Response> for Response<'a> {
    fn from(own: &'a delivery::Response) -> Self {
        let (body, body_base64) = text_or_base64(&own.body, own.body_truncated());
        Self {
            version: &own.version,
            reason: own.reason.as_deref(),
            headers: &own.headers,
            body,
            body_base64,
            body_bytes: own.body_read,
            body_end: own.body_end.as_str(),
        }
    }
}

/// The last attempt, on one line. `data` is the source of the element, `delivery` the number in the history.
pub fn delivery_json(
    request: &PreparedRequest,
    exchange: &Exchange,
    data: &str,
    attempts: u32,
    delivery: Option<i64>,
) -> String {
    line(&Fired {
        version: VERSION,
        webhook: handle(request),
        data,
        state: exchange.state.as_str(),
        attempts,
        delivery,
        method: request.method.as_str(),
        url: &request.shown_url,
        result: exchange.into(),
    })
}

fn handle(request: &PreparedRequest) -> Option<&str> {
    Some(&*request.webhook).filter(|webhook| !webhook.is_empty())
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ToSend<'a> {
    /// the version of this format
    version: u32,
    /// the handle; null for a received request
    webhook: Option<&'a str>,
    /// the method
    method: &'static str,
    /// where it would be sent; secrets are masked
    url: &'a str,
}

/// A request that would be sent, on one line.
pub fn would_send_json(request: &PreparedRequest) -> String {
    let (method, url) = (request.method.as_str(), &request.shown_url);
    line(&ToSend { version: VERSION, webhook: handle(request), method, url })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Triggered<'a> {
    /// the version of this format
    version: u32,
    /// the handle
    webhook: &'a str,
    /// whether it matches; true only with `--dry-run`
    matches: bool,
    /// the reasons why it does not fire; empty if it matches
    reasons: Vec<MismatchReason>,
    /// with `--dry-run`, why its request cannot be built; empty if it can
    errors: Vec<RequestError<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct MismatchReason {
    /// `inactive`, `other-trigger`, `other-element` or `prokey-filter`
    name: &'static str,
    /// the reason, for people
    what: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RequestError<'a> {
    /// a stable name, such as `variable-missing`
    name: &'static str,
    /// the error, for people
    what: &'a str,
}

/// Whether a trigger fires a webhook, and if not, why.
pub fn triggered_json(webhook: &Webhook, reasons: &[Mismatch], errors: &[Diagnostic]) -> String {
    let reason = |own: &Mismatch| MismatchReason { name: own.code(), what: own.to_string() };
    let reasons: Vec<_> = reasons.iter().map(reason).collect();
    let errors = errors.iter().map(|own| RequestError { name: own.code, what: &own.message }).collect();
    let (webhook, matches) = (&webhook.handle.value, reasons.is_empty());
    line(&Triggered { version: VERSION, webhook, matches, reasons, errors })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Row<'a> {
    /// the version of this format
    version: u32,
    /// the number of the delivery; numbers increase and are never reused
    id: i64,
    /// when it began, in UTC, e.g. `2026-11-23T16:48:19.218Z`
    time: String,
    /// the handle of the webhook
    webhook: &'a str,
    /// `delivered`, `failed`, `in_doubt` or `not_sent`
    state: &'static str,
    /// the status of the response
    status: Option<u16>,
    /// the stable name of the failure
    failure: Option<&'static str>,
    /// the duration in milliseconds; null without a result
    total_ms: Option<f64>,
    /// the method
    method: &'static str,
    /// where it was sent
    url: &'a str,
    /// the delivery that this one repeats
    replay_of: Option<i64>,
}

/// A row of the list of deliveries.
pub fn history_row_json(delivery: &Recorded<Delivery>) -> String {
    let exchange = delivery.exchange.as_ref();
    line(&Row {
        version: VERSION,
        id: delivery.id,
        time: timestamp(delivery.time),
        webhook: &delivery.webhook,
        state: delivery.state().as_str(),
        status: exchange.and_then(|own| Some(own.response.as_ref()?.status)),
        failure: exchange.and_then(|own| Some(own.failure.as_ref()?.kind.name())),
        total_ms: exchange.map(|own| ms(own.phases.total)),
        method: delivery.method.as_str(),
        url: &delivery.url,
        replay_of: delivery.replay_of,
    })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DeliveryDetail<'a> {
    /// the version of this format
    version: u32,
    /// the number of the delivery
    id: i64,
    /// when it began, in UTC
    time: String,
    /// the version of `hooks` that sent it
    hooks: &'a str,
    /// the handle of the webhook
    webhook: &'a str,
    /// the definitions file: an absolute path; null for a webhook that was created through the API of `hooks emulate`
    file: Option<&'a str>,
    /// `create`, `update` or `delete`
    trigger: &'static str,
    /// `rsvp_answer`, `event` and so on
    trigger_element: &'static str,
    /// the source of the element; for a delivery of `hooks emulate`, the request that fired it
    data: &'a str,
    /// where it was sent: `payload_url`, `to` (the URL of `--to`) or `echo`
    destination: &'static str,
    /// the delivery that this one repeats
    replay_of: Option<i64>,
    /// `delivered`, `failed`, `in_doubt` or `not_sent`
    state: &'static str,
    /// whether a result was recorded
    finished: bool,
    /// the method
    method: &'a str,
    /// where it was sent
    url: &'a str,
    /// the headers, in the order in which they were sent
    headers: Vec<Header<'a>>,
    /// the body that was sent
    body: Body<'a>,
    /// the element that was rendered
    element: Element<'a>,
    #[serde(flatten)]
    result: Result<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Body<'a> {
    /// the body, or its beginning
    text: &'a str,
    /// the number of bytes sent
    bytes: u64,
    /// `as_sent`; `masked` if it contains masks; `truncated` if it was too long
    kept: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Element<'a> {
    /// the element; null if it is not JSON because it is masked or truncated
    #[cfg_attr(test, schemars(with = "serde_json::Value"))]
    json: Option<&'a RawValue>,
    /// the length as compact JSON
    bytes: u64,
    /// as `body.kept`
    kept: &'static str,
}

/// All of one delivery.
pub fn history_json(delivery: &Recorded<Delivery>) -> String {
    let Kept { text, bytes, fidelity } = &delivery.body;
    document(&DeliveryDetail {
        version: VERSION,
        id: delivery.id,
        time: timestamp(delivery.time),
        hooks: &delivery.hooks,
        webhook: &delivery.webhook,
        file: Some(&*delivery.file).filter(|_| !delivery.is_made_over_api()),
        trigger: delivery.trigger.as_str(),
        trigger_element: delivery.trigger_element.as_str(),
        data: &delivery.data,
        destination: delivery.destination.as_str(),
        replay_of: delivery.replay_of,
        state: delivery.state().as_str(),
        finished: delivery.exchange.is_some(),
        method: delivery.method.as_str(),
        url: &delivery.url,
        headers: delivery.headers.iter().map(|(name, value)| Header { name, value: value.into() }).collect(),
        body: Body { text, bytes: *bytes, kept: fidelity.as_str() },
        element: Element {
            json: serde_json::from_str(&delivery.element.text).ok(),
            bytes: delivery.element.bytes,
            kept: delivery.element.fidelity.as_str(),
        },
        result: delivery.exchange.as_ref().map_or(Result::UNKNOWN, Into::into),
    })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Comparison<'a> {
    /// the version of this format
    version: u32,
    /// the number of the first delivery
    a: i64,
    /// the number of the second delivery
    b: i64,
    /// the parts that differ, in the order of the request and the response
    differences: Vec<Changed<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Changed<'a> {
    /// `webhook`, `method`, `url`, `header NAME`, `body`, `state`, `failure`, `status`, `response header NAME` or `response body`
    part: &'a str,
    /// the value in the first; null if missing
    a: Option<&'a str>,
    /// the value in the second; null if missing
    b: Option<&'a str>,
}

/// How two deliveries differ.
pub fn comparison_json(a: &Recorded<Delivery>, b: &Recorded<Delivery>) -> String {
    let differences = differences(a, b);
    let shapes = differences.iter();
    let differences =
        shapes.map(|own| Changed { part: &own.part, a: own.a.as_deref(), b: own.b.as_deref() }).collect();
    document(&Comparison { version: VERSION, a: a.id, b: b.id, differences })
}
