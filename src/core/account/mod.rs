//! The account: its API, its webhooks as the API returns them, and what its responses mean (`api.md`).

mod api_url;
mod compare;
mod failure;
mod key;
mod response;
mod template;
mod webhook;

pub use api_url::{ApiUrl, DEFAULT_API};
pub use compare::{FieldComparison, ShownComparison, compare};
pub use failure::{AccountFailure, AccountFailureKind};
pub use key::ApiKey;
pub use response::ApiResponse;
pub use webhook::{AccountPair, AccountWebhook, ListEntry, entries};
