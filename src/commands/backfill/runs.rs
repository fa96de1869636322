//! `hooks backfill list` and `hooks backfill show`

use clap::Args;

use crate::commands::args::{FormatArgs, StateArg, number};
use crate::commands::context::Context;
use crate::commands::error::{Error, Result, refused, usage};
use crate::commands::exit::Exit;
use crate::commands::recorder::recorded;
use crate::core::backfill::{ElementRecord, Run, RunFailure};
use crate::core::delivery::State;
use crate::core::export::shell_word;
use crate::core::text::one_line;
use crate::io::history::{History, RunLock};
use crate::output::{json, text};

use super::report::counted;
use super::send::hint_at_resume;

const LIST: &str = "`hooks backfill list` lists the runs";

/// List runs, newest first
#[derive(Debug, Clone, Args)]
pub(super) struct ListArgs {
    /// Show at most N runs
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = number::<usize>(0..))]
    limit: usize,
    #[command(flatten)]
    format: FormatArgs,
}

/// Show one run in full, or its elements in a state
#[derive(Debug, Clone, Args)]
pub(super) struct ShowArgs {
    /// Number of the run, from `hooks backfill list`
    #[arg(value_name = "RUN")]
    run: String,
    /// List the elements in this state instead (repeatable)
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',')]
    status: Vec<StateArg>,
    /// List at most N elements
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = number::<usize>(0..), requires = "status")]
    limit: usize,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) fn list(args: &ListArgs, cx: &mut Context) -> Result {
    let mut runs: Vec<(Run, bool)> = Vec::new();
    if let Some(history) = recorded()? {
        for run in history.runs(args.limit)? {
            let is_in_progress = is_in_progress(&history, &run)?;
            runs.push((run, is_in_progress));
        }
    }
    if args.format.is_json() {
        let lines: String =
            runs.iter().map(|(run, is_in_progress)| json::run_row_json(run, *is_in_progress)).collect();
        cx.printer.data(&lines);
    } else if runs.is_empty() {
        cx.printer.status("the history has no runs of `hooks backfill`");
    } else {
        cx.printer.data(&text::runs_table(&runs, cx.printer.width(), cx.printer.style()));
    }
    Ok(Exit::Success)
}

/// Whether a program is sending a run.
pub(super) fn is_in_progress(history: &History, run: &Run) -> Result<bool> {
    Ok(run.ended.is_none() && RunLock::take(history.path(), run.id)?.is_none())
}

pub(super) fn show(args: &ShowArgs, cx: &mut Context) -> Result {
    let id = run_number(&args.run)?;
    let history = recorded()?.ok_or_else(|| unknown_run(id))?;
    let run = history.run(id)?.ok_or_else(|| unknown_run(id))?;
    if args.status.is_empty() {
        show_run(args, cx, &history, &run)
    } else {
        show_elements(args, cx, &history, &run)
    }
}

fn show_run(args: &ShowArgs, cx: &mut Context, history: &History, run: &Run) -> Result {
    let (id, totals) = (run.id, &run.totals);
    let is_in_progress = is_in_progress(history, run)?;
    let failures = totals.by_frequency().into_iter().map(|(name, count)| {
        let explanation = history.explanation(id, name)?;
        Ok(RunFailure { name: name.to_owned(), count, explanation })
    });
    let failures = failures.collect::<Result<Vec<_>>>()?;
    let words: Vec<_> = run.parameters.words.iter().map(|word| shell_word(word)).collect();
    let command = format!("hooks {}", words.join(" "));
    if args.format.is_json() {
        cx.printer.data(&json::run_json(run, is_in_progress, &failures, &command));
        return Ok(Exit::Success);
    }
    let (width, style) = (cx.printer.width(), cx.printer.style());
    cx.printer.data(&text::run_text(run, is_in_progress, &failures, &command, width, style));
    let states = [State::Failed, State::InDoubt, State::NotSent];
    let states: Vec<&str> =
        states.into_iter().filter(|state| totals.of(*state) > 0).map(State::as_str).collect();
    if !states.is_empty() {
        let states = states.join(",");
        cx.printer.hint(&format!(
            "`hooks backfill show {id} --status {states}` lists the elements that were not delivered"
        ));
    }
    if !is_in_progress {
        hint_at_resume(&mut cx.printer, run, false);
    }
    Ok(Exit::Success)
}

fn show_elements(args: &ShowArgs, cx: &mut Context, history: &History, run: &Run) -> Result {
    let states: Vec<State> = args.status.iter().map(|state| State::from(*state)).collect();
    let mut shown: Vec<ElementRecord> = Vec::new();
    history.elements(run, &states, |record| {
        shown.push(record);
        shown.len() < args.limit
    })?;
    let all: u64 = states.iter().map(|state| run.totals.of(*state)).sum();
    if args.format.is_json() {
        let line = |record| json::backfill_element_json(Some(run.id), record, &[]);
        let lines: String = shown.iter().map(line).collect();
        cx.printer.data(&lines);
    } else if shown.is_empty() {
        cx.printer.status(&format!("run {} has no matching elements", run.id));
    } else {
        cx.printer.data(&text::elements_table(&shown, cx.printer.width(), cx.printer.style()));
    }
    if all > shown.len() as u64 {
        cx.printer
            .hint(&format!("these are the first of {}; `--limit N` shows more", counted(all, "element")));
    }
    let pending = run.totals.pending.filter(|pending| *pending > 0 && states.contains(&State::NotSent));
    if let Some(pending) = pending {
        cx.printer.hint(&format!("{} still pending", counted(pending, "element")));
    }
    Ok(Exit::Success)
}

/// Parses the number of a run.
pub(super) fn run_number(text: &str) -> Result<i64> {
    let invalid = |_| usage(format!("invalid run number `{}`", one_line(text))).help(LIST);
    text.parse().map_err(invalid)
}

pub(super) fn unknown_run(id: i64) -> Error {
    refused(format!("the history has no run {id}")).help(LIST)
}
