//! The HTTP/1.1 message (RFC 9112).

use crate::core::request::PreparedRequest;

/// Writes the message as it goes over the wire, byte for byte; without `reveal` with a mask for every
/// secret. The masked message keeps the `content-length` of the one that is sent.
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
