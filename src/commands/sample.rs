//! `hooks sample`

use clap::Args;

use crate::core::catalog;
use crate::core::model::Trigger;

use super::args::ElementName;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Print an example element as JSON, ready to edit
#[derive(Debug, Clone, Args)]
pub struct SampleArgs {
    /// The trigger element, such as `event` or `rsvp_answer`
    #[arg(value_name = "ELEMENT")]
    element: Option<ElementName>,
    /// The trigger that the element is for, such as `update`
    #[arg(long, value_name = "TRIGGER", value_parser = super::vars::trigger, default_value = "create")]
    trigger: Trigger,
}

/// Runs it.
///
/// # Errors
/// When no element was named and nobody can be asked.
pub fn run(args: &SampleArgs, cx: &mut Context) -> Result {
    let kind = match args.element {
        Some(ElementName(kind)) => kind,
        None => cx.trigger_element()?,
    };
    cx.ui.bytes(catalog::sample(kind, args.trigger).as_bytes());
    Ok(Exit::Success)
}
