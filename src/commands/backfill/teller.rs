//! Tells what happens: a line of JSON for each element, a bar or a line every few seconds, and at the end what
//! became of all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::commands::context::Context;
use crate::commands::exit::Exit;
use crate::core::diagnostic::Diagnostic;
use crate::core::exchange::{ElementFault, State, duration_in_words};
use crate::core::record::Reason;
use crate::core::run::{Account, INTERRUPTED, Tally};
use crate::core::text::{count, one_line};
use crate::output::stdout::{LOOK, Stdout};
use crate::output::text;

use super::pauses::Pauses;
use super::scribe::{Ended, Report};
use super::stop::{Stop, Why};

/// How often a bar is drawn anew.
const FRAME: Duration = Duration::from_millis(100);
/// How often a line is printed where there is no bar.
const LINE: Duration = Duration::from_secs(5);
/// How many lines that cannot be sent are shown with what is wrong with them.
const FINDINGS_SHOWN: usize = 5;
/// How many kinds of failures are explained at the end.
const EXPLAINED: usize = 3;

/// Tells what happens, and counts.
pub(super) struct Teller {
    is_json: bool,
    /// The number of the run, if it is recorded.
    run: Option<i64>,
    has_bar: bool,
    before: Option<Arc<Account>>,
    pub(super) tally: Tally,
    pub(super) all: Option<u64>,
    /// How many lines had ended before.
    since: u64,
    repeated: u64,
    reasons: BTreeMap<String, Reason>,
    /// What else was to be known of answers, of how many, and the first of it.
    notes: BTreeMap<String, (u64, Reason)>,
    pauses: Pauses,
    findings: usize,
    pub(super) highest: Exit,
    start: Instant,
    told: Instant,
}

impl Teller {
    pub(super) fn new(
        cx: &Context,
        is_json: bool,
        run: Option<i64>,
        before: Option<Arc<Account>>,
        all: Option<u64>,
    ) -> Self {
        let tally = before.as_ref().map(|before| before.tally().clone()).unwrap_or_default();
        let repeated = before.as_ref().map_or(0, |before| before.repeated());
        Self {
            is_json,
            run,
            has_bar: cx.printer.can_show_progress(),
            // What is in doubt is sent again, so it has not come to its end.
            since: tally.all(),
            before,
            tally,
            all,
            repeated,
            reasons: BTreeMap::new(),
            notes: BTreeMap::new(),
            pauses: Pauses::default(),
            findings: 0,
            highest: Exit::Success,
            start: Instant::now(),
            told: Instant::now(),
        }
    }

