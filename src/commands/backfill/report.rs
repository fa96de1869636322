//! Reports the progress of a run: a line of JSON for each element, a progress bar or a line every few seconds, and at the end the
//! totals and why elements failed.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::commands::exit::Exit;
use crate::core::backfill::{ElementRecord, Explanation, Totals};
use crate::core::delivery::{Facts, Failure, FailureKind, Note, State, duration_in_words};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::{count, one_line};
use crate::output::printer::Printer;
use crate::output::{json, text};

use super::render::Invalid;

/// How often a bar is drawn.
const FRAME: Duration = Duration::from_millis(100);
/// How often a line is printed if no bar can be drawn.
const LINE: Duration = Duration::from_secs(5);
/// How many invalid elements are shown with their findings.
const FINDINGS_SHOWN: usize = 5;
/// How many kinds of failures are explained at the end.
const EXPLAINED: usize = 3;

/// Why a run stops before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Ctrl-C or a similar signal.
    Signal,
    /// This many failures in a row.
    Failures(u32),
    /// The receiver requests a longer pause than a run waits.
    Wait(Duration),
    /// The ledger cannot be written.
    Unrecorded,
}

/// An element that ended, or waits for another attempt.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) record: ElementRecord,
    pub(super) notes: Vec<Note>,
    /// What is wrong with an element that is invalid.
    pub(super) findings: Vec<Diagnostic>,
}

impl Ended {
    pub(super) fn invalid(element: u64, invalid: Invalid, repeated: bool) -> Self {
        let Invalid { id, failure, findings } = invalid;
        let unsent = ElementRecord::unsent(element, State::NotSent, Some(failure));
        Self { findings, ..ElementRecord { id, repeated, ..unsent }.into() }
    }
}

impl From<ElementRecord> for Ended {
    fn from(record: ElementRecord) -> Self {
        Self { record, notes: Vec::new(), findings: Vec::new() }
    }
}

/// Reports the progress of a run, and counts results.
pub(super) struct Report<'p> {
    pub(super) printer: &'p mut Printer,
    is_json: bool,
    run: Option<i64>,
    pub(super) totals: Totals,
    /// How many elements are selected, once known.
    pub(super) selected: Option<u64>,
    /// How many had ended before this session.
    before: u64,
    explanations: BTreeMap<String, Explanation>,
    /// Notes about responses: how many responses have each, and the first one.
    notes: BTreeMap<&'static str, (u64, Note)>,
    findings: usize,
    /// How many elements with each failure were shown with their findings.
    listed: BTreeMap<String, u64>,
    has_output_failed: bool,
    has_failed_to_record: bool,
    is_stopping: bool,
    lines: String,
    start: Instant,
    shown: Instant,
}

impl<'p> Report<'p> {
    pub(super) fn new(
        printer: &'p mut Printer,
        is_json: bool,
        run: Option<i64>,
        totals: Totals,
        selected: Option<u64>,
    ) -> Self {
        Self {
            printer,
            is_json,
            run,
            before: totals.ended(),
            totals,
            selected,
            explanations: BTreeMap::new(),
            notes: BTreeMap::new(),
            findings: 0,
            listed: BTreeMap::new(),
            has_output_failed: false,
            has_failed_to_record: false,
            is_stopping: false,
            lines: String::new(),
            start: Instant::now(),
            shown: Instant::now(),
        }
    }

    /// The highest exit code of all elements, including those of earlier sessions.
    pub(super) fn exit(&self) -> Exit {
        exit(&self.totals).max(if self.has_output_failed { Exit::Output } else { Exit::Success })
    }

    /// An element is about to be sent again.
    pub(super) fn resend(&mut self, before: Option<&ElementRecord>, repeated: bool) {
        match before {
            Some(ElementRecord { state, failure, repeated, .. }) => {
                if let Some(state) = state {
                    self.totals.remove(*state, failure.as_deref());
                }
                self.totals.repeated = self.totals.repeated.saturating_sub(u64::from(*repeated));
            }
            None if repeated => self.totals.remove(State::InDoubt, None),
            None => {}
        }
    }

