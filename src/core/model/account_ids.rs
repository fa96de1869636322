//! The ids of a webhook in the accounts that it is tied to.

use crate::core::text::Spanned;

/// The account that `id = 67` and commands without `--account` refer to.
pub const DEFAULT_ACCOUNT: &str = "default";

/// The `id` of a definition: `67`, which is the id in the default account, or `{ production = 67, test = 12 }`.
#[derive(Debug, Clone, Default)]
pub struct AccountIds {
    /// Whether it is written as a table.
    pub is_table: bool,
    /// In file order, without duplicate accounts.
    pub all: Vec<AccountId>,
}

/// The id of a webhook in one account.
#[derive(Debug, Clone)]
pub struct AccountId {
    /// Has the span of the number if the account is not written.
    pub account: Spanned<String>,
    pub number: Spanned<u64>,
}

impl AccountIds {
    /// The id in the account with this name.
    pub fn of(&self, account: &str) -> Option<&Spanned<u64>> {
        self.all.iter().find(|own| own.account.value == account).map(|own| &own.number)
    }
}
