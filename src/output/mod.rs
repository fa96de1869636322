//! How the tool speaks to people and scripts.

mod line;
pub mod pick;
pub mod printer;
mod progress;
pub mod report;
mod select;
pub mod stdout;
pub mod style;
pub mod text;
