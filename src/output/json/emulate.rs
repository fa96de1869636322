//! The JSON Lines of `emulate`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::delivery::Result;
use super::{VERSION, line};
use crate::core::delivery::{Exchange, State, timestamp};
use crate::core::model::{Trigger, TriggerElement};
use crate::core::request::PreparedRequest;

/// The emulated account of an API key.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ShownAccount<'a> {
    /// the number of the account; requests with the same key have the same account
    pub number: u64,
    /// the last four characters of the key; empty if the key is short
    pub key_end: &'a str,
}

/// A request to the emulator.
#[derive(Debug, Clone, Copy)]
pub struct ShownCall<'a> {
    pub id: u64,
    pub time: i64,
    pub account: Option<ShownAccount<'a>>,
    pub method: &'a str,
    pub path: &'a str,
    pub status: Option<u16>,
    pub message: Option<&'a str>,
    pub ignored: &'a [String],
    pub is_empty_list: bool,
    pub has_unknown_endpoint: bool,
}

/// A change of an element.
#[derive(Debug, Clone, Copy)]
pub struct ShownChange<'a> {
    pub id: u64,
    pub time: i64,
    pub account: ShownAccount<'a>,
    pub cause: &'a str,
    pub trigger: Trigger,
    pub kind: TriggerElement,
    /// JSON.
    pub element: &'a str,
}

/// A webhook, and whether a change fires it.
#[derive(Debug, Clone)]
pub struct CheckedWebhook {
    pub handle: String,
    pub name: Option<String>,
    /// The id of a webhook that was created through the API.
    pub api_id: Option<u64>,
    /// Empty if it fires.
    pub reasons: Vec<NotFired>,
}

/// Why a webhook does not fire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotFired {
    /// a reason listed under [`trigger`](#trigger), `remote` (not on this machine), `own-address` (its URL points to the emulator), `same-id` (a webhook created through the API has the same `id` and fires instead), `unknown-value`, or the code of an error, such as `environment-missing`
    pub name: &'static str,
    /// the reason in words
    pub what: String,
    /// what to do about it; null if nothing
    pub help: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Ready<'a> {
    /// the version of this format
    version: u32,
    /// `ready`
    r#type: &'static str,
    /// the URL of the emulator, without a path
    url: &'a str,
    /// the base URL of the API, for `HOOKS_API`
    api: &'a str,
    /// a key that is accepted; null if `--key` is given
    key: Option<&'a str>,
    /// the definitions file; null without one
    file: Option<&'a str>,
    /// the URL of the page; null without `--ui`
    inspector: Option<&'a str>,
}

