//! The options of `hooks push`.

use std::path::PathBuf;

use clap::Args;

use super::super::args::{AccountArgs, FormatArgs, number};
use super::super::context::Context;

/// Push definitions to the account
///
/// Creates a webhook for each definition without `id` and writes its id into the file; changes the webhooks of the other
/// definitions, field by field. Shows the changes and asks before it makes them. Fields that were changed only in the account
/// since the last pull or push are not overwritten, unless you pass `--force`. Only webhooks named with `--delete` are deleted.
/// Webhooks managed by Zapier and Pipedream are left out unless you name them.
#[derive(Debug, Clone, Args)]
pub struct PushArgs {
    /// Handles of webhooks, their ids in the account, or a plan [default: all, or none with `--delete`]
    ///
    /// An argument that contains `.` or `/` is a plan file.
    #[arg(value_name = "WEBHOOK")]
    pub(super) webhooks: Vec<String>,
    /// Delete the webhook with this id, and its definition (repeatable)
    #[arg(long, value_name = "ID", value_parser = number::<u64>(0..))]
    pub(super) delete: Vec<u64>,
    /// Overwrite changes in the account
    #[arg(long)]
    pub(super) force: bool,
    /// Tie definitions without `id` to webhooks with the same URL, trigger and element
    #[arg(long)]
    pub(super) adopt: bool,
    /// Create webhooks even if others have the same URL, trigger and element
    #[arg(long, conflicts_with = "adopt")]
    pub(super) no_adopt: bool,
    /// Push without confirmation; `--yes=N` confirms exactly N changes
    ///
    /// The number is required for more than 10 changes, or for changes to more than 30 % of the webhooks in an account with at
    /// least 10.
    #[arg(short, long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = Confirmed::parse)]
    pub(super) yes: Option<Confirmed>,
    /// Write the changes to FILE as a plan for `hooks push FILE`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dry_run", "yes"])]
    pub(super) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(super) account: AccountArgs,
    /// Show the changes without making them
    #[arg(long, help_heading = "Output")]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}

/// What `--yes` confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Confirmed {
    /// Any changes, up to a limit.
    Few,
    /// Exactly this number of changes.
    Number(usize),
}

impl Confirmed {
    fn parse(text: &str) -> std::result::Result<Self, String> {
        if text.is_empty() { Ok(Self::Few) } else { number(1..)(text).map(Self::Number) }
    }
}

impl PushArgs {
    pub(super) fn asks(&self, cx: &Context) -> bool {
        self.yes.is_none() && cx.printer.can_ask()
    }
}
