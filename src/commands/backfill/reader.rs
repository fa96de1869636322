//! Reads the input of a run in order, and finds the elements that are still to be sent.

use std::collections::VecDeque;

use crate::core::backfill::{ElementRecord, Selection};
use crate::core::diagnostic::Diagnostic;
use crate::core::request::PreparedRequest;
use crate::io::history::HistoryError;
use crate::output::printer::Printer;

use super::input::{Input, InputItem, Text};
use super::ledger::Ledger;

/// An element that is sent or about to be.
pub(super) struct Job {
    /// The position in the input, from 1.
    pub(super) element: u64,
    /// None once it is no longer needed.
    pub(super) text: Option<Text>,
    /// None before it is rendered, and while it is sent.
    pub(super) request: Option<PreparedRequest>,
    pub(super) id: Option<String>,
    pub(super) attempts: u32,
    /// Whether it was in doubt before.
    pub(super) repeated: bool,
    /// Its record before it is sent, if it has one.
    pub(super) before: Option<ElementRecord>,
}

impl Job {
    /// Its size in memory, roughly.
    pub(super) fn bytes(&self) -> usize {
        let text = self.text.as_ref().and_then(|text| text.as_ref().ok());
        text.map_or(0, |text| text.text().len()) + self.request.as_ref().map_or(0, |own| own.body.len())
    }
}

/// What the reader has next.
pub(super) enum Selected {
    Job(Box<Job>),
    /// An element that is not to be sent, or not yet.
    Skipped,
    /// Nothing now.
    Nothing,
}

pub(super) struct Reader {
    input: Input,
    selection: Selection,
    read_to: u64,
    /// Elements to be sent, once the input is known to be the same as before.
    selected: VecDeque<Box<Job>>,
    /// How many elements the input has, once its end was reached.
    pub(super) elements: Option<u64>,
    /// Why nothing more can be read.
    pub(super) trouble: Option<Diagnostic>,
}

impl Reader {
    pub(super) fn new(input: Input, selection: Selection) -> Self {
        Self { input, selection, read_to: 0, selected: VecDeque::new(), elements: None, trouble: None }
    }

    pub(super) fn is_over(&self) -> bool {
        self.selected.is_empty() && (self.elements.is_some() || self.trouble.is_some())
    }

    /// Ready once a stream has more to read, or ended.
    pub(super) async fn arrival(&mut self) {
        self.input.arrival().await;
    }

    pub(super) fn next(
        &mut self,
        ledger: &mut Ledger,
        printer: &mut Printer,
    ) -> Result<Selected, HistoryError> {
        if ledger.is_same_input()
            && let Some(job) = self.selected.pop_front()
        {
            return Ok(Selected::Job(job));
        }
        match self.read(ledger, printer) {
            Ok(Some(text)) => {
                let element = self.read_to;
                if self.selection.contains(element)
                    && let Some((before, repeated)) = ledger.wanted(element)?
                {
                    let (text, request) = (Some(text), None);
                    let job = Job { element, text, request, id: None, attempts: 0, repeated, before };
                    self.selected.push_back(Box::new(job));
                }
                Ok(Selected::Skipped)
            }
            Ok(None) => Ok(Selected::Nothing),
            Err(trouble) => {
                self.trouble = Some(trouble);
                if !ledger.is_same_input() {
                    self.selected.clear();
                }
                Ok(Selected::Nothing)
            }
        }
    }

    /// The next element of the input, compared with what earlier sessions read; none if there is none now.
    fn read(&mut self, ledger: &mut Ledger, printer: &mut Printer) -> Result<Option<Text>, Diagnostic> {
        if self.elements.is_some() || self.trouble.is_some() {
            return Ok(None);
        }
        let next = if self.read_to < self.selection.last() { self.input.next()? } else { InputItem::End };
        let item = match next {
            InputItem::Element(item) => item,
            InputItem::Later => return Ok(None),
            InputItem::End => {
                ledger.end_input()?;
                self.elements = Some(self.read_to);
                return Ok(None);
            }
        };
        self.read_to += 1;
        if let Some(note) = item.note.filter(|_| self.input.is_stream()) {
            printer.findings(&[note]);
        }
        ledger.compare(&item.text)?;
        Ok(Some(item.text))
    }
}
