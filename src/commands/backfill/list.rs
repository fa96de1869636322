//! `hooks backfill list`

use clap::Args;

use crate::commands::args::FormatArgs;
use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::commands::recorder::recorded;
use crate::core::backfill::Run;
use crate::io::history::{History, RunLock};
use crate::output::{json, text};

/// List runs, newest first
#[derive(Debug, Clone, Args)]
pub(super) struct ListArgs {
    /// Show at most N runs
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) fn run(args: &ListArgs, cx: &mut Context) -> Result {
    let runs = recorded()?.map_or(Ok(Vec::new()), |history| {
        let runs = history.runs(args.limit)?.into_iter();
        runs.map(|run| Ok((is_in_progress(&history, &run)?, run))).collect::<Result<Vec<_>>>()
    })?;
    let runs: Vec<(Run, bool)> =
        runs.into_iter().map(|(is_in_progress, run)| (run, is_in_progress)).collect();
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