/// The first line, printed as soon as requests can be sent.
pub fn emulator_ready_json(
    url: &str,
    api: &str,
    key: Option<&str>,
    file: Option<&str>,
    inspector: Option<&str>,
) -> String {
    line(&Ready { version: VERSION, r#type: "ready", url, api, key, file, inspector })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Call<'a> {
    /// the version of this format
    version: u32,
    /// `request`
    r#type: &'static str,
    /// the number of the request in this run, from 1
    id: u64,
    /// when it was received, in UTC, by the clock of this machine
    time: String,
    /// the account of the API key; null if the request belongs to none
    account: Option<ShownAccount<'a>>,
    /// the method
    method: &'a str,
    /// the path and query
    path: &'a str,
    /// the status of the response; null if the connection was closed instead
    status: Option<u16>,
    /// why it was refused, that a list is empty, or what a fault on demand did
    message: Option<&'a str>,
    /// fields of the body that had no effect
    ignored: &'a [String],
    /// whether the status is 404 because a list is empty
    empty_list: bool,
    /// whether the emulator does not implement the endpoint
    unknown_endpoint: bool,
}

pub fn call_json(call: &ShownCall<'_>) -> String {
    line(&Call {
        version: VERSION,
        r#type: "request",
        id: call.id,
        time: timestamp(call.time),
        account: call.account,
        method: call.method,
        path: call.path,
        status: call.status,
        message: call.message,
        ignored: call.ignored,
        empty_list: call.is_empty_list,
        unknown_endpoint: call.has_unknown_endpoint,
    })
}

/// What all lines about a change contain.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ChangeShape<'a> {
    /// the number of the change, counted across all accounts
    id: u64,
    /// when it happened, in UTC, by the account's clock
    time: String,
    /// the account in which it happened
    account: ShownAccount<'a>,
    /// the request that caused it, e.g. `POST /v1/event`
    cause: &'a str,
    /// `create`, `update` or `delete`
    trigger: &'static str,
    /// `rsvp_answer`, `event` and so on
    trigger_element: &'static str,
}

impl<'a> From<&ShownChange<'a>> for ChangeShape<'a> {
    fn from(change: &ShownChange<'a>) -> Self {
        Self {
            id: change.id,
            time: timestamp(change.time),
            account: change.account,
            cause: change.cause,
            trigger: change.trigger.as_str(),
            trigger_element: change.kind.as_str(),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Change<'a> {
    /// the version of this format
    version: u32,
    /// `change`
    r#type: &'static str,
    #[serde(flatten)]
    shared: ChangeShape<'a>,
    /// the element as delivered
    #[cfg_attr(test, schemars(with = "serde_json::Value"))]
    element: Option<&'a RawValue>,
    /// all webhooks, in the order in which they fire
    webhooks: Vec<Checked<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Checked<'a> {
    /// the handle; `webhook` and the id if it was created through the API
    webhook: &'a str,
    /// the id of a webhook created through the API; null for one in the definitions file
    api_id: Option<u64>,
    /// its name; null without one
    name: Option<&'a str>,
    /// whether it fires
    fires: bool,
    /// why it does not fire; empty if it fires
    reasons: &'a [NotFired],
}

impl<'a> From<&'a CheckedWebhook> for Checked<'a> {
    fn from(own: &'a CheckedWebhook) -> Self {
        Self {
            webhook: &own.handle,
            api_id: own.api_id,
            name: own.name.as_deref(),
            fires: own.reasons.is_empty(),
            reasons: &own.reasons,
        }
    }
}

pub fn emulated_change_json(change: &ShownChange<'_>, webhooks: &[&CheckedWebhook]) -> String {
    line(&Change {
        version: VERSION,
        r#type: "change",
        shared: change.into(),
        element: serde_json::from_str(change.element).ok(),
        webhooks: webhooks.iter().map(|own| (*own).into()).collect(),
    })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EmulatedDelivery<'a> {
    /// the version of this format
    version: u32,
    /// `delivery`
    r#type: &'static str,
    /// the `id` of the change that fired it
    change: u64,
    /// the account in which it happened
    account: ShownAccount<'a>,
    /// the handle; `webhook` and the id if it was created through the API
    webhook: &'a str,
    /// the id of a webhook created through the API; null for one in the definitions file
    api_id: Option<u64>,
    /// `delivered`, `failed` (status other than 2xx), `in_doubt` (may have arrived, no usable response) or `not_sent`
    state: &'static str,
    /// its number in [`hooks history`](history.md); null if it was not recorded
    delivery: Option<i64>,
    /// the method
    method: &'a str,
    /// where it was sent
    url: &'a str,
    #[serde(flatten)]
    result: Result<'a>,
}

pub fn emulated_delivery_json(
    change: &ShownChange<'_>,
    webhook: &CheckedWebhook,
    request: &PreparedRequest,
    exchange: &Exchange,
    delivery: Option<i64>,
) -> String {
    line(&EmulatedDelivery {
        version: VERSION,
        r#type: "delivery",
        change: change.id,
        account: change.account,
        webhook: &webhook.handle,
        api_id: webhook.api_id,
        state: exchange.state.as_str(),
        delivery,
        method: request.method.as_str(),
        url: &request.shown_url,
        result: exchange.into(),
    })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Dropped<'a> {
    /// the version of this format
    version: u32,
    /// `dropped`
    r#type: &'static str,
    #[serde(flatten)]
    shared: ChangeShape<'a>,
}

/// A change whose webhooks will not fire, because the last run ended first.
pub fn dropped_json(change: &ShownChange<'_>) -> String {
    line(&Dropped { version: VERSION, r#type: "dropped", shared: change.into() })
}

/// What happened while the emulator ran.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EmulatorTally {
    /// the number of requests received
    pub requests: u64,
    /// the number of changes to elements
    pub changes: u64,
    /// the number of changes that fired at least one webhook
    pub changes_fired: u64,
    /// the number of deliveries with a 2xx response
    pub delivered: u64,
    /// the number of deliveries with another response
    pub failed: u64,
    /// the number of deliveries that may have arrived
    pub in_doubt: u64,
    /// the number of deliveries that did not arrive
    pub not_sent: u64,
}

impl EmulatorTally {
    pub fn add(&mut self, state: State) {
        let number = match state {
            State::Delivered => &mut self.delivered,
            State::Failed => &mut self.failed,
            State::InDoubt => &mut self.in_doubt,
            State::NotSent => &mut self.not_sent,
        };
        *number += 1;
    }
}

/// Why the emulator ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EmulatorEnd {
    Signal,
    /// Standard input was closed, with `--until-stdin-closes`.
    Stdin,
    /// Standard output was closed.
    Unread,
    /// The server failed.
    Server,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct End {
    /// the version of this format
    version: u32,
    /// `end`
    r#type: &'static str,
    /// `signal`, `stdin` (standard input was closed, with `--until-stdin-closes`), `unread` (standard output was closed) or `server` (an error)
    #[cfg_attr(test, schemars(with = "String"))]
    reason: EmulatorEnd,
    #[serde(flatten)]
    tally: EmulatorTally,
    /// the number of changes whose webhooks had not all fired at the end
    dropped: usize,
}

pub fn emulator_end_json(reason: EmulatorEnd, tally: EmulatorTally, dropped: usize) -> String {
    line(&End { version: VERSION, r#type: "end", reason, tally, dropped })
}
