//! The elements of a run: read from a file when they are needed, or from a stream or an event as they arrive.

use std::future::pending;
use std::sync::Arc;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::commands::error::{Error, Result, failed};
use crate::core::account::AccountFailure;
use crate::core::backfill::Selection;
use crate::core::diagnostic::Diagnostic;
use crate::core::text::Source;
use crate::io::account::AccountEvent;
use crate::io::files::{Elements, Item};

/// The text of an element, or why it is missing.
pub(super) type Text = std::result::Result<Arc<Source>, NoText>;

/// Why an element has no text.
#[derive(Debug, Clone)]
pub(super) enum NoText {
    Invalid(Diagnostic),
    /// The account no longer has the answer.
    Gone,
}

/// An element of the input.
#[derive(Debug)]
pub(super) struct InputElement {
    /// Its number in the run, from 1: its position in a file or stream.
    pub(super) number: u64,
    /// The `id` of an RSVP answer in the account, which a delivery does not contain.
    pub(super) answer: Option<String>,
    pub(super) text: Text,
    /// To print once, such as how the columns of a stream are used.
    pub(super) note: Option<Diagnostic>,
}

impl InputElement {
    /// In place of an answer that is gone.
    pub(super) fn gone(number: u64, id: &str) -> Self {
        Self { number, answer: Some(id.to_owned()), text: Err(NoText::Gone), note: None }
    }
}

/// What was read from the input.
#[derive(Debug)]
pub(super) enum Arrival {
    Element(Box<InputElement>),
    /// An answer of the run that is no longer listed, or that the filters now exclude.
    Gone {
        number: u64,
        id: Arc<str>,
    },
    /// The number of the event's answers that are unknown to the run.
    New(u64),
    /// A report of the account's client.
    Account(AccountEvent),
}

/// Why no more can be read.
#[derive(Debug)]
pub(super) enum ReadError {
    Input(Diagnostic),
    /// The input is not the one that the run read before.
    Changed(Diagnostic),
    Account(AccountFailure),
}

impl From<Diagnostic> for ReadError {
    fn from(finding: Diagnostic) -> Self {
        Self::Input(finding)
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Input(finding) | ReadError::Changed(finding) => finding.into(),
            ReadError::Account(failure) => failure.into(),
        }
    }
}

impl ReadError {
    /// The end reason of a run, as in JSON.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Input(_) | Self::Changed(_) => "bad-input",
            Self::Account(_) => "account",
        }
    }
}

/// What was read, or why no more can be read.
pub(super) type Read = std::result::Result<Arrival, ReadError>;

/// The next item of the input.
pub(super) enum InputItem {
    Arrival(Arrival),
    /// A stream has nothing yet.
    Later,
    End,
}

pub(super) enum Input {
    File(Numbered),
    /// Reading it may block, so a thread does it.
    Stream {
        from: Receiver<Read>,
        next: Option<Box<Read>>,
        is_over: bool,
    },
}

/// The elements of a file or stream with their numbers, up to the last that is selected.
pub(super) struct Numbered {
    elements: Box<Elements>,
    is_stream: bool,
    number: u64,
    last: u64,
}

impl Numbered {
    pub(super) fn new(elements: Elements, is_stream: bool, selection: Selection) -> Self {
        Self { elements: Box::new(elements), is_stream, number: 0, last: selection.last() }
    }
}

impl Iterator for Numbered {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        if self.number == self.last {
            return None;
        }
        let read = self.elements.next()?;
        self.number += 1;
        // The prescan of a file has the note.
        let is_stream = self.is_stream;
        let element = |Item { text, note, .. }| InputElement {
            number: self.number,
            answer: None,
            text: text.map_err(NoText::Invalid),
            note: note.filter(|_| is_stream),
        };
        Some(read.map(|item| Arrival::Element(Box::new(element(item)))).map_err(ReadError::from))
    }
}

impl Input {
    /// Reads on a thread, up to `ahead` elements in advance.
    pub(super) fn stream(ahead: usize, read: impl FnOnce(Sender<Read>) + Send + 'static) -> Result<Self> {
        let (to, from) = channel(ahead);
        // The thread may wait for input forever; the program does not wait for the thread.
        let reading = std::thread::Builder::new().spawn(move || read(to));
        reading.map_err(|error| failed("cannot start a thread", &error))?;
        Ok(Self::Stream { from, next: None, is_over: false })
    }

    /// The next item, without waiting for it.
    pub(super) fn next(&mut self) -> std::result::Result<InputItem, ReadError> {
        let read = match self {
            Self::File(elements) => elements.next(),
            Self::Stream { from, next, .. } => {
                match next.take().map_or_else(|| from.try_recv(), |next| Ok(*next)) {
                    Ok(read) => Some(read),
                    Err(TryRecvError::Empty) => return Ok(InputItem::Later),
                    Err(TryRecvError::Disconnected) => None,
                }
            }
        };
        Ok(read.transpose()?.map_or(InputItem::End, InputItem::Arrival))
    }

    /// Waits for the next item; none at the end.
    pub(super) fn next_blocking(&mut self) -> std::result::Result<Option<Arrival>, ReadError> {
        match self {
            Self::File(elements) => elements.next().transpose(),
            Self::Stream { from, .. } => from.blocking_recv().transpose(),
        }
    }

    /// Ready once a stream has more, or ended; never for a file.
    pub(super) async fn arrival(&mut self) {
        match self {
            Self::Stream { from, next: next @ None, is_over: is_over @ false } => {
                *next = from.recv().await.map(Box::new);
                *is_over = next.is_none();
            }
            _ => pending().await,
        }
    }
}
