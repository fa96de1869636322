//! `webhooks.toml`: from text to webhooks, with everything that is wrong in one run (`design.md`,
//! "The definitions").

mod dotenv;
mod fields;
mod read;

pub use dotenv::{DotEnv, parse_dotenv};
pub use read::{Definitions, read};
