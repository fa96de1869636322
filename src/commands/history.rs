//! `hooks history`

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::core::definitions::unknown_webhook;
use crate::core::delivery::State;
use crate::core::history::{Delivery, Reception, Recorded};
use crate::core::text::count;
use crate::io::clock::ago;
use crate::io::history::{Filter, History, Pruned, RecordTable};
use crate::output::json;
use crate::output::style::Style;
use crate::output::text::{self, TableRow};

use super::args::{FormatArgs, StateArg, age, number};
use super::context::Context;
use super::error::{Result, refused, usage};
use super::exit::Exit;
use super::received::{RecordId, reception};
use super::recorder::recorded;

/// List recorded deliveries, or show one in full
///
/// Each delivery of `fire`, `trigger`, `replay` and `emulate` is recorded, without secrets, in `~/.local/state/hooks/history.db`
/// (or in `$XDG_STATE_HOME/hooks`). The newest 10,000 of the last 30 days are kept. To record nothing, use `--no-history` or set
/// `HOOKS_HISTORY=off`.
///
/// `--received` lists the requests that `hooks listen` received: the newest 10,000 of the last 30 days. Backfill runs are
/// recorded separately: see `hooks backfill list`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct HistoryArgs {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
    /// Delivery, e.g. `12`, or received request, e.g. `r12`, to show in full
    #[arg(value_name = "ID", conflicts_with_all = ["webhook", "status", "since", "grep", "limit", "received"])]
    id: Option<RecordId>,
    /// List the requests that `hooks listen` received
    #[arg(long, conflicts_with = "status", help_heading = "Filter")]
    received: bool,
    #[command(flatten)]
    which: WhichArgs,
    /// Select only deliveries in this state (repeatable)
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',', help_heading = "Filter")]
    status: Vec<StateArg>,
    /// Select only deliveries with this text in the request or response
    #[arg(long, value_name = "TEXT", help_heading = "Filter")]
    grep: Option<String>,
    /// Show at most N rows
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = number::<usize>(0..), help_heading = "Filter")]
    limit: usize,
    #[command(flatten)]
    format: FormatArgs,
}

#[derive(Debug, Clone, Args)]
pub struct WhichArgs {
    /// Select only deliveries of this webhook
    #[arg(long, value_name = "WEBHOOK", help_heading = "Filter")]
    pub webhook: Option<String>,
    /// Select only deliveries from the last AGE, e.g. `90s`, `15min`, `2h`, `30d`
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
}

/// Delete old deliveries, received requests and backfill runs
#[derive(Debug, Clone, Args)]
struct PruneArgs {
    /// Keep records from the last AGE, e.g. `2h` or `30d`; `0d` deletes all
    #[arg(long, value_name = "AGE", value_parser = age)]
    keep: Duration,
}

/// Compare two deliveries
#[derive(Debug, Clone, Args)]
struct DiffArgs {
    /// Number of a delivery
    #[arg(value_name = "ID")]
    a: RecordId,
    /// Number of the other delivery
    #[arg(value_name = "ID")]
    b: RecordId,
    #[command(flatten)]
    format: FormatArgs,
}

impl WhichArgs {
    /// The filter for these options: without `--all`, only the definitions file in use, or nothing without one.
    pub(super) fn filter(&self, cx: &Context, history: Option<&History>) -> Result<Filter> {
        let files = match (history, cx.definitions_path()) {
            _ if self.all => None,
            (Some(history), Ok(path)) => Some(history.names_of(&path)?),
            _ => Some(Vec::new()),
        };
        Ok(Filter { webhook: self.webhook.clone(), since: self.since.map(ago), files, ..Filter::default() })
    }
}

pub fn run(args: &HistoryArgs, cx: &mut Context) -> Result {
    let history = recorded()?;
    let history = history.as_ref();
    match (&args.command, args.id) {
        (Some(HistoryCommand::Prune(args)), _) => prune(args, cx, history),
        (Some(HistoryCommand::Diff(args)), _) => diff(args, cx, history),
        (None, Some(RecordId::Received(id))) => {
            let own = reception(history, id)?;
            show(
                args,
                cx,
                || json::reception_json(&own),
                |width, style| text::reception_text(&own, width, style),
            );
            Ok(Exit::Success)
        }
        (None, Some(RecordId::Delivery(id))) => {
            let own = delivery(history, id)?;
            show(
                args,
                cx,
                || json::history_json(&own),
                |width, style| text::history_text(&own, width, style),
            );
            Ok(Exit::Success)
        }
        (None, None) if args.received => list(args, cx, history, &REQUESTS),
        (None, None) => list(args, cx, history, &DELIVERIES),
    }
}

/// The delivery with this number.
pub(super) fn delivery(history: Option<&History>, id: i64) -> Result<Recorded<Delivery>> {
    let unknown = || refused(format!("the history has no delivery {id}")).help("`hooks history` lists them");
    history.ok_or_else(unknown)?.get(id)?.ok_or_else(unknown)
}

fn show(
    args: &HistoryArgs,
    cx: &mut Context,
    as_json: impl FnOnce() -> String,
    as_text: impl FnOnce(Option<u16>, Style) -> String,
) {
    let shown =
        if args.format.is_json() { as_json() } else { as_text(cx.printer.width(), cx.printer.style()) };
    cx.printer.data(&shown);
}

