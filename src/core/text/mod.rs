//! Text for people (lists, plurals, escapes), and positions in texts; independent of webhooks.

mod escape;
mod look_alike;
mod other_format;
mod source;
mod words;

pub use escape::{escape_markers, is_unsafe, log_safe, one_line, printable};
pub use look_alike::{LookAlike, look_alike};
pub use other_format::{OtherFormat, binary_format, text_format};
pub use source::{DecodeError, Position, Source, Span, Spanned, foreign_encoding};
pub use words::{count, fold, is_look_alike, list, nearest, similar_names, size, within_edits};
