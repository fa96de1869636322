//! The user's files: opened after a check of what the path names, and replaced atomically.

mod directory;
mod elements;
mod error;
mod prescan;
mod private;
mod read;
mod update;
mod write;

pub use directory::{
    completed_path, definitions_files, directory_of, is_open_to_others, json_files, typed_path,
};
pub use elements::{Elements, InputFormat, Item};
pub use error::{Action, FileError, FileErrorKind};
pub use prescan::{Prescan, prescan};
pub use private::{create_private_directory, keep_private, set_mode};
pub use read::{
    FileVersion, STANDARD_INPUT, decode, finding, read, read_settled_source, read_source, read_stdin,
    read_stdin_source,
};
pub use update::{Outcome, Update};
pub use write::{GrowingFile, NewFile, create_new, write_report};
