//! Reads the input of a run in order, and selects the elements that remain to be sent.

use std::collections::VecDeque;

use crate::commands::api::show_event;
use crate::core::backfill::{ElementRecord, Selection};
use crate::core::request::PreparedRequest;
use crate::io::history::HistoryError;
use crate::output::printer::Printer;

use super::input::{Arrival, Input, InputElement, InputItem, ReadError, Text};
use super::ledger::Ledger;

/// An element to send, or being sent.
pub(super) struct Job {
    /// The position in the input, from 1.
    pub(super) element: u64,
    /// None once it is no longer needed.
    pub(super) text: Option<Text>,
    /// None before it is rendered, and while it is sent.
    pub(super) request: Option<PreparedRequest>,
    /// The `id` of an RSVP answer in the account, which a delivery does not contain.
    pub(super) answer: Option<String>,
    pub(super) id: Option<String>,
    pub(super) attempts: u32,
    /// Whether it was in doubt before.
    pub(super) repeated: bool,
    /// Its record before it is sent, if it has one.
    pub(super) before: Option<ElementRecord>,
}

impl Job {
    fn new(element: InputElement, before: Option<ElementRecord>, repeated: bool) -> Self {
        let InputElement { number, answer, text, .. } = element;
        let id = answer.clone();
        Self { element: number, text: Some(text), request: None, answer, id, attempts: 0, repeated, before }
    }

    /// Its size in memory, roughly.
    pub(super) fn bytes(&self) -> usize {
        let text = self.text.as_ref().and_then(|text| text.as_ref().ok());
        text.map_or(0, |text| text.text().len()) + self.request.as_ref().map_or(0, |own| own.body.len())
    }
}

/// The next item of the reader.
pub(super) enum Selected {
    Job(Box<Job>),
    /// An element that is not sent, or not yet.
    Skipped,
    /// Nothing now.
    Nothing,
}

pub(super) struct Reader {
    input: Input,
    selection: Selection,
    /// The last element that was read.
    read_to: u64,
    /// Elements to be sent, once the input is known to be the same as before.
    selected: VecDeque<Box<Job>>,
    is_ended: bool,
    /// How many elements the input has, once known.
    pub(super) elements: Option<u64>,
    /// How many answers would be sent again, but are no longer in the account.
    pub(super) gone: u64,
    /// How many answers of the event are new to the run.
    pub(super) new: u64,
    /// Why nothing more can be read.
    pub(super) read_error: Option<ReadError>,
}

impl Reader {
    pub(super) fn new(input: Input, selection: Selection, elements: Option<u64>) -> Self {
        Self {
            input,
            selection,
            read_to: 0,
            selected: VecDeque::new(),
            is_ended: false,
            elements,
            gone: 0,
            new: 0,
            read_error: None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.selected.is_empty() && (self.is_ended || self.read_error.is_some())
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
        match self.read(ledger) {
            Ok(Some(arrival)) => {
                self.take(arrival, ledger, printer)?;
                Ok(Selected::Skipped)
            }
            Ok(None) => Ok(Selected::Nothing),
            Err(read_error) => {
                self.read_error = Some(read_error);
                if !ledger.is_same_input() {
                    self.selected.clear();
                }
                Ok(Selected::Nothing)
            }
        }
    }

    /// The next item of the input, compared with what earlier sessions read; none if nothing has arrived.
    fn read(&mut self, ledger: &mut Ledger) -> Result<Option<Arrival>, ReadError> {
        if self.is_ended || self.read_error.is_some() {
            return Ok(None);
        }
        match self.input.next()? {
            InputItem::Arrival(arrival) => {
                if let Arrival::Element(element) = &arrival {
                    self.read_to = self.read_to.max(element.number);
                    ledger.compare(&element.text).map_err(ReadError::Changed)?;
                }
                Ok(Some(arrival))
            }
            InputItem::Later => Ok(None),
            InputItem::End => {
                ledger.end_input().map_err(ReadError::Changed)?;
                self.is_ended = true;
                self.elements = self.elements.or(Some(self.read_to));
                Ok(None)
            }
        }
    }

    fn take(&mut self, arrival: Arrival, ledger: &Ledger, printer: &mut Printer) -> Result<(), HistoryError> {
        match arrival {
            Arrival::Element(mut element) => {
                printer.findings(element.note.take().as_slice());
                if let Some((before, repeated)) = self.wanted(element.number, ledger)? {
                    self.selected.push_back(Box::new(Job::new(*element, before, repeated)));
                }
            }
            Arrival::Gone { number, id } => match self.wanted(number, ledger)? {
                // An element that may have been received, or was rejected, keeps its record.
                Some((Some(ElementRecord { state: Some(_), .. }), _)) => self.gone += 1,
                Some((before, repeated)) => {
                    let element = InputElement::gone(number, &id);
                    self.selected.push_back(Box::new(Job::new(element, before, repeated)));
                }
                None => {}
            },
            Arrival::New(new) => self.new = new,
            Arrival::Account(event) => show_event(printer, event),
        }
        Ok(())
    }

    fn wanted(
        &self,
        number: u64,
        ledger: &Ledger,
    ) -> Result<Option<(Option<ElementRecord>, bool)>, HistoryError> {
        if self.selection.contains(number) { ledger.wanted(number) } else { Ok(None) }
    }
}
