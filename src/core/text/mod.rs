//! Words and places: where something stands in a text, how it is spelled for people, and what must
//! not be shown at all. Knows nothing of webhooks.

mod escape;
mod secret;
mod source;
mod unescape;
mod words;

pub use escape::{is_unsafe, line_start, one_line, printable};
pub use secret::{MASK, Redactor, Secret};
pub use source::{DecodeError, Place, Source, Span, Spanned, foreign_encoding};
pub use words::{count, list, nearest, size};
