//! What the connections of a receiver share.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::forward::Forward;
use crate::core::received::{HandledRequest, RefusedRequest, ResponseTemplate};

#[derive(Debug, Default)]
pub struct ReceiverOptions {
    pub limits: ReceiverLimits,
    pub responses: ResponseTemplate,
    /// Forwards requests; the responses to them are returned instead.
    pub forward: Option<Forward>,
    /// The number of requests after which no more are accepted.
    pub most: Option<u64>,
}

/// Limits of what is accepted; sizes are in bytes.
#[derive(Debug, Clone)]
pub struct ReceiverLimits {
    pub head: usize,
    pub headers: usize,
    pub body: usize,
    /// For the head, from its first byte.
    pub head_time: Duration,
    /// For the body, and for writing the response.
    pub body_time: Duration,
    /// For a connection without a request.
    pub idle_time: Duration,
    pub connections: usize,
    /// Bodies whose events have not been handled yet.
    pub waiting: usize,
}

impl Default for ReceiverLimits {
    fn default() -> Self {
        Self {
            head: 64 * 1024,
            headers: 100,
            body: 10 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            idle_time: Duration::from_secs(30),
            connections: 64,
            waiting: 64 * 1024 * 1024,
        }
    }
}

#[derive(Debug, Clone)]
pub enum Event {
    Request(Arc<HandledRequest>),
    /// A message that is not accepted as a request.
    Refused(RefusedRequest),
}

pub(super) struct ReceiverState {
    pub(super) options: ReceiverOptions,
    /// The number of requests that were accepted.
    pub(super) accepted: AtomicU64,
    pub(super) events: mpsc::Sender<(Event, Option<OwnedSemaphorePermit>)>,
    /// A permit for each byte of a body that may still wait.
    pub(super) waiting: Arc<Semaphore>,
    pub(super) stop: watch::Receiver<bool>,
}
