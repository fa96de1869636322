//! Words and places: where something is in a text, and how it is spelled for people. Knows nothing of webhooks.

mod escape;
mod format;
mod look_alike;
mod source;
mod words;

pub use escape::{escape_markers, is_unsafe, log_safe, one_line, printable};
pub use format::{Format, binary_format, text_format};
pub use look_alike::{LookAlike, look_alike};
pub use source::{DecodeError, Place, Source, Span, Spanned, foreign_encoding};
pub use words::{count, fold, is_look_alike, list, nearest, size, within_edits};
