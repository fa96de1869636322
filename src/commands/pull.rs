//! `hooks pull`

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::core::account::{
    AccountWebhook, ChangedIn, ChangedSecret, FieldComparison, changed_draft, changes, compare, new_draft,
    new_fields, new_handle,
};
use crate::core::definitions::edit::Change;
use crate::core::definitions::{Definitions, Draft, read};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::Webhook;
use crate::core::secrets::environment_name;
use crate::core::text::Source;
use crate::io::account::BaseFile;
use crate::io::env::Environment;
use crate::io::files;
use crate::output::json::{self, Pull, PullState, WebhookPull};
use crate::output::text;

use super::api::ApiAccess;
use super::args::{AccountArgs, ChangeArgs, FormatArgs, SecretArgs};
use super::chosen::{AccountWebhooks, ChosenWebhooks};
use super::context::{Context, DEFAULT_FILE, MAX_FILE_BYTES};
use super::error::Result;
use super::exit::Exit;
use super::secrets::{self, DotEnvAdditions};
use super::{change, diff};

/// Copy the webhooks from the account into the definitions file
///
/// Webhooks are matched by `id`; a definition without `id` that equals exactly one webhook gets the `id` of that webhook. Changed
/// values are replaced in place, and every other byte of the file stays as it is. New webhooks are added at the end of the file; a missing
/// file is created. `${NAME}` stays if its value is the same in the account. Fields that were changed in the file since the
/// last pull are shown and kept, unless you pass `--force`. Webhooks managed by Zapier and Pipedream are left out unless you
/// name them.
#[derive(Debug, Clone, Args)]
pub struct PullArgs {
    /// Handles of webhooks, or their ids in the account [default: all]
    #[arg(value_name = "WEBHOOK")]
    webhooks: Vec<String>,
    /// Overwrite changes in the file
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    secrets: SecretArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Show the changes without writing them
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    #[command(flatten)]
    format: FormatArgs,
}

/// The results and changes collected so far.
struct Collected {
    pulls: Vec<WebhookPull>,
    changes: Vec<Change>,
    moves: DotEnvAdditions,
}

pub fn run(args: &PullArgs, cx: &mut Context) -> Result {
    let how = ChangeArgs { dry_run: args.dry_run, verbose: false, format: args.format.clone() };
    let new_file = new_file(cx);
    let definitions = if let Some(path) = &new_file {
        read(&Arc::new(Source::new(&*path.to_string_lossy(), ""))).0
    } else {
        change::require_writable(cx, &how)?;
        definitions(cx)?
    };
    let settings = args.account.api().0.account(&definitions)?;
    let chosen = ChosenWebhooks::new(&definitions, settings, &args.webhooks)?;
    let environment = chosen.environment(cx, &definitions, &args.account)?;
    let access = ApiAccess::new(cx, &args.account, &chosen.account, &environment)?;
    let account = access.run(cx, async |client| chosen.read(client, true).await)??;
    let path = Path::new(definitions.source.name());
    let base = access.base_file(path, !args.dry_run).map_err(|error| no_base(cx, &error));
    let mut base = base.ok().flatten();
    let moves = DotEnvAdditions::new(path);
    let mut plan = Collected { pulls: Vec::new(), changes: Vec::new(), moves };
    for webhook in &chosen.defined {
        if let Some(id) = chosen.id_of(webhook) {
            plan.tied(cx, args, (webhook, id), account.get(id), base.as_ref(), &environment)?;
        }
    }
    plan.untied(cx, args, &definitions, &chosen, &account, &environment)?;
    let applied = if let Some(path) = &new_file {
        secrets::store(cx, &how, &plan.moves, None)?;
        change::create(path, &how, &plan.changes)?
    } else {
        secrets::store(cx, &how, &plan.moves, Some(&plan.changes))?;
        change::apply(cx, &how, &plan.changes)?
    };
    if let Some(base) = base.as_mut().filter(|_| !args.dry_run) {
        store_bases(base, &plan.pulls, &applied.after, &account);
        if let Err(error) = base.save() {
            no_base(cx, &error);
        }
    }
    let mut notes = chosen.notes(&account);
    let tied =
        |handle: &str| plan.pulls.iter().any(|own| own.state == PullState::Tied && own.handle == handle);
    notes.retain(|note| !note.handle.as_deref().is_some_and(tied));
    let pull = Pull {
        file: definitions.source.name(),
        account: access.account.clone(),
        api: access.api.to_string(),
        before: &applied.before,
        after: &applied.after,
        is_written: applied.is_written,
        is_new_file: new_file.is_some(),
        is_dry_run: args.dry_run,
        notes,
        webhooks: plan.pulls,
    };
    if args.format.is_json() {
        cx.printer.data(&json::pull_json(&pull));
    } else {
        cx.printer.data(&text::pull_text(&pull, cx.printer.style()));
        diff::print_notes(cx, &pull.notes);
        cx.printer.status(&text::pull_summary(&pull));
    }
    Ok(pull.webhooks.iter().map(exit).max().unwrap_or(Exit::Success))
}

