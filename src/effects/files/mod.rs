//! Files that belong to a person: read with care for what a path may name, and replaced whole or not at
//! all.

mod create;
mod error;
mod read;
mod replace;
mod update;

pub use create::create_new;
pub use error::{Action, FileError, FileErrorKind};
pub use read::{read, read_stdin};
pub use update::{Outcome, Update};
