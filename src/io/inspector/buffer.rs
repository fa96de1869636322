//! The newest documents, for the list and the event stream.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use crate::core::received::Ring;

/// The newest documents with their numbers, bounded in number and in size.
pub(super) struct Buffer {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

struct State {
    documents: Ring<(u64, Bytes)>,
    /// The number of the newest document that was dropped.
    dropped: u64,
    last: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// Newer documents: a batch of them.
    News(Vec<(u64, Bytes)>),
    Nothing,
    /// Newer documents, of which some were already dropped.
    Lost,
}

/// The most bytes of documents in a batch, unless one alone is larger.
const BATCH: usize = 256 * 1024;

impl Buffer {
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        let state = State { documents: Ring::new(most, most_bytes), dropped: 0, last: 0 };
        Self { state: Mutex::new(state), changed: watch::Sender::new(()) }
    }

    pub(super) fn push(&self, id: u64, document: Bytes) {
        let mut state = self.state();
        state.last = id;
        let length = document.len();
        if let Some((id, _)) = state.documents.push((id, document), length) {
            state.dropped = id;
        }
        drop(state);
        self.changed.send_replace(());
    }

    /// All documents, and the number of the newest.
    pub(super) fn all(&self) -> (Vec<Bytes>, u64) {
        let state = self.state();
        (state.documents.iter().map(|(_, document)| document.clone()).collect(), state.last)
    }

    /// What was added after the document with this number.
    pub(super) fn since(&self, id: u64) -> Since {
        let state = self.state();
        if id < state.dropped || id > state.last {
            return Since::Lost;
        }
        let mut bytes = 0;
        let fits = |(_, document): &&(u64, Bytes)| {
            let is_first = bytes == 0;
            bytes += document.len();
            is_first || bytes <= BATCH
        };
        let unseen = state.documents.iter().skip_while(|(own, _)| *own <= id);
        let news: Vec<_> = unseen.take_while(fits).cloned().collect();
        if news.is_empty() { Since::Nothing } else { Since::News(news) }
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// A thread that panics with the lock leaves the state consistent.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(since: Since) -> Vec<u64> {
        match since {
            Since::News(news) => news.into_iter().map(|(id, _)| id).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_reader_gets_each_document_once_and_learns_of_a_loss() {
        let buffer = Buffer::new(3, 1000);
        assert_eq!(buffer.since(0), Since::Nothing);
        for id in 1..=3 {
            buffer.push(id, Bytes::from("x"));
        }
        assert_eq!(ids(buffer.since(0)), [1, 2, 3]);
        assert_eq!(ids(buffer.since(2)), [3]);
        assert_eq!(buffer.since(3), Since::Nothing);
        buffer.push(4, Bytes::from("x"));
        assert_eq!(buffer.since(0), Since::Lost);
        assert_eq!(ids(buffer.since(1)), [2, 3, 4]);
        assert_eq!(buffer.since(5), Since::Lost);
        assert_eq!((buffer.all().0.len(), buffer.all().1), (3, 4));
    }

    #[test]
    fn a_batch_is_limited_unless_one_document_is_larger() {
        let buffer = Buffer::new(100, usize::MAX);
        let half = Bytes::from(vec![b' '; BATCH / 2]);
        for id in 1..=3 {
            buffer.push(id, half.clone());
        }
        buffer.push(4, Bytes::from(vec![b' '; BATCH + 1]));
        assert_eq!(ids(buffer.since(0)), [1, 2]);
        assert_eq!(ids(buffer.since(2)), [3]);
        assert_eq!(ids(buffer.since(3)), [4]);
    }
}
