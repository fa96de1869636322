//! Deliveries: `fire`, `trigger` and `replay`.

use serde::Serialize;

use super::{VERSION, line, ms, text_or_base64};
use crate::core::delivery::{self, Exchange, Explained, FailureKind, NoteKind, Phases};
use crate::core::diagnostic::Diagnostic;
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
    /// Without a recorded result.
    pub(super) const UNKNOWN: Self = Self {
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
