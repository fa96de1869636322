//! `hooks history runs`

use clap::Args;

use crate::core::exchange::State;
use crate::core::run::Run;
use crate::core::text::{count, one_line};
use crate::io::history::{History, RunLock};
use crate::output::text::{self, RunFailure};

use super::args::{FormatArgs, StateArg};
use super::backfill::unknown_run;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Show the backfills (`fire --each`), or all of one
#[derive(Debug, Clone, Args)]
pub struct RunsArgs {
    /// The number of the run to show all of, with the command that goes on with it
    #[arg(value_name = "RUN")]
    run: Option<i64>,
    /// List the lines of RUN with this status instead; can be given several times
    #[arg(
        long,
        value_enum,
        value_name = "STATE",
        value_delimiter = ',',
        requires = "run",
        help_heading = "Filter"
    )]
    status: Vec<StateArg>,
    /// The most runs to show, or lines with `--status`
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = "Filter")]
    limit: usize,
    #[command(flatten)]
    format: FormatArgs,
}

/// Runs it.
///
/// # Errors
/// When the history cannot be read, or has no such run.
pub(super) fn run(args: &RunsArgs, cx: &mut Context, history: Option<&History>) -> Result {
    match args.run {
        Some(id) if args.status.is_empty() => show(args, cx, history, id),
        Some(id) => lines(args, cx, history, id),
        None => list(args, cx, history),
    }
}

fn list(args: &RunsArgs, cx: &mut Context, history: Option<&History>) -> Result {
    let runs = history.map_or(Ok(Vec::new()), |history| {
        let runs = history.runs(args.limit)?.into_iter();
        runs.map(|run| Ok((is_under_way(history, &run)?, run))).collect::<Result<Vec<_>>>()
    })?;
    let runs: Vec<(Run, bool)> = runs.into_iter().map(|(is_under_way, run)| (run, is_under_way)).collect();
    if args.format.is_json() {
        let lines: String =
            runs.iter().map(|(run, is_under_way)| text::run_row_json(run, *is_under_way)).collect();
        cx.printer.data(&lines);
    } else if runs.is_empty() {
        cx.printer.status("the history has no run of `fire --each`");
    } else {
        cx.printer.data(&text::runs_table(&runs, cx.printer.width(), cx.printer.style()));
    }
    Ok(Exit::Success)
}

fn lines(args: &RunsArgs, cx: &mut Context, history: Option<&History>, id: i64) -> Result {
    let (history, run) = find(history, id)?;
    let states: Vec<State> = args.status.iter().map(|state| State::from(*state)).collect();
    let lines = history.lines(id, &states)?;
    let shown = &lines[..lines.len().min(args.limit)];
    if args.format.is_json() {
        let lines: String = shown.iter().map(|line| text::line_of_run_json(id, line)).collect();
        cx.printer.data(&lines);
    } else if shown.is_empty() {
        cx.printer.status(&format!("run {id} has no such element"));
    } else {
        cx.printer.data(&text::lines_table(shown, cx.printer.width(), cx.printer.style()));
    }
    if lines.len() > shown.len() {
        let all = count(lines.len(), "element");
        cx.printer.hint(&format!("these are the first of {all}; `--limit N` shows more"));
    }
    // Which lines were not come to, the ledger does not say.
    if let Some(pending) = run.pending().filter(|pending| *pending > 0 && states.contains(&State::NotSent)) {
        let them = count(usize::try_from(pending).unwrap_or(usize::MAX), "more element");
        cx.printer.hint(&format!("{them} of it were not tried yet"));
    }
    Ok(Exit::Success)
}

fn find(history: Option<&History>, id: i64) -> Result<(&History, Run)> {
    let history = history.ok_or_else(|| unknown_run(id))?;
    Ok((history, history.run(id)?.ok_or_else(|| unknown_run(id))?))
}

fn show(args: &RunsArgs, cx: &mut Context, history: Option<&History>, id: i64) -> Result {
    let (history, run) = find(history, id)?;
    let is_under_way = is_under_way(history, &run)?;
    let failures = run.tally.by_frequency().into_iter().map(|(name, count)| {
        let reason = history.reason(id, name)?;
        Ok(RunFailure { name: name.to_owned(), count, reason })
    });
    let failures = failures.collect::<Result<Vec<_>>>()?;
    let repeated = history.account(id)?.repeated();
    let resume = format!("{} --resume {id}", run.head.command);
    if args.format.is_json() {
        cx.printer.data(&text::run_json(&run, is_under_way, repeated, &failures, &resume));
        return Ok(Exit::Success);
    }
    cx.printer.data(&text::run_text(&run, is_under_way, repeated, &failures, cx.printer.style()));
    let states = [State::Failed, State::InDoubt, State::NotSent];
    let states: Vec<&str> =
        states.into_iter().filter(|state| run.tally.of(*state) > 0).map(State::as_str).collect();
    if !states.is_empty() {
        let states = states.join(",");
        cx.printer.hint(&format!(
            "`hooks history runs {id} --status {states}` lists the elements that were not delivered"
        ));
    }
    let again = run.tally.worth_another_try();
    if !is_under_way && (run.is_to_be_resumed() || again > 0) {
        let failed = if run.is_to_be_resumed() { "" } else { " --failed" };
        cx.printer.hint(&format!(
            "`{}{failed}` in `{}` goes on with it",
            one_line(&resume),
            one_line(&run.head.folder)
        ));
    }
    Ok(Exit::Success)
}

/// Whether a program is at it.
fn is_under_way(history: &History, run: &Run) -> Result<bool> {
    Ok(run.ended.is_none() && RunLock::take(history.path(), run.id)?.is_none())
}
