//! Decides what a push does, from the chosen definitions and the webhooks in the account.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::core::account::{
    AccountFailure, AccountWebhook, FoundCreate, PlannedAction, PushAction, PushPlan, PushRefusal, PushStep,
    adoption_matches, masked_values,
};
use crate::core::definitions::Definitions;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::Webhook;
use crate::core::request::{CompiledWebhook, Destination};
use crate::core::text::{list, one_line};
use crate::io::account::{AccountClient, PushState};
use crate::io::env::Environment;

use super::super::chosen::ChosenWebhooks;
use super::super::context::Context;
use super::super::error::{Error, Result, usage};
use super::args::PushArgs;
use super::questions;

/// The definitions to push and the webhooks to delete.
pub(super) struct PushInput<'d> {
    pub(super) chosen: ChosenWebhooks<'d>,
    /// The ids to delete, with their definitions.
    deleted: Vec<(u64, Option<&'d Webhook>)>,
    pub(super) environment: Environment,
    /// The definitions with their values resolved, by handle.
    resolved: HashMap<&'d str, AccountWebhook>,
    /// The ids of all definitions in this account.
    tied: HashSet<u64>,
    /// Errors that would make `hooks fire` refuse a definition, by handle.
    invalid: HashMap<&'d str, Vec<Diagnostic>>,
}

/// What was read from the account.
pub(super) struct AccountRead {
    pub(super) listed: BTreeSet<u64>,
    by_id: HashMap<u64, AccountWebhook>,
}

impl<'d> PushInput<'d> {
    /// Chooses the definitions. Those with unusable values are refused before the first request.
    pub(super) fn new(args: &PushArgs, cx: &mut Context, definitions: &'d Definitions) -> Result<Self> {
        let settings = args.account.api().0.account(definitions)?;
        let mut chosen = ChosenWebhooks::new(definitions, settings, &args.webhooks)?;
        let definition = |id: u64| definitions.webhooks.iter().find(|own| chosen.id_of(own) == Some(id));
        let mut ids = HashSet::new();
        let deleted: Vec<_> =
            args.delete.iter().filter(|id| ids.insert(**id)).map(|id| (*id, definition(*id))).collect();
        if args.webhooks.is_empty() && !deleted.is_empty() {
            chosen.defined.clear();
        }
        let tied = definitions.webhooks.iter().filter_map(|own| chosen.id_of(own)).collect();
        let in_file_order = |webhook: &&Webhook| webhook.handle.span.start;
        chosen.defined.sort_by_key(in_file_order);
        let mut kept = std::mem::take(&mut chosen.defined);
        kept.retain(|own| chosen.id_of(own).is_none_or(|id| !args.delete.contains(&id)));
        chosen.defined = kept;
        let is_untied = chosen.defined.iter().any(|own| chosen.id_of(own).is_none());
        if let Some(id) = chosen.undefined_ids.first().filter(|_| !is_untied) {
            return Err(not_defined(*id));
        }
        let environment = chosen.environment(cx, definitions, &args.account)?;
        let mut input =
            Self { chosen, deleted, environment, resolved: HashMap::new(), tied, invalid: HashMap::new() };
        input.resolve(cx)?;
        Ok(input)
    }

    fn resolve(&mut self, cx: &mut Context) -> Result<()> {
        let mut errors = Vec::new();
        for webhook in &self.chosen.defined {
            let handle = webhook.handle.value.as_str();
            let mut found = masked_values(webhook, &self.environment);
            match CompiledWebhook::compile(webhook, &self.environment, &Destination::Defined, false) {
                Ok((compiled, _)) => cx.printer.hide(compiled.redactor()),
                Err(problems) => {
                    let is_value = |own: &Diagnostic| own.code.starts_with("environment-");
                    let (values, others): (Vec<_>, Vec<_>) = problems.into_iter().partition(is_value);
                    found.extend(values);
                    // They do not matter if the account already has the same webhook.
                    if self.chosen.id_of(webhook).is_none() {
                        found.extend(others);
                    } else if !others.is_empty() {
                        self.invalid.insert(handle, others);
                    }
                }
            }
            let id = self.chosen.id_of(webhook).unwrap_or_default();
            match AccountWebhook::resolved(id, webhook, &self.environment) {
                Ok(resolved) if found.is_empty() => drop(self.resolved.insert(handle, resolved)),
                _ => errors.extend(found),
            }
        }
        if errors.iter().any(|own| own.level == Level::Error) { Err(errors.into()) } else { Ok(()) }
    }