/// The path of the file to create; none if the file exists.
fn new_file(cx: &Context) -> Option<PathBuf> {
    match &cx.file {
        Some(named) => (!named.exists() && !named.is_symlink()).then(|| named.clone()),
        None => cx.definitions_path().is_err().then(|| DEFAULT_FILE.into()),
    }
}

/// Any error in the file stops a pull, because an invalid definition would look like a missing one. The file may be empty.
fn definitions(cx: &mut Context) -> Result<Definitions> {
    let path = cx.definitions_path()?;
    let source = Arc::new(files::read_source(&path, MAX_FILE_BYTES)?);
    let (definitions, findings) = read(&source);
    let mut errors = definitions.configured(findings);
    errors
        .retain(|finding: &Diagnostic| finding.level == Level::Error && finding.code != "definitions-empty");
    if errors.is_empty() { Ok(definitions) } else { Err(errors.into()) }
}

fn no_base(cx: &mut Context, error: &std::io::Error) {
    cx.printer.warning(&format!(
        "cannot store the digests of this pull: {error}; the next pull will treat every difference as a change in the file"
    ));
}

impl Collected {
    /// Pulls a webhook that a definition is tied to.
    fn tied(
        &mut self,
        cx: &mut Context,
        args: &PullArgs,
        (webhook, id): (&Webhook, u64),
        account: Option<&AccountWebhook>,
        base: Option<&BaseFile>,
        environment: &Environment,
    ) -> Result<()> {
        let handle = &webhook.handle.value;
        let mut pull = WebhookPull::new(handle, id, webhook.label());
        let Some(account) = account else {
            pull.state = PullState::NotInAccount;
            self.pulls.push(pull);
            return Ok(());
        };
        for comparison in compare(webhook, account, environment) {
            let changed_in = base.map_or(ChangedIn::Unknown, |base| {
                base.bases.changed_in(&base.key, account.id, &comparison, environment)
            });
            if !comparison.differs() {
                pull.kept.push(comparison);
            } else if args.force || changed_in == ChangedIn::Account {
                pull.changed.push(comparison);
            } else {
                pull.is_conflict |= changed_in != ChangedIn::File;
                pull.kept.push(comparison);
            }
        }
        let before = Draft::of(webhook);
        let fields: Vec<&FieldComparison> = pull.changed.iter().collect();
        match changed_draft(&before, account, &fields, environment) {
            _ if fields.is_empty() => {}
            Err(reason) => pull.leave_out(reason),
            Ok(mut after) => {
                self.hide_secrets(cx, args, handle, &before, &mut after)?;
                self.changes.extend(changes(&before, &after, handle));
                pull.state = PullState::Changed;
            }
        }
        if pull.state == PullState::Same && !pull.kept.is_empty() {
            pull.state = PullState::Kept;
        }
        self.pulls.push(pull);
        Ok(())
    }

