//! `hooks list`

use clap::Args;

use crate::core::secrets::shown_url;
use crate::output::view;

use super::args::FormatArgs;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Show all webhooks in a table
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    #[command(flatten)]
    format: FormatArgs,
}

/// Runs it.
///
/// # Errors
/// When the definitions cannot be used.
pub fn run(args: &ListArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    if args.format.is_json() {
        cx.ui.data(&view::list_json(&definitions));
    } else if definitions.webhooks.is_empty() {
        cx.ui.status("no webhooks are defined");
    } else {
        cx.ui.data(&view::list_text(&definitions, cx.ui.width(), cx.ui.paint()));
    }
    let is_masked = |url: &str| shown_url(url, false) != url;
    if definitions.webhooks.iter().any(|webhook| is_masked(&webhook.payload_url.value)) {
        cx.ui.hint("credentials are masked; `hooks show WEBHOOK --reveal` shows them");
    }
    Ok(Exit::Success)
}
