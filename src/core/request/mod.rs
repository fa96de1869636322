//! The request that a webhook sends, made once: preview shows it, fire sends it, export writes it.

mod address;
mod element;
mod element_findings;
mod environment;
mod header;
pub mod judge;
mod matching;
mod plan;
mod prepare;
mod prepared;
mod target;
mod understand;
mod value;

pub use element::{Element, SetValue};
pub use element_findings::{OTHER_ELEMENT, OTHER_FORMAT, other_format};
pub use environment::{Environment, EnvironmentValue, ShowUnset, Unset, environment_names};
pub use header::{FRAMING, MOST_HEADERS};
pub use matching::{Mismatch, mismatches};
pub use plan::Plan;
pub use prepare::{Destination, Rendering, prepare};
pub use prepared::{Origin, PreparedHeader, PreparedRequest, RenderedPart, RenderedPlace, RenderedValue};
pub use target::{
    Override, TargetError, authority, has_zone_id, is_localhost, is_this_machine, parse_target,
};
pub use value::MOST_FINDINGS;
