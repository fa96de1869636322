//! The questions of `add` and `edit`, and the checks that they share with the options.

mod checks;
mod equivalent;
mod questions;
mod review;

pub use checks::require_valid;
pub use equivalent::command;
pub use questions::{EditTarget, run};
pub use review::confirm;
