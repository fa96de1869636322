//! The bytes of an answer.

use bytes::Bytes;
use http::StatusCode;

use crate::core::received::{Reply, is_bodiless};

/// The whole message. `has_body` is false for an answer to `HEAD`.
pub(super) fn message(reply: &Reply, has_body: bool, keep_alive: bool) -> Bytes {
    let reason =
        StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason()).unwrap_or("");
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", reply.status).into_bytes();
    let mut header = |name: &str, value: &str| {
        for part in [name, ": ", value, "\r\n"] {
            bytes.extend_from_slice(part.as_bytes());
        }
    };
    for (name, value) in &reply.headers {
        header(name, value);
    }
    if !is_bodiless(reply.status) {
        header("content-length", &reply.body.len().to_string());
    }
    if !keep_alive {
        header("connection", "close");
    }
    bytes.extend_from_slice(b"\r\n");
    if has_body {
        bytes.extend_from_slice(&reply.body);
    }
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::received::ReplyPlan;

    #[test]
    fn an_answer_is_framed_by_its_length() {
        let plan = ReplyPlan { headers: vec![("X-A".into(), "1".into())], ..ReplyPlan::default() };
        let text = |status, has_body, keep_alive| {
            String::from_utf8(message(&plan.reply(status), has_body, keep_alive).to_vec()).unwrap()
        };
        assert_eq!(
            text(200, true, true),
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nX-A: 1\r\ncontent-length: 17\r\n\r\n{\"received\":true}"
        );
        assert!(text(200, false, true).ends_with("content-length: 17\r\n\r\n"));
        assert_eq!(text(204, true, false), "HTTP/1.1 204 No Content\r\nX-A: 1\r\nconnection: close\r\n\r\n");
        assert!(text(299, true, true).starts_with("HTTP/1.1 299 \r\n"));
    }
}
