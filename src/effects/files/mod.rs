//! Files: read for people, with every obstacle named.

mod read;

pub use read::{read_source, read_standard_input};
