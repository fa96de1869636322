//! What the emulator reports to its user: requests, and changes that fire webhooks.

use std::sync::Arc;

use serde::Serialize;

use crate::core::emulator::Record;
use crate::core::model::{Trigger, TriggerElement};

#[derive(Debug)]
pub enum EmulatorEvent {
    Call(Call),
    Change(Change),
    /// A change whose deliveries had not begun when the last process ended.
    Dropped(DroppedChange),
}

/// The account that an API key opened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamespaceLabel {
    pub number: u64,
    /// The last characters of the key, or nothing if it is short.
    pub key_end: Arc<str>,
}

/// A request, and how the emulator responded.
#[derive(Debug, Clone)]
pub struct Call {
    pub number: u64,
    /// In milliseconds since 1970, by the system's clock.
    pub time: i64,
    /// None if the request did not belong to one, e.g. because the key was refused.
    pub namespace: Option<NamespaceLabel>,
    pub method: String,
    /// With the query.
    pub path: String,
    /// None if the connection was closed instead of a response.
    pub status: Option<u16>,
    /// Why the request was refused, or what a fault on demand did.
    pub message: Option<String>,
    /// Fields of the body that had no effect.
    pub ignored: Vec<String>,
    pub has_unknown_endpoint: bool,
}

/// A change of an element, which fires the webhooks that match.
#[derive(Debug, Clone)]
pub struct Change {
    /// Grows with each change, over all namespaces.
    pub number: u64,
    /// In milliseconds since 1970, by the clock of the namespace.
    pub time: i64,
    pub namespace: NamespaceLabel,
    pub trigger: Trigger,
    pub kind: TriggerElement,
    /// The id of an element that is delivered without it.
    pub id: Option<String>,
    /// The element as it is delivered: JSON on one line.
    pub element: String,
    /// The request that caused it, such as `POST /v1/event`.
    pub cause: String,
    /// The webhooks that were created through the API in this namespace, at that moment, by id.
    pub webhooks: Arc<[Record]>,
}

/// A change that is not fired, because its process ended first.
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
    /// The id of a webhook that was created through the API.
    pub webhook_id: Option<u64>,
    pub webhook: String,
    pub method: String,
    /// With masked secrets.
    pub url: String,
    pub has_succeeded: bool,
    pub status: Option<u16>,
    /// The name of the failure, such as `connection-refused`.
    pub failure: Option<String>,
}
