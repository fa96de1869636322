//! `hooks sample`

use clap::Args;

use crate::core::catalog;
use crate::core::model::{Trigger, TriggerElement};
use crate::core::text::list;
use crate::face::pick;

use super::args::ElementName;
use super::context::Context;
use super::error::{Error, Result};
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
        None if cx.ui.can_ask() => {
            let items = TriggerElement::ALL.map(|kind| format!("{kind}: {}", kind.meaning()));
            TriggerElement::ALL[pick::pick("Trigger element", &items, cx.ui.paint_err().is_on)?]
        }
        None => {
            return Err(Error::Usage {
                message: "which trigger element? Name one as `ELEMENT`".to_owned(),
                help: format!("there are {}", list(&TriggerElement::ALL.map(TriggerElement::as_str), "and")),
            });
        }
    };
    cx.ui.bytes(catalog::sample(kind, args.trigger).as_bytes());
    Ok(Exit::Success)
}
