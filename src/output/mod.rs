//! How the tool speaks to people and scripts.

mod line;
pub mod outlet;
pub mod paint;
pub mod pick;
mod progress;
pub mod report;
mod select;
pub mod ui;
pub mod view;
