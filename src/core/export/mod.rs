//! Exports of a prepared request: as the HTTP message on the wire, as a `curl` command, and as a line of JSON for a
//! queue.
//!
//! All are masked unless asked otherwise;
//! [`PreparedRequest::masked_places`](crate::core::request::PreparedRequest::masked_places) says whether
//! that made a difference.

mod curl;
mod http;
mod jsonl;
mod shell;

pub use curl::curl;
pub use http::http;
pub use jsonl::jsonl;
pub use shell::word as shell_word;

/// The headers that whoever sends a request makes from its URL and its body.
const MADE_BY_SENDER: [&str; 2] = ["host", "content-length"];
