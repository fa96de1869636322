//! Builds the request of a webhook, which is then shown, sent or exported unchanged.

mod address;
mod answer_columns;
mod compile;
mod compiler;
mod element;
mod element_findings;
mod environment;
mod explained;
mod header;
mod mismatch;
mod prepared;
mod render;
mod substitute;
mod target;
pub mod validate;

pub use answer_columns::AnswerColumns;
pub use compile::CompiledWebhook;
pub use compiler::MAX_FINDINGS;
pub use element::{Element, SetValue};
pub use element_findings::{OTHER_ELEMENT, OTHER_FORMAT, other_format};
pub use environment::{
    EmptyEnvironment, Environment, EnvironmentValue, PermissiveEnvironment, Unset, environment_names,
};
pub use explained::{ExplainedValue, Origin, ValuePart, ValuePlace};
pub use mismatch::{Mismatch, exact_mismatches, mismatches};
pub use prepared::{PreparedHeader, PreparedRequest};
pub use render::{Rendering, prepare};
pub use target::{
    Destination, Override, authority, has_zone_id, is_localhost, is_this_machine, parse_target,
};
pub use validate::{FRAMING, MAX_HEADERS};
