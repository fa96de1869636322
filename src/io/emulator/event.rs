//! Events of the emulator: requests, and changes that fire webhooks.

use std::sync::Arc;

use serde::Serialize;

use crate::core::emulator::Record;
use crate::core::model::{Trigger, TriggerElement};

#[derive(Debug)]
pub enum EmulatorEvent {
    Call(Call),
    Change(Change),
    /// A change whose deliveries had not begun when the last run ended.
    Dropped(DroppedChange),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamespaceLabel {
    pub number: u64,
    /// The last four characters of the API key; empty if it is short.
    pub key_end: Arc<str>,
}

/// A request and the response to it.
#[derive(Debug, Clone)]
pub struct Call {
    pub number: u64,
    /// In milliseconds since 1970, by the system's clock.
    pub time: i64,
    /// None if the request belongs to no account, e.g. because the key was refused.
    pub namespace: Option<NamespaceLabel>,
    pub method: String,
    /// With the query.
    pub path: String,
    /// None if the connection was closed without a response.
    pub status: Option<u16>,
    /// Why the request was refused, that a list is empty, or what a fault on demand did.
    pub message: Option<String>,
    /// Fields of the body that had no effect.
    pub ignored: Vec<String>,
    /// Whether the status is 404 because a list is empty.
    pub is_empty_list: bool,
    pub has_unknown_endpoint: bool,
}

/// A change to an element, which fires the matching webhooks.
#[derive(Debug, Clone)]
pub struct Change {
    /// Counted across all accounts.
    pub number: u64,
    /// In milliseconds since 1970, by the account's clock.
    pub time: i64,
    pub namespace: NamespaceLabel,
    pub trigger: Trigger,
    pub kind: TriggerElement,
    /// The id, if the element is delivered without it.
    pub id: Option<String>,
    /// The element as delivered: JSON on one line.
    pub element: String,
    /// The request that caused it, e.g. `POST /v1/event`.
    pub cause: String,
    /// The webhooks created through the API that the account had at that moment, by id.
    pub webhooks: Arc<[Record]>,
}

/// A change that fires no webhooks, because the last run ended first.
#[derive(Debug, Clone)]
pub struct DroppedChange {
    pub number: u64,
    pub time: i64,
    pub namespace: NamespaceLabel,
    pub trigger: Trigger,
    pub kind: TriggerElement,
    pub cause: String,
}

/// A delivery of a change, for the journal and for `last_execution` of its webhook.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryReport {
    /// None for a webhook in the definitions file.
    pub webhook_id: Option<u64>,
    pub webhook: String,
    pub method: String,
    /// With secrets masked.
    pub url: String,
    pub has_succeeded: bool,
    pub status: Option<u16>,
    /// The name of the failure, such as `connection-refused`.
    pub failure: Option<String>,
}