    /// Listens until nobody has anything more to say.
    pub(super) fn listen(&mut self, cx: &mut Context, from: &Receiver<Vec<Report>>, stop: &Stop) {
        // On a terminal a bar may stand below the lines: they take turns.
        let mut stdout = (!cx.printer.is_out_terminal()).then(|| cx.printer.stdout().ok()).flatten();
        loop {
            match from.recv_timeout(FRAME) {
                Ok(reports) => {
                    let mut lines = String::new();
                    for report in reports.into_iter().chain(from.try_iter().take(64).flatten()) {
                        self.take(cx, report, &mut lines);
                    }
                    match &stdout {
                        _ if lines.is_empty() => {}
                        Some(stdout) => hand_over(stdout, lines, stop),
                        None => cx.printer.data(&lines),
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.show_progress(cx);
        }
        cx.printer.end_progress();
        if let Some(stdout) = &mut stdout {
            stdout.close();
            while !stdout.is_over() && !stop.is_at_once() {
                std::thread::sleep(LOOK);
            }
        }
        if stdout.is_some_and(|stdout| !cx.printer.end_stdout(stdout)) {
            cx.printer.warning("not all lines are printed: nobody reads them");
        }
    }

    fn take(&mut self, cx: &mut Context, report: Report, lines: &mut String) {
        match report {
            Report::Ended(ended) => self.ended(cx, *ended, lines),
            Report::Warned(warning) => cx.printer.findings(&[warning]),
            Report::Stopping(why) => tell_of_stop(cx, &why),
            Report::Paused { at, wait } => {
                if let Some(words) = self.pauses.tell(at, wait) {
                    cx.printer.status(&words);
                }
            }
            Report::Unrecorded(words) => {
                let message = format!("{words}: what happens is not recorded; no new ones begin");
                cx.printer.error(None, &message, &["`--resume` goes on once there is room again".to_owned()]);
            }
        }
    }

    /// Counts a line that ended, and tells of it.
    pub(super) fn ended(&mut self, cx: &mut Context, ended: Ended, lines: &mut String) {
        let Ended { line, id, ending, repeated, reason, notes, findings, is_unusable } = ended;
        let failure = ending.failure.as_deref();
        let before = self.before.as_ref().and_then(|own| Some((own.state(line)?, own.failure(line))));
        self.tally.change(before, (ending.state, failure));
        let was_repeated = self.before.as_ref().is_some_and(|own| own.is_repeated(line));
        self.repeated += u64::from(repeated && !was_repeated);
        self.highest = self.highest.max(exit(ending.state, failure, is_unusable));
        if let Some(reason) = reason.or_else(|| explained(failure?, &findings)) {
            self.reasons.entry(reason.name.clone()).or_insert(reason);
        }
        if self.is_json {
            let notes: Vec<&str> = notes.iter().map(|note| note.name.as_str()).collect();
            lines.push_str(&text::run_line_json(self.run, line, id.as_deref(), &ending, &notes, repeated));
        }
        for note in notes {
            self.notes.entry(note.name.clone()).or_insert((0, note)).0 += 1;
        }
        if !findings.is_empty() {
            self.findings += 1;
            match self.findings.cmp(&(FINDINGS_SHOWN + 1)) {
                std::cmp::Ordering::Less => {
                    let id = id.map_or(String::new(), |id| format!(" (id `{}`)", one_line(&id)));
                    cx.printer.status(&format!("element {line}{id} cannot be sent:"));
                    cx.printer.findings(&findings);
                }
                std::cmp::Ordering::Equal => cx.printer.status("… and more elements like these"),
                std::cmp::Ordering::Greater => {}
            }
        }
    }

    fn show_progress(&mut self, cx: &mut Context) {
        let pause = if self.has_bar { FRAME } else { LINE };
        if self.told.elapsed() < pause {
            return;
        }
        self.told = Instant::now();
        let (done, bad, took) = (self.tally.all(), self.tally.not_delivered(), self.start.elapsed());
        if self.has_bar {
            cx.printer.progress(done, self.all, &text::run_speed(done, self.all, bad, took, self.since));
        } else {
            cx.printer.status(&text::run_progress(done, self.all, bad, took, self.since));
        }
    }

    /// How many lines it has not come to, as far as that is known.
    pub(super) fn pending(&self) -> Option<u64> {
        Some(self.all?.saturating_sub(self.tally.all()))
    }

    /// What became of all, and why what failed did. `reason` is the name of why it ended.
    pub(super) fn sum_up(&self, cx: &mut Context, reason: &'static str) {
        if let Some(words) = self.pauses.untold() {
            cx.printer.status(&words);
        }
        let style = if self.is_json { cx.printer.style_err() } else { cx.printer.style() };
        let summary = text::run_summary(&self.tally, self.pending(), self.repeated, style);
        if self.is_json {
            let end = text::run_end_json(reason, self.run, &self.tally, self.pending(), self.repeated);
            cx.printer.result(&end, &summary);
        } else {
            cx.printer.result(&summary, &summary);
        }
        // The summary must not be lost if standard output is closed.
        if (self.is_json || cx.printer.is_out_closed()) && !cx.printer.is_out_failed() {
            summary.lines().for_each(|line| cx.printer.status(line));
        }
        self.explain(cx);
    }

    /// Why what failed did: the most frequent reasons, once each.
    pub(super) fn explain(&self, cx: &mut Context) {
        let failures = self.tally.by_frequency();
        for (name, number) in failures.iter().take(EXPLAINED) {
            let lines = count(usize::try_from(*number).unwrap_or(usize::MAX), "element");
            match self.reasons.get(*name) {
                Some(reason) => {
                    let message = format!("{lines}, the first: {}", reason.what);
                    cx.printer.error(Some(name), &message, std::slice::from_ref(&reason.next));
                }
                None => cx.printer.error(Some(name), &lines, &[]),
            }
        }
        if let Some(others) = failures.get(EXPLAINED..).filter(|others| !others.is_empty()) {
            let others: Vec<String> =
                others.iter().map(|(name, number)| format!("{name} ({number})")).collect();
            cx.printer.status(&format!("other failures: {}", others.join(", ")));
        }
        for (number, Reason { what, next, .. }) in self.notes.values() {
            let answers = count(usize::try_from(*number).unwrap_or(usize::MAX), "answer");
            cx.printer.warning(&format!("{answers}, the first: {what} {next}"));
        }
    }
}

/// Has lines printed. While nobody reads them the run waits, until it is to end at once.
fn hand_over(stdout: &Stdout, mut lines: String, stop: &Stop) {
    while let Err(left) = stdout.try_print(lines) {
        if stop.is_at_once() {
            return;
        }
        lines = left;
        std::thread::sleep(LOOK);
    }
}

fn tell_of_stop(cx: &mut Context, why: &Why) {
    match why {
        Why::Interrupted => {
            cx.printer.clear_echo();
            cx.printer.status(
                "stopping: no new ones begin, those under way come to their end; Ctrl-C again ends at once",
            );
        }
        Why::Failures(number) => {
            let message = format!("{} in a row: the run stops", count(*number as usize, "failure"));
            cx.printer.error(
                None,
                &message,
                &["`--stop-after N` sets another number, 0 goes on whatever happens".to_owned()],
            );
        }
        Why::Wait(wait) => {
            let message =
                format!("the receiver asks to wait for {}: the run stops", duration_in_words(*wait));
            cx.printer.error(None, &message, &["go on with it then".to_owned()]);
        }
        // That it cannot be recorded has been said already.
        Why::Unrecorded => {}
    }
}

/// Why a line that cannot be sent cannot be.
fn explained(failure: &str, findings: &[Diagnostic]) -> Option<Reason> {
    if let Some(first) = findings.first() {
        let next = first.helps.first().cloned().unwrap_or_else(|| "mend it, and send it again".to_owned());
        return Some(Reason { name: failure.to_owned(), what: first.message.clone(), next });
    }
    let (what, next) = ElementFault::parse(failure)?.sentences();
    Some(Reason { name: failure.to_owned(), what: what.to_owned(), next: next.to_owned() })
}

/// The exit code of one line.
fn exit(state: State, failure: Option<&str>, is_unusable: bool) -> Exit {
    match state {
        State::Delivered => Exit::Success,
        _ if is_unusable && matches!(failure, Some("prokey-filter" | "no-prokey")) => Exit::No,
        _ if is_unusable => Exit::Unusable,
        _ if failure == Some(INTERRUPTED) => Exit::Interrupted,
        State::Failed => Exit::No,
        State::InDoubt | State::NotSent => Exit::NotDelivered,
    }
}
