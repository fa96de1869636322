//! Backfills: totals, elements and runs.

use std::time::Duration;

use crate::core::backfill::{ElementRecord, Explanation, Run, RunFailure, Totals};
use crate::core::delivery::{State, duration_in_words};
use crate::core::text::one_line;
use crate::output::style::Style;

use super::delivery::{milliseconds, state_word};
use super::history::day_and_second;
use super::table::{Cell, rows_of, table};
use super::wrap::prose;

pub fn elements_table(records: &[ElementRecord], width: Option<u16>, style: Style) -> String {
    let or_none = |text: Option<String>| Cell::from(text.unwrap_or_else(|| "-".to_owned()));
    let cells = records.iter().map(|record| {
        vec![
            record.element.to_string().into(),
            or_none(record.id.as_ref().map(|id| one_line(id).into_owned())),
            record.state.map_or_else(|| "pending".to_owned().into(), Cell::state),
            or_none(record.status.map(|status| status.to_string())),
            or_none(record.failure.as_ref().map(|name| one_line(name).into_owned())),
            record.attempts.to_string().into(),
            or_none((record.attempts > 0).then(|| milliseconds(record.took))),
            or_none(record.repeated.then(|| "yes".to_owned())),
        ]
    });
    let head = ["ELEMENT", "ID", "STATE", "STATUS", "FAILURE", "ATTEMPTS", "TOOK", "REPEATED"];
    table(&head, cells.collect(), width, style)
}

/// The totals for people: a row for each state, and their sum.
pub fn backfill_summary(totals: &Totals, style: Style) -> String {
    let pending = totals.pending.unwrap_or_default();
    let all = totals.ended() + pending;
    let width = all.to_string().len();
    let mut text = String::new();
    let mut row = |word: &str, number: u64, note: &str| {
        // Styled words are longer than they look.
        let gap = " ".repeat(11 - console::strip_ansi_codes(word).len());
        text.push_str(format!("{word}{gap}{number:>width$}{note}").trim_end());
        text.push('\n');
    };
    for state in State::ALL {
        let number = totals.of(state);
        let word = if number == 0 { style.faint(state.in_words()) } else { state_word(state, style) };
        let note = match state {
            State::Delivered if totals.repeated > 0 => {
                format!("  ({} were in doubt and sent again)", totals.repeated)
            }
            _ => String::new(),
        };
        row(&word, number, &note);
    }
    if pending > 0 {
        row("pending", pending, "");
    }
    let note = if totals.pending.is_none() { "  (read so far)" } else { "" };
    row(&style.strong("elements"), all, note);
    text
}

/// The text beside a progress bar: `3 not delivered, 812/s, 12 s left`. `before` is how many elements had ended before this
/// session.
pub fn backfill_speed(
    ended: u64,
    all: Option<u64>,
    not_delivered: u64,
    took: Duration,
    before: u64,
) -> String {
    let mut text = format!("{not_delivered} not delivered");
    let seconds = took.as_secs_f64();
    let speed = ended.saturating_sub(before) as f64 / seconds.max(0.001);
    if seconds >= 1.0 && speed > 0.0 {
        text.push_str(&if speed >= 10.0 { format!(", {speed:.0}/s") } else { format!(", {speed:.1}/s") });
        if let Some(left) = all.map(|all| all.saturating_sub(ended)).filter(|left| *left > 0) {
            let left = Duration::from_secs_f64((left as f64 / speed).ceil().min(1e9));
            text.push_str(&format!(", {} left", duration_in_words(left)));
        }
    }
    text
}

/// The runs, each with whether it is in progress.
pub fn runs_table(runs: &[(Run, bool)], width: Option<u16>, style: Style) -> String {
    let cells = runs.iter().map(|(run, is_in_progress)| {
        let Run { parameters, totals, .. } = run;
        let all = run.selected().map_or_else(|| "?".to_owned(), |all| all.to_string());
        let shard = parameters.selection.shard.map_or(String::new(), |shard| format!(" ({shard})"));
        vec![
            run.id.to_string(),
            day_and_second(run.started),
            one_line(&parameters.webhook).into_owned(),
            format!("{}{shard}", one_line(&parameters.data)),
            format!("{} of {all}", totals.delivered),
            others(totals),
            run_state(totals, *is_in_progress).to_owned(),
        ]
    });
    let head = ["RUN", "TIME (UTC)", "WEBHOOK", "DATA", "DELIVERED", "OTHERS", "STATE"];
    table(&head, rows_of(cells), width, style)
}

