//! State shared by the calls, the handle and the emulator.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::event_queue::EventQueue;
use super::state::State;
use crate::core::emulator::{ApiKey, Assumptions, Scope};
use crate::io::web::ServerLimits;

pub(super) struct Service {
    pub(super) state: Mutex<State>,
    pub(super) event_queue: Arc<EventQueue>,
    /// Notified when all webhooks of a change have fired.
    pub(super) finished: watch::Sender<()>,
    /// The only keys that are accepted; none: all are.
    pub(super) keys: Vec<ApiKey>,
    /// Requests per second; 0 for no limit.
    pub(super) rate_limit: usize,
    /// Those of requests without a namespace.
    pub(super) assumptions: Assumptions,
    pub(super) limits: ServerLimits,
    pub(super) calls: AtomicU64,
}

/// The account that a call of the page is for. Only requests in this process can have this extension.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageAccount(pub(super) u64);

/// What a key may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Granted {
    pub(super) scope: Scope,
    pub(super) expires: Option<i64>,
}

impl Service {
    /// A thread that panics with the lock has rolled back its transaction.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a key may do; none if it is not accepted.
    pub(super) fn scope(&self, key: &str) -> Option<Granted> {
        if self.keys.is_empty() {
            return Some(Granted { scope: Scope::ReadWrite, expires: None });
        }
        let own = self.keys.iter().find(|own| own.key.reveal() == key)?;
        Some(Granted { scope: own.scope, expires: own.expires })
    }

    pub(super) fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }
}
