//! Reports what happens: a line of JSON for each element, a bar or a line every few seconds, and totals at the end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::commands::context::Context;
use crate::commands::exit::Exit;
use crate::core::backfill::{ElementRecord, Explanation, Totals};
use crate::core::delivery::{Facts, Failure, FailureKind, Note, State, duration_in_words};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::{count, one_line};
use crate::output::{json, text};

use super::input::Invalid;

/// How often a bar is drawn.
const FRAME: Duration = Duration::from_millis(100);
/// How often a line is printed where there is no bar.
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
    /// So many failures in a row.
    Failures(u32),
    /// The receiver asks to wait for longer than a run waits.
    Wait(Duration),
    /// The ledger cannot be written.
    Unrecorded,
}

/// An element that ended, or waits for another attempt.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) record: ElementRecord,
    /// The first failure of its kind.
    pub(super) explanation: Option<Explanation>,
    pub(super) notes: Vec<Note>,
    /// If no request can be made of it: what is wrong, as far as that is a finding.
    pub(super) findings: Option<Vec<Diagnostic>>,
}

impl Ended {
    pub(super) fn waiting(record: ElementRecord) -> Self {
        Self { record, explanation: None, notes: Vec::new(), findings: None }
    }

    pub(super) fn invalid(element: u64, invalid: Invalid) -> Self {
        let Invalid { id, failure, findings } = invalid;
        let record = ElementRecord { id, ..ElementRecord::unsent(element, State::NotSent, Some(failure)) };
        Self { findings: Some(findings), ..Self::waiting(record) }
    }
}

/// What is printed on standard error.
#[derive(Debug)]
enum Message {
    Status(String),
    Error(String, String),
    Findings(Vec<Diagnostic>),
    Stopping,
}

/// Reports what happens, and counts.
#[derive(Debug)]
pub(super) struct Report {
    is_json: bool,
    run: Option<i64>,
    pub(super) totals: Totals,
    /// How many elements are selected, once known.
    pub(super) selected: Option<u64>,
    /// How many had ended before.
    before: u64,
    explanations: BTreeMap<String, Explanation>,
    /// What else is to be known of responses: of how many, and the first of it.
    notes: BTreeMap<&'static str, (u64, Note)>,
    findings: usize,
    has_output_failed: bool,
    has_failed_to_record: bool,
    is_stopping: bool,
    lines: String,
    messages: Vec<Message>,
    start: Instant,
    shown: Instant,
}

impl Report {
    pub(super) fn new(is_json: bool, run: Option<i64>, totals: Totals, selected: Option<u64>) -> Self {
        Self {
            is_json,
            run,
            before: totals.ended(),
            totals,
            selected,
            explanations: BTreeMap::new(),
            notes: BTreeMap::new(),
            findings: 0,
            has_output_failed: false,
            has_failed_to_record: false,
            is_stopping: false,
            lines: String::new(),
            messages: Vec::new(),
            start: Instant::now(),
            shown: Instant::now(),
        }
    }

    /// The highest exit code of all elements, those of earlier sessions included.
    pub(super) fn exit(&self) -> Exit {
        let own = if self.has_output_failed { Exit::Output } else { Exit::Success };
        exit(&self.totals).max(own)
    }

    pub(super) fn has_output(&self) -> bool {
        !(self.lines.is_empty() && self.messages.is_empty())
    }

    pub(super) fn is_explained(&self, failure: &str) -> bool {
        self.explanations.contains_key(failure)
    }

    /// An element is about to be sent again.
    pub(super) fn again(&mut self, before: Option<&ElementRecord>, repeated: bool) {
        match before {
            Some(ElementRecord { state: Some(state), failure, .. }) => {
                self.totals.remove(*state, failure.as_deref());
            }
            None if repeated => self.totals.remove(State::InDoubt, None),
            _ => {}
        }
    }

