//! The account: its API, its webhooks as the API returns them, and what its responses mean (`api.md`).

mod adoption;
mod answers;
mod api_url;
mod base;
mod compare;
mod confirmation;
mod element;
mod failure;
mod field_values;
mod key;
mod pending_create;
mod pull;
mod push;
mod refusal;
mod resolved;
mod response;
mod stand_in_text;
mod stand_ins;
mod template;
mod webhook;

pub use adoption::{AdoptionMatch, adoption_matches};
pub use answers::{Answer, AnswerFilter, AnswerList, Since};
pub use api_url::{ApiUrl, DEFAULT_API};
pub use base::{Bases, ChangedIn, DigestKey};
pub use compare::{FieldComparison, ShownComparison, compare};
pub use confirmation::Confirmation;
pub use element::{AccountElement, ElementAddress, is_path_step};
pub use failure::{AccountFailure, AccountFailureKind};
pub use key::AccountKey;
pub use pending_create::{FoundCreate, PendingCreate};
pub use pull::{ChangedSecret, changed_draft, changes, new_draft, new_fields, new_handle};
pub use push::{FieldChange, PushAction, PushStep};
pub use refusal::Refusal;
pub use response::{ApiResponse, list_items, sole_item};
pub use stand_ins::replace_personal_values;
pub use webhook::{AccountPair, AccountWebhook, ListEntry, created_id, entries};
