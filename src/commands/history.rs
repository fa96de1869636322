//! `hooks history`

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::core::exchange::State;
use crate::core::record::Record;
use crate::core::text::count;
use crate::io::history::{Filter, History, Pruned, ago};
use crate::output::text;

use super::args::{FormatArgs, StateArg, age};
use super::context::Context;
use super::error::{Result, usage};
use super::exit::Exit;
use super::received::{self, RecordId};
use super::recorder::{recorded, unknown_delivery};
use super::runs::{self, RunsArgs};

/// Show what was sent before, and what came of it
///
/// Each delivery of `fire`, `trigger` and `replay` is recorded, without secrets, in `hooks/history.db` in the
/// folder `$XDG_STATE_HOME`, or `~/.local/state`. The newest 10,000 of the last 30 days are kept.
/// `--no-history` or the environment variable `HOOKS_HISTORY=off` leaves a delivery out.
///
/// Of a run for many elements (`fire --each`) only what was not delivered stands here, the first 1,000 attempts.
/// `hooks history runs` shows the runs, with how many elements were delivered.
///
/// `--received` lists what came the other way, to `hooks listen`: the newest 10,000 requests of the last 30 days.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct HistoryArgs {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
    /// The number of the delivery to show all of, or `r` and the number of a received request
    #[arg(value_name = "ID", conflicts_with_all = ["webhook", "status", "since", "grep", "limit", "received"])]
    id: Option<RecordId>,
    /// List the requests that `hooks listen` received instead
    #[arg(long, conflicts_with = "status", help_heading = "Filter")]
    received: bool,
    #[command(flatten)]
    which: WhichArgs,
    /// Only with this status; can be given several times
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',', help_heading = "Filter")]
    status: Vec<StateArg>,
    /// Only with this text in what was sent or answered
    #[arg(long, value_name = "TEXT", help_heading = "Filter")]
    grep: Option<String>,
    /// The most rows to show
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = "Filter")]
    limit: usize,
    #[command(flatten)]
    format: FormatArgs,
}

/// Which deliveries are meant.
#[derive(Debug, Clone, Args)]
pub struct WhichArgs {
    /// Only of this webhook
    #[arg(long, value_name = "W", help_heading = "Filter")]
    pub webhook: Option<String>,
    /// Only of this last time, as `90s`, `15min`, `2h`, `30d` or `4w`
    #[arg(long, value_name = "AGE", value_parser = age, help_heading = "Filter")]
    pub since: Option<Duration>,
    /// Include deliveries for other definitions files
    #[arg(long, help_heading = "Filter")]
    pub all: bool,
}

#[derive(Debug, Clone, Subcommand)]
enum HistoryCommand {
    Prune(PruneArgs),
    Diff(DiffArgs),
    Runs(RunsArgs),
}

/// Throw out old deliveries
#[derive(Debug, Clone, Args)]
struct PruneArgs {
    /// Keep those of this last time, as `2h` or `30d`; `0d` throws out all
    #[arg(long, value_name = "AGE", value_parser = age)]
    keep: Duration,
}

/// Show in what two deliveries differ
#[derive(Debug, Clone, Args)]
struct DiffArgs {
    /// The number of a delivery
    a: RecordId,
    /// The number of another
    b: RecordId,
    #[command(flatten)]
    format: FormatArgs,
}

impl WhichArgs {
    /// The filter for these options: without `--all`, only the definitions file in use, or nothing if there is none.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub(super) fn filter(&self, cx: &Context, history: Option<&History>) -> Result<Filter> {
        let files = match (history, cx.definitions_path()) {
            _ if self.all => None,
            (Some(history), Ok(path)) => Some(history.names_of(&path)?),
            _ => Some(Vec::new()),
        };
        Ok(Filter { webhook: self.webhook.clone(), since: self.since.map(ago), files, ..Filter::default() })
    }
}

/// Runs it.
///
/// # Errors
/// When the history cannot be read, or has no such delivery.
pub fn run(args: &HistoryArgs, cx: &mut Context) -> Result {
    let history = recorded()?;
    match (&args.command, args.id) {
        (Some(HistoryCommand::Prune(args)), _) => prune(args, cx, history.as_ref()),
        (Some(HistoryCommand::Diff(args)), _) => diff(args, cx, history.as_ref()),
        (Some(HistoryCommand::Runs(args)), _) => runs::run(args, cx, history.as_ref()),
        (None, Some(RecordId::Received(id))) => {
            received::show(cx, &received::reception(history.as_ref(), id)?, args.format.is_json());
            Ok(Exit::Success)
        }
        (None, Some(RecordId::Delivery(id))) => {
            show(args, cx, &delivery(history.as_ref(), id)?);
            Ok(Exit::Success)
        }
        (None, None) if args.received => list_received(args, cx, history.as_ref()),
        (None, None) => list(args, cx, history.as_ref()),
    }
}