    /// An element ended.
    pub(super) fn ended(&mut self, Ended { record, explanation, notes, findings }: Ended) {
        let Some(state) = record.state else { return };
        let failure = record.failure.as_deref();
        self.totals.add(state, failure, 1);
        self.totals.repeated += u64::from(record.repeated);
        let explained = explanation.or_else(|| explain_invalid(failure?, findings.as_deref()?));
        if let (Some(name), Some(explanation)) = (failure, explained) {
            self.explanations.entry(name.to_owned()).or_insert(explanation);
        }
        if self.is_json {
            let notes: Vec<&str> = notes.iter().map(|note| note.kind.name()).collect();
            self.lines.push_str(&json::backfill_element_json(self.run, &record, &notes));
        }
        for note in notes {
            self.notes.entry(note.kind.name()).or_insert((0, note)).0 += 1;
        }
        if let Some(findings) = findings.filter(|findings| !findings.is_empty()) {
            self.findings += 1;
            match self.findings.cmp(&(FINDINGS_SHOWN + 1)) {
                std::cmp::Ordering::Less => {
                    let id = record.id.map_or(String::new(), |id| format!(" (id `{}`)", one_line(&id)));
                    self.status(format!("element {}{id} cannot be sent:", record.element));
                    self.messages.push(Message::Findings(findings));
                }
                std::cmp::Ordering::Equal => self.status("more elements have problems like these".to_owned()),
                std::cmp::Ordering::Greater => {}
            }
        }
    }

    fn status(&mut self, text: String) {
        self.messages.push(Message::Status(text));
    }

    pub(super) fn warn(&mut self, warnings: Vec<Diagnostic>) {
        self.messages.extend(warnings.into_iter().map(|warning| Message::Findings(vec![warning])));
    }

    pub(super) fn paused(&mut self, wait: Duration, unreported: u64) {
        let more = match unreported {
            0 => String::new(),
            number => format!(" (and {} before that)", counted(number, "time")),
        };
        let wait = duration_in_words(wait);
        self.status(format!("the receiver asks to wait: continuing in {wait}{more}"));
    }

    pub(super) fn stopping(&mut self, why: Stop) {
        self.is_stopping = true;
        self.messages.push(match why {
            Stop::Signal => Message::Stopping,
            Stop::Failures(number) => Message::Error(
                format!("{} in a row: stopping the run", counted(number.into(), "failure")),
                "use `--stop-after N` to allow more, or 0 for any number".to_owned(),
            ),
            Stop::Wait(wait) => Message::Error(
                format!("the receiver asks to wait for {}: stopping the run", duration_in_words(wait)),
                "resume the run after that time".to_owned(),
            ),
            Stop::Unrecorded => return,
        });
    }

    /// The ledger cannot be written. Reported once, as each further write is likely to fail.
    pub(super) fn unrecorded(&mut self, problem: &str) {
        if !std::mem::replace(&mut self.has_failed_to_record, true) {
            self.messages.push(Message::Error(
                format!("{problem}: results are not recorded; stopping the run"),
                "fix the problem, then resume the run".to_owned(),
            ));
        }
    }

    /// An element has no text to write to the file of `--failed-to`: a row that is not a valid element, or bytes that are not text.
    pub(super) fn not_written(&mut self, element: u64) {
        self.status(format!("element {element} cannot be written to the `--failed-to` file"));
    }

    /// The file of `--failed-to` cannot be written.
    pub(super) fn output_failed(&mut self, problem: Diagnostic) {
        self.has_output_failed = true;
        let help = match self.run {
            Some(run) => format!(
                "the file has the elements before that; `hooks backfill show {run} --status failed,in_doubt,not_sent` lists all"
            ),
            None => "the file has the elements before that".to_owned(),
        };
        self.messages.push(Message::Findings(vec![problem.help(help)]));
    }

