//! What became of the lines of a backfill: `fire --each`, and `history runs`.

use std::time::Duration;

use serde::Serialize;

use crate::core::exchange::{State, duration_in_words, timestamp};
use crate::core::record::{DestinationKind, Reason};
use crate::core::run::{Ending, Run, Tally};
use crate::core::text::one_line;
use crate::output::style::Style;

use super::delivery::state_word;
use super::history::day_and_second;
use super::table::{rows_of, table};
use super::{VERSION, document, line};
use crate::output::json::ms;

#[derive(Serialize)]
struct Ended<'a> {
    version: u32,
    r#type: &'static str,
    run: Option<i64>,
    line: u64,
    id: Option<&'a str>,
    state: &'static str,
    attempts: u32,
    failure: Option<&'a str>,
    status: Option<u16>,
    ms: Option<f64>,
    notes: &'a [&'a str],
    repeated: bool,
}

/// How one line of a run ended, for scripts; the run has a number only where it is recorded.
pub fn run_line_json(
    run: Option<i64>,
    number: u64,
    id: Option<&str>,
    ending: &Ending,
    notes: &[&str],
    repeated: bool,
) -> String {
    line(&Ended {
        version: VERSION,
        r#type: "element",
        run,
        line: number,
        id,
        state: ending.state.as_str(),
        attempts: ending.attempts,
        failure: ending.failure.as_deref(),
        status: ending.status,
        ms: (ending.attempts > 0).then(|| ms(ending.took)),
        notes,
        repeated,
    })
}

/// How many lines stand where.
#[derive(Serialize)]
struct Counts {
    elements: Option<u64>,
    delivered: u64,
    failed: u64,
    in_doubt: u64,
    not_sent: u64,
    pending: Option<u64>,
}

impl Counts {
    fn new(elements: Option<u64>, tally: &Tally, pending: Option<u64>) -> Self {
        let Tally { delivered, failed, in_doubt, not_sent, .. } = *tally;
        Self { elements, delivered, failed, in_doubt, not_sent, pending }
    }
}

#[derive(Serialize)]
struct RunEnd {
    version: u32,
    r#type: &'static str,
    reason: &'static str,
    run: Option<i64>,
    #[serde(flatten)]
    counts: Counts,
    repeated: u64,
}

/// What became of all lines, for scripts, and why it ended: the last line.
pub fn run_end_json(
    reason: &'static str,
    run: Option<i64>,
    tally: &Tally,
    pending: Option<u64>,
    repeated: u64,
) -> String {
    line(&RunEnd {
        version: VERSION,
        r#type: "end",
        reason,
        run,
        counts: Counts::new(pending.map(|pending| tally.all() + pending), tally, pending),
        repeated,
    })
}

/// What became of all lines, for people: a row for each outcome, and their sum.
pub fn run_summary(tally: &Tally, pending: Option<u64>, repeated: u64, style: Style) -> String {
    let all = tally.all() + pending.unwrap_or_default();
    let width = all.to_string().len();
    let mut text = String::new();
    let mut row = |word: &str, number: u64, note: &str| {
        // Painted words are longer than they look.
        let gap = " ".repeat(11 - unpainted(word).len());
        text.push_str(format!("{word}{gap}{number:>width$}{note}").trim_end());
        text.push('\n');
    };
    for state in State::ALL {
        let number = tally.of(state) + if state == State::NotSent { pending.unwrap_or_default() } else { 0 };
        let word = if number == 0 { style.faint(state.in_words()) } else { state_word(state, style) };
        let note = match (state, pending) {
            (State::NotSent, Some(pending)) if pending > 0 => format!("  ({pending} of them not tried)"),
            (State::Delivered, _) if repeated > 0 => {
                format!("  ({repeated} in doubt before were sent again)")
            }
            _ => String::new(),
        };
        row(&word, number, &note);
    }
    row(&style.strong("elements"), all, if pending.is_none() { "  (as far as they were read)" } else { "" });
    text
}

fn unpainted(word: &str) -> String {
    console::strip_ansi_codes(word).into_owned()
}

