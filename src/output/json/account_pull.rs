//! The JSON of `pull`.

use serde::Serialize;

use super::account_diff::{ComparedField, DiffNote, field};
use super::{VERSION, document};
use crate::core::account::FieldComparison;
use crate::core::definitions::Definitions;
use crate::output::diff::masked_diff;
use crate::output::style::Style;

#[derive(Debug)]
pub struct Pull<'a> {
    pub file: &'a str,
    /// The name of the account.
    pub account: String,
    pub api: String,
    pub before: &'a Definitions,
    pub after: &'a Definitions,
    pub is_written: bool,
    /// Whether the file did not exist before.
    pub is_new_file: bool,
    pub is_dry_run: bool,
    pub webhooks: Vec<WebhookPull>,
    pub notes: Vec<DiffNote>,
}

/// The result for one webhook.
pub struct WebhookPull {
    pub handle: String,
    pub id: u64,
    pub name: String,
    pub state: PullState,
    /// The fields that now have the account's values.
    pub changed: Vec<FieldComparison>,
    /// The fields that differ or cannot be compared, and were not changed.
    pub kept: Vec<FieldComparison>,
    /// Whether a kept field may have been changed in the account.
    pub is_conflict: bool,
    /// Why it was left out.
    pub reason: Option<String>,
}

impl std::fmt::Debug for WebhookPull {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookPull")
            .field("handle", &self.handle)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullState {
    Same,
    Changed,
    Added,
    Tied,
    Kept,
    LeftOut,
    NotInAccount,
}

impl PullState {
    fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Tied => "tied",
            Self::Kept => "kept",
            Self::LeftOut => "left_out",
            Self::NotInAccount => "not_in_account",
        }
    }
}

impl WebhookPull {
    pub fn new(handle: &str, id: u64, name: &str) -> Self {
        Self {
            handle: handle.to_owned(),
            id,
            name: name.to_owned(),
            state: PullState::Same,
            changed: Vec::new(),
            kept: Vec::new(),
            is_conflict: false,
            reason: None,
        }
    }

    /// Changes nothing, for this reason.
    pub fn leave_out(&mut self, reason: String) {
        self.state = PullState::LeftOut;
        self.kept.append(&mut self.changed);
        self.reason = Some(reason);
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PullShape<'a> {
    /// the version of this format
    version: u32,
    /// the definitions file
    file: &'a str,
    /// the name of the account: `default`, or the one given with `--account`
    account: &'a str,
    /// the base URL of the API
    api: &'a str,
    /// whether the file was changed; false with `--dry-run` or without changes
    written: bool,
    /// whether the file did not exist before
    new_file: bool,
    /// the webhooks in the order of the file, then the new ones
    webhooks: Vec<PulledWebhook<'a>>,
    /// other webhooks in the file or in the account
    notes: &'a [DiffNote],
    /// the changed lines with a few lines of context, each prefixed with `+`, `-` or a space; literal credentials are masked
    diff: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PulledWebhook<'a> {
    /// the handle; null without a definition
    handle: Option<&'a str>,
    /// the id in the account
    id: u64,
    /// the display name, if it is known
    name: Option<&'a str>,
    /// `same`, `changed`, `added`, `tied` (the definition got the `id` of the webhook that equals it), `kept` (it differs, but nothing was changed), `left_out` or `not_in_account`
    state: &'static str,
    /// the changed fields, with their previous values
    changed: Vec<ComparedField<'a>>,
    /// the fields that differ or cannot be compared, and were not changed
    kept: Vec<ComparedField<'a>>,
    /// whether a kept field may have been changed in the account
    conflict: bool,
    /// why it was left out; null if it was not
    reason: Option<&'a str>,
}

pub fn pull_json(pull: &Pull<'_>) -> String {
    let known = |text: &'_ str| !text.is_empty();
    let webhooks = pull.webhooks.iter().map(|own| PulledWebhook {
        handle: Some(own.handle.as_str()).filter(|text| known(text)),
        id: own.id,
        name: Some(own.name.as_str()).filter(|text| known(text)),
        state: own.state.name(),
        changed: own.changed.iter().map(field).collect(),
        kept: own.kept.iter().map(field).collect(),
        conflict: own.is_conflict,
        reason: own.reason.as_deref(),
    });
    document(&PullShape {
        version: VERSION,
        file: pull.file,
        account: &pull.account,
        api: &pull.api,
        written: pull.is_written,
        new_file: pull.is_new_file,
        webhooks: webhooks.collect(),
        notes: &pull.notes,
        diff: masked_diff(pull.before.source.text(), pull.after.source.text(), "", Style::OFF),
    })
}
