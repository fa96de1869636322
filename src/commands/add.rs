//! `hooks add`

use clap::Args;

use crate::core::definitions::edit::Change;
use crate::core::definitions::{Definitions, Draft, DraftIds};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::list;
use crate::output::json::Done;

use super::args::{ChangeArgs, FieldArgs, SecretArgs};
use super::context::{Context, require_readable};
use super::error::{self, Error, Result};
use super::rename::require_handle;
use super::secrets::{self, DotEnvAdditions};
use super::{change, dialogue, learned_fields};

/// Define a new webhook, with options or prompts
///
/// On a terminal, prompts for every field if no options are given. In a script, give at least WEBHOOK, `--trigger`,
/// `--trigger-element` and `--payload-url`.
#[derive(Debug, Clone, Args)]
pub struct AddArgs {
    /// Handle of the new webhook
    #[arg(value_name = "WEBHOOK")]
    webhook: Option<String>,
    /// Copy the fields of this webhook
    #[arg(long, value_name = "WEBHOOK")]
    from: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    secrets: SecretArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

pub fn run(args: &AddArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions_to_edit()?;
    change::require_writable(cx, &args.change)?;
    if let Some(handle) = &args.webhook {
        require_handle(handle)?;
        require_free(&definitions, handle)?;
    }
    let mut draft = match &args.from {
        Some(from) => {
            require_readable(&definitions, from)?;
            Draft { ids: DraftIds::default(), ..Draft::of(cx.webhook(&definitions, Some(from))?.0) }
        }
        None => Draft::default(),
    };
    let copied = draft.clone();
    args.fields.apply_to(&mut draft, &definitions)?;
    dialogue::require_valid(&draft, &copied, &*learned_fields::known(cx)?)?;
    secrets::require_values(&draft, &copied, args.secrets)?;
    let missing = missing(args.webhook.as_deref(), &draft);
    let mut moves = DotEnvAdditions::new(definitions.source.name().as_ref());
    let is_asked =
        cx.printer.can_ask() && (!missing.is_empty() || (args.fields.is_empty() && args.from.is_none()));
    let handle = match &args.webhook {
        Some(handle) if !is_asked => handle.clone(),
        handle if cx.printer.can_ask() => {
            let asked =
                dialogue::EditTarget { definitions: &definitions, handle: handle.as_deref(), is_new: true };
            dialogue::run(cx, asked, &mut draft, &mut moves)?
        }
        _ => return Err(usage(&missing)),
    };
    if !missing.is_empty() && !is_asked {
        return Err(usage(&missing));
    }
    secrets::move_to_dotenv(cx, &handle, &mut draft, &copied, args.secrets, &mut moves)?;
    let changes = [Change::Add { handle: handle.clone(), fields: draft.fields() }];
    if is_asked && !args.change.dry_run {
        let command = dialogue::command(&handle, None, &draft);
        dialogue::confirm(cx, &definitions, &handle, &changes, &moves, &command)?;
    }
    let done = [Done { webhook: handle, what: "added", to: None }];
    secrets::write_with(cx, &args.change, &moves, &changes, &done)
}

fn require_free(definitions: &Definitions, handle: &str) -> Result<()> {
    match definitions.find(handle) {
        None => Ok(()),
        Some(taken) => {
            let source = &definitions.source;
            let message = format!("the webhook `{handle}` already exists");
            let finding = Diagnostic::error("handle-taken", message)
                .at(source, taken.handle.span.clone())
                .help(format!("use another handle, or change this webhook with `hooks edit {handle}`"));
            Err(finding.into())
        }
    }
}

/// The required fields that are missing.
fn missing(handle: Option<&str>, draft: &Draft) -> Vec<&'static str> {
    let needed = [
        (handle.is_none(), "WEBHOOK"),
        (draft.trigger.is_none(), "--trigger"),
        (draft.trigger_element.is_none(), "--trigger-element"),
        (draft.payload_url.is_none(), "--payload-url"),
    ];
    needed.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, name)| name).collect()
}

fn usage(missing: &[&str]) -> Error {
    error::usage(format!("a new webhook needs {}", list(missing, "and"))).help(
        "e.g. `hooks add sign-ups --trigger create --trigger-element rsvp_answer --payload-url https://…`",
    )
}
