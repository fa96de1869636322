//! The elements of a run in their order: of a file when they are needed, of a stream as they arrive.

use std::future::pending;
use std::sync::Arc;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, channel};

use crate::commands::args::DataArgs;
use crate::commands::error::{Result, failed};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::Source;
use crate::io::files::{Elements, InputFormat, Item};

/// The text of an element, or what is wrong with it.
pub(super) type Text = std::result::Result<Arc<Source>, Diagnostic>;

/// An element that was read, or why no more can be read.
type Read = std::result::Result<Item, Diagnostic>;

/// What comes next of the input.
pub(super) enum InputItem {
    Element(Box<Item>),
    /// A stream has nothing yet.
    Later,
    End,
}

pub(super) enum Input {
    File(Box<Elements>),
    /// Standard input or a pipe: reading it may block, so a thread does it.
    Stream {
        from: Receiver<Read>,
        next: Option<Box<Read>>,
        is_over: bool,
    },
}

impl Input {
    /// How many elements of a stream are read ahead.
    const AHEAD: usize = 16;

    pub(super) fn open(data: &DataArgs, format: InputFormat, is_stream: bool) -> Result<Self> {
        let elements = match data.path() {
            Some(path) => Elements::open(path, format)?,
            None => Elements::stdin(format),
        };
        if !is_stream {
            return Ok(Self::File(Box::new(elements)));
        }
        let (to, from) = channel(Self::AHEAD);
        // The thread may wait for input for ever; the program does not wait for the thread.
        let reading = std::thread::Builder::new().spawn(move || {
            for read in elements {
                if to.blocking_send(read).is_err() {
                    return;
                }
            }
        });
        reading.map_err(|error| failed("cannot start a thread", &error))?;
        Ok(Self::Stream { from, next: None, is_over: false })
    }

    pub(super) fn is_stream(&self) -> bool {
        matches!(self, Self::Stream { .. })
    }

    /// The next element, without waiting for it.
    pub(super) fn next(&mut self) -> std::result::Result<InputItem, Diagnostic> {
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
        Ok(read.transpose()?.map_or(InputItem::End, |item| InputItem::Element(Box::new(item))))
    }

    /// The next element, whenever it arrives; none at the end.
    pub(super) fn next_blocking(&mut self) -> std::result::Result<Option<Item>, Diagnostic> {
        match self {
            Self::File(elements) => elements.next().transpose(),
            Self::Stream { from, .. } => from.blocking_recv().transpose(),
        }
    }

    /// Ready once a stream has another element, or ended; never for a file.
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