    /// Adds webhooks that are only in the account: the named ones, or all that no integration manages.
    fn untied(
        &mut self,
        cx: &mut Context,
        args: &PullArgs,
        definitions: &Definitions,
        chosen: &ChosenWebhooks<'_>,
        account: &AccountWebhooks,
        environment: &Environment,
    ) -> Result<()> {
        let untied = chosen.untied(account);
        let own: Vec<&AccountWebhook> = untied.iter().filter_map(|id| account.get(*id)).collect();
        let mut equal = equal_definitions(definitions, &chosen.account.name, &own, environment);
        let mut taken: HashSet<String> =
            definitions.all().map(|webhook| webhook.handle.value.clone()).collect();
        for id in untied {
            let Some(own) = account.get(id) else {
                let mut pull = WebhookPull::new("", id, "");
                pull.state = PullState::NotInAccount;
                self.pulls.push(pull);
                continue;
            };
            if let Some(webhook) = equal.remove(&id) {
                let (handle, before) = (&webhook.handle.value, Draft::of(webhook));
                let mut after = before.clone();
                after.ids.set(&chosen.account.name, id);
                self.changes.extend(changes(&before, &after, handle));
                let mut pull = WebhookPull::new(handle, id, webhook.label());
                pull.state = PullState::Tied;
                self.pulls.push(pull);
                continue;
            }
            let handle = new_handle(own, |handle| taken.contains(handle));
            taken.insert(handle.clone());
            let mut pull = WebhookPull::new(&handle, id, &own.name);
            match new_draft(own, &handle, &chosen.account.name) {
                Err(reason) => pull.leave_out(reason),
                Ok(mut draft) => {
                    self.hide_secrets(cx, args, &handle, &Draft::default(), &mut draft)?;
                    self.changes.push(Change::Add { handle, fields: new_fields(&draft) });
                    pull.state = PullState::Added;
                }
            }
            self.pulls.push(pull);
        }
        Ok(())
    }

    /// Replaces credentials that are new to the file with `${NAME}`, after asking.
    fn hide_secrets(
        &mut self,
        cx: &mut Context,
        args: &PullArgs,
        handle: &str,
        before: &Draft,
        after: &mut Draft,
    ) -> Result<()> {
        for secret in ChangedSecret::find(before, after) {
            let name = secret.name.clone().unwrap_or_else(|| environment_name(handle, &secret.field));
            if !args.secrets.literal
                && (args.secrets.to_env || secrets::wants_move(cx, handle, &secret.what, &name)?)
            {
                let name = self.moves.add(&name, &secret.value);
                secret.replace(after, &name);
            }
        }
        secrets::move_to_dotenv(cx, handle, after, before, args.secrets, &mut self.moves)
    }
}

/// The definitions without an id that equal exactly one of these webhooks, by its id. A webhook that equals several definitions is
/// left out.
fn equal_definitions<'d>(
    definitions: &'d Definitions,
    account: &str,
    webhooks: &[&AccountWebhook],
    environment: &Environment,
) -> HashMap<u64, &'d Webhook> {
    let mut equal: HashMap<u64, Vec<&Webhook>> = HashMap::new();
    for webhook in definitions.all().filter(|own| own.id_in(account).is_none()) {
        let is_equal = |own: &&&AccountWebhook| {
            own.name == webhook.label() && compare(webhook, own, environment).is_empty()
        };
        let mut found = webhooks.iter().filter(is_equal);
        if let (Some(only), None) = (found.next(), found.next()) {
            equal.entry(only.id).or_default().push(webhook);
        }
    }
    let only = |(id, found): (u64, Vec<&'d Webhook>)| (found.len() == 1).then(|| (id, found[0]));
    equal.into_iter().filter_map(only).collect()
}

/// Stores the account's values of every webhook that the file now has, as digests.
fn store_bases(base: &mut BaseFile, pulls: &[WebhookPull], after: &Definitions, account: &AccountWebhooks) {
    for pull in pulls {
        let tied = after.find(&pull.handle).zip(account.get(pull.id));
        if let Some((webhook, own)) = tied.filter(|_| pull.state != PullState::LeftOut) {
            let kept: Vec<String> = pull.kept.iter().map(|kept| kept.field.to_string()).collect();
            base.bases.store(&base.key, webhook, own, &kept);
        }
    }
}

fn exit(pull: &WebhookPull) -> Exit {
    match pull.state {
        PullState::LeftOut | PullState::NotInAccount => Exit::No,
        _ if pull.is_conflict => Exit::No,
        _ if pull.kept.iter().any(|kept| !kept.differs()) => Exit::Unusable,
        _ => Exit::Success,
    }
}
