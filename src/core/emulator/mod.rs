//! The stateless rules of the platform emulator: what the API accepts and stores, and the shapes in which it returns and lists
//! elements. Behaviour that the documentation does not describe is an assumption.

pub mod access;
pub mod assumptions;
pub mod clock;
mod dates;
mod error;
mod format;
mod ics;
mod input;
pub mod period;
mod record;
mod reference;
mod resource;
mod rules;
pub mod seed;
mod shape;
pub mod sign_up;
pub mod webhook;

#[cfg(test)]
mod tests;

/// The fields of an element or a webhook, in the order in which the API reads them.
pub type Record = serde_json::Map<String, serde_json::Value>;

pub use access::{ApiKey, Scope};
pub use assumptions::Assumptions;
pub use clock::Clock;
pub use error::ApiError;
pub use ics::{CalendarFile, calendar_files};
pub use period::{Period, period};
pub use record::{Accepted, Identity, Origin, change, create};
pub use reference::{Reference, ReferenceTarget, drop_reference, references};
pub use resource::Resource;
pub use rules::check_event_in_group;
pub use seed::{Seed, SeedError};
pub use shape::{created_response, list_entry, read_shape};
