//! The stream of events. A reader is no more than a number: the last document that it got. So one that
//! is slow costs nothing but what it is just being sent, and when it has fallen too far behind it is told
//! to begin anew.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};

use super::kept::{Kept, Since};

/// A stream of what comes after the document of this number.
pub(super) fn feed(kept: Arc<Kept>, after: u64, heartbeat: Duration) -> Channel<Bytes> {
    let (sender, body) = Channel::new(1);
    tokio::spawn(run(kept, after, heartbeat, sender));
    body
}

async fn run(kept: Arc<Kept>, mut after: u64, heartbeat: Duration, mut sender: Sender<Bytes>) {
    const ALIVE: &str = ": alive\n\n";
    const RELOAD: &str = "event: reload\ndata: {}\n\n";
    let mut bell = kept.bell();
    // The head of the answer goes out with the first bytes of the body.
    let mut text = ALIVE.to_owned();
    while sender.send_data(text.into()).await.is_ok() {
        text = loop {
            bell.borrow_and_update();
            match kept.since(after) {
                Since::News(news) => {
                    after = news.last().map_or(after, |(id, _)| *id);
                    break events(&news);
                }
                Since::Lost => {
                    // The reader asks for everything again, or is gone.
                    let _ = sender.send_data(RELOAD.into()).await;
                    return;
                }
                Since::Nothing => {}
            }
            match tokio::time::timeout(heartbeat, bell.changed()).await {
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
