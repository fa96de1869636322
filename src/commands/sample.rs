//! `hooks sample`

use clap::Args;

use crate::core::catalog;
use crate::core::model::Trigger;

use super::args::{ElementChoice, trigger};
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Print an example element as JSON, ready to edit
#[derive(Debug, Clone, Args)]
pub struct SampleArgs {
    /// Trigger element, e.g. `event` or `rsvp_answer`, or a webhook
    #[arg(value_name = "ELEMENT")]
    element: Option<String>,
    /// Trigger of the delivery [default: the webhook's, else `create`]
    #[arg(long, value_name = "TRIGGER", value_parser = trigger)]
    trigger: Option<Trigger>,
}

pub fn run(args: &SampleArgs, cx: &mut Context) -> Result {
    let ElementChoice { element, trigger } = match &args.element {
        Some(named) => ElementChoice::named(cx, named)?,
        None => ElementChoice { element: cx.trigger_element()?, trigger: None },
    };
    let trigger = args.trigger.or(trigger).unwrap_or(Trigger::Create);
    cx.printer.bytes(catalog::sample(element, trigger).as_bytes());
    Ok(Exit::Success)
}
