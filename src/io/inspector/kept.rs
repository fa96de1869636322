//! The documents that are kept, and what is new since one of them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

/// The last documents, oldest first, bounded in number and in size.
pub(super) struct Kept {
    shelf: Mutex<Shelf>,
    /// Says that something is new.
    bell: watch::Sender<()>,
    most: usize,
    most_bytes: usize,
}

#[derive(Default)]
struct Shelf {
    documents: VecDeque<(u64, Bytes)>,
    bytes: usize,
    /// The number of the newest that is gone.
    gone: u64,
    /// The number of the newest that came.
    last: u64,
}

/// What came after a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// These, a handful at a time, with their numbers.
    News(Vec<(u64, Bytes)>),
    /// Nothing yet.
    Nothing,
    /// Some of what came is gone already.
    Lost,
}

/// The most bytes of documents that are handed out at once, unless one alone is larger.
const HANDFUL: usize = 256 * 1024;

impl Kept {
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        Self { shelf: Mutex::default(), bell: watch::Sender::new(()), most, most_bytes }
    }

    /// Puts a document in; the oldest go until there is room. The newest is always kept.
    pub(super) fn push(&self, id: u64, document: Bytes) {
        let mut shelf = self.shelf();
        shelf.bytes += document.len();
        shelf.last = id;
        shelf.documents.push_back((id, document));
        while shelf.documents.len() > 1
            && (shelf.documents.len() > self.most || shelf.bytes > self.most_bytes)
        {
            if let Some((id, document)) = shelf.documents.pop_front() {
                shelf.bytes -= document.len();
                shelf.gone = id;
            }
        }
        drop(shelf);
        self.bell.send_replace(());
    }

    /// All that is kept, and the number of the newest that came.
    pub(super) fn all(&self) -> (Vec<Bytes>, u64) {
        let shelf = self.shelf();
        (shelf.documents.iter().map(|(_, document)| document.clone()).collect(), shelf.last)
    }

    /// What came after the document of this number.
    pub(super) fn since(&self, id: u64) -> Since {
        let shelf = self.shelf();
        if id < shelf.gone || id > shelf.last {
            return Since::Lost;
        }
        let start = shelf.documents.partition_point(|(own, _)| *own <= id);
        let mut bytes = 0;
        let news: Vec<_> = shelf
            .documents
            .range(start..)
            .take_while(|(_, document)| {
                let is_first = bytes == 0;
                bytes += document.len();
                is_first || bytes <= HANDFUL
            })
            .cloned()
            .collect();
        if news.is_empty() { Since::Nothing } else { Since::News(news) }
    }

    /// Rings when something new has come.
    pub(super) fn bell(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    /// A thread that panicked while it held the lock has left nothing half done.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn a_reader_gets_each_document_once_and_is_told_when_one_is_lost() {
        let kept = Kept::new(3, 1000);
        assert_eq!(kept.since(0), Since::Nothing);
        for id in 1..=3 {
            kept.push(id, Bytes::from("x"));
        }
        assert_eq!(ids(kept.since(0)), [1, 2, 3]);
        assert_eq!(ids(kept.since(2)), [3]);
        assert_eq!(kept.since(3), Since::Nothing);
        kept.push(4, Bytes::from("x"));
        assert_eq!(kept.since(0), Since::Lost);
        assert_eq!(ids(kept.since(1)), [2, 3, 4]);
        assert_eq!(kept.since(5), Since::Lost);
        assert_eq!((kept.all().0.len(), kept.all().1), (3, 4));
    }

    #[test]
    fn large_documents_push_the_others_out_and_the_newest_is_always_kept() {
        let kept = Kept::new(3, 10);
        kept.push(1, Bytes::from("12345"));
        kept.push(2, Bytes::from("123456"));
        assert_eq!(kept.all().0, ["123456"]);
        kept.push(3, Bytes::from("12345678901"));
        assert_eq!(kept.all().0, ["12345678901"]);
        kept.push(4, Bytes::from("1"));
        assert_eq!(kept.all().0, ["1"]);
    }

    #[test]
    fn a_handful_is_bounded_unless_one_alone_is_larger() {
        let kept = Kept::new(100, usize::MAX);
        let half = Bytes::from(vec![b' '; HANDFUL / 2]);
        for id in 1..=3 {
            kept.push(id, half.clone());
        }
        kept.push(4, Bytes::from(vec![b' '; HANDFUL + 1]));
        assert_eq!(ids(kept.since(0)), [1, 2]);
        assert_eq!(ids(kept.since(2)), [3]);
        assert_eq!(ids(kept.since(3)), [4]);
    }
}