    /// Keeps the explanation of the first failure of each kind; returns it if it is the first.
    pub(super) fn explain_failure(
        &mut self,
        failure: &str,
        explain: impl FnOnce() -> Option<Explanation>,
    ) -> Option<&Explanation> {
        if self.explanations.contains_key(failure) {
            return None;
        }
        Some(self.explanations.entry(failure.to_owned()).or_insert(explain()?))
    }

    pub(super) fn ended(&mut self, Ended { record, notes, findings }: Ended) {
        let Some(state) = record.state else { return };
        self.totals.add(state, record.failure.as_deref(), 1);
        self.totals.repeated += u64::from(record.repeated);
        if self.is_json {
            let notes: Vec<&str> = notes.iter().map(|note| note.kind.name()).collect();
            self.lines.push_str(&json::backfill_element_json(self.run, &record, &notes));
        }
        for note in notes {
            self.notes.entry(note.kind.name()).or_insert((0, note)).0 += 1;
        }
        if !findings.is_empty() {
            self.findings += 1;
            match self.findings.cmp(&(FINDINGS_SHOWN + 1)) {
                Ordering::Less => {
                    let id = record.id.map_or(String::new(), |id| format!(" (id `{}`)", one_line(&id)));
                    self.printer.status(&format!("element {}{id} cannot be sent:", record.element));
                    self.printer.findings(&findings);
                    *self.listed.entry(record.failure.unwrap_or_default()).or_default() += 1;
                }
                Ordering::Equal => self.printer.status("further invalid elements are only counted"),
                Ordering::Greater => {}
            }
        }
    }

    /// Prints warnings, each one as a finding of its own.
    pub(super) fn warn(&mut self, warnings: Vec<Diagnostic>) {
        for warning in warnings {
            self.printer.findings(&[warning]);
        }
    }

    pub(super) fn paused(&mut self, wait: Duration, unreported: u64) {
        let more = match unreported {
            0 => String::new(),
            number => format!(" (and {} before that)", counted(number, "time")),
        };
        let wait = duration_in_words(wait);
        self.printer.status(&format!("the receiver requests a pause: continuing in {wait}{more}"));
    }

    pub(super) fn stopping(&mut self, why: Stop) {
        // A second signal ends the program at once, and must not leave a bar behind.
        self.is_stopping = true;
        self.printer.end_progress();
        let (message, help) = match why {
            Stop::Signal => {
                self.printer.clear_echo();
                let text = "stopping: waiting for requests in progress; press Ctrl-C again to quit now";
                return self.printer.status(text);
            }
            Stop::Failures(number) => (
                format!("{} in a row: stopping the run", counted(number.into(), "failure")),
                "use `--stop-after N` to allow more, or 0 for any number",
            ),
            Stop::Wait(wait) => (
                format!("the receiver requests a pause of {}: stopping the run", duration_in_words(wait)),
                "resume the run after that time",
            ),
            Stop::Unrecorded => return,
        };
        self.printer.error(None, &message, &[help.to_owned()]);
    }

    /// The ledger cannot be written. Reported once, as each further write is likely to fail.
    pub(super) fn unrecorded(&mut self, problem: &str) {
        if !std::mem::replace(&mut self.has_failed_to_record, true) {
            let message = format!("{problem}: results are not recorded; stopping the run");
            self.printer.error(None, &message, &["fix the problem, then resume the run".to_owned()]);
        }
    }

    /// An element has no text to write to the `--failed-to` file: a row that is not a valid element, or bytes that are not text.
    pub(super) fn not_written(&mut self, element: u64) {
        self.printer.status(&format!("element {element} cannot be written to the `--failed-to` file"));
    }

    /// The `--failed-to` file cannot be written.
    pub(super) fn output_failed(&mut self, problem: Diagnostic) {
        self.has_output_failed = true;
        let help = match self.run {
            Some(run) => format!(
                "the file contains the elements before that; `hooks backfill show {run} --status failed,in_doubt,not_sent` lists all"
            ),
            None => "the file contains the elements before that".to_owned(),
        };
        self.printer.findings(&[problem.help(help)]);
    }

