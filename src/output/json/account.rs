//! The JSON of `account`.

use serde::Serialize;

use super::{VERSION, document};
use crate::core::account::AccountFailure;

/// The API and the key, and whether the key can read.
#[derive(Debug, Clone, Copy)]
pub struct AccountStatus<'a> {
    pub account: &'a str,
    pub api: &'a str,
    pub key_source: &'a str,
    pub last_four: Option<&'a str>,
    /// The number of webhooks, or why they cannot be read.
    pub webhooks: Result<usize, &'a AccountFailure>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Status<'a> {
    /// the version of this format
    version: u32,
    /// the name of the account: `default`, or the one given with `--account`
    account: &'a str,
    /// the base URL of the API
    api: &'a str,
    /// the API key
    key: Key<'a>,
    /// whether the key can read
    can_read: bool,
    /// the number of webhooks in the account; null if they cannot be read
    webhooks: Option<usize>,
    /// why they cannot be read; null if they can
    failure: Option<UnreadReason<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Key<'a> {
    /// where it came from: `the environment`, a file in backticks, or `standard input`
    source: &'a str,
    /// its last four characters; null if it is shorter than 16 characters
    last_four: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UnreadReason<'a> {
    /// the [name](account.md#failures) of the failure
    name: &'a str,
    /// what happened
    what: &'a str,
    /// what to do next
    next: &'a str,
}

pub fn account_json(status: &AccountStatus<'_>) -> String {
    let failure = status.webhooks.err();
    document(&Status {
        version: VERSION,
        account: status.account,
        api: status.api,
        key: Key { source: status.key_source, last_four: status.last_four },
        can_read: failure.is_none(),
        webhooks: status.webhooks.ok(),
        failure: failure.map(|own| UnreadReason { name: own.name(), what: &own.what, next: &own.next }),
    })
}
