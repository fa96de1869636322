//! `hooks rename`

use clap::Args;

use crate::core::definitions::edit::Change;
use crate::core::definitions::is_handle;
use crate::core::text::one_line;
use crate::output::json::Done;

use super::args::ChangeArgs;
use super::change;
use super::context::Context;
use super::error::{Result, usage};

/// Change the handle of a webhook
#[derive(Debug, Clone, Args)]
pub struct RenameArgs {
    /// Current handle
    #[arg(value_name = "OLD")]
    old: String,
    /// New handle
    #[arg(value_name = "NEW")]
    new: String,
    #[command(flatten)]
    change: ChangeArgs,
}

pub fn run(args: &RenameArgs, cx: &mut Context) -> Result {
    require_handle(&args.new)?;
    let changes = [Change::Rename { from: args.old.clone(), to: args.new.clone() }];
    let done = [Done { webhook: args.old.clone(), what: "renamed", to: Some(args.new.clone()) }];
    change::write(cx, &args.change, &changes, &done)
}

pub(super) fn require_handle(text: &str) -> Result<()> {
    if is_handle(text) {
        return Ok(());
    }
    Err(usage(format!("invalid handle `{}`", one_line(text)))
        .help("use the letters a-z, digits, `-` and `_`; to set a display name, use `hooks edit --name`"))
}
