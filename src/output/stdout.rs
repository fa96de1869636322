//! Standard output that a slow reader does not block: text waits in memory until another thread has printed it.

use std::io;
use std::sync::Arc;

use tokio::task::JoinHandle;

/// With more bytes than this waiting, no more should be added.
const MOST_WAITING: usize = 64 * 1024;

type Print = dyn Fn(&str) -> io::Result<()> + Send + Sync;

#[expect(missing_debug_implementations, reason = "it holds a function")]
pub struct Stdout {
    print: Arc<Print>,
    waiting: String,
    printing: Option<JoinHandle<io::Result<()>>>,
    result: io::Result<()>,
}

impl Stdout {
    /// `print` prints a text.
    pub(super) fn new(print: impl Fn(&str) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { print: Arc::new(print), waiting: String::new(), printing: None, result: Ok(()) }
    }

    /// The text to print next, to be extended.
    pub fn text(&mut self) -> &mut String {
        &mut self.waiting
    }

    pub fn is_full(&self) -> bool {
        self.printing.is_some() && self.waiting.len() >= MOST_WAITING
    }

    /// Whether printing has failed, for example because the pipe was closed.
    pub fn is_closed(&self) -> bool {
        self.result.is_err()
    }

    /// Prints, and is ready once a part is printed; never ready if there is nothing to print. Can be dropped at any time.
    pub async fn progress(&mut self) {
        if self.is_closed() {
            self.waiting.clear();
        }
        if self.printing.is_none() && !self.waiting.is_empty() {
            let (print, text) = (Arc::clone(&self.print), std::mem::take(&mut self.waiting));
            self.printing = Some(tokio::task::spawn_blocking(move || print(&text)));
        }
        match &mut self.printing {
            Some(printing) => {
                self.result = printing.await.unwrap_or_else(|panic| Err(io::Error::other(panic)));
                self.printing = None;
            }
            None => std::future::pending().await,
        }
    }

    /// Ready once everything is printed that can be.
    pub async fn finish(&mut self) {
        while self.printing.is_some() || !(self.waiting.is_empty() || self.is_closed()) {
            self.progress().await;
        }
    }

    /// The result; none if not everything is printed.
    pub(super) fn into_result(self) -> Option<io::Result<()>> {
        let is_over = self.printing.is_none() && (self.waiting.is_empty() || self.is_closed());
        is_over.then_some(self.result)
    }
}
