//! `hooks backfill`

mod args;
mod dry_run;
mod engine;
mod export;
mod input;
mod ledger;
mod list;
mod report;
mod resume;
mod send;
mod session;
mod setup;
mod show;
mod start;

use clap::{Args, Subcommand};

use super::context::Context;
use super::error::Result;

/// Send one webhook for each of many elements
///
/// DATA is a JSON list, or JSON Lines. Every element is accounted for: a run that is stopped or killed can be resumed, and
/// nothing that may have been received is sent again unless you resume the run. `docs/backfill.md` explains more.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct BackfillArgs {
    #[command(subcommand)]
    command: Option<BackfillCommand>,
    #[command(flatten)]
    start: Box<args::StartArgs>,
}

#[derive(Debug, Clone, Subcommand)]
enum BackfillCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Resume(resume::ResumeArgs),
    Export(export::ExportArgs),
}

pub fn run(args: &BackfillArgs, cx: &mut Context) -> Result {
    match &args.command {
        None => start::run(&args.start, cx),
        Some(BackfillCommand::List(args)) => list::run(args, cx),
        Some(BackfillCommand::Show(args)) => show::run(args, cx),
        Some(BackfillCommand::Resume(args)) => resume::run(args, cx),
        Some(BackfillCommand::Export(args)) => export::run(args, cx),
    }
}
