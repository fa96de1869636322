//! The trigger elements of the platform: the variables of each, and a sample whose values serve as examples; the shape in
//! which they are delivered; and what the REST API accepts.

mod delivered;
mod detect_element;
mod learned;
mod lookup;
mod rest_api;
mod suggest;
mod tables;
mod variable;

#[cfg(test)]
mod invariants;

pub use delivered::{delivered_on, delivered_shape};
pub use detect_element::{Nested, detect_bare_element, detect_element, detect_other_element, nested_element};
pub use learned::{FIELDS_FILE, LearnedFields, LearnedType, is_usable, unknown_fields};
pub use lookup::{find, is_open, may_have, other_owner, sample, sample_id, variables};
pub use rest_api::{ANSWERS_PAGE_SIZE, PAGE_SIZE, api_path, read_order, request_fields};
pub use suggest::{Suggestion, may_be_new, suggest, suggest_among};
pub use tables::{SAMPLE_PROKEY, WEBHOOK};
pub use variable::{Acceptance, ValueFormat, Variable, VariableType};
