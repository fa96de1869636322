//! Output: text for people, JSON for scripts, reports, prompts.

mod diff;
pub mod json;
pub mod printer;
mod progress;
pub mod prompt;
pub mod report;
pub mod stdout;
pub mod style;
pub mod text;
