//! `hooks backfill`

mod args;
mod data_source;
mod dry_run;
mod event_source;
mod export;
mod input;
mod ledger;
mod reader;
mod render;
mod report;
mod resume;
mod runs;
mod send;
mod session;
mod setup;
mod source;
mod start;

use clap::{Args, Subcommand};

use super::context::Context;
use super::error::Result;

/// Fire a webhook for each element of a file or event
///
/// DATA is a JSON list, JSON Lines, or CSV; with `--event`, the elements are the RSVP answers of an event. Every element is
/// accounted for: a run that is stopped or killed can be resumed, and nothing that may have been received is sent again unless
/// you resume the run. When a run stops, the command that resumes it is printed.
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
    List(runs::ListArgs),
    Show(runs::ShowArgs),
    Resume(Box<resume::ResumeArgs>),
    Export(Box<export::ExportArgs>),
}

pub fn run(args: &BackfillArgs, cx: &mut Context) -> Result {
    match &args.command {
        None => start::run(&args.start, cx),
        Some(BackfillCommand::List(args)) => runs::list(args, cx),
        Some(BackfillCommand::Show(args)) => runs::show(args, cx),
        Some(BackfillCommand::Resume(args)) => resume::run(args, cx),
        Some(BackfillCommand::Export(args)) => export::run(args, cx),
    }
}
