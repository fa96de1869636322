//! `webhooks.toml`: from text to webhooks, with everything that is wrong in one run, and how it is
//! changed (`design.md`, "The definitions").

mod dotenv;
pub mod edit;
mod fields;
mod read;

pub use dotenv::{DotEnv, parse_dotenv};
pub use fields::FIELDS;
pub use read::{Definitions, Setting, SettingValue, article, is_handle, read};