/// How far a run is, on one line: `120 of 10000, 3 not delivered, 812/s, 12 s left`.
pub fn run_progress(done: u64, all: Option<u64>, not_delivered: u64, took: Duration, since: u64) -> String {
    let of = all.map_or(String::new(), |all| format!(" of {all}"));
    format!("{done}{of}, {}", run_speed(done, all, not_delivered, took, since))
}

/// The part of it that a bar does not show. `since` is how many were done when this sitting began.
pub fn run_speed(done: u64, all: Option<u64>, not_delivered: u64, took: Duration, since: u64) -> String {
    let mut text = format!("{not_delivered} not delivered");
    let seconds = took.as_secs_f64();
    let speed = done.saturating_sub(since) as f64 / seconds.max(0.001);
    if seconds >= 1.0 && speed > 0.0 {
        text.push_str(&if speed >= 10.0 { format!(", {speed:.0}/s") } else { format!(", {speed:.1}/s") });
        if let Some(left) = all.map(|all| all.saturating_sub(done)).filter(|left| *left > 0) {
            text.push_str(&format!(
                ", {} left",
                duration_in_words(Duration::from_secs_f64((left as f64 / speed).ceil().min(1e9)))
            ));
        }
    }
    text
}

/// Runs as a table.
pub fn runs_table(runs: &[(Run, bool)], width: Option<u16>, style: Style) -> String {
    let cells = runs.iter().map(|(run, is_under_way)| {
        let all = run.head.chosen().map_or_else(|| "?".to_owned(), |all| all.to_string());
        let on = match (is_under_way, run.is_to_be_resumed()) {
            (true, _) => "under way",
            (false, true) => "resumable",
            (false, false) => "ended",
        };
        vec![
            run.id.to_string(),
            day_and_second(run.started),
            one_line(&run.head.webhook).into_owned(),
            one_line(&run.head.data).into_owned(),
            format!("{} of {all}", run.tally.delivered),
            others(run),
            on.to_owned(),
        ]
    });
    let head = ["RUN", "TIME (UTC)", "WEBHOOK", "DATA", "DELIVERED", "OTHERS", "STATE"];
    table(&head, rows_of(cells), width, style)
}

/// What became of the elements that were not delivered: `50 failed, 3 pending`.
fn others(run: &Run) -> String {
    let states =
        [State::Failed, State::InDoubt, State::NotSent].map(|state| (run.tally.of(state), state.in_words()));
    let pending = (run.pending().unwrap_or_default(), "pending");
    let counts = states.into_iter().chain([pending]).filter(|(number, _)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, what)| format!("{number} {what}")).collect();
    if counts.is_empty() { "-".to_owned() } else { counts.join(", ") }
}

#[derive(Serialize)]
struct RunShape<'a> {
    version: u32,
    run: i64,
    time: String,
    ended: Option<String>,
    hooks: &'a str,
    webhook: &'a str,
    file: &'a str,
    data: &'a str,
    method: &'a str,
    url: &'a str,
    place: &'static str,
    #[serde(flatten)]
    counts: Counts,
    under_way: bool,
    resumable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeated: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<Vec<FailureShape<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resume: Option<&'a str>,
}

#[derive(Serialize)]
struct FailureShape<'a> {
    name: &'a str,
    count: u64,
    what: Option<&'a str>,
    next: Option<&'a str>,
}

/// Why lines of a run failed.
#[derive(Debug, Clone)]
pub struct RunFailure {
    /// The stable name.
    pub name: String,
    /// Of how many lines.
    pub count: u64,
    /// How the first of them was explained, if that is kept.
    pub reason: Option<Reason>,
}

fn shape(run: &Run, is_under_way: bool) -> RunShape<'_> {
    let Run { head, tally, .. } = run;
    RunShape {
        version: VERSION,
        run: run.id,
        time: timestamp(run.started),
        ended: run.ended.map(timestamp),
        hooks: &run.hooks,
        webhook: &head.webhook,
        file: &head.file,
        data: &head.data,
        method: head.method.as_str(),
        url: &head.url,
        place: head.place.as_str(),
        counts: Counts::new(head.chosen(), tally, run.pending()),
        under_way: is_under_way,
        resumable: !is_under_way && run.is_to_be_resumed(),
        repeated: None,
        failures: None,
        folder: None,
        resume: None,
    }
}

