//! Edits a definitions file as a careful colleague would: by replacing spans of the text, never by
//! printing it anew, and only when the result is proved to mean what was asked for.

mod add;
mod apply;
mod change;
mod clear;
mod error;
mod extent;
mod insert;
mod layout;
mod literal;
mod plan;
mod proof;

pub use add::new_block;
pub use apply::{apply, block};
pub use change::{Change, FieldPath, Scalar};
pub use error::EditError;

/// The table that holds the definitions.
const WEBHOOKS: &str = "webhooks";

/// The fields of a webhook in the order in which people expect them.
const FIELDS: [&str; 8] =
    ["name", "id", "active", "trigger", "trigger_element", "prokey_filter", "method", "payload_url"];
