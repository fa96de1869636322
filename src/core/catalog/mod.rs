//! What the platform's elements look like: their variables and a complete sample of each.
//!
//! The order of the fields is that of recorded deliveries, else that of the platform's documentation. Examples
//! are not in the tables: they are whatever the sample holds at the variable's path.

mod cta_template;
mod detect_element;
mod event;
mod event_group;
mod landingpage_template;
mod lookup;
mod rsvp_answer;
mod rsvp_template;
mod style;
mod suggest;
mod variable;

#[cfg(test)]
mod laws;

pub use detect_element::{Nested, detect_bare_element, detect_element, detect_other_element, nested_element};
pub use lookup::{find, is_open, may_be_new, may_have, other_owner, sample, sample_id, variables};
pub use suggest::{Suggestion, suggest, suggest_among};
pub use variable::{Kind, Variable};
