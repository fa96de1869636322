//! The prepared request in other words: as the HTTP message that goes over the wire, as a `curl` command that
//! sends the same, as a line for a queue, and as a line for a script for k6.
//!
//! The first three are masked unless asked otherwise;
//! [`PreparedRequest::masked_places`](crate::core::request::PreparedRequest::masked_places) says whether
//! that made a difference.

mod curl;
mod http;
mod jsonl;
mod k6;
mod shell;

pub use curl::curl;
pub use http::http;
pub use jsonl::jsonl;
pub use k6::{K6_DATA, K6Load, K6Script, k6_line, k6_script};
pub use shell::word as shell_word;

/// The headers that whoever sends a request makes from its URL and its body.
const MADE_BY_SENDER: [&str; 2] = ["host", "content-length"];

/// A document as a line of JSON, with its line break.
fn line_of(document: &impl serde::Serialize) -> String {
    let mut line = serde_json::to_string(document).unwrap_or_default();
    line.push('\n');
    line
}
