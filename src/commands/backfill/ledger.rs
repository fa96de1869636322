//! The ledger of a run, and what earlier sessions recorded in it: which elements are still to be sent, and whether the input is the same.

use std::collections::VecDeque;

use crate::core::backfill::{ElementRecord, Fingerprint, Run};
use crate::core::delivery::State;
use crate::core::diagnostic::Diagnostic;
use crate::io::history::{History, HistoryError, RunLock};

/// The code of the finding that the input has changed.
pub(super) const INPUT_CHANGED: &str = "input-changed";

/// The ledger of the run, held against other programs.
pub(super) struct Ledger {
    pub(super) history: History,
    pub(super) run: i64,
    pub(super) _lock: Option<RunLock>,
}

/// What earlier sessions of a run recorded; nothing for a new run.
#[derive(Debug, Default)]
pub(super) struct Previous {
    /// The high-water mark of the last session.
    started_to: u64,
    with_failed: bool,
    /// The first elements of the input must have this fingerprint before anything is sent.
    prefix_to: u64,
    prefix: String,
    is_compared: bool,
    /// The next records, in their order.
    page: VecDeque<ElementRecord>,
    is_last_page: bool,
}

impl Previous {
    /// A new run.
    pub(super) fn none() -> Self {
        Self { is_compared: true, ..Self::default() }
    }

    /// A run to resume, with the elements that failed or without them. The input is compared element by element if the
    /// fingerprint of the whole file is not known.
    pub(super) fn of(run: &Run, with_failed: bool) -> Self {
        Self {
            started_to: run.started_to,
            with_failed,
            prefix_to: run.prefix_to,
            prefix: run.prefix.clone(),
            is_compared: run.parameters.input.is_some() || run.prefix_to == 0,
            ..Self::default()
        }
    }

    /// Whether the input is known to be the same, so that elements may be sent.
    pub(super) fn is_compared(&self) -> bool {
        self.is_compared
    }

    /// Compares the input up to an element. Returns the problem if it has changed.
    pub(super) fn compare(&mut self, element: u64, fingerprint: &Fingerprint) -> Option<Diagnostic> {
        if self.is_compared || element != self.prefix_to {
            return None;
        }
        self.is_compared = fingerprint.current() == self.prefix;
        (!self.is_compared).then(|| changed(&format!("the first {element} elements are not the same")))
    }

    /// The problem if the input ends after so many elements.
    pub(super) fn missing(&self, elements: u64) -> Option<Diagnostic> {
        let message = || format!("it had at least {} elements and has {elements}", self.prefix_to);
        (!self.is_compared).then(|| changed(&message()))
    }

    /// Whether an element is to be sent. If so, its record if it has one, and whether it may have been received before.
    /// Called for each element in turn.
    pub(super) fn wanted(
        &mut self,
        ledger: Option<&Ledger>,
        element: u64,
    ) -> Result<Option<(Option<ElementRecord>, bool)>, HistoryError> {
        if element > self.started_to {
            return Ok(Some((None, false)));
        }
        let Some(record) = self.record(ledger, element)? else { return Ok(Some((None, true))) };
        Ok(match record.state {
            None => Some((Some(record), false)),
            Some(State::InDoubt) => Some((Some(record), true)),
            Some(State::Delivered) => None,
            Some(State::Failed | State::NotSent) => self.with_failed.then_some((Some(record), false)),
        })
    }

    fn record(
        &mut self,
        ledger: Option<&Ledger>,
        element: u64,
    ) -> Result<Option<ElementRecord>, HistoryError> {
        const PAGE: usize = 1000;
        if self.page.is_empty() && !self.is_last_page {
            let Some(Ledger { history, run, .. }) = ledger else { return Ok(None) };
            self.page = history.records_after(*run, element - 1, PAGE)?.into();
            self.is_last_page = self.page.len() < PAGE;
        }
        Ok(if self.page.front().is_some_and(|record| record.element == element) {
            self.page.pop_front()
        } else {
            None
        })
    }
}

/// That the input has changed since the run began.
pub(super) fn changed(how: &str) -> Diagnostic {
    Diagnostic::error(INPUT_CHANGED, format!("the input has changed since the run began: {how}"))
        .help("resume with the same input, or start a new run, with `--skip N` to skip the first elements")
}
