//! The account: its API, its webhooks as the API returns them, and what its responses mean (`api.md`).

mod api_url;
mod base;
mod compare;
mod failure;
mod key;
mod pull;
mod response;
mod template;
mod webhook;

pub use api_url::{ApiUrl, DEFAULT_API};
pub use base::{Bases, DigestKey};
pub use compare::{FieldComparison, ShownComparison, compare};
pub use failure::{AccountFailure, AccountFailureKind};
pub use key::AccountKey;
pub use pull::{ChangedSecret, changed_draft, changes, new_draft, new_fields, new_handle};
pub use response::{ApiResponse, list_items, sole_item};
pub use webhook::{AccountPair, AccountWebhook, ListEntry, entries};
