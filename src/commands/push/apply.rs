//! Carries out the steps of a push one by one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use crate::core::account::{
    AccountFailure, AccountFailureKind, AccountWebhook, PushAction, PushPlan, PushRefusal, PushStep,
};
use crate::core::definitions::Definitions;
use crate::core::diagnostic::Diagnostic;
use crate::core::text::{list, one_line};
use crate::io::account::{AccountClient, PushState};
use crate::io::env::Environment;
use crate::output::text::{self, PushView};

use super::super::api::ApiAccess;
use super::super::args::ChangeArgs;
use super::super::change;
use super::super::context::Context;
use super::super::error::{Error, Result};

/// Carries out the steps of a push and returns them with their results. `plan` is the id of the plan that is applied, if any.
pub(super) fn carry_out<'d>(
    cx: &mut Context,
    access: &ApiAccess,
    how: &ChangeArgs,
    environment: &Environment,
    state: &RefCell<PushState>,
    planned: PushPlan<'d>,
    plan: Option<&str>,
) -> (PushPlan<'d>, Result<()>) {
    let steps = RefCell::new(planned.steps);
    let cx = RefCell::new(cx);
    let done = access.run_sharing(&cx, async |client| {
        let account = &access.account;
        let listed = &planned.listed;
        PushRun { client, cx: &cx, how, environment, account, state, steps: &steps, listed, plan }
            .apply()
            .await
    });
    let ended = PushPlan { steps: steps.into_inner(), listed: planned.listed };
    (ended, done.flatten())
}

pub(super) struct PushRun<'r, 'a, 'c, 'd> {
    pub(super) client: &'r AccountClient<'a>,
    pub(super) cx: &'r RefCell<&'c mut Context>,
    pub(super) how: &'r ChangeArgs,
    pub(super) environment: &'r Environment,
    /// The name of the account.
    pub(super) account: &'r str,
    pub(super) state: &'r RefCell<PushState>,
    pub(super) steps: &'r RefCell<Vec<PushStep<'d>>>,
    /// The ids in the account when the push was planned.
    pub(super) listed: &'r BTreeSet<u64>,
    /// The id of the plan that is applied, if any.
    pub(super) plan: Option<&'r str>,
}

impl PushRun<'_, '_, '_, '_> {
    async fn apply(&self) -> Result<()> {
        let number = self.steps.borrow().len();
        for index in 0..number {
            let mut step = self.steps.borrow()[index].clone();
            if step.is_done {
                continue;
            }
            match step.action {
                PushAction::Create => step.id = Some(self.create(&step).await?),
                PushAction::Update | PushAction::Adopt => self.update(&step).await?,
                PushAction::Delete => self.delete(&step).await?,
                PushAction::Same => {
                    if let Some(account) = &step.seen {
                        self.store_base(&step, account);
                    }
                    continue;
                }
                PushAction::Keep | PushAction::LeaveOut | PushAction::NotInAccount => continue,
            }
            step.is_done = true;
            if let Some(plan) = self.plan {
                let stored = self.state.borrow_mut().end_step(plan, index);
                stored.unwrap_or_else(|error| self.warn_about_state(&error));
            }
            self.say_done(&step);
            self.steps.borrow_mut()[index] = step;
        }
        Ok(())
    }

    async fn update(&self, step: &PushStep<'_>) -> Result<()> {
        let (Some(id), Some(seen), Some(target)) = (step.id, &step.seen, &step.target) else { return Ok(()) };
        let now = self.client.webhook(id).await?;
        self.require_unchanged(step, seen, now.as_ref())?;
        if step.action == PushAction::Adopt {
            self.write_file(step, id)?;
        }
        let fields = target.update_json(seen);
        let mut after = now;
        if fields.as_object().is_some_and(|fields| !fields.is_empty()) {
            if !self.client.update(id, &fields).await? {
                return Err(stale(step, "it was deleted"));
            }
            after = self.client.webhook(id).await?;
        }
        require_applied(step, id, target, after.as_ref())?;
        if let Some(after) = &after {
            self.store_base(step, after);
        }
        Ok(())
    }

    async fn delete(&self, step: &PushStep<'_>) -> Result<()> {
        let Some(id) = step.id else { return Ok(()) };
        if let Some(seen) = &step.seen {
            let now = self.client.webhook(id).await?;
            self.require_unchanged(step, seen, now.as_ref())?;
            if !self.client.delete(id).await? {
                return Err(stale(step, "it was deleted"));
            }
            if self.client.webhook(id).await?.is_some() {
                let what = format!("the API confirmed the deletion of webhook {id}, but still returns it");
                return Err(AccountFailure::new(AccountFailureKind::NotApplied, what).into());
            }
        }
        self.write_file(step, id)?;
        self.state.borrow_mut().base.bases.remove(id);
        self.save_base();
        Ok(())
    }

