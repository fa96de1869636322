//! Edits a definitions file as a careful colleague would: by replacing spans of the text, never by
//! printing it anew, and only when the result is proved to mean what was asked for.

mod apply;
mod change;
mod document;
mod index;
mod insert;
mod proof;
mod remove;

pub use apply::{apply, block};
pub use change::{Change, FieldPath, Scalar};
