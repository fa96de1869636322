//! `webhooks.toml`: from text to webhooks, with everything that is wrong in one run, and how it is
//! changed (`design.md`, "The definitions").

mod dotenv;
mod draft;
pub mod edit;
mod fields;
mod ignore;
mod literals;
mod parts;
mod read;
mod reader;
mod unresolved;

pub use dotenv::{DotEnv, append_dotenv, parse_dotenv};
pub use draft::Draft;
pub use fields::FIELDS;
pub use ignore::{Ignore, ignores};
pub use literals::Literal;
pub use read::{Definitions, Setting, SettingValue, is_handle, read};
pub use reader::article;
pub use unresolved::unresolved_reference;

/// A file to begin with: valid, and explained by its comments.
pub const STARTER: &str = include_str!("starter.toml");
