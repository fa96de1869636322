//! The body of a request, watched if it is large: only then can a receiver stop reading it half way.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// Below this, a body goes into the buffers of the operating system and of hyper whatever the receiver does.
const WATCHED_FROM: usize = 256 * 1024;
/// Small enough for hyper to stop asking when its own buffer is full.
const SLICE: usize = 64 * 1024;

/// Whether all of a body was taken over for sending; always so for small ones.
#[derive(Debug, Clone)]
pub(super) struct Sent(Arc<AtomicBool>);

impl Sent {
    pub(super) fn all(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The body for hyper.
pub(super) fn request_body(bytes: &Bytes) -> (RequestBody, Sent) {
    let sent = Sent(Arc::new(AtomicBool::new(bytes.len() < WATCHED_FROM)));
    (RequestBody { rest: bytes.clone(), sent: sent.clone() }, sent)
}

/// A body that is given to hyper in one piece if it is small, else in slices.
pub(super) struct RequestBody {
    rest: Bytes,
    sent: Sent,
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = if self.sent.all() { self.rest.len() } else { self.rest.len().min(SLICE) };
        let slice = self.rest.split_to(length);
        if self.rest.is_empty() {
            self.sent.0.store(true, Ordering::Relaxed);
        }
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
