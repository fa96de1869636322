//! What requests are answered.

use std::time::Duration;

use bytes::Bytes;

/// The answers to give, one after the other, from the beginning again after the last.
#[derive(Debug, Clone)]
pub struct ReplyPlan {
    /// What to do with each request in turn; never empty.
    pub turns: Vec<Turn>,
    /// How long to wait before each answer.
    pub delay: Duration,
    /// Headers of every answer.
    pub headers: Vec<(String, String)>,
    /// The body of every answer; without one, a word in JSON on success and nothing otherwise.
    pub body: Option<Bytes>,
}

/// What to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Answer with this status.
    Status(u16),
    /// Close the connection without an answer.
    Close,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, without those that frame the message.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Default for ReplyPlan {
    fn default() -> Self {
        Self { turns: vec![Turn::Status(200)], delay: Duration::ZERO, headers: Vec::new(), body: None }
    }
}

impl ReplyPlan {
    /// Whose turn it is with the request of this number, from 0.
    pub fn position(&self, number: u64) -> usize {
        let length = self.turns.len().max(1) as u64;
        usize::try_from(number % length).unwrap_or_default()
    }

    /// What to do with the request of this number, from 0.
    pub fn turn(&self, number: u64) -> Turn {
        self.turns.get(self.position(number)).copied().unwrap_or(Turn::Status(200))
    }

    /// The answer with this status.
    pub fn reply(&self, status: u16) -> Reply {
        const RECEIVED: &[u8] = b"{\"received\":true}";
        let body = match &self.body {
            _ if is_bodiless(status) => Bytes::new(),
            Some(body) => body.clone(),
            None if (200..300).contains(&status) => Bytes::from_static(RECEIVED),
            None => Bytes::new(),
        };
        let mut headers = self.headers.clone();
        let is_typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !body.is_empty() && !is_typed {
            headers.insert(0, ("content-type".to_owned(), content_type(&body).to_owned()));
        }
        Reply { status, headers, body }
    }
}

/// Whether an answer with this status ends with its headers (RFC 9112, 6.3).
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
    fn turns_come_one_after_the_other_and_begin_again() {
        let turns = vec![Turn::Status(500), Turn::Close, Turn::Status(200)];
        let plan = ReplyPlan { turns: turns.clone(), ..ReplyPlan::default() };
        let taken: Vec<Turn> = (0..6).map(|number| plan.turn(number)).collect();
        assert_eq!(taken, [turns.clone(), turns].concat());
    }

    #[test]
    fn a_body_has_its_type_unless_a_header_says_otherwise() {
        let typed = |body: &'static [u8], headers: &[(&str, &str)]| {
            let own = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let plan = ReplyPlan {
                headers: own.collect(),
                body: Some(Bytes::from_static(body)),
                ..ReplyPlan::default()
            };
            plan.reply(200).headers[0].1.clone()
        };
        assert_eq!(typed(b"{}", &[]), "application/json");
        assert_eq!(typed(b"ok", &[]), "text/plain; charset=utf-8");
        assert_eq!(typed(b"\xff", &[]), "application/octet-stream");
        assert_eq!(typed(b"{}", &[("Content-Type", "x/y")]), "x/y");
    }

    #[test]
    fn only_success_has_a_body_of_its_own_and_no_content_none_at_all() {
        let body = |plan: &ReplyPlan, status| plan.reply(status).body;
        let plan = ReplyPlan::default();
        assert_eq!(&body(&plan, 201)[..], b"{\"received\":true}");
        assert!(body(&plan, 503).is_empty() && body(&plan, 204).is_empty());
        let told = ReplyPlan { body: Some(Bytes::from_static(b"x")), ..plan };
        assert_eq!(&body(&told, 503)[..], b"x");
        assert!(body(&told, 304).is_empty());
    }
}
