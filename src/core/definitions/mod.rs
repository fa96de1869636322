//! `webhooks.toml`: reads its webhooks and everything that is wrong in one run, and edits it in place.

mod blocks;
mod dotenv;
mod draft;
pub mod edit;
mod fields;
mod ignore;
mod literals;
mod parse;
mod problems;
mod read;
mod unknown;
mod unresolved;

pub use blocks::{CheckSetting, SettingValue, is_handle};
pub use dotenv::{DotEnv, append_dotenv, parse_dotenv};
pub use draft::Draft;
pub use fields::FIELDS;
pub use ignore::{Ignore, ignores};
pub use literals::Literal;
pub use problems::article;
pub use read::{Definitions, read};
pub use unknown::unknown_webhook;
pub use unresolved::unresolved_reference;

/// The file that `hooks init` writes.
pub const STARTER: &str = include_str!("starter.toml");
