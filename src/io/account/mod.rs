//! The client of the account's API, whose requests share one limiter, and the base of comparison.

mod bases;
mod client;
mod reads;

pub use bases::BaseFile;
pub use client::{AccountClient, AccountEvent};
pub use reads::Pages;
