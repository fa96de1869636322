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

/// Give a webhook another handle
#[derive(Debug, Clone, Args)]
pub struct RenameArgs {
    /// The handle as it is
    #[arg(value_name = "OLD")]
    old: String,
    /// The handle to be
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
    Err(usage(format!("`{}` cannot be a handle", one_line(text)))
        .help("a handle is made of the letters a-z, digits, `-` and `_`; `--name` takes any text"))
}
