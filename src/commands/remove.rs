//! `hooks remove`

use clap::Args;

use crate::core::definitions::edit::Change;
use crate::core::text::list;
use crate::output::json::Done;

use super::args::ChangeArgs;
use super::change;
use super::context::Context;
use super::error::{Result, refused, usage};

/// Remove webhooks from the definitions file
///
/// Also removes the comment directly above a webhook.
#[derive(Debug, Clone, Args)]
pub struct RemoveArgs {
    /// Handles of the webhooks
    #[arg(value_name = "WEBHOOK")]
    webhooks: Vec<String>,
    /// Remove without confirmation
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

pub fn run(args: &RemoveArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions_to_edit()?;
    let handles = cx.webhooks(&definitions, &args.webhooks, "Remove which webhooks?", |_| true)?;
    let changes: Vec<_> = handles.iter().map(|handle| Change::Remove { handle: handle.clone() }).collect();
    if !args.yes && !args.change.dry_run {
        change::require_writable(cx, &args.change)?;
        change::apply_in_memory(cx, &changes)?;
        confirm(cx, &handles)?;
    }
    let done: Vec<_> =
        handles.into_iter().map(|handle| Done { webhook: handle, what: "removed", to: None }).collect();
    change::write(cx, &args.change, &changes, &done)
}

fn confirm(cx: &Context, handles: &[String]) -> Result<()> {
    let named = list(handles, "and");
    if !cx.printer.can_ask() {
        return Err(usage(format!("confirmation required without a terminal to remove {named}"))
            .help("use `--yes` to remove, or `--dry-run` to see the change"));
    }
    if cx.prompt().confirm(&format!("Remove {named}?"), false)? {
        return Ok(());
    }
    Err(refused("nothing was removed").help("to keep the definition without firing it, use `hooks disable`"))
}
