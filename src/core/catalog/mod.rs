//! The trigger elements of the platform: the variables of each, and a sample whose values serve as examples; and what the REST API
//! accepts.

mod detect_element;
mod lookup;
mod rest_api;
mod suggest;
mod tables;
mod variable;

#[cfg(test)]
mod invariants;

pub use detect_element::{Nested, detect_bare_element, detect_element, detect_other_element, nested_element};
pub use lookup::{find, is_open, may_have, other_owner, sample, sample_id, variables};
pub use rest_api::{read_order, request_fields};
pub use suggest::{Suggestion, may_be_new, suggest, suggest_among};
pub use tables::{SAMPLE_PROKEY, WEBHOOK};
pub use variable::{Acceptance, ValueFormat, Variable, VariableType};
