//! The order to stop: first no new ones, then nothing at all.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Why a run stops before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// Ctrl-C, or the like.
    Interrupted,
    /// So many failures in a row.
    Failures(u32),
    /// The receiver asks to wait for longer than a run waits.
    Wait(Duration),
    /// What happens can no longer be recorded.
    Unrecorded,
}

/// The name in JSON of how a run ended: why it was stopped, if it was, and whether its input could be read to the end.
pub(super) fn reason(why: Option<&Why>, is_whole: bool) -> &'static str {
    match why {
        Some(Why::Interrupted) => "signal",
        Some(Why::Failures(_)) => "failures",
        Some(Why::Wait(_)) => "retry_after",
        Some(Why::Unrecorded) => "unrecorded",
        None if is_whole => "done",
        None => "bad_input",
    }
}

/// The order to stop.
#[derive(Debug, Default)]
pub(super) struct Stop {
    level: AtomicU8,
    /// Woken when no new ones begin, and again when nothing goes on.
    told: Notify,
    why: Mutex<Option<Why>>,
    /// Whether everybody has been told of everything, so that there is nothing left to stop.
    is_over: AtomicBool,
}

impl Stop {
    /// Lets none begin from now on; says whether that is news.
    pub(super) fn begin_none(&self, why: Why) -> bool {
        let is_news = self.level.fetch_max(1, Ordering::SeqCst) == 0;
        if is_news {
            *self.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        }
        self.told.notify_waiters();
        is_news
    }

    /// Gives up those under way.
    pub(super) fn at_once(&self) {
        self.level.fetch_max(2, Ordering::SeqCst);
        self.told.notify_waiters();
    }

    /// Whether none begins any more.
    pub(super) fn is_on(&self) -> bool {
        self.level.load(Ordering::SeqCst) > 0
    }

    /// Whether those under way are given up.
    pub(super) fn is_at_once(&self) -> bool {
        self.level.load(Ordering::SeqCst) > 1
    }

    /// Why, if so.
    pub(super) fn why(&self) -> Option<Why> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says that there is nothing left to stop.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.told.notify_waiters();
    }

    /// Ready when there is nothing left to stop.
    pub(super) async fn is_over(&self) {
        self.until(|own| own.is_over.load(Ordering::SeqCst)).await;
    }

    /// Ready when none begins any more.
    pub(super) async fn none_begins(&self) {
        self.reaches(1).await;
    }

    /// Ready when those under way are given up.
    pub(super) async fn all_ends(&self) {
        self.reaches(2).await;
    }

    async fn reaches(&self, level: u8) {
        self.until(|own| own.level.load(Ordering::SeqCst) >= level).await;
    }

    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        loop {
            let mut told = std::pin::pin!(self.told.notified());
            // From here on it is woken, so that nothing is missed between the look and the wait.
            told.as_mut().enable();
            if is_so(self) {
                return;
            }
            told.await;
        }
    }
}
