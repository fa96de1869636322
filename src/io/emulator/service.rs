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
    /// Notified when all webhooks of a change have been sent.
    pub(super) finished: watch::Sender<()>,
    /// The accepted keys; if empty, all are.
    pub(super) keys: Vec<ApiKey>,
    /// Requests per second and key; 0 for no limit.
    pub(super) rate_limit: usize,
    /// For requests without an account.
    pub(super) assumptions: Assumptions,
    pub(super) limits: ServerLimits,
    pub(super) calls: AtomicU64,
}

/// The account chosen on the page. Only requests from this process can have this extension.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageAccount(pub(super) u64);

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

    /// The scope of a key; none if the key is not accepted.
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
