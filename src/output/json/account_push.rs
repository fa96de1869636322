//! The result of `push`.

use serde::Serialize;

use super::account_diff::{ComparedField, field};
use super::{VERSION, document};
use crate::core::account::{FieldChange, PushPlan, PushStep};

/// The result of a push.
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
    /// the name of the account
    account: &'a str,
    /// the base URL of the API
    api: &'a str,
    /// whether nothing was to be changed, as with `--dry-run` and `--plan`
    dry_run: bool,
    /// the number of changes that must be confirmed: without those that are done, and without definitions that are only tied
    changes: usize,
    /// the webhooks, in the order of the file, then those of `--delete`
    webhooks: Vec<PushedWebhook<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PushedWebhook<'a> {
    /// the handle; null if there is no definition
    handle: Option<&'a str>,
    /// the number in the account; null if it is not created yet
    id: Option<u64>,
    /// the label
    name: &'a str,
    /// `create`, `update`, `adopt` (the number is written into the definition), `delete`, `same`, `keep` (the account has
    /// changes that are not pushed), `leave_out` (of Zapier or Pipedream, and not named) or `not_in_account`
    action: &'static str,
    /// whether the action was carried out
    done: bool,
    /// the fields that get the values of the file
    fields: Vec<PushedField<'a>>,
    /// the fields that differ, but are not pushed
    kept: Vec<PushedField<'a>>,
    /// the numbers of other webhooks in the account with the same URL, trigger and trigger element, if it is created
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

/// The result of a push for scripts.
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