fn run_state(totals: &Totals, is_in_progress: bool) -> &'static str {
    match (is_in_progress, totals.is_resumable()) {
        (true, _) => "in progress",
        (false, true) => "resumable",
        (false, false) => "complete",
    }
}

/// The elements that were not delivered, by state: `50 failed, 3 pending`.
fn others(totals: &Totals) -> String {
    let states =
        [State::Failed, State::InDoubt, State::NotSent].map(|state| (totals.of(state), state.in_words()));
    let pending = (totals.pending.unwrap_or_default(), "pending");
    let counts = states.into_iter().chain([pending]).filter(|(number, _)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, what)| format!("{number} {what}")).collect();
    if counts.is_empty() { "-".to_owned() } else { counts.join(", ") }
}

pub fn run_text(
    run: &Run,
    is_in_progress: bool,
    failures: &[RunFailure],
    command: &str,
    width: Option<u16>,
    style: Style,
) -> String {
    let own = &run.parameters;
    let elsewhere = if own.is_elsewhere { " · to the URL of `--to`" } else { "" };
    let end = match (is_in_progress, run.ended) {
        (true, _) => "in progress".to_owned(),
        (false, Some(ended)) => format!("ended {} UTC", day_and_second(ended)),
        (false, None) => "killed before it finished".to_owned(),
    };
    let shard = own.selection.shard.map_or(String::new(), |shard| format!(", shard {shard}"));
    let circumstances =
        format!("{} UTC · {end}{elsewhere} · hooks {}", day_and_second(run.started), one_line(&run.hooks));
    let mut text = format!(
        "{}\n{}\ndefinitions: {}\ndata: {}{shard}\ncommand: {}\n\n{} {}\n\n{}",
        style.strong(&format!("run {} of {}", run.id, own.webhook)),
        prose(&circumstances, width),
        one_line(&own.file),
        one_line(&own.data),
        one_line(command),
        style.strong(&own.method),
        style.strong(&one_line(&own.url)),
        backfill_summary(&run.totals, style),
    );
    for RunFailure { name, count, explanation } in failures {
        let name = format!("{} {}", style.error(&one_line(name)), style.faint(&format!("({count})")));
        let what = explanation.as_ref().map_or(String::new(), |own| format!(": {}", one_line(&own.what)));
        text.push_str(&format!("\n{}", prose(&format!("{name}{what}"), width)));
        if let Some(Explanation { next, response, .. }) = explanation {
            text.push_str(&format!("\n{}", prose(&format!("  {}", one_line(next)), width)));
            if let Some(response) = response {
                text.push_str(&format!("\n  response: {}", style.faint(&one_line(response))));
            }
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
        let mut totals =
            Totals { delivered: 9990, in_doubt: 1, pending: Some(8), repeated: 2, ..Totals::default() };
        totals.add(State::Failed, Some("bad-request"), 1);
        assert_eq!(
            backfill_summary(&totals, Style::OFF),
            "delivered   9990  (2 were in doubt and sent again)\nfailed         1\nin doubt       1\n\
             not sent       0\npending        8\nelements   10000\n"
        );
        assert_eq!(
            backfill_summary(&Totals::default(), Style::OFF),
            "delivered  0\nfailed     0\nin doubt   0\nnot sent   0\nelements   0  (read so far)\n"
        );
    }

    #[test]
    fn the_speed_and_the_time_left_are_shown() {
        let speed =
            |ended, all, seconds, before| backfill_speed(ended, all, 3, Duration::from_secs(seconds), before);
        assert_eq!(speed(0, Some(10), 0, 0), "3 not delivered");
        assert_eq!(speed(1000, Some(3000), 10, 0), "3 not delivered, 100/s, 20 s left");
        assert_eq!(speed(1000, Some(3000), 10, 950), "3 not delivered, 5.0/s, 7 min left");
        assert_eq!(speed(1000, Some(100_000), 100, 0), "3 not delivered, 10/s, 2 h 45 min left");
        assert_eq!(speed(1000, None, 10, 0), "3 not delivered, 100/s");
    }
}
