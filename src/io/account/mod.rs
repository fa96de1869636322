//! The client of the account's API. All its requests share one limiter; a 429 pauses all of them.

mod client;

pub use client::{AccountClient, AccountEvent};
