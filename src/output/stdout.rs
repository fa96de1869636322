//! Prints parts of the answer on a thread of its own: one who reads them slowly, or not at all, holds up the printing and
//! nothing else.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often is looked whether there is room for a part, or all is printed.
pub const LOOK: Duration = Duration::from_millis(2);
const WAITING: usize = 2;

#[derive(Debug)]
pub struct Stdout {
    /// None once no more parts are taken.
    to: Option<SyncSender<String>>,
    printing: JoinHandle<io::Result<()>>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    is_closed: AtomicBool,
    unprinted: AtomicUsize,
}

impl Stdout {
    /// Starts the thread; `print` prints a part.
    pub(super) fn start(print: impl Fn(&str) -> io::Result<()> + Send + 'static) -> io::Result<Self> {
        let (to, from) = sync_channel::<String>(WAITING);
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        let printing = std::thread::Builder::new().spawn(move || {
            let printed = from.iter().try_for_each(|text| {
                print(&text)?;
                own.unprinted.fetch_sub(1, Ordering::AcqRel);
                Ok(())
            });
            own.is_closed.store(true, Ordering::Release);
            printed
        })?;
        Ok(Self { to: Some(to), printing, shared })
    }

    pub fn try_print(&self, text: String) -> Result<(), String> {
        self.shared.unprinted.fetch_add(1, Ordering::AcqRel);
        let sent = self.to.as_ref().map(|to| to.try_send(text));
        if let Some(Ok(())) = sent {
            return Ok(());
        }
        self.shared.unprinted.fetch_sub(1, Ordering::AcqRel);
        match sent {
            Some(Err(TrySendError::Full(text))) => Err(text),
            _ => Ok(()),
        }
    }

    /// Whether nobody reads any more.
    pub fn is_closed(&self) -> bool {
        self.shared.is_closed.load(Ordering::Acquire)
    }

    pub fn is_idle(&self) -> bool {
        self.is_closed() || self.shared.unprinted.load(Ordering::Acquire) == 0
    }

    /// Whether all is printed of what came, or nobody reads any more.
    pub fn is_over(&self) -> bool {
        self.printing.is_finished()
    }

    pub fn close(&mut self) {
        self.to = None;
    }

    /// The result, if all is printed that still can be; else nobody reads it, and it is not waited for.
    pub(super) fn end(mut self) -> Option<io::Result<()>> {
        self.close();
        if !self.is_over() {
            return None;
        }
        Some(self.printing.join().unwrap_or(Ok(())))
    }
}
