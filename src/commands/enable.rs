//! `hooks enable` and `hooks disable`

use clap::Args;

use crate::core::definitions::edit::{Change, FieldPath, Scalar};
use crate::core::model::Webhook;
use crate::output::json::Done;

use super::args::ChangeArgs;
use super::change;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

#[derive(Debug, Clone, Args)]
pub struct EnableArgs {
    /// Handles of the webhooks
    #[arg(value_name = "WEBHOOK", conflicts_with = "all")]
    webhooks: Vec<String>,
    /// Apply to all webhooks in the file
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

pub fn run(args: &EnableArgs, active: bool, cx: &mut Context) -> Result {
    let definitions = cx.definitions_to_edit()?;
    let handles = if args.all {
        definitions.all().map(|webhook| webhook.handle.value.clone()).collect()
    } else {
        let question = if active { "Enable which webhooks?" } else { "Disable which webhooks?" };
        cx.webhooks(&definitions, &args.webhooks, question, |webhook: &Webhook| {
            webhook.active.value != active
        })?
    };
    let is_already =
        |handle: &&String| definitions.find(handle).is_some_and(|webhook| webhook.active.value == active);
    let (already, to_change): (Vec<_>, Vec<_>) = handles.iter().partition(is_already);
    for handle in already {
        cx.printer.status(&format!("`{handle}` is already {}", if active { "active" } else { "inactive" }));
    }
    if to_change.is_empty() && !args.change.format.is_json() {
        return Ok(Exit::Success);
    }
    let changes: Vec<_> = to_change
        .iter()
        .map(|handle| Change::Set {
            handle: (*handle).clone(),
            field: FieldPath::Field("active".to_owned()),
            value: Scalar::Bool(active),
        })
        .collect();
    let what = if active { "enabled" } else { "disabled" };
    let done: Vec<_> =
        to_change.into_iter().map(|handle| Done { webhook: handle.clone(), what, to: None }).collect();
    change::write(cx, &args.change, &changes, &done)
}