struct Listing<T> {
    /// The noun for one row, and for several.
    nouns: [&'static str; 2],
    json: fn(&Recorded<T>) -> String,
    row: fn(&Recorded<T>) -> TableRow,
    table: fn(Vec<TableRow>, Option<u16>, Style) -> String,
}

const DELIVERIES: Listing<Delivery> = Listing {
    nouns: ["delivery", "deliveries"],
    json: json::history_row_json,
    row: text::history_row,
    table: text::history_table,
};
const REQUESTS: Listing<Reception> = Listing {
    nouns: ["request", "received requests"],
    json: json::reception_row_json,
    row: text::reception_row,
    table: text::receptions_table,
};

fn list<T: RecordTable>(
    args: &HistoryArgs,
    cx: &mut Context,
    history: Option<&History>,
    listing: &Listing<T>,
) -> Result {
    let filter = Filter {
        states: args.status.iter().map(|state| State::from(*state)).collect(),
        text: args.grep.clone(),
        limit: Some(args.limit),
        ..args.which.filter(cx, history)?
    };
    let [noun, nouns] = listing.nouns;
    let (mut lines, mut rows) = (String::new(), Vec::new());
    let each = |row: Recorded<T>| {
        if args.format.is_json() {
            lines.push_str(&(listing.json)(&row));
        } else {
            rows.push((listing.row)(&row));
        }
    };
    let shown = history.map_or(Ok(0), |history| history.list(&filter, each).map(|rows| rows.len()))?;
    if args.format.is_json() {
        cx.printer.data(&lines);
    } else if shown > 0 {
        cx.printer.data(&(listing.table)(rows, cx.printer.width(), cx.printer.style()));
    } else {
        cx.printer.status(&match cx.definitions_path() {
            _ if !is_unfiltered(args) => format!("no {nouns} match"),
            _ if filter.files.is_none() || history.is_none() => format!("the history has no {nouns} yet"),
            Ok(_) => format!("the history has no {nouns} for this definitions file yet"),
            Err(_) => format!("no definitions file in use, so no {nouns} are listed"),
        });
    }
    if shown == 0 {
        hint_at_unknown_webhook(args, cx);
    }
    let Some(history) = history else { return Ok(Exit::Success) };
    if shown == 0 && noun == "delivery" && !history.runs(1)?.is_empty() {
        cx.printer.hint("`hooks backfill list` lists backfill runs");
    }
    let all = if shown == args.limit { history.count::<T>(&filter)? } else { shown };
    if all > shown {
        cx.printer.hint(&format!("these are the newest of {}; `--limit N` shows more", count(all, noun)));
    }
    if filter.files.is_some() {
        let others = history.count::<T>(&Filter { files: None, ..filter })?.saturating_sub(all);
        if others > 0 {
            let others = count(others, noun);
            cx.printer.hint(&format!(
                "not shown: {others} for other definitions files; use `--all` to include them"
            ));
        }
    }
    Ok(Exit::Success)
}

/// The history may have deliveries of a webhook that was removed, so an unknown handle is not an error.
fn hint_at_unknown_webhook(args: &HistoryArgs, cx: &mut Context) {
    let Some(handle) = args.which.webhook.as_deref().filter(|_| !args.which.all) else { return };
    let Ok(definitions) = cx.definitions_to_edit() else { return };
    let known = definitions.webhooks.iter().map(|webhook| webhook.handle.value.as_str());
    if known.clone().any(|known| known == handle) {
        return;
    }
    let unknown = unknown_webhook(definitions.source.name(), handle, known);
    let help = unknown.helps.join("; ");
    cx.printer.hint(&format!("{}; {help}", unknown.message));
}

fn is_unfiltered(args: &HistoryArgs) -> bool {
    let WhichArgs { webhook, since, .. } = &args.which;
    webhook.is_none() && since.is_none() && args.grep.is_none() && args.status.is_empty() && args.limit > 0
}

fn diff(args: &DiffArgs, cx: &mut Context, history: Option<&History>) -> Result {
    let (Some(a), Some(b)) = (args.a.delivery(), args.b.delivery()) else {
        return Err(usage("received requests cannot be compared")
            .help("give the numbers of two deliveries from `hooks history`"));
    };
    let (a, b) = (delivery(history, a)?, delivery(history, b)?);
    if args.format.is_json() {
        cx.printer.data(&json::comparison_json(&a, &b));
    } else {
        cx.printer.data(&text::compare_text(&a, &b, cx.printer.style()));
    }
    Ok(Exit::Success)
}

fn prune(args: &PruneArgs, cx: &mut Context, history: Option<&History>) -> Result {
    let pruned = history.map_or(Ok(Pruned::default()), |history| history.prune(args.keep))?;
    let mut words = format!("deleted {}", count(pruned.deliveries, "delivery"));
    for (number, what) in [(pruned.runs, "backfill"), (pruned.received, "received request")] {
        if number > 0 {
            words.push_str(&format!(" and {}", count(number, what)));
        }
    }
    cx.printer.status(&words);
    Ok(Exit::Success)
}
