//! The client for the account's API, and what account commands store in the user's state directory.

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
