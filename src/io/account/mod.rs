//! The client of the account's API, whose requests share one limiter, and the base of comparison.

mod answers;
mod bases;
mod client;
mod push_state;
mod reads;
mod writes;

pub use answers::AnswerPages;
pub use bases::{BaseFile, account_digest, digest_key, random_id};
pub use client::{AccountClient, AccountEvent};
pub use push_state::PushState;
pub use reads::Pages;
pub use writes::CreateResult;