    /// Prints the lines of the elements that ended, and the progress if that is due.
    pub(super) fn show(&mut self) {
        if !self.lines.is_empty() {
            self.printer.data(&std::mem::take(&mut self.lines));
        }
        let has_bar = self.printer.can_show_progress();
        if self.is_stopping || self.shown.elapsed() < if has_bar { FRAME } else { LINE } {
            return;
        }
        self.shown = Instant::now();
        let (ended, failed, took) = (self.totals.ended(), self.totals.not_delivered(), self.start.elapsed());
        let speed = text::backfill_speed(ended, self.selected, failed, took, self.before);
        if has_bar {
            self.printer.progress(ended, self.selected, &speed);
        } else {
            let of = self.selected.map_or(String::new(), |selected| format!(" of {selected}"));
            self.printer.status(&format!("{ended}{of}, {speed}"));
        }
    }

    /// Prints how often each warning applied.
    pub(super) fn count_warnings(&mut self, warnings: &BTreeMap<&'static str, u64>) {
        self.show();
        self.printer.end_progress();
        for (code, number) in warnings.iter().filter(|(_, number)| **number > 1) {
            self.printer.warning(&format!("{code} applies to {}", counted(*number, "element")));
        }
    }

    /// Prints the totals and why elements failed. `reason` is why the run ended, as in JSON.
    pub(super) fn summarize(&mut self, reason: &'static str) {
        let style = if self.is_json { self.printer.style_err() } else { self.printer.style() };
        let summary = text::backfill_summary(&self.totals, style);
        if self.is_json {
            self.printer.result(&json::backfill_end_json(reason, self.run, &self.totals), &summary);
        } else {
            self.printer.result(&summary, &summary);
        }
        // The summary must not be lost if standard output is closed.
        if (self.is_json || self.printer.is_out_closed()) && !self.printer.is_out_failed() {
            summary.lines().for_each(|line| self.printer.status(line));
        }
        self.explain();
    }

    /// Explains the most frequent failures, once each. A failure is skipped if all its elements were listed.
    pub(super) fn explain(&mut self) {
        let listed = |name: &str| self.listed.get(name).copied().unwrap_or_default();
        let mut failures = self.totals.by_frequency();
        failures.retain(|(name, number)| listed(name) < *number);
        for (name, number) in failures.iter().take(EXPLAINED) {
            let elements = counted(*number, "element");
            if *name == FailureKind::AnswerGone.name() {
                let elements = counted(*number, "answer");
                self.printer.warning(&format!(
                    "{elements} not sent: no longer in the account, or no longer matching the filters"
                ));
                continue;
            }
            match (self.explanations.get(*name), listed(name)) {
                (_, listed @ 1..) => {
                    self.printer.error(Some(name), &format!("{elements}, {listed} of them shown above"), &[]);
                }
                (Some(Explanation { what, next, .. }), _) => {
                    let message = format!("{elements}, first error: {what}");
                    self.printer.error(Some(name), &message, std::slice::from_ref(next));
                }
                (None, _) => self.printer.error(Some(name), &elements, &[]),
            }
        }
        if let Some(others) = failures.get(EXPLAINED..).filter(|others| !others.is_empty()) {
            let others: Vec<String> =
                others.iter().map(|(name, number)| format!("{name} ({number})")).collect();
            self.printer.status(&format!("other failures: {}", others.join(", ")));
        }
        for (number, Note { what, next, .. }) in self.notes.values() {
            let message = format!("{}, first warning: {what} {next}", counted(*number, "response"));
            self.printer.warning(&message);
        }
    }
}

/// A number and its noun: `2 elements`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

/// Explains why an element cannot be sent.
pub(super) fn explain_invalid(Invalid { failure, findings, .. }: &Invalid) -> Option<Explanation> {
    let (what, next) = if let Some(first) = findings.first() {
        (first.message.clone(), first.helps.first().cloned())
    } else {
        let failure = Failure::new(FailureKind::of_element(failure)?, &Facts::default());
        (failure.what, Some(failure.next))
    };
    let next = next.unwrap_or_else(|| "fix the element and send it again".to_owned());
    Some(Explanation { what, next, response: None })
}

/// The highest exit code of all elements.
pub(super) fn exit(totals: &Totals) -> Exit {
    let unreached = totals.in_doubt + totals.not_sent.saturating_sub(totals.invalid());
    match totals {
        _ if unreached > 0 => Exit::NotDelivered,
        _ if totals.invalid() > totals.filtered() + totals.gone() => Exit::Unusable,
        _ if totals.not_delivered() > totals.gone() => Exit::No,
        _ => Exit::Success,
    }
}
