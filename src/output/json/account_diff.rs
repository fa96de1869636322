//! The JSON of `diff`: the differences between the definitions and the account.

use serde::Serialize;

use super::{VERSION, document};
use crate::core::account::{FieldComparison, ShownComparison};
use crate::core::model;

#[derive(Debug)]
pub struct AccountDiff {
    pub file: String,
    /// The name of the account.
    pub account: String,
    pub api: String,
    pub webhooks: Vec<WebhookDiff>,
    pub notes: Vec<DiffNote>,
}

pub struct WebhookDiff {
    pub handle: Option<String>,
    pub id: Option<u64>,
    pub name: Option<String>,
    pub state: DiffState,
    pub fields: Vec<FieldComparison>,
}

impl std::fmt::Debug for WebhookDiff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookDiff")
            .field("handle", &self.handle)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffState {
    Same,
    Different,
    NotCompared,
    NotInAccount,
    NotInFile,
    NotTied,
}

impl DiffState {
    fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::NotCompared => "not_compared",
            Self::NotInAccount => "not_in_account",
            Self::NotInFile => "not_in_file",
            Self::NotTied => "not_tied",
        }
    }

    pub fn is_difference(self) -> bool {
        !matches!(self, Self::Same | Self::NotCompared)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DiffNote {
    /// `not-tied`: a definition without `id`; `not-in-file`: only in the account; `integration`: managed by Zapier or Pipedream
    pub kind: &'static str,
    /// the handle of the definition; null if the webhook is only in the account
    pub handle: Option<String>,
    /// the id in the account; null if the definition has none
    pub id: Option<u64>,
    /// the display name, if it is known
    pub name: Option<String>,
}

impl DiffNote {
    pub fn not_tied(webhook: &model::Webhook) -> Self {
        let handle = Some(webhook.handle.value.clone());
        Self { kind: "not-tied", handle, id: None, name: Some(webhook.label().to_owned()) }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DiffShape<'a> {
    /// the version of this format
    version: u32,
    /// the definitions file
    file: &'a str,
    /// the name of the account: `default`, or the one given with `--account`
    account: &'a str,
    /// the base URL of the API
    api: &'a str,
    /// the webhooks that were compared
    webhooks: Vec<Webhook<'a>>,
    /// other webhooks in the file or in the account
    notes: &'a [DiffNote],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Webhook<'a> {
    /// the handle; null if the webhook is only in the account
    handle: Option<&'a str>,
    /// the id in the account; null if the definition has none
    id: Option<u64>,
    /// the display name, if it is known
    name: Option<&'a str>,
    /// `same`, `different`, `not_compared` (a `${NAME}` is not set), `not_in_account`, `not_in_file` or `not_tied` (no `id`)
    state: &'static str,
    /// the fields that differ or cannot be compared
    fields: Vec<ComparedField<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ComparedField<'a> {
    /// the name, such as `payload_url` or `header.X-Source`
    field: String,
    /// `different` or `not_compared`
    state: &'static str,
    /// the values in the file, as written: empty if the field is missing, several for a repeated key; secrets are masked
    file: Vec<String>,
    /// the values in the account; secrets are masked
    account: Vec<String>,
    /// whether part of a value is secret and therefore masked
    secret: bool,
    /// the environment variables that are not set, if it cannot be compared
    unset: &'a [String],
}

pub fn diff_json(diff: &AccountDiff) -> String {
    document(&DiffShape {
        version: VERSION,
        file: &diff.file,
        account: &diff.account,
        api: &diff.api,
        webhooks: diff.webhooks.iter().map(webhook).collect(),
        notes: &diff.notes,
    })
}

fn webhook(own: &WebhookDiff) -> Webhook<'_> {
    Webhook {
        handle: own.handle.as_deref(),
        id: own.id,
        name: own.name.as_deref(),
        state: own.state.name(),
        fields: own.fields.iter().map(field).collect(),
    }
}

pub(super) fn field(own: &FieldComparison) -> ComparedField<'_> {
    let ShownComparison { file, account, is_secret } = own.shown();
    ComparedField {
        field: own.field.to_string(),
        state: if own.differs() { DiffState::Different.name() } else { DiffState::NotCompared.name() },
        file,
        account,
        secret: is_secret,
        unset: &own.unset,
    }
}
