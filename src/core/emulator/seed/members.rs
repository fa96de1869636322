//! The top-level keys of a seed.

use serde_json::Value;

use super::error::{SeedError, error};
use crate::core::emulator::Record;

// Keys besides the paths of the resources.
pub(super) const EMAIL_TEMPLATES: &str = "email-template";
pub(super) const ANSWERS: &str = "rsvp-answers";
pub(super) const CUSTOM_DOMAINS: &str = "custom-domains";
pub(super) const CREDITS: &str = "credits";

pub(super) fn list(lists: &mut Record, name: &str) -> Result<Vec<Value>, SeedError> {
    match lists.shift_remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(error(format!("$.{name}"), "expected a list")),
    }
}
