//! `hooks list`

use clap::Args;

use crate::core::secrets::shown_url;
use crate::output::{json, text};

use super::args::FormatArgs;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// List all webhooks
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &ListArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    if args.format.is_json() {
        cx.printer.data(&json::list_json(&definitions));
    } else if definitions.all().next().is_none() {
        cx.printer.status("no webhooks are defined");
    } else {
        cx.printer.data(&text::list_text(&definitions, cx.printer.width(), cx.printer.style()));
    }
    let is_masked = |url: &str| shown_url(url, false) != url;
    if definitions.all().any(|webhook| is_masked(&webhook.payload_url.value)) {
        cx.printer.hint("credentials are masked; use `hooks show WEBHOOK --reveal` to show them");
    }
    Ok(Exit::Success)
}
