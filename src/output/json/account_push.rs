//! The JSON of `push`.

use serde::Serialize;

use super::account_diff::{ComparedField, field};
use super::{VERSION, document};
use crate::core::account::{FieldChange, PushPlan, PushStep};

#[derive(Debug)]
pub struct Push<'a> {
    pub file: &'a str,
    /// The name of the account.
    pub account: &'a str,
    pub api: String,
    pub is_dry_run: bool,
    pub plan: &'a PushPlan<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PushShape<'a> {
    /// the version of this format
    version: u32,
    /// the definitions file
    file: &'a str,
    /// the name of the account: `default`, or the one given with `--account`
    account: &'a str,
    /// the base URL of the API
    api: &'a str,
    /// whether this only shows the changes: with `--dry-run` or `--plan`
    dry_run: bool,
    /// the number of changes that must be confirmed, without those already done and without definitions that are only tied
    changes: usize,
    /// the webhooks in the order of the file, then those given with `--delete`
    webhooks: Vec<PushedWebhook<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PushedWebhook<'a> {
    /// the handle; null without a definition
    handle: Option<&'a str>,
    /// the id in the account; null until it is created
    id: Option<u64>,
    /// the display name
    name: &'a str,
    /// `create`, `update`, `adopt` (the id is written into the definition), `delete`, `same`, `keep` (the account has
    /// changes that are not overwritten), `leave_out` (managed by Zapier or Pipedream, and not named) or `not_in_account`
    action: &'static str,
    /// whether the action was carried out
    done: bool,
    /// the fields that are set to the values in the file
    fields: Vec<PushedField<'a>>,
    /// the fields that differ, but are not pushed
    kept: Vec<PushedField<'a>>,
    /// for `create`: the ids of other webhooks in the account with the same URL, trigger and trigger element
    alike: &'a [u64],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PushedField<'a> {
    #[serde(flatten)]
    values: ComparedField<'a>,
    /// where it was changed since the last pull or push: `file`, `account`, `both` or `unknown`
    changed_in: &'static str,
}

pub fn push_json(push: &Push<'_>) -> String {
    document(&PushShape {
        version: VERSION,
        file: push.file,
        account: push.account,
        api: &push.api,
        dry_run: push.is_dry_run,
        changes: push.plan.changes(),
        webhooks: push.plan.steps.iter().map(webhook).collect(),
    })
}

fn webhook<'a>(step: &'a PushStep<'_>) -> PushedWebhook<'a> {
    PushedWebhook {
        handle: step.handle(),
        id: step.id,
        name: step.name(),
        action: step.action.name(),
        done: step.is_done,
        fields: step.pushed.iter().map(pushed).collect(),
        kept: step.kept.iter().map(pushed).collect(),
        alike: &step.alike,
    }
}

fn pushed(change: &FieldChange) -> PushedField<'_> {
    PushedField { values: field(&change.comparison), changed_in: change.changed_in.name() }
}
