//! The prepared request in other words: as the HTTP message that goes over the wire, and as a `curl`
//! command that sends the same.
//!
//! Both are masked unless asked otherwise;
//! [`PreparedRequest::masked_places`](crate::core::request::PreparedRequest::masked_places) says whether
//! that made a difference.

mod curl;
mod http;
mod shell;

pub use curl::curl;
pub use http::http;
pub use shell::word as shell_word;
