//! `hooks sample`

use clap::Args;

use crate::core::account::replace_personal_values;
use crate::core::catalog;
use crate::core::model::{Trigger, TriggerElement};
use crate::io::account::digest_key;

use super::account_element;
use super::args::{
    AccountElementArgs, ConnectionArgs, ELEMENT_GROUP, ElementChoice, EnvironmentArgs, trigger,
};
use super::context::Context;
use super::error::{Result, failed};
use super::exit::Exit;

/// Print an example element as JSON, ready to edit
///
/// With `--id` or `--event`, prints an element from the account as a delivery would contain it. Synthetic values replace possibly
/// personal data: email addresses, names, texts, form fields, and fields that this version does not know. A value is always replaced
/// by the same synthetic value. Names and types of fields that this version does not know are added to `webhooks.fields.json` beside
/// the definitions.
#[derive(Debug, Clone, Args)]
pub struct SampleArgs {
    /// Trigger element, e.g. `event` or `rsvp_answer`, or a webhook
    #[arg(value_name = "ELEMENT")]
    element: Option<String>,
    /// Trigger of the delivery [default: the webhook's, else `create`]
    #[arg(long, value_name = "TRIGGER", value_parser = trigger)]
    trigger: Option<Trigger>,
    #[command(flatten)]
    account: AccountElementArgs,
    /// Keep personal data in the element
    #[arg(long, requires = ELEMENT_GROUP, help_heading = "Account")]
    no_redact: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    environment: EnvironmentArgs,
}

pub fn run(args: &SampleArgs, cx: &mut Context) -> Result {
    let ElementChoice { element, trigger } = match &args.element {
        Some(named) => ElementChoice::named(cx, named)?,
        None => ElementChoice { element: cx.trigger_element()?, trigger: None },
    };
    let trigger = args.trigger.or(trigger).unwrap_or(Trigger::Create);
    if args.account.is_given() {
        let text = of_account(args, cx, element, trigger)?;
        cx.printer.bytes(text.as_bytes());
    } else {
        cx.printer.bytes(catalog::sample(element, trigger).as_bytes());
    }
    Ok(Exit::Success)
}

/// An element from the account, laid out like the built-in samples.
fn of_account(args: &SampleArgs, cx: &mut Context, kind: TriggerElement, trigger: Trigger) -> Result<String> {
    let SampleArgs { account, connection, environment, .. } = args;
    let mut read = account_element::read(cx, account, connection, environment, kind, trigger)?;
    if args.no_redact {
        cx.printer.warning(
            "the element may contain personal data; omit `--no-redact` to replace it with synthetic values",
        );
    } else {
        let key = digest_key().map_err(|error| failed("cannot use the key for synthetic values", &error))?;
        replace_personal_values(&key, kind, &mut read.delivered);
        cx.printer
            .status("replaced personal data and texts with synthetic values; use `--no-redact` to keep them");
    }
    let text = serde_json::to_string_pretty(&read.delivered);
    Ok(text.map_err(|error| failed("cannot print the element", &error))? + "\n")
}
