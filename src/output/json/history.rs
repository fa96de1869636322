//! Recorded deliveries: `history`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::delivery::Result;
use super::{Header, VERSION, document, line, ms};
use crate::core::delivery::timestamp;
use crate::core::history::{Delivery, Kept, Recorded, differences};

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
        file: Some(&*delivery.file).filter(|_| !delivery.is_created_over_api()),
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
