//! The definitions file, `webhooks.toml`: what it says, and how it is changed.

pub mod edit;
