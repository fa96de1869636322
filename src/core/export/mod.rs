//! Exports of a prepared request: the HTTP message, a `curl` command, and a line of JSON for a queue. All mask secrets unless
//! `reveal` is set; [`masked_places`] counts the masks.

mod curl;
mod jsonl;
mod shell;
mod snapshot;

use crate::core::request::{PreparedHeader, PreparedRequest};

pub use curl::curl;
#[cfg(test)]
pub(crate) use jsonl::Document as JsonlDocument;
pub use jsonl::jsonl;
pub use shell::word as shell_word;
pub use snapshot::snapshot;

/// The number of masks in the exports that leave out the headers that the sender creates.
pub fn masked_places(request: &PreparedRequest) -> usize {
    let is_left_out =
        |header: &&PreparedHeader| CREATED_BY_SENDER.contains(&&*header.name) && request.is_masked(header);
    request.masked_places() - request.headers.iter().filter(is_left_out).count()
}

/// The HTTP/1.1 message (RFC 9112), byte for byte; without `reveal`, every secret is masked. The masked message keeps
/// the `content-length` of the one that is sent.
pub fn http(request: &PreparedRequest, reveal: bool) -> Vec<u8> {
    let target = request.target_text(reveal);
    let mut message = format!("{} {target} HTTP/1.1\r\n", request.method).into_bytes();
    for header in &request.headers {
        let value = request.shown_header_value(header, reveal);
        message.extend_from_slice(format!("{}: {value}\r\n", header.name).as_bytes());
    }
    message.extend_from_slice(b"\r\n");
    message.extend_from_slice(&request.shown_body(reveal));
    message
}

/// The headers that a sender creates from the URL and the body.
const CREATED_BY_SENDER: [&str; 2] = ["host", "content-length"];
