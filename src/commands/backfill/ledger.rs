//! The record of a run in the history: which elements remain to be sent, whether the input is unchanged, and the result of each
//! element.

use crate::core::backfill::{ElementRecord, Explanation, Fingerprint, Run};
use crate::core::delivery::State;
use crate::core::diagnostic::Diagnostic;
use crate::io::history::{Batch, History, HistoryError, RunLock};

use super::input::Text;

pub(super) struct Ledger {
    run: i64,
    /// None if nothing is recorded.
    history: Option<(History, RunLock)>,
    with_failed: bool,
    /// The high-water mark of earlier sessions.
    earlier_to: u64,
    /// The high-water mark as it is recorded.
    started_to: u64,
    /// The SHA-256 of the elements that were read, if that of the whole input is not known in advance.
    fingerprint: Option<Fingerprint>,
    read_to: u64,
    /// The first elements of the input must have this fingerprint before anything is sent.
    prefix_to: u64,
    prefix: String,
    is_same_input: bool,
    /// Explanations of failures that are not recorded yet.
    explanations: Vec<(String, Explanation)>,
}

impl Ledger {
    /// The ledger of a new or resumed run; `with_failed` includes the elements that failed. The input is compared element by element
    /// if the fingerprint of the whole file is not known.
    pub(super) fn new(run: &Run, history: Option<(History, RunLock)>, with_failed: bool) -> Self {
        let is_known = run.parameters.input.is_some() || run.parameters.event.is_some();
        Self {
            run: run.id,
            history,
            with_failed,
            earlier_to: run.started_to,
            started_to: run.started_to,
            fingerprint: (!is_known).then(Fingerprint::default),
            read_to: 0,
            prefix_to: run.prefix_to,
            prefix: run.prefix.clone(),
            is_same_input: is_known || run.prefix_to == 0,
            explanations: Vec::new(),
        }
    }

    /// The number of the run; none if nothing is recorded.
    pub(super) fn run(&self) -> Option<i64> {
        self.history.is_some().then_some(self.run)
    }

    pub(super) fn history(&self) -> Option<&History> {
        self.history.as_ref().map(|(history, _)| history)
    }

    pub(super) fn started_to(&self) -> u64 {
        self.started_to
    }

    pub(super) fn earlier_to(&self) -> u64 {
        self.earlier_to
    }

    /// Whether the input is known to be the same, so that elements may be sent.
    pub(super) fn is_same_input(&self) -> bool {
        self.is_same_input
    }

    /// Compares the next element with what earlier sessions read.
    pub(super) fn compare(&mut self, text: &Text) -> Result<(), Diagnostic> {
        self.read_to += 1;
        let Some(fingerprint) = &mut self.fingerprint else { return Ok(()) };
        fingerprint.add(text.as_ref().ok().map(|text| text.text()));
        if self.is_same_input || self.read_to != self.prefix_to {
            return Ok(());
        }
        self.is_same_input = fingerprint.current() == self.prefix;
        if self.is_same_input {
            return Ok(());
        }
        Err(changed(&format!("the first {} elements are not the same", self.read_to), self.earlier_to))
    }

    /// Refuses an input that ends before it has been compared.
    pub(super) fn end_input(&self) -> Result<(), Diagnostic> {
        if self.is_same_input {
            return Ok(());
        }
        let message = format!("it had at least {} elements, now it has {}", self.prefix_to, self.read_to);
        Err(changed(&message, self.earlier_to))
    }

    /// Whether to send an element. If so, its record, if any, and whether it may have been received before.
    pub(super) fn wanted(&self, element: u64) -> Result<Option<(Option<ElementRecord>, bool)>, HistoryError> {
        let Some(history) = self.history().filter(|_| element <= self.earlier_to) else {
            return Ok(Some((None, false)));
        };
        let Some(record) = history.element(self.run, element)? else { return Ok(Some((None, true))) };
        let is_in_doubt = record.state == Some(State::InDoubt);
        let is_wanted = match record.state {
            None | Some(State::InDoubt) => true,
            Some(State::Delivered) => false,
            Some(State::Failed | State::NotSent) => self.with_failed,
        };
        let repeated = is_in_doubt || record.repeated;
        Ok(is_wanted.then_some((Some(record), repeated)))
    }

    /// The explanation is recorded with the next batch.
    pub(super) fn explain(&mut self, failure: &str, explanation: &Explanation) {
        if self.history.is_some() {
            self.explanations.push((failure.to_owned(), explanation.clone()));
        }
    }

    /// Records these elements, the new high-water mark, and the number of elements once it is known.
    pub(super) fn record(
        &mut self,
        records: Vec<&ElementRecord>,
        started_to: u64,
        elements: Option<u64>,
    ) -> Result<(), HistoryError> {
        if let Some((history, _)) = &self.history {
            // The fingerprint of another input is not recorded.
            let fingerprint = self.fingerprint.as_ref().filter(|_| self.is_same_input);
            let prefix = fingerprint.map(|own| (self.read_to, own.current()));
            history.record(
                self.run,
                &Batch { records, started_to, elements, prefix, explanations: &self.explanations },
            )?;
            self.explanations.clear();
        }
        self.started_to = started_to;
        Ok(())
    }
}

/// The input has changed since the run began, and its first `started_to` elements may have been sent.
pub(super) fn changed(how: &str, started_to: u64) -> Diagnostic {
    Diagnostic::error("input-changed", format!("the input has changed since the run began: {how}")).help(format!(
        "resume with the same input, or start a new run (`--skip {started_to}` skips the elements that this run may have sent)"
    ))
}
