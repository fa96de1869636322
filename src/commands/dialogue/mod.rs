//! The guided dialogue of `add` and `edit`, and the checks that it shares with their flags.

mod checks;
mod equivalent;
mod questions;
mod review;

pub use checks::require_sound;
pub use equivalent::command;
pub use questions::{Subject, run};
pub use review::confirm;
