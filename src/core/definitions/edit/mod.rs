//! Edits a definitions file in place: replaces spans of the text, and proves that the result differs only by the change.

mod apply;
mod change;
mod document;
mod index;
mod insert;
mod remove;
mod verify;

pub use apply::{apply, block};
pub use change::{Change, FieldPath, Scalar};
pub use index::webhook_lines;
