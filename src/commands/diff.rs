//! `hooks diff`

use clap::Args;

use crate::core::account::{AccountWebhook, FieldComparison, compare};
use crate::core::model::Webhook;
use crate::core::text::{count, list, one_line};
use crate::io::env::Environment;
use crate::output::json::{self, AccountDiff, DiffNote, DiffState, WebhookDiff};
use crate::output::text;

use super::api::ApiAccess;
use super::args::{AccountArgs, FormatArgs};
use super::chosen::{AccountWebhooks, ChosenWebhooks};
use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Compare definitions with the webhooks in the account
///
/// Compares each definition with the webhook that has its `id`, field by field. Secrets are compared but never shown.
/// Definitions without `id` and webhooks that are only in the account are listed, but count as differences only if you name them
/// or pass `--all`. The exit code is 0 without differences, 1 with differences, and 3 if the only problem is a value that cannot
/// be compared because a `${NAME}` is not set.
#[derive(Debug, Clone, Args)]
pub struct DiffArgs {
    /// Handles of webhooks, or their ids in the account [default: all with an `id`]
    #[arg(value_name = "WEBHOOK")]
    webhooks: Vec<String>,
    /// Also count webhooks that are only in the file or only in the account
    #[arg(long, conflicts_with = "webhooks")]
    all: bool,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &DiffArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    let account = args.account.api().0.account(&definitions)?;
    let chosen = ChosenWebhooks::new(&definitions, account, &args.webhooks)?;
    let environment = chosen.environment(cx, &definitions, &args.account)?;
    let access = ApiAccess::new(cx, &args.account, &chosen.account, &environment)?;
    let state = access.run(cx, async |client| chosen.read(client, args.all).await)??;
    let mut diff = AccountDiff {
        file: definitions.source.name().to_owned(),
        account: access.account.clone(),
        api: access.api.to_string(),
        webhooks: Vec::new(),
        notes: Vec::new(),
    };
    for webhook in &chosen.defined {
        match chosen.id_of(webhook) {
            Some(id) => diff.webhooks.push(compared(webhook, id, state.get(id), &environment)),
            None if args.all || chosen.is_named => diff.webhooks.push(WebhookDiff {
                handle: Some(webhook.handle.value.clone()),
                id: None,
                name: Some(webhook.label().to_owned()),
                state: DiffState::NotTied,
                fields: Vec::new(),
            }),
            None => diff.notes.push(DiffNote::not_tied(webhook)),
        }
    }
    only_in_account(&mut diff, &chosen, &state, args.all);
    print(cx, args, &diff);
    if diff.webhooks.is_empty() && !args.format.is_json() {
        explain_nothing_compared(cx, &chosen);
    }
    Ok(exit(&diff))
}

fn compared(
    webhook: &Webhook,
    id: u64,
    account: Option<&AccountWebhook>,
    environment: &Environment,
) -> WebhookDiff {
    let fields = account.map(|account| compare(webhook, account, environment));
    let state = match &fields {
        None => DiffState::NotInAccount,
        Some(fields) if fields.is_empty() => DiffState::Same,
        Some(fields) if fields.iter().any(FieldComparison::differs) => DiffState::Different,
        Some(_) => DiffState::NotCompared,
    };
    WebhookDiff {
        handle: Some(webhook.handle.value.clone()),
        id: Some(id),
        name: Some(webhook.label().to_owned()),
        state,
        fields: fields.unwrap_or_default(),
    }
}

/// Adds the webhooks that are only in the account, as notes unless they are named or `all` is set.
fn only_in_account(diff: &mut AccountDiff, chosen: &ChosenWebhooks<'_>, state: &AccountWebhooks, all: bool) {
    for id in &chosen.undefined_ids {
        diff.webhooks.push(WebhookDiff {
            handle: None,
            id: Some(*id),
            name: state.get(*id).map(|own| own.name.clone()),
            state: if state.get(*id).is_some() { DiffState::NotInFile } else { DiffState::NotInAccount },
            fields: Vec::new(),
        });
    }
    for entry in &state.only_listed {
        let own = state.get(entry.id);
        let name = own.map(|own| own.name.clone()).or_else(|| entry.name.clone());
        let integration = own.and_then(AccountWebhook::integration);
        match integration {
            None if all => diff.webhooks.push(WebhookDiff {
                handle: None,
                id: Some(entry.id),
                name,
                state: DiffState::NotInFile,
                fields: Vec::new(),
            }),
            _ => diff.notes.push(DiffNote {
                kind: if integration.is_some() { "integration" } else { "not-in-file" },
                handle: None,
                id: Some(entry.id),
                name,
            }),
        }
    }
}

fn print(cx: &mut Context, args: &DiffArgs, diff: &AccountDiff) {
    if args.format.is_json() {
        cx.printer.data(&json::diff_json(diff));
        return;
    }
    cx.printer.data(&text::account_diff_text(diff, cx.printer.style()));
    print_notes(cx, &diff.notes);
    if let Some(summary) = text::account_diff_summary(diff) {
        cx.printer.status(&summary);
    }
}

fn explain_nothing_compared(cx: &mut Context, chosen: &ChosenWebhooks<'_>) {
    let account = if chosen.account.is_default() {
        String::new()
    } else {
        format!(" in the account `{}`", one_line(&chosen.account.name))
    };
    cx.printer.status(&format!("nothing was compared: no definition has an `id`{account}"));
    cx.printer.hint(
        "run `hooks push` to create webhooks from definitions, or `hooks pull` to get the account's webhooks",
    );
}

/// Lists webhooks that were not compared or not pulled.
pub(super) fn print_notes(cx: &mut Context, notes: &[DiffNote]) {
    let quoted = |note: &DiffNote| {
        let name = note.name.as_deref().map(|name| format!(" ({})", one_line(name)));
        match (&note.handle, note.id) {
            (Some(handle), _) => handle.clone(),
            (None, Some(id)) => format!("{id}{}", name.unwrap_or_default()),
            (None, None) => String::new(),
        }
    };
    for (kind, text) in [
        ("not-tied", "not compared (no `id`)"),
        ("not-in-file", "only in the account"),
        ("integration", "managed by Zapier or Pipedream"),
    ] {
        let own: Vec<String> = notes.iter().filter(|note| note.kind == kind).map(quoted).collect();
        if !own.is_empty() {
            let names = list(&own, "and");
            cx.printer.status(&format!("{} {text}: {names}", count(own.len(), "webhook")));
        }
    }
}

fn exit(diff: &AccountDiff) -> Exit {
    let has = |state: DiffState| diff.webhooks.iter().any(|own| own.state == state);
    if diff.webhooks.iter().any(|own| own.state.is_difference()) {
        Exit::No
    } else if has(DiffState::NotCompared) {
        Exit::Unusable
    } else {
        Exit::Success
    }
}
