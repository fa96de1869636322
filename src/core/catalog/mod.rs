//! What the platform's elements look like: their variables and a complete sample of each.
//!
//! Source: `platform.md`, "Elements and their fields". The fields are in its order, everywhere. Examples are
//! not in the tables: they are whatever the sample holds at the variable's path.

mod cta_template;
mod event;
mod event_group;
mod landingpage_template;
mod lookup;
mod rsvp_answer;
mod rsvp_template;
mod style;
mod variable;

#[cfg(test)]
mod laws;

pub use lookup::{find, is_open, may_have, sample, variables};
pub use variable::{Kind, Variable};
