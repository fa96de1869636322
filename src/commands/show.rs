//! `hooks show`

use clap::Args;

use crate::face::view;

use super::args::FormatArgs;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Show one webhook in full, with the place it is defined at
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// The handle of the webhook
    #[arg(value_name = "W")]
    webhook: Option<String>,
    /// Show literal header values too
    #[arg(long, help_heading = "Output")]
    reveal: bool,
    #[command(flatten)]
    format: FormatArgs,
}

/// Runs it.
///
/// # Errors
/// When the definitions cannot be used, or have no such webhook.
pub fn run(args: &ShowArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    let (webhook, _) = cx.webhook(&definitions, args.webhook.as_deref())?;
    let text = if args.format.is_json() {
        view::show_json(webhook, args.reveal)
    } else {
        view::show_text(webhook, args.reveal, cx.ui.width(), cx.ui.paint())
    };
    cx.ui.data(&text);
    Ok(Exit::Success)
}