    /// Prints what is to be printed by now.
    pub(super) fn print(&mut self, cx: &mut Context) {
        for message in std::mem::take(&mut self.messages) {
            match message {
                Message::Status(text) => cx.printer.status(&text),
                Message::Error(message, help) => cx.printer.error(None, &message, &[help]),
                Message::Findings(findings) => cx.printer.findings(&findings),
                Message::Stopping => {
                    cx.printer.clear_echo();
                    cx.printer.end_progress();
                    cx.printer
                        .status("stopping: waiting for requests in progress; press Ctrl-C again to quit now");
                }
            }
        }
        if !self.lines.is_empty() {
            cx.printer.data(&std::mem::take(&mut self.lines));
        }
        // A second signal ends the program at once, and must not leave a bar behind.
        if self.is_stopping {
            cx.printer.end_progress();
            return;
        }
        let has_bar = cx.printer.can_show_progress();
        if self.shown.elapsed() < if has_bar { FRAME } else { LINE } {
            return;
        }
        self.shown = Instant::now();
        let (ended, bad, took) = (self.totals.ended(), self.totals.not_delivered(), self.start.elapsed());
        let speed = text::backfill_speed(ended, self.selected, bad, took, self.before);
        if has_bar {
            cx.printer.progress(ended, self.selected, &speed);
        } else {
            let of = self.selected.map_or(String::new(), |selected| format!(" of {selected}"));
            cx.printer.status(&format!("{ended}{of}, {speed}"));
        }
    }

    /// Prints the totals and why elements failed. `reason` is the name of why the run ended.
    pub(super) fn sum_up(&mut self, cx: &mut Context, reason: &'static str) {
        self.print(cx);
        cx.printer.end_progress();
        let style = if self.is_json { cx.printer.style_err() } else { cx.printer.style() };
        let summary = text::backfill_summary(&self.totals, style);
        if self.is_json {
            cx.printer.result(&json::backfill_end_json(reason, self.run, &self.totals), &summary);
        } else {
            cx.printer.result(&summary, &summary);
        }
        // The summary must not be lost if standard output is closed.
        if (self.is_json || cx.printer.is_out_closed()) && !cx.printer.is_out_failed() {
            summary.lines().for_each(|line| cx.printer.status(line));
        }
        self.explain(cx);
    }

    /// Explains the most frequent failures, once each.
    pub(super) fn explain(&self, cx: &mut Context) {
        let failures = self.totals.by_frequency();
        for (name, number) in failures.iter().take(EXPLAINED) {
            let elements = counted(*number, "element");
            match self.explanations.get(*name) {
                Some(Explanation { what, next, .. }) => {
                    let message = format!("{elements}, the first: {what}");
                    cx.printer.error(Some(name), &message, std::slice::from_ref(next));
                }
                None => cx.printer.error(Some(name), &elements, &[]),
            }
        }
        if let Some(others) = failures.get(EXPLAINED..).filter(|others| !others.is_empty()) {
            let others: Vec<String> =
                others.iter().map(|(name, number)| format!("{name} ({number})")).collect();
            cx.printer.status(&format!("other failures: {}", others.join(", ")));
        }
        for (number, Note { what, next, .. }) in self.notes.values() {
            cx.printer.warning(&format!("{}, the first: {what} {next}", counted(*number, "response")));
        }
    }
}

/// A number and its noun: `2 elements`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

/// Explains why an element cannot be sent.
fn explain_invalid(failure: &str, findings: &[Diagnostic]) -> Option<Explanation> {
    let (what, next) = if let Some(first) = findings.first() {
        let next = first.helps.first().cloned();
        (first.message.clone(), next.unwrap_or_else(|| "fix the element and send it again".to_owned()))
    } else {
        let Failure { what, next, .. } = Failure::new(FailureKind::of_element(failure)?, &Facts::default());
        (what, next)
    };
    Some(Explanation { what, next, response: None })
}

/// The highest exit code of all elements.
pub(super) fn exit(totals: &Totals) -> Exit {
    let unreached = totals.in_doubt + totals.not_sent.saturating_sub(totals.invalid());
    match totals {
        _ if unreached > 0 => Exit::NotDelivered,
        _ if totals.invalid() > totals.filtered() => Exit::Unusable,
        _ if totals.not_delivered() > 0 => Exit::No,
        _ => Exit::Success,
    }
}
