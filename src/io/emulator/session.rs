//! The state of an account inside a transaction, and the changes that fire webhooks after the commit.

use std::fmt;

use super::namespace::generated_uuid;
use super::store::{NamespaceRow, NamespaceStore, StoredElement};
use crate::core::catalog::delivered_shape;
use crate::core::delivery::timestamp;
use crate::core::emulator::sign_up::expiry_trigger;
use crate::core::emulator::{ApiError, Assumptions, Clock, Record, Resource};
use crate::core::model::{Trigger, TriggerElement};
use crate::io::clock::now;

pub(super) struct Session<'s> {
    pub(super) rows: NamespaceStore<'s>,
    pub(super) row: NamespaceRow,
    pub(super) assumptions: Assumptions,
    pub(super) clock: Clock,
    /// By the clock, in milliseconds since 1970.
    pub(super) now: i64,
    /// Fields of the body that have no effect, for the log.
    pub(super) ignored: Vec<String>,
    pub(super) changes: Vec<NewChange>,
    /// Whether anything was written, which advances a stopped clock.
    pub(super) has_written: bool,
    pub(super) has_set_clock: bool,
    pub(super) has_changed_webhooks: bool,
    pub(super) seed_id: u64,
    /// The most entries of a list, if lower than the platform's.
    pub(super) page_size: Option<u64>,
}

/// A change that fires webhooks after the commit.
pub(super) struct NewChange {
    pub(super) trigger: Trigger,
    pub(super) kind: TriggerElement,
    /// None if the element is delivered with its id.
    pub(super) id: Option<String>,
    /// As delivered: JSON on one line.
    pub(super) element: String,
}

#[derive(Debug)]
pub(super) enum CallError {
    Refused(ApiError),
    Store(rusqlite::Error),
}

impl From<ApiError> for CallError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for CallError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Store(error) => write!(f, "the state cannot be used: {error}"),
        }
    }
}

impl CallError {
    pub(super) fn into_refusal(self) -> ApiError {
        match self {
            Self::Refused(error) => error,
            Self::Store(_) => ApiError::new(500, self.to_string()),
        }
    }
}

impl Session<'_> {
    /// Applies what is due: `date_updated` after creates, and expiry of unconfirmed answers.
    pub(super) fn settle(&mut self) -> rusqlite::Result<()> {
        self.rows.touch_elements(self.now)?;
        for expired in self.rows.take_expired(self.now)? {
            self.has_written = true;
            if let Some(trigger) = expiry_trigger(&self.assumptions) {
                self.fire(trigger, TriggerElement::RsvpAnswer, &expired.record);
            }
        }
        Ok(())
    }

    /// Sets the clock, and applies what is due at that time.
    pub(super) fn set_clock(&mut self, time: i64) -> rusqlite::Result<()> {
        self.clock.set(time, now());
        self.now = time;
        self.has_set_clock = true;
        self.settle()
    }

    /// The time in the API's format.
    pub(super) fn timestamp(&self) -> String {
        timestamp(self.now)
    }

    /// A new prokey or id of an answer.
    pub(super) fn generate_uuid(&mut self) -> String {
        self.row.generated += 1;
        generated_uuid(self.seed_id, &self.row.digest, self.row.generated)
    }

    /// A new prokey that no element has: a seed may contain any.
    pub(super) fn unused_prokey(&mut self) -> rusqlite::Result<String> {
        loop {
            let prokey = self.generate_uuid();
            if !self.rows.has_prokey(&prokey)? {
                return Ok(prokey);
            }
        }
    }

    /// Adds or replaces an element.
    pub(super) fn save(&mut self, resource: Resource, own: &StoredElement) -> rusqlite::Result<()> {
        self.mark_written(resource);
        self.rows.save_element(resource, own)
    }

    pub(super) fn delete(&mut self, resource: Resource, own: &StoredElement) -> rusqlite::Result<()> {
        self.mark_written(resource);
        self.rows.delete_element(resource, own.id)
    }

    fn mark_written(&mut self, resource: Resource) {
        self.has_written = true;
        self.has_changed_webhooks |= resource == Resource::Webhook;
    }

    /// Fires webhooks for a change to an element. A change to a webhook fires none.
    pub(super) fn fire_element(&mut self, trigger: Trigger, resource: Resource, record: &Record) {
        if let Some(kind) = resource.trigger_element() {
            self.fire(trigger, kind, record);
        }
    }

    /// Fires webhooks after the commit.
    pub(super) fn fire(&mut self, trigger: Trigger, kind: TriggerElement, record: &Record) {
        let element = delivered_shape(kind, record).to_string();
        // Events and groups have their prokey; all others except answers are delivered with their id.
        let id = record.get("id").and_then(|id| id.as_str()).map(str::to_owned);
        let id = id.filter(|_| kind == TriggerElement::RsvpAnswer);
        self.changes.push(NewChange { trigger, kind, id, element });
    }
}
