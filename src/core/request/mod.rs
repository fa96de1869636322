//! The request that a webhook sends, made once: preview shows it, fire sends it, export writes it.

mod address;
mod credential;
mod element;
mod header;
pub mod judge;
mod masked;
mod matching;
mod prepare;
mod prepared;
mod render;
mod shown;
mod target;

pub use credential::{body_credential, environment_name, header_credential, typed_credential};
pub use element::{Element, SetValue};
pub use header::{FRAMING, is_harmless_header};
pub use masked::masked_text;
pub use matching::{Mismatch, mismatches};
pub use prepare::{Destination, Rendering, prepare};
pub use prepared::{Origin, PreparedHeader, PreparedRequest, RenderedPart, RenderedPlace, RenderedValue};
pub use render::{Environment, EnvironmentValue, MOST_FINDINGS};
pub use shown::{shown_header, shown_url};
pub use target::{TargetError, is_localhost, is_this_machine, parse_target};