/// One delivery.
///
/// # Errors
/// When there is none with this number.
pub(super) fn delivery(history: Option<&History>, id: i64) -> Result<Record> {
    let history = history.ok_or_else(|| unknown_delivery(id))?;
    history.get(id)?.ok_or_else(|| unknown_delivery(id))
}

/// What a list is to show.
fn filter(args: &HistoryArgs, cx: &Context, history: Option<&History>) -> Result<Filter> {
    Ok(Filter {
        states: args.status.iter().map(|state| State::from(*state)).collect(),
        text: args.grep.clone(),
        limit: Some(args.limit),
        ..args.which.filter(cx, history)?
    })
}

fn list_received(args: &HistoryArgs, cx: &mut Context, history: Option<&History>) -> Result {
    let filter = filter(args, cx, history)?;
    let (shown, all) = received::list_received(cx, history, &filter, args.format.is_json())?;
    hint_at_more(cx, shown, all, "request");
    hint_at_others(cx, history, filter, all, Kind::Request)
}

fn list(args: &HistoryArgs, cx: &mut Context, history: Option<&History>) -> Result {
    let filter = filter(args, cx, history)?;
    let rows = history.map_or(Ok(Vec::new()), |history| history.list(&filter))?;
    let all = match history {
        Some(history) if rows.len() == args.limit => history.count(&filter)?,
        _ => rows.len(),
    };
    if args.format.is_json() {
        let lines: String = rows.iter().map(text::history_row_json).collect();
        cx.printer.data(&lines);
    } else if rows.is_empty() && is_unfiltered(args) {
        cx.printer.status(match cx.definitions_path() {
            _ if filter.files.is_none() || history.is_none() => "the history has no deliveries yet",
            Ok(_) => "the history has no deliveries for this definitions file yet",
            Err(_) => "no definitions file in use, so no deliveries are listed",
        });
    } else if rows.is_empty() {
        cx.printer.status("the history has no such delivery");
    } else {
        cx.printer.data(&text::history_table(&rows, cx.printer.width(), cx.printer.style()));
    }
    hint_at_more(cx, rows.len(), all, "delivery");
    hint_at_others(cx, history, filter, all, Kind::Delivery)
}

fn is_unfiltered(args: &HistoryArgs) -> bool {
    let WhichArgs { webhook, since, .. } = &args.which;
    webhook.is_none() && since.is_none() && args.grep.is_none() && args.status.is_empty() && args.limit > 0
}

fn hint_at_more(cx: &mut Context, shown: usize, all: usize, what: &str) {
    if all > shown {
        cx.printer.hint(&format!("these are the newest of {}; `--limit N` shows more", count(all, what)));
    }
}

/// Hints at the number of deliveries for other definitions files.
/// What a list of the history consists of.
#[derive(Clone, Copy)]
enum Kind {
    Delivery,
    Request,
}

fn hint_at_others(
    cx: &mut Context,
    history: Option<&History>,
    filter: Filter,
    shown: usize,
    kind: Kind,
) -> Result {
    if let (Some(history), Some(_)) = (history, &filter.files) {
        let filter = Filter { files: None, ..filter };
        let (all, noun) = match kind {
            Kind::Delivery => (history.count(&filter)?, "delivery"),
            Kind::Request => (history.count_received(&filter)?, "request"),
        };
        let others = all.saturating_sub(shown);
        if others > 0 {
            let others = count(others, noun);
            cx.printer.hint(&format!(
                "not shown: {others} for other definitions files; use `--all` to include them"
            ));
        }
    }
    Ok(Exit::Success)
}

fn show(args: &HistoryArgs, cx: &mut Context, record: &Record) {
    if args.format.is_json() {
        cx.printer.data(&text::history_json(record));
    } else {
        cx.printer.data(&text::history_text(record, cx.printer.style()));
    }
}

fn diff(args: &DiffArgs, cx: &mut Context, history: Option<&History>) -> Result {
    let (Some(a), Some(b)) = (args.a.delivery(), args.b.delivery()) else {
        return Err(usage("received requests are not compared")
            .help("name two deliveries, by their numbers in `hooks history`"));
    };
    let (a, b) = (delivery(history, a)?, delivery(history, b)?);
    if args.format.is_json() {
        cx.printer.data(&text::compare_json(&a, &b));
    } else {
        cx.printer.data(&text::compare_text(&a, &b, cx.printer.style()));
    }
    Ok(Exit::Success)
}

fn prune(args: &PruneArgs, cx: &mut Context, history: Option<&History>) -> Result {
    let pruned = history.map_or(Ok(Pruned::default()), |history| history.prune(args.keep))?;
    let mut words = format!("threw out {}", count(pruned.deliveries, "delivery"));
    for (number, what) in [(pruned.runs, "backfill"), (pruned.received, "received request")] {
        if number > 0 {
            words.push_str(&format!(" and {}", count(number, what)));
        }
    }
    cx.printer.status(&words);
    Ok(Exit::Success)
}
