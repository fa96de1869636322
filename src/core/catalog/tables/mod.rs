//! The fields of each trigger element and of webhooks: types, meanings, and what the REST API accepts. The order is that of
//! recorded deliveries, or else of the platform's documentation.

mod answer;
mod event;
mod style;
mod templates;
mod webhook;

pub(super) use answer::{RSVP_ANSWER, RSVP_ANSWER_ID};
pub(super) use event::{EVENT, EVENT_GROUP};
pub(super) use style::STYLE;
pub(super) use templates::{CTA_TEMPLATE, LANDINGPAGE_TEMPLATE, RSVP_TEMPLATE};
pub use webhook::WEBHOOK;

/// The prokey of the event that the built-in samples belong to.
pub const SAMPLE_PROKEY: &str = "c6510c06-a277-4e1c-9baf-deec9c5507c7";
