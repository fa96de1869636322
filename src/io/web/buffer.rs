//! The newest documents, for the list and the event stream.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::core::received::Ring;

/// The newest documents with their numbers from 1, bounded in number and in size.
pub(super) struct Buffer {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

struct State {
    documents: Ring<(u64, Arc<str>)>,
    /// The number of the newest document that was dropped.
    dropped: u64,
    last: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next document.
    Document(u64, Arc<str>),
    Nothing,
    /// Newer documents, of which some were already dropped.
    Lost,
}

impl Buffer {
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        let state = State { documents: Ring::new(most, most_bytes), dropped: 0, last: 0 };
        Self { state: Mutex::new(state), changed: watch::Sender::new(()) }
    }

    pub(super) fn push(&self, document: Arc<str>) {
        let mut state = self.state();
        state.last += 1;
        let (id, length) = (state.last, document.len());
        if let Some((id, _)) = state.documents.push((id, document), length) {
            state.dropped = id;
        }
        drop(state);
        self.changed.send_replace(());
    }

    /// All documents, and the number of the newest.
    pub(super) fn all(&self) -> (Vec<Arc<str>>, u64) {
        let state = self.state();
        (state.documents.iter().map(|(_, document)| document.clone()).collect(), state.last)
    }

    /// What follows the document with this number.
    pub(super) fn next_after(&self, id: u64) -> Next {
        let state = self.state();
        if id < state.dropped || id > state.last {
            return Next::Lost;
        }
        let next = state.documents.iter().find(|(own, _)| *own > id);
        next.map_or(Next::Nothing, |(id, document)| Next::Document(*id, Arc::clone(document)))
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

    fn next(since: Next) -> u64 {
        match since {
            Next::Document(number, _) => number,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_reader_gets_each_document_once_and_learns_of_a_loss() {
        let buffer = Buffer::new(3, 1000);
        assert_eq!(buffer.next_after(0), Next::Nothing);
        for _ in 1..=3 {
            buffer.push("x".into());
        }
        assert_eq!([0, 1, 2].map(|after| next(buffer.next_after(after))), [1, 2, 3]);
        assert_eq!(buffer.next_after(3), Next::Nothing);
        buffer.push("x".into());
        assert_eq!(buffer.next_after(0), Next::Lost);
        assert_eq!([1, 2, 3].map(|after| next(buffer.next_after(after))), [2, 3, 4]);
        assert_eq!(buffer.next_after(5), Next::Lost);
        assert_eq!((buffer.all().0.len(), buffer.all().1), (3, 4));
    }
}
