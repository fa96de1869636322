//! What people and scripts see.

mod diff;
pub mod json;
pub mod printer;
mod progress;
pub mod prompt;
pub mod report;
pub mod stdout;
pub mod style;
pub mod text;
