//! Groups of arguments that several commands share.

pub mod data;
pub mod format;
pub mod send;

pub use data::{DataArgs, ElementName};
pub use format::FormatArgs;
pub use send::{SendArgs, target};
