//! `webhooks.toml`: reads its webhooks, reports everything that is wrong in one run, and edits the file in place.

mod account_lookup;
mod accounts;
mod blocks;
mod dotenv;
mod draft;
pub mod edit;
mod fields;
mod handle;
mod ignore;
mod json_value;
mod literals;
mod pairs;
mod parse;
mod problems;
mod read;
mod unresolved;
mod values;

pub use accounts::AccountSettings;
pub use blocks::{CheckSetting, SettingValue};
pub use dotenv::{DotEnv, append_dotenv, parse_dotenv};
pub use draft::{Draft, DraftIds, DraftPair};
pub use fields::FIELDS;
pub use handle::{is_handle, unknown_webhook};
pub use ignore::{Ignore, ignores};
pub use literals::Literal;
pub use problems::article;
pub use read::{Definitions, read};
pub use unresolved::unresolved_reference;

/// The file that `hooks init` writes.
pub const STARTER: &str = include_str!("starter.toml");
