//! The event stream. The only state of a reader is the number of the last document sent to it: a slow reader needs no memory,
//! and one that has fallen too far behind gets the event `reload`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;

use super::buffer::{Buffer, Next};

/// Streams the documents after the one with this number.
pub(super) fn event_stream(buffer: Arc<Buffer>, after: u64, heartbeat: Duration) -> impl IntoResponse {
    let changes = buffer.changes();
    let events = stream::unfold(Some((buffer, changes, after)), |state| async {
        let (buffer, mut changes, after) = state?;
        let (event, state) = loop {
            changes.borrow_and_update();
            match buffer.next_after(after) {
                Next::Document(number, document) => {
                    let event = Event::default().id(number.to_string()).data(document);
                    break (event, Some((buffer, changes, number)));
                }
                Next::Lost => break (Event::default().event("reload").data("{}"), None),
                Next::Nothing => changes.changed().await.ok()?,
            }
        };
        Some((Ok::<_, Infallible>(event), state))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(heartbeat))
}
