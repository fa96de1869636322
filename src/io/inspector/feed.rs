//! The event stream. The only state of a reader is the number of the last document sent to it: a slow reader needs no memory,
//! and one that has fallen too far behind gets the event `reload`.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};

use super::buffer::{Buffer, Since};

/// Streams the documents after the one with this number.
pub(super) fn feed(buffer: Arc<Buffer>, after: u64, heartbeat: Duration) -> Channel<Bytes> {
    let (sender, body) = Channel::new(1);
    tokio::spawn(run(buffer, after, heartbeat, sender));
    body
}

async fn run(buffer: Arc<Buffer>, mut after: u64, heartbeat: Duration, mut sender: Sender<Bytes>) {
    const ALIVE: &str = ": alive\n\n";
    const RELOAD: &str = "event: reload\ndata: {}\n\n";
    let mut changes = buffer.changes();
    // The head of the response is sent with the first bytes of the body.
    let mut text = ALIVE.to_owned();
    while sender.send_data(text.into()).await.is_ok() {
        text = loop {
            changes.borrow_and_update();
            match buffer.since(after) {
                Since::News(news) => {
                    after = news.last().map_or(after, |(id, _)| *id);
                    break events(&news);
                }
                Since::Lost => {
                    // The connection may be closed.
                    let _ = sender.send_data(RELOAD.into()).await;
                    return;
                }
                Since::Nothing => {}
            }
            match tokio::time::timeout(heartbeat, changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => break ALIVE.to_owned(),
            }
        };
    }
}

fn events(news: &[(u64, Bytes)]) -> String {
    let mut text = String::with_capacity(news.iter().map(|(_, document)| document.len() + 32).sum());
    for (id, document) in news {
        let _ = write!(text, "id: {id}\ndata: {}\n\n", String::from_utf8_lossy(document));
    }
    text
}
