//! Reports deliveries to a running emulator.

use std::fmt;
use std::sync::Arc;

use super::error::EmulatorError;
use super::event::{Change, DeliveryReport};
use super::service::Service;
use crate::core::emulator::assumptions::LastExecution;

#[derive(Clone)]
pub struct EmulatorHandle {
    pub(super) service: Arc<Service>,
}

impl EmulatorHandle {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }

    /// Records that the deliveries of a change begin. False if they must not, because the account was reset.
    pub fn begun(&self, change: &Change) -> Result<bool, EmulatorError> {
        let mut state = self.service.state();
        state.begin(change).map_err(|error| state.fail(&error))
    }

    /// Adds a delivery to the journal, and sets `last_execution` of its webhook.
    pub fn delivered(&self, change: &Change, report: &DeliveryReport) -> Result<(), EmulatorError> {
        let mut state = self.service.state();
        state.journal.add_delivery(change, report);
        let number = change.namespace.number;
        let Some(namespace) = state.namespaces.get(number) else { return Ok(()) };
        let counts = report.has_succeeded || namespace.assumptions.last_execution == LastExecution::Every;
        match report.webhook_id.filter(|_| counts) {
            Some(id) => state.set_last_execution(number, id).map_err(|error| state.fail(&error)),
            None => Ok(()),
        }
    }

    /// Records that all deliveries of a change have ended, or that none was begun.
    pub fn finished(&self, change: &Change) -> Result<(), EmulatorError> {
        let mut state = self.service.state();
        let result = state.finish(change).map_err(|error| state.fail(&error));
        drop(state);
        self.service.finished.send_replace(());
        result
    }
}

impl fmt::Debug for EmulatorHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorHandle").finish_non_exhaustive()
    }
}
