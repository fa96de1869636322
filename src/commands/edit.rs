//! `hooks edit`

use clap::Args;

use crate::core::definitions::{Draft, DraftIds};
use crate::core::text::{list, nearest, one_line};
use crate::output::json::Done;

use super::args::{ChangeArgs, FieldArgs, SecretArgs};
use super::context::Context;
use super::error::{Error, Result, usage};
use super::secrets::{self, DotEnvAdditions};
use super::{change, dialogue, learned_fields};

/// Change a webhook, with options or prompts
///
/// On a terminal, prompts for every field if no options are given. `--to-env` alone moves the webhook's literal credentials to
/// `.env`. To change the file in your editor, run `$EDITOR webhooks.toml`, then `hooks check`.
#[derive(Debug, Clone, Args)]
pub struct EditArgs {
    /// Handle of the webhook
    #[arg(value_name = "WEBHOOK")]
    webhook: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
    /// Remove a header (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Fields")]
    remove_header: Vec<String>,
    /// Remove a body field (repeatable)
    #[arg(long, value_name = "KEY", help_heading = "Fields")]
    remove_body: Vec<String>,
    /// Clear a field: `name`, `id`, `active`, `prokey_filter`, `method`, `header` or `body`
    #[arg(long, value_name = "FIELD", value_parser = clearable, help_heading = "Fields")]
    clear: Vec<String>,
    #[command(flatten)]
    secrets: SecretArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

const CLEARABLE: [&str; 7] = ["name", "id", "active", "prokey_filter", "method", "header", "body"];

fn clearable(text: &str) -> std::result::Result<String, String> {
    let name = text.replace('-', "_");
    if CLEARABLE.contains(&name.as_str()) {
        return Ok(name);
    }
    Err(match nearest(&name, CLEARABLE) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use {}", list(&CLEARABLE, "or")),
    })
}

pub fn run(args: &EditArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions_to_edit()?;
    let named = args.webhook.as_deref();
    let webhook = match named.and_then(|handle| definitions.find(handle)) {
        Some(webhook) => webhook,
        None => cx.webhook(&definitions, named)?.0,
    };
    let handle = webhook.handle.value.clone();
    let before = Draft::of(webhook);
    let mut draft = before.clone();
    let is_asked = args.fields.is_empty()
        && args.remove_header.is_empty()
        && args.remove_body.is_empty()
        && args.clear.is_empty()
        && !args.secrets.to_env;
    let mut moves = DotEnvAdditions::new(definitions.source.name().as_ref());
    if is_asked {
        if !cx.printer.can_ask() {
            return Err(usage("which fields? Give them as options, e.g. `--method PUT`")
                .help("run `hooks edit --help` for all options"));
        }
        change::require_writable(cx, &args.change)?;
        let asked = dialogue::EditTarget { definitions: &definitions, handle: Some(&handle), is_new: false };
        dialogue::run(cx, asked, &mut draft, &mut moves)?;
    } else {
        remove_fields(args, &mut draft)?;
        args.fields.apply_to(&mut draft, &definitions)?;
        dialogue::require_valid(&draft, &before, &*learned_fields::known(cx)?)?;
        secrets::require_values(&draft, &before, args.secrets)?;
    }
    secrets::move_to_dotenv(cx, &handle, &mut draft, &before, args.secrets, &mut moves)?;
    let changes = draft.changes_from(&before, &handle);
    if is_asked && !changes.is_empty() && !args.change.dry_run {
        let command = dialogue::command(&handle, Some(&before), &draft);
        dialogue::confirm(cx, &definitions, &handle, &changes, &moves, &command)?;
    }
    let done = [Done { webhook: handle, what: "changed", to: None }];
    let done = if changes.is_empty() { &[][..] } else { &done[..] };
    secrets::write_with(cx, &args.change, &moves, &changes, done)
}

fn remove_fields(args: &EditArgs, draft: &mut Draft) -> Result<()> {
    for name in &args.remove_header {
        let names: Vec<&str> = draft.header.iter().map(|(own, _)| own.as_str()).collect();
        if !names.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(missing("header", name, &names));
        }
        draft.header.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
    }
    for key in &args.remove_body {
        let keys: Vec<&str> = draft.body.iter().map(|(own, _)| own.as_str()).collect();
        if !keys.contains(&key.as_str()) {
            return Err(missing("body field", key, &keys));
        }
        draft.body.retain(|(own, _)| own != key);
    }
    for field in &args.clear {
        match field.as_str() {
            "name" => draft.name = None,
            "id" => draft.ids = DraftIds::default(),
            "active" => draft.active = None,
            "prokey_filter" => draft.prokey_filter = None,
            "method" => draft.method = None,
            "header" => draft.header.clear(),
            _ => draft.body.clear(),
        }
    }
    Ok(())
}

fn missing(kind: &str, name: &str, own: &[&str]) -> Error {
    let help = match nearest(name, own.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if own.is_empty() => format!("it has no {kind}s"),
        None => format!("it has {}", list(own, "and")),
    };
    usage(format!("the webhook has no {kind} `{}`", one_line(name))).help(help)
}
