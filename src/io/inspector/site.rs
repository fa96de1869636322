//! What the connections of the page share, and the commands of its readers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::buffer::Buffer;
use super::guard::Guard;

/// How much is served at a time.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The most documents that are kept.
    pub documents: usize,
    /// The most bytes that they may have together.
    pub bytes: usize,
    pub connections: usize,
    /// How long the head of a request may take.
    pub head_time: Duration,
    /// How long the body of a request may take.
    pub body_time: Duration,
    /// The most bytes of the body of a request.
    pub body: usize,
    /// After how long a silent stream of events says that it is still there.
    pub heartbeat: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            documents: 1000,
            bytes: 100 * 1024 * 1024,
            connections: 64,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(10),
            body: 16 * 1024,
            heartbeat: Duration::from_secs(10),
        }
    }
}

/// A command of a reader of the page.
#[derive(Debug)]
pub struct Ask {
    pub id: u64,
    pub what: Wanted,
    /// Takes the response, or why there is none; without either the request counts as gone.
    pub answer: oneshot::Sender<Result<Bytes, String>>,
}

/// What a reader can request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Body,
    /// A curl command that sends the same.
    Curl,
    /// To replay it to this URL; the response is a document with the result.
    Replay(String),
}

/// What all connections share.
pub(super) struct Site {
    pub(super) guard: Guard,
    pub(super) buffer: Arc<Buffer>,
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) receiver: String,
    pub(super) limits: Limits,
}
