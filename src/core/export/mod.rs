//! Exports of a prepared request: as the HTTP message on the wire, as a `curl` command, and as a line of JSON for a
//! queue.
//!
//! All are masked unless asked otherwise; [`masked_places`] says whether that made a difference.

mod curl;
mod http;
mod jsonl;
mod shell;

use crate::core::request::{PreparedHeader, PreparedRequest};

pub use curl::curl;
pub use http::http;
pub use jsonl::jsonl;
pub use shell::word as shell_word;

/// How many places are masked in the exports that leave out the headers that the sender makes.
pub fn masked_places(request: &PreparedRequest) -> usize {
    let is_left_out =
        |header: &&PreparedHeader| MADE_BY_SENDER.contains(&&*header.name) && request.is_masked(header);
    request.masked_places() - request.headers.iter().filter(is_left_out).count()
}

/// The headers that whoever sends a request makes from its URL and its body.
const MADE_BY_SENDER: [&str; 2] = ["host", "content-length"];
