//! Carries what the places have to be written down to the scribe, a group at a time: all that gathers while one
//! group is written is the next. To hand over each entry by itself would be two calls to the system each, to wake
//! the scribe and to be woken.

use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, mpsc, oneshot};

use super::scribe::Entry;

/// To the scribe, and back: whether the group was written.
pub(super) struct Way {
    pub(super) scribe: Sender<Vec<Entry>>,
    pub(super) written: mpsc::UnboundedReceiver<bool>,
}

/// What gathers to be written down.
#[derive(Default)]
pub(super) struct Messenger {
    gathered: Mutex<Gathered>,
    /// Woken when there is something to carry, or nothing more will come.
    called: Notify,
    /// Woken when the last is carried.
    ended: Notify,
}

#[derive(Default)]
struct Gathered {
    entries: Vec<Entry>,
    /// Who waits for them.
    waiting: Vec<oneshot::Sender<bool>>,
    is_last: bool,
}

impl Messenger {
    /// Has something written down, in its turn.
    pub(super) fn send(&self, entry: Entry) {
        self.gather(entry, None);
    }

    /// Has something written down; ready when it is, and false when it could not be.
    pub(super) async fn written(&self, entry: Entry) -> bool {
        let (done, written) = oneshot::channel();
        self.gather(entry, Some(done));
        written.await.unwrap_or(false)
    }

    fn gather(&self, entry: Entry, waiting: Option<oneshot::Sender<bool>>) {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        gathered.entries.push(entry);
        gathered.waiting.extend(waiting);
        drop(gathered);
        self.called.notify_one();
    }

    /// Carries groups until [`end`](Self::end) is called.
    pub(super) async fn carry(&self, mut way: Way) {
        loop {
            self.called.notified().await;
            // All others that are ready have their turn first: what they have to say goes along.
            tokio::task::yield_now().await;
            let Gathered { entries, waiting, is_last } =
                std::mem::take(&mut *self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
            if !entries.is_empty() {
                // The scribe writes for as long as there is a messenger.
                let is_sent = way.scribe.send(entries).is_ok();
                let is_written = is_sent && way.written.recv().await.unwrap_or(false);
                for waits in waiting {
                    // One who was given up no longer waits.
                    let _ = waits.send(is_written);
                }
            }
            if is_last {
                self.ended.notify_one();
                return;
            }
        }
    }

    /// Waits until all is carried; nothing more may come.
    pub(super) async fn end(&self) {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner).is_last = true;
        self.called.notify_one();
        self.ended.notified().await;
    }
}