    /// Lists all webhooks and reads those of the chosen definitions. If a definition has no `id`, also reads the webhooks that no
    /// definition is tied to.
    pub(super) async fn read(
        &self,
        client: &AccountClient<'_>,
    ) -> std::result::Result<AccountRead, AccountFailure> {
        let listed: BTreeSet<u64> = client.list().await?.into_iter().map(|entry| entry.id).collect();
        let ids = self.chosen.defined.iter().map(|own| self.chosen.id_of(own));
        let needs_untied = ids.clone().any(|id| id.is_none());
        let own = ids.flatten().chain(self.deleted.iter().map(|(id, _)| *id));
        let mut ids: BTreeSet<u64> = own.filter(|id| listed.contains(id)).collect();
        if needs_untied {
            ids.extend(listed.iter().filter(|id| !self.tied.contains(id)));
        }
        let ids: Vec<u64> = ids.into_iter().collect();
        let read = client.webhooks(&ids).await?;
        Ok(AccountRead { listed, by_id: read.into_iter().map(|own| (own.id, own)).collect() })
    }

    /// The definition with its values resolved.
    pub(super) fn resolved(&self, webhook: &Webhook) -> Option<&AccountWebhook> {
        self.resolved.get(webhook.handle.value.as_str())
    }

    pub(super) fn plan(
        &self,
        args: &PushArgs,
        cx: &mut Context,
        read: &AccountRead,
        state: Option<&PushState>,
    ) -> Result<PushPlan<'d>> {
        let mut created = self.untied(args, cx, read, state)?;
        let mut steps = Vec::new();
        for webhook in &self.chosen.defined {
            let Some(resolved) = self.resolved(webhook) else { continue };
            match self.chosen.id_of(webhook) {
                None => steps.extend(created.remove(webhook.handle.value.as_str())),
                Some(id) => match read.by_id.get(&id) {
                    None => steps.push(PushStep::not_in_account(webhook, id)),
                    Some(account) => {
                        let bases = state.map(|own| (&own.base.key, &own.base.bases));
                        let mut step = PushStep::update(
                            webhook,
                            resolved,
                            account,
                            bases,
                            &self.environment,
                            args.force,
                        );
                        if account.integration().is_some()
                            && !self.chosen.is_named
                            && step.action != PushAction::Same
                        {
                            step.leave_out();
                        }
                        steps.push(step);
                    }
                },
            }
        }
        let deleted = self.deleted.iter();
        steps.extend(deleted.map(|(id, webhook)| PushStep::delete(*id, *webhook, read.by_id.get(id))));
        Ok(PushPlan { steps, listed: read.listed.clone() })
    }

    /// The step for an action in a plan file, as it would be carried out now.
    pub(super) fn planned(
        &self,
        action: &PlannedAction,
        read: &AccountRead,
        state: &PushState,
        definitions: &'d Definitions,
    ) -> Result<PushStep<'d>> {
        let webhook = action.webhook.as_ref().and_then(|handle| definitions.get(handle));
        let fields: Vec<String> = action.fields.iter().map(|own| own.field.clone()).collect();
        if action.kind() == Some(PushAction::Delete) {
            let id = action.id.unwrap_or_default();
            let mut step = PushStep::delete(id, webhook, read.by_id.get(&id));
            step.removes_definition &= action.removes_definition;
            return Ok(step);
        }
        let Some((webhook, resolved)) = webhook.and_then(|own| Some((own, self.resolved(own)?))) else {
            let handle = action.webhook.clone().unwrap_or_default();
            let message = format!("the plan needs the definition `{handle}`, which is missing from the file");
            return Err(Error::refused(PushRefusal::PlanStale.finding(message)));
        };
        let tied = self.chosen.id_of(webhook);
        if action.kind() == Some(PushAction::Create) && tied.is_none() {
            if let Some(account) = created(webhook, read, Some(state))?.and_then(|id| read.by_id.get(&id)) {
                return Ok(PushStep::adopt(webhook, resolved, account, &self.environment));
            }
            let alike = self.adoptable(read).filter(|own| own.fires_like(resolved));
            let mut alike: Vec<u64> = alike.map(|own| own.id).collect();
            alike.sort_unstable();
            return Ok(PushStep::create(webhook, resolved, alike));
        }
        let id = tied.or(action.id).unwrap_or_default();
        let Some(account) = read.by_id.get(&id) else { return Ok(PushStep::not_in_account(webhook, id)) };
        let mut step = if tied.is_none() {
            PushStep::adopt(webhook, resolved, account, &self.environment)
        } else {
            PushStep::update(webhook, resolved, account, None, &self.environment, true)
        };
        step.push_only(&fields);
        Ok(step)
    }

    /// The webhooks that a definition could adopt: no definition is tied to them, and no integration manages them unless they
    /// are named.
    fn adoptable<'r>(&self, read: &'r AccountRead) -> impl Iterator<Item = &'r AccountWebhook> {
        let untied = read.by_id.values().filter(|own| !self.tied.contains(&own.id));
        untied.filter(|own| own.integration().is_none() || self.chosen.undefined_ids.contains(&own.id))
    }

    /// The steps for definitions without `id`, by handle: create a webhook, or adopt one.
    fn untied(
        &self,
        args: &PushArgs,
        cx: &mut Context,
        read: &AccountRead,
        state: Option<&PushState>,
    ) -> Result<HashMap<&'d str, PushStep<'d>>> {
        let mut steps = HashMap::new();
        let mut taken = HashSet::new();
        let untied = |webhook: &&&'d Webhook| self.chosen.id_of(webhook).is_none();
        for webhook in self.chosen.defined.iter().filter(untied) {
            if let (Some(id), Some(resolved)) = (created(webhook, read, state)?, self.resolved(webhook))
                && let Some(account) = read.by_id.get(&id)
            {
                taken.insert(id);
                let step = PushStep::adopt(webhook, resolved, account, &self.environment);
                steps.insert(webhook.handle.value.as_str(), step);
            }
        }
        let is_open = |webhook: &&Webhook| !steps.contains_key(webhook.handle.value.as_str());
        let open: Vec<(&'d Webhook, &AccountWebhook)> = self
            .chosen
            .defined
            .iter()
            .filter(untied)
            .copied()
            .filter(is_open)
            .filter_map(|webhook| Some((webhook, self.resolved(webhook)?)))
            .collect();
        let mut account: Vec<&AccountWebhook> =
            self.adoptable(read).filter(|own| !taken.contains(&own.id)).collect();
        account.sort_by_key(|own| own.id);
        for ((webhook, resolved), found) in open.iter().zip(adoption_matches(&open, &account)) {
            let own = found.id.and_then(|id| read.by_id.get(&id));
            let adopted = own.map(|own| PushStep::adopt(webhook, resolved, own, &self.environment));
            let step = match adopted {
                Some(step) if found.is_identical && !args.no_adopt => step,
                Some(step) if questions::wants_adoption(args, cx, &step)? => step,
                _ => {
                    let alike = found.id.into_iter().chain(found.alike).collect();
                    PushStep::create(webhook, resolved, alike)
                }
            };
            steps.insert(webhook.handle.value.as_str(), step);
        }
        let adopted: HashSet<u64> = steps.values().filter_map(|step| step.id).collect();
        match self.chosen.undefined_ids.iter().find(|id| !adopted.contains(id)) {
            Some(id) => Err(not_defined(*id)),
            None => Ok(steps),
        }
    }

    /// Refuses changes to values that `hooks fire` would refuse, or to unknown words.
    pub(super) fn require_valid(&self, plan: &PushPlan<'_>) -> Result<()> {
        let changed = || plan.steps.iter().filter(|step| step.changes_account());
        let mut found: Vec<Diagnostic> =
            changed().filter_map(|step| self.invalid.get(step.handle()?)).flatten().cloned().collect();
        found.extend(changed().flat_map(unknown_words));
        if found.is_empty() { Ok(()) } else { Err(found.into()) }
    }
}

