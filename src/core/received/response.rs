//! The responses of the receiver.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

/// The configured responses, in rotation.
#[derive(Debug, Clone)]
pub struct ResponseTemplate {
    /// One for each request, in rotation; never empty.
    pub actions: Vec<ResponseAction>,
    /// The delay before each response.
    pub delay: Duration,
    pub headers: Vec<(String, String)>,
    /// The body of every response; without one, `{"received":true}` on success and nothing otherwise.
    pub body: Option<Bytes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseAction {
    Status(u16),
    /// Close the connection without a response.
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    pub status: u16,
    /// None for the standard reason phrase.
    pub reason: Option<Vec<u8>>,
    /// The headers, without those that frame the message.
    pub headers: Vec<(String, Vec<u8>)>,
    /// None if the headers already contain its length, as in a forwarded response to `HEAD`.
    pub body: Option<Bytes>,
}

impl HttpResponse {
    /// A response in plain text.
    pub fn text(status: u16, text: &str) -> Self {
        let headers = vec![("content-type".to_owned(), b"text/plain; charset=utf-8".to_vec())];
        Self { status, reason: None, headers, body: Some(Bytes::copy_from_slice(text.as_bytes())) }
    }

    /// The HTTP/1.1 message, without the body in a response to `HEAD`.
    pub fn message(&self, is_head: bool, keep_alive: bool) -> Vec<u8> {
        let standard = || StatusCode::from_u16(self.status).ok()?.canonical_reason();
        let reason = self.reason.as_deref().or_else(|| standard().map(str::as_bytes)).unwrap_or_default();
        let mut message = format!("HTTP/1.1 {} ", self.status).into_bytes();
        message.extend_from_slice(reason);
        message.extend_from_slice(b"\r\n");
        let mut header = |name: &str, value: &[u8]| {
            for part in [name.as_bytes(), b": ", value, b"\r\n"] {
                message.extend_from_slice(part);
            }
        };
        for (name, value) in &self.headers {
            header(name, value);
        }
        if let Some(body) = self.body.as_ref().filter(|_| !is_bodiless(self.status)) {
            header("content-length", body.len().to_string().as_bytes());
        }
        if !keep_alive {
            header("connection", b"close");
        }
        message.extend_from_slice(b"\r\n");
        if let Some(body) = self.body.as_ref().filter(|_| !is_head) {
            message.extend_from_slice(body);
        }
        message
    }
}

impl Default for ResponseTemplate {
    fn default() -> Self {
        Self {
            actions: vec![ResponseAction::Status(200)],
            delay: Duration::ZERO,
            headers: Vec::new(),
            body: None,
        }
    }
}

impl ResponseTemplate {
    /// The action for the request with this number, from 0.
    pub fn action(&self, number: u64) -> ResponseAction {
        let position = usize::try_from(number % self.actions.len().max(1) as u64).unwrap_or_default();
        self.actions.get(position).copied().unwrap_or(ResponseAction::Status(200))
    }

    /// The response with this status.
    pub fn response(&self, status: u16) -> HttpResponse {
        const RECEIVED: &[u8] = b"{\"received\":true}";
        let body = match &self.body {
            _ if is_bodiless(status) => Bytes::new(),
            Some(body) => body.clone(),
            None if (200..300).contains(&status) => Bytes::from_static(RECEIVED),
            None => Bytes::new(),
        };
        let is_typed = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let typed = (!body.is_empty() && !is_typed).then(|| ("content-type".to_owned(), content_type(&body)));
        let own = self.headers.iter().map(|(name, value)| (name.clone(), &**value));
        let headers = typed.into_iter().chain(own).map(|(name, value)| (name, value.as_bytes().to_vec()));
        HttpResponse { status, reason: None, headers: headers.collect(), body: Some(body) }
    }
}

/// Whether a response with this status ends with its headers (RFC 9112, 6.3).
pub fn is_bodiless(status: u16) -> bool {
    matches!(status, 204 | 304)
}

fn content_type(body: &[u8]) -> &'static str {
    match std::str::from_utf8(body) {
        Ok(text) if crate::core::json::check(text).is_ok() => "application/json",
        Ok(_) => "text/plain; charset=utf-8",
        Err(_) => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_rotate() {
        let actions = vec![ResponseAction::Status(500), ResponseAction::Close, ResponseAction::Status(200)];
        let template = ResponseTemplate { actions: actions.clone(), ..ResponseTemplate::default() };
        let rotated: Vec<ResponseAction> = (0..6).map(|number| template.action(number)).collect();
        assert_eq!(rotated, [actions.clone(), actions].concat());
    }

    #[test]
    fn the_content_type_is_detected_unless_a_header_sets_it() {
        let typed = |body: &'static [u8], headers: &[(&str, &str)]| {
            let own = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let template = ResponseTemplate {
                headers: own.collect(),
                body: Some(Bytes::from_static(body)),
                ..ResponseTemplate::default()
            };
            String::from_utf8(template.response(200).headers[0].1.clone()).unwrap()
        };
        assert_eq!(typed(b"{}", &[]), "application/json");
        assert_eq!(typed(b"ok", &[]), "text/plain; charset=utf-8");
        assert_eq!(typed(b"\xff", &[]), "application/octet-stream");
        assert_eq!(typed(b"{}", &[("Content-Type", "x/y")]), "x/y");
    }

    #[test]
    fn success_has_a_default_body_and_no_content_never_has_one() {
        let body = |template: &ResponseTemplate, status| template.response(status).body.unwrap();
        let template = ResponseTemplate::default();
        assert_eq!(&body(&template, 201)[..], b"{\"received\":true}");
        assert!(body(&template, 503).is_empty() && body(&template, 204).is_empty());
        let configured = ResponseTemplate { body: Some(Bytes::from_static(b"x")), ..template };
        assert_eq!(&body(&configured, 503)[..], b"x");
        assert!(body(&configured, 304).is_empty());
    }

    #[test]
    fn a_response_has_a_content_length() {
        let template =
            ResponseTemplate { headers: vec![("X-A".into(), "1".into())], ..ResponseTemplate::default() };
        let text = |status, is_head, keep_alive| {
            String::from_utf8(template.response(status).message(is_head, keep_alive)).unwrap()
        };
        assert_eq!(
            text(200, false, true),
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nX-A: 1\r\ncontent-length: 17\r\n\r\n{\"received\":true}"
        );
        assert!(text(200, true, true).ends_with("content-length: 17\r\n\r\n"));
        assert_eq!(text(204, false, false), "HTTP/1.1 204 No Content\r\nX-A: 1\r\nconnection: close\r\n\r\n");
        assert!(text(299, false, true).starts_with("HTTP/1.1 299 \r\n"));
    }
}