/// One run of a list, for scripts.
pub fn run_row_json(run: &Run, is_under_way: bool) -> String {
    line(&shape(run, is_under_way))
}

/// All of one run, for scripts. `resume` is the command that goes on with it.
pub fn run_json(
    run: &Run,
    is_under_way: bool,
    repeated: u64,
    failures: &[RunFailure],
    resume: &str,
) -> String {
    let failures = failures.iter().map(|failure| FailureShape {
        name: &failure.name,
        count: failure.count,
        what: failure.reason.as_ref().map(|reason| reason.what.as_str()),
        next: failure.reason.as_ref().map(|reason| reason.next.as_str()),
    });
    document(&RunShape {
        repeated: Some(repeated),
        failures: Some(failures.collect()),
        folder: Some(&run.head.folder),
        resume: Some(resume),
        ..shape(run, is_under_way)
    })
}

/// All of one run, for people.
pub fn run_text(
    run: &Run,
    is_under_way: bool,
    repeated: u64,
    failures: &[RunFailure],
    style: Style,
) -> String {
    let head = &run.head;
    let place = match head.place {
        DestinationKind::PayloadUrl => "",
        DestinationKind::To => " · sent elsewhere with `--to`",
        DestinationKind::Echo => " · sent to the receiver of `--echo`",
    };
    let end = match (is_under_way, run.ended) {
        (true, _) => "under way".to_owned(),
        (false, Some(ended)) => format!("ended {} UTC", day_and_second(ended)),
        (false, None) => "killed before its end".to_owned(),
    };
    let mut text = format!(
        "{}\n{} UTC · {end}{place} · hooks {}\ndefinitions: {}\ndata: {}\n\n{} {}\n\n{}",
        style.strong(&format!("run {} of {}", run.id, head.webhook)),
        day_and_second(run.started),
        one_line(&run.hooks),
        one_line(&head.file),
        one_line(&head.data),
        style.strong(head.method.as_str()),
        style.strong(&one_line(&head.url)),
        run_summary(&run.tally, run.pending(), repeated, style),
    );
    if !failures.is_empty() {
        text.push('\n');
    }
    for RunFailure { name, count, reason } in failures {
        text.push_str(&format!("{} {}", style.bad(&one_line(name)), style.faint(&format!("({count})"))));
        if let Some(reason) = reason {
            text.push_str(&format!(": {}\n  {}", one_line(&reason.what), one_line(&reason.next)));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_summary_add_up() {
        let mut tally = Tally { delivered: 9990, in_doubt: 1, ..Tally::default() };
        tally.change(None, (State::Failed, Some("bad-request")));
        assert_eq!(
            run_summary(&tally, Some(8), 2, Style::OFF),
            "delivered   9990  (2 in doubt before were sent again)\nfailed         1\nin doubt       1\n\
             not sent       8  (8 of them not tried)\nelements   10000\n"
        );
        assert_eq!(
            run_summary(&Tally::default(), None, 0, Style::OFF),
            "delivered  0\nfailed     0\nin doubt   0\nnot sent   0\nelements   0  (as far as they were read)\n"
        );
    }

    #[test]
    fn progress_tells_how_far_how_well_how_fast_and_how_long() {
        let progress =
            |done, all, seconds, since| run_progress(done, all, 3, Duration::from_secs(seconds), since);
        assert_eq!(progress(0, Some(10), 0, 0), "0 of 10, 3 not delivered");
        assert_eq!(progress(1000, Some(3000), 10, 0), "1000 of 3000, 3 not delivered, 100/s, 20 s left");
        assert_eq!(progress(1000, Some(3000), 10, 950), "1000 of 3000, 3 not delivered, 5.0/s, 7 min left");
        assert_eq!(
            progress(1000, Some(100_000), 100, 0),
            "1000 of 100000, 3 not delivered, 10/s, 2 h 45 min left"
        );
        assert_eq!(progress(1000, None, 10, 0), "1000, 3 not delivered, 100/s");
    }
}