    /// Stops if a webhook has changed since the push was planned, and shows the values before and now.
    fn require_unchanged(
        &self,
        step: &PushStep<'_>,
        seen: &AccountWebhook,
        now: Option<&AccountWebhook>,
    ) -> Result<()> {
        let Some(now) = now else { return Err(stale(step, "it was deleted")) };
        if now == seen {
            return Ok(());
        }
        let changed = now.differing(seen, step.name());
        let cx = &mut self.cx.borrow_mut();
        let view = PushView { style: cx.printer.style_err(), width: cx.printer.width() };
        cx.printer.preformatted(&text::stale_text(&step.stale_fields(now, &changed, self.environment), view));
        Err(stale(step, &format!("the account now has a different value of {}", list(&changed, "and"))))
    }

    /// Writes the id into the definition, or removes the definition.
    pub(super) fn write_file(&self, step: &PushStep<'_>, id: u64) -> Result<()> {
        let changes = step.file_changes(self.account, id);
        if !changes.is_empty() {
            let mut cx = self.cx.borrow_mut();
            if let Err(error) = change::apply(&mut cx, self.how, &changes) {
                error.report(&mut cx.printer);
                let handle = step.handle().unwrap_or_default();
                let message =
                    format!("cannot update the definition `{handle}` after the change to webhook {id}");
                return Err(Error::refused(PushRefusal::FileNotWritten.finding(message)));
            }
        }
        if let Some(handle) = step.handle() {
            let ended = self.state.borrow_mut().end_create(handle);
            ended.unwrap_or_else(|error| self.warn_about_state(&error));
        }
        Ok(())
    }

    pub(super) fn store_base(&self, step: &PushStep<'_>, account: &AccountWebhook) {
        let Some(webhook) = step.webhook else { return };
        let kept: Vec<String> = step.kept.iter().map(|change| change.comparison.field.to_string()).collect();
        {
            let base = &mut self.state.borrow_mut().base;
            base.bases.store(&base.key, webhook, account, &kept);
        }
        self.save_base();
    }

    fn save_base(&self) {
        let saved = self.state.borrow().base.save();
        saved.unwrap_or_else(|error| self.warn_about_state(&error));
    }

    fn warn_about_state(&self, error: &std::io::Error) {
        self.cx.borrow_mut().printer.warning(&format!(
            "cannot store what was pushed: {error}; the next push will not know where a field was changed"
        ));
    }

    fn say_done(&self, step: &PushStep<'_>) {
        let mut cx = self.cx.borrow_mut();
        if !self.how.format.is_json() {
            let view = PushView { style: cx.printer.style(), width: cx.printer.width() };
            cx.printer.data(&text::push_done_text(step, view));
        }
    }
}

fn stale(step: &PushStep<'_>, what: &str) -> Error {
    let id = step.id.unwrap_or_default();
    let subject = step.handle().map_or_else(String::new, |handle| format!(" of `{handle}`"));
    let message = format!("webhook {id}{subject} has changed since the push was planned: {what}");
    Error::refused(PushRefusal::Stale.finding(message))
}

/// Stops if the account does not have what was pushed.
pub(super) fn require_applied(
    step: &PushStep<'_>,
    id: u64,
    target: &AccountWebhook,
    after: Option<&AccountWebhook>,
) -> Result<()> {
    let Some(after) = after else {
        let what = format!("the API accepted webhook {id}, but does not return it");
        return Err(AccountFailure::new(AccountFailureKind::NotApplied, what).into());
    };
    let differing = after.differing(target, step.name());
    if differing.is_empty() {
        return Ok(());
    }
    let what = format!(
        "the API accepted the values of webhook {id}, but returns different ones for {}",
        one_line(&list(&differing, "and"))
    );
    Err(AccountFailure::new(AccountFailureKind::NotApplied, what).into())
}

/// The state stored for the definitions and the account. None if nothing is stored and `will_store` is false, as in a dry run.
pub(super) fn open_state(
    access: &ApiAccess,
    definitions: &Definitions,
    will_store: bool,
) -> Result<Option<PushState>> {
    let failed = |error: std::io::Error| {
        Error::from(
            Diagnostic::error("state-unusable", format!("cannot use the state directory: {error}"))
                .help("set `XDG_STATE_HOME` to a writable directory"),
        )
    };
    let base = access.base_file(Path::new(definitions.source.name()), will_store).map_err(failed)?;
    let Some(base) = base else { return Ok(None) };
    if let Some(state) = PushState::open(base, will_store).map_err(failed)? {
        return Ok(Some(state));
    }
    let message =
        format!("another push of `{}` to this account is running", one_line(definitions.source.name()));
    Err(Error::refused(PushRefusal::Running.finding(message)))
}
