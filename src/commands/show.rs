//! `hooks show`

use clap::Args;

use crate::output::{json, text};

use super::args::FormatArgs;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Show one webhook in full, with its file and line
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// Handle of the webhook
    #[arg(value_name = "WEBHOOK")]
    webhook: Option<String>,
    /// Show literal credentials
    #[arg(long, help_heading = "Output")]
    reveal: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &ShowArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    let named = args.webhook.as_deref();
    let webhook = match named.and_then(|handle| definitions.find(handle)) {
        Some(webhook) => webhook,
        None => cx.webhook(&definitions, named)?.0,
    };
    let is_json = args.format.is_json();
    let (width, style) = (cx.printer.width(), cx.printer.style());
    let text = |reveal| {
        if is_json {
            json::show_json(webhook, reveal)
        } else {
            text::show_text(webhook, reveal, width, style)
        }
    };
    let shown = text(args.reveal);
    cx.printer.data(&shown);
    if shown != text(true) {
        cx.printer.hint("credentials are masked; use `--reveal` to show them");
    }
    Ok(Exit::Success)
}
