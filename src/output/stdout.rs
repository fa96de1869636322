//! Standard output that does not block on a slow reader: text waits in memory until another thread has printed it.

use std::io;
use std::sync::mpsc;

use tokio::sync::oneshot;

/// Nothing should be added while this many bytes are waiting.
const MAX_WAITING_BYTES: usize = 64 * 1024;

#[derive(Debug)]
pub struct Stdout {
    /// Texts to print, each with the sender for its result.
    printer: mpsc::Sender<(String, oneshot::Sender<io::Result<()>>)>,
    waiting: String,
    printing: Option<oneshot::Receiver<io::Result<()>>>,
    result: io::Result<()>,
}

impl Stdout {
    /// Starts the thread, which calls `print` for each text.
    pub(super) fn start(print: impl Fn(&str) -> io::Result<()> + Send + 'static) -> io::Result<Self> {
        let (printer, texts) = mpsc::channel::<(String, oneshot::Sender<io::Result<()>>)>();
        std::thread::Builder::new().spawn(move || {
            for (text, result) in texts {
                // At the end, nothing waits for the result.
                let _ = result.send(print(&text));
            }
        })?;
        Ok(Self { printer, waiting: String::new(), printing: None, result: Ok(()) })
    }

    /// The text to print next, to be extended.
    pub fn text(&mut self) -> &mut String {
        &mut self.waiting
    }

    pub fn is_full(&self) -> bool {
        self.printing.is_some() && self.waiting.len() >= MAX_WAITING_BYTES
    }

    /// Whether printing has failed, for example because the pipe was closed.
    pub fn is_closed(&self) -> bool {
        self.result.is_err()
    }

    /// Completes once a part is printed; never if nothing is waiting. Cancel-safe.
    pub async fn progress(&mut self) {
        if self.is_closed() {
            self.waiting.clear();
        }
        if self.printing.is_none() && !self.waiting.is_empty() {
            let (sender, result) = oneshot::channel();
            // If the thread has ended, the result is an error.
            let _ = self.printer.send((std::mem::take(&mut self.waiting), sender));
            self.printing = Some(result);
        }
        match &mut self.printing {
            Some(printing) => {
                self.result = printing.await.unwrap_or_else(|no_result| Err(io::Error::other(no_result)));
                self.printing = None;
            }
            None => std::future::pending().await,
        }
    }

    /// Completes once everything is printed, or printing has failed.
    pub async fn finish(&mut self) {
        while !self.is_finished() {
            self.progress().await;
        }
    }

    fn is_finished(&self) -> bool {
        self.printing.is_none() && (self.waiting.is_empty() || self.is_closed())
    }

    /// The result; `None` if text is still waiting.
    pub(super) fn into_result(self) -> Option<io::Result<()>> {
        self.is_finished().then_some(self.result)
    }
}
