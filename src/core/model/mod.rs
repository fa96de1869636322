//! The platform's own words as types: trigger, trigger element, method, webhook (`platform.md`,
//! "What a webhook is").

mod element;
mod method;
mod trigger;
mod webhook;

pub use element::TriggerElement;
pub use method::Method;
pub use trigger::Trigger;
pub use webhook::{Field, Webhook};
