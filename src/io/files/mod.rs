//! Files that belong to a person: read with care for what a path may name, and replaced whole or not at
//! all.

mod create;
mod elements;
mod error;
mod folder;
mod read;
mod replace;
mod source;
mod stream;
mod survey;
mod typed;
mod update;

pub use create::{create_new, write_report};
pub use elements::{Elements, InputFormat, Item};
pub use error::{Action, FileError, FileErrorKind};
pub use folder::{definitions_files, is_open_to_others, json_files};
pub use read::{read, read_stdin};
pub use source::{STANDARD_INPUT, decode, finding, read_settled_source, read_source, read_stdin_source};
pub use stream::NewFile;
pub use survey::{Survey, survey};
pub use typed::{completed_path, typed_path};
pub use update::{Outcome, Update};
