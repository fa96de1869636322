//! What the connections of the page share, and what its readers ask for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::access::AccessControl;
use super::buffer::Buffer;

#[derive(Debug, Clone)]
pub struct InspectorLimits {
    /// The most documents in the buffer.
    pub documents: usize,
    /// The most bytes of documents in the buffer.
    pub bytes: usize,
    pub connections: usize,
    pub head_time: Duration,
    pub body_time: Duration,
    /// The most bytes of the body of a request to the page.
    pub body: usize,
    /// How often an idle event stream sends a comment.
    pub heartbeat: Duration,
}

impl Default for InspectorLimits {
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

/// Something that a reader of the page asks for.
#[derive(Debug)]
pub struct PageAction {
    pub id: u64,
    pub kind: ActionKind,
    /// Takes the response, or why there is none. If it is dropped, the request is no longer in the buffer.
    pub response: oneshot::Sender<Result<Bytes, String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    Body,
    /// A curl command that sends the request.
    Curl,
    /// Sends the request to this URL; the response is a JSON document with the result.
    Replay(String),
}

pub(super) struct Site {
    pub(super) access: AccessControl,
    pub(super) buffer: Arc<Buffer>,
    pub(super) actions: mpsc::Sender<PageAction>,
    pub(super) receiver: String,
    pub(super) limits: InspectorLimits,
}
