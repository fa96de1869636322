//! The request that a webhook sends, made once: preview shows it, fire sends it, export writes it.

mod prepared;

pub use prepared::{Origin, PreparedHeader, PreparedRequest, RenderedPart, RenderedPlace, RenderedValue};