/// An error for each pushed word that this version does not know. A word that the account already has is accepted.
fn unknown_words(step: &PushStep<'_>) -> Vec<Diagnostic> {
    let Some(webhook) = step.webhook else { return Vec::new() };
    let (unknown, handle) = (&webhook.unknown, &webhook.handle);
    let words = [
        ("trigger", &unknown.trigger),
        ("trigger_element", &unknown.trigger_element),
        ("method", &unknown.method),
    ];
    let error = |(field, word): (&str, &Option<String>)| {
        let word = word.as_ref()?;
        let is_pushed =
            step.id.is_none() || step.pushed.iter().any(|own| own.comparison.field.to_string() == field);
        let message = format!(
            "unknown {} `{}` of `{}`",
            field.replace('_', " "),
            one_line(word),
            one_line(&handle.value)
        );
        is_pushed.then(|| {
            Diagnostic::error("unknown-value", message)
                .at(&webhook.source, handle.span.clone())
                .help("correct it in the file or, if the platform supports it, update hooks")
        })
    };
    words.into_iter().filter_map(error).collect()
}

/// The webhook that an interrupted push created for a definition.
fn created(webhook: &Webhook, read: &AccountRead, state: Option<&PushState>) -> Result<Option<u64>> {
    let handle = &webhook.handle.value;
    let Some((state, pending)) = state.and_then(|state| Some((state, state.pending(handle)?))) else {
        return Ok(None);
    };
    let mut new: Vec<AccountWebhook> =
        pending.new_ids(&read.listed).iter().filter_map(|id| read.by_id.get(id)).cloned().collect();
    new.sort_by_key(|own| own.id);
    match pending.find(&state.base.key, &new) {
        FoundCreate::Created(id) => Ok(Some(id)),
        FoundCreate::Nothing => Ok(None),
        FoundCreate::Unclear(ids) => Err(unclear(handle, &ids)),
    }
}

/// The error for new webhooks of which any may be the one that was created.
pub(super) fn unclear(handle: &str, ids: &[u64]) -> Error {
    let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    let message = format!(
        "cannot tell which webhook was created for `{handle}`; new in the account: {}",
        list(&ids, "and")
    );
    Error::refused(PushRefusal::Ambiguous.finding(message))
}

fn not_defined(id: u64) -> Error {
    usage(format!("no definition has the `id` {id}")).help(format!(
        "run `hooks pull {id}` to add the webhook to the file, or use `--delete {id}` to delete it"
    ))
}
