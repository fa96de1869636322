//! The deliveries: one at a time in each account, and concurrently across accounts.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::core::delivery::Exchange;
use crate::core::request::PreparedRequest;
use crate::io::emulator::Change;
use crate::io::http::Transport;

/// While this many changes wait, no events are taken from the emulator, so that further requests to it wait.
const MAX_WAITING: usize = 4096;
/// The same limit for the bytes of their elements.
const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;

pub(super) struct SentRequest {
    pub(super) account: u64,
    pub(super) request: Box<PreparedRequest>,
    pub(super) exchange: Exchange,
}

/// The changes that wait for earlier ones, and the requests in flight.
pub(super) struct Deliveries {
    /// By account. An account has an entry while one of its changes is being fired.
    waiting: HashMap<u64, VecDeque<Change>>,
    changes: usize,
    bytes: usize,
    in_flight: JoinSet<SentRequest>,
    transport: Arc<Transport>,
    stop: watch::Sender<bool>,
}

impl Deliveries {
    pub(super) fn new(transport: Transport) -> Self {
        Self {
            waiting: HashMap::new(),
            changes: 0,
            bytes: 0,
            in_flight: JoinSet::new(),
            transport: Arc::new(transport),
            stop: watch::Sender::new(false),
        }
    }

    /// Queues a change; returns it if it can be fired now.
    pub(super) fn add(&mut self, change: Change) -> Option<Change> {
        if let Some(waiting) = self.waiting.get_mut(&change.namespace.number) {
            self.changes += 1;
            self.bytes += change.element.len();
            waiting.push_back(change);
            return None;
        }
        self.waiting.insert(change.namespace.number, VecDeque::new());
        Some(change)
    }

    /// The next change of an account, after all webhooks of the previous one have fired.
    pub(super) fn next_change(&mut self, account: u64) -> Option<Change> {
        let next = self.waiting.get_mut(&account).and_then(VecDeque::pop_front);
        match &next {
            Some(change) => {
                self.changes -= 1;
                self.bytes -= change.element.len();
            }
            None => drop(self.waiting.remove(&account)),
        }
        next
    }

    pub(super) fn is_full(&self) -> bool {
        self.changes >= MAX_WAITING || self.bytes >= MAX_WAITING_BYTES
    }

    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The number of waiting changes.
    pub(super) fn waiting(&self) -> usize {
        self.changes
    }

    pub(super) fn send(&mut self, account: u64, request: Box<PreparedRequest>) {
        let (transport, mut stop) = (Arc::clone(&self.transport), self.stop.subscribe());
        self.in_flight.spawn(async move {
            let stopped = async {
                // The sender outlives the requests.
                let _ = stop.wait_for(|is_stopped| *is_stopped).await;
            };
            let exchange = Box::pin(transport.send_until(&request, stopped)).await;
            SentRequest { account, request, exchange }
        });
    }

    /// Waits for a request to end; forever if none is in flight.
    pub(super) async fn next(&mut self) -> Result<SentRequest, JoinError> {
        match self.in_flight.join_next().await {
            Some(ended) => ended,
            None => std::future::pending().await,
        }
    }

    /// Interrupts the requests in flight and drops the waiting changes.
    pub(super) fn stop(&mut self) {
        self.stop.send_replace(true);
        for waiting in self.waiting.values_mut() {
            waiting.clear();
        }
        (self.changes, self.bytes) = (0, 0);
    }
}
