//! Requests that `listen` received: `history --received`.

use serde::Serialize;

use super::{VERSION, document, line, text_or_base64};
use crate::core::delivery::timestamp;
use crate::core::history::{Fidelity, Reception, Recorded};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Row<'a> {
    /// the version of this format
    version: u32,
    /// the name, e.g. `r12`; numbers increase and are never reused
    id: String,
    /// when it was complete, in UTC, e.g. `2026-11-23T16:48:19.218Z`
    time: String,
    /// the address and port of the sender
    peer: &'a str,
    /// the method
    method: &'a str,
    /// path and query; values with credential names are masked
    target: &'a str,
    /// the size of the body
    body_bytes: u64,
    /// the webhook that matches
    webhook: Option<&'a str>,
    /// if no webhook matches, the closest one
    closest: Option<&'a str>,
    /// the response to it
    response: Response<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Response<'a> {
    /// `sent`, `closed` (without a response, as configured) or `gone` (the sender did not wait)
    state: &'a str,
    /// the status of the response
    status: Option<u16>,
    /// with `--forward`, where it was forwarded to
    forward: Option<&'a str>,
    /// why there was no response from that URL: a name of [the failures](failures.md), or `response-too-large`
    forward_failure: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReceptionDetail<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    /// the version of `hooks` that received it
    hooks: &'a str,
    /// `HTTP/1.1` or `HTTP/1.0`
    http_version: &'a str,
    /// the headers, in the order in which they arrived
    headers: Vec<Header<'a>>,
    /// the body
    body: Body<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Header<'a> {
    /// the name, in its letter case
    name: &'a str,
    /// the value
    value: &'a str,
    /// whether the value is a mask, or contains one
    masked: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Body<'a> {
    /// the body, or its beginning; only if it is valid UTF-8
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// the body in base64; only if it is not valid UTF-8
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// `as_sent`; `masked` if it has masks; `truncated` if it was too long
    kept: &'static str,
}

impl<'a> From<&'a Recorded<Reception>> for Row<'a> {
    fn from(own: &'a Recorded<Reception>) -> Self {
        Self {
            version: VERSION,
            id: format!("r{}", own.id),
            time: timestamp(own.time),
            peer: &own.peer,
            method: &own.method,
            target: &own.target,
            body_bytes: own.body_bytes,
            webhook: own.webhook.as_deref(),
            closest: own.closest.as_deref(),
            response: Response {
                state: &own.response,
                status: own.status,
                forward: own.forward.as_deref(),
                forward_failure: own.failure.as_deref(),
            },
        }
    }
}

/// A row of the list of received requests.
pub fn reception_row_json(own: &Recorded<Reception>) -> String {
    line(&Row::from(own))
}

/// All of one received request.
pub fn reception_json(own: &Recorded<Reception>) -> String {
    let (text, base64) = text_or_base64(&own.body, own.body_fidelity == Fidelity::Truncated);
    let headers = own.headers.iter().map(|(name, value)| Header {
        name,
        value,
        masked: own.masked.iter().any(|masked| masked == name),
    });
    document(&ReceptionDetail {
        row: own.into(),
        hooks: &own.hooks,
        http_version: &own.version,
        headers: headers.collect(),
        body: Body { text, base64, kept: own.body_fidelity.as_str() },
    })
}
