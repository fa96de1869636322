//! The meaning of an API response. Errors are not documented (`api.md`, 1.7), so they are parsed leniently.

use serde_json::Value;

use crate::core::delivery::{BodyEnd, Response};

use super::failure::{AccountFailure, AccountFailureKind, quoted, unexpected};

#[derive(Debug, Clone, Copy)]
pub struct ApiResponse<'a> {
    /// The status and the headers.
    pub head: &'a Response,
    pub body: &'a [u8],
    /// The requested URL.
    pub url: &'a str,
}

impl ApiResponse<'_> {
    /// The JSON of a successful response. None if the account has no such entry: on a 404 whose message says so or, if
    /// `is_entry` says that the path names a single entry, on any 404.
    pub fn json(self, is_entry: bool) -> Result<Option<Value>, AccountFailure> {
        self.require_complete()?;
        let json: Option<Value> = serde_json::from_slice(self.body).ok();
        if self.head.is_success() {
            return match json {
                Some(json) => Ok(Some(json)),
                None => Err(self.not_json()),
            };
        }
        let message = json.as_ref().and_then(message);
        if self.head.status == 404 && (is_entry || message.is_some_and(is_no_entry)) {
            return Ok(None);
        }
        Err(self.refusal(message))
    }

    /// The JSON of the response to a change; none if it is not JSON, which is not an error (`api.md`, 1.7).
    pub fn written(self) -> Result<Option<Value>, AccountFailure> {
        let json: Option<Value> = serde_json::from_slice(self.body).ok();
        if self.head.is_success() { Ok(json) } else { Err(self.refusal(json.as_ref().and_then(message))) }
    }

    fn require_complete(self) -> Result<(), AccountFailure> {
        match self.head.body_end {
            BodyEnd::Complete => Ok(()),
            BodyEnd::Stopped => Err(self.failure(AccountFailureKind::TooLarge, "is too large")),
            BodyEnd::CutShort | BodyEnd::Malformed => {
                Err(self.failure(AccountFailureKind::Incomplete, "is incomplete"))
            }
            BodyEnd::TimedOut => Err(self.failure(AccountFailureKind::Incomplete, "took too long to read")),
        }
    }

    /// The failure for a status other than 2xx.
    fn refusal(self, message: Option<&str>) -> AccountFailure {
        let status = self.head.status_line();
        let says = message.map_or(String::new(), |message| format!(": {}", quoted(message)));
        let (kind, what) = match self.head.status {
            401 => (AccountFailureKind::KeyRejected, "the API rejected the key".to_owned()),
            403 => (AccountFailureKind::KeyScope, "the key does not allow this request".to_owned()),
            404 => (AccountFailureKind::NotFound, format!("no API found at {}", self.url)),
            429 => (AccountFailureKind::RateLimited, "too many requests".to_owned()),
            300..=399 => (AccountFailureKind::Redirect, self.redirect()),
            408 | 500..=599 => (AccountFailureKind::Unavailable, "the API failed".to_owned()),
            400..=499 => (AccountFailureKind::Refused, "the API refused the request".to_owned()),
            _ => (AccountFailureKind::Unexpected, "unexpected status".to_owned()),
        };
        AccountFailure::new(kind, format!("{what} ({status}){says}"))
    }

    /// A successful response whose body is not JSON.
    fn not_json(self) -> AccountFailure {
        let kind = match self.body {
            _ if self.head.is_html() => "a web page",
            b"" => "an empty body",
            _ => "a body that is not JSON",
        };
        let what = format!("the API responded with {kind} ({})", self.head.status_line());
        AccountFailure::new(AccountFailureKind::NotJson, what)
    }

    fn failure(self, kind: AccountFailureKind, what: &str) -> AccountFailure {
        AccountFailure::new(kind, format!("the API's response {what} ({})", self.head.status_line()))
    }

    fn redirect(self) -> String {
        let target =
            self.head.header("location").and_then(|text| url::Url::parse(self.url).ok()?.join(text).ok());
        // Without user info and query, which may contain credentials.
        let shown = |mut target: url::Url| {
            let _ = target.set_username("");
            let _ = target.set_password(None);
            target.set_query(None);
            target.set_fragment(None);
            quoted(target.as_str())
        };
        match target {
            Some(target) => format!("the API redirects to {}", shown(target)),
            None => "the API redirects".to_owned(),
        }
    }
}

/// The entries of a page of a list.
pub fn list_items(json: Value) -> Result<Vec<Value>, AccountFailure> {
    match json {
        Value::Array(items) => Ok(items),
        _ => Err(unexpected("the list is not a JSON array")),
    }
}

/// The entry at a path that names a single one. Until 2025, some paths returned a list with one entry (`api.md`, 3.2); that of
/// the latest RSVP answer may still do so.
pub fn sole_item(json: Value) -> Value {
    match json {
        Value::Array(mut items) if items.len() == 1 => items.remove(0),
        other => other,
    }
}

/// The message of an error, wherever the API puts it.
fn message(json: &Value) -> Option<&str> {
    ["message", "error", "detail"]
        .into_iter()
        .find_map(|name| match json.get(name) {
            Some(Value::String(text)) => Some(text.as_str()),
            Some(Value::Object(inner)) => inner.get("message").and_then(Value::as_str),
            _ => None,
        })
        .filter(|text| !text.trim().is_empty())
}

fn is_no_entry(message: &str) -> bool {
    message.to_ascii_lowercase().contains("no entry found")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
        is_entry: bool,
    ) -> Result<Option<Value>, AccountFailure> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let head = Response {
            status,
            reason: None,
            version: "HTTP/1.1".into(),
            headers,
            body: body.as_bytes().to_vec(),
            body_read: body.len() as u64,
            body_end: BodyEnd::Complete,
        };
        let url = "https://api.example.com/v1/webhook/all";
        ApiResponse { head: &head, body: body.as_bytes(), url }.json(is_entry)
    }

    #[test]
    fn every_status_is_a_success_or_a_failure_of_a_known_kind() {
        for status in 100..=999 {
            let result = read(status, &[], "{}", false);
            assert_eq!(result.is_ok(), (200..300).contains(&status), "{status}");
        }
        for (status, body, kind) in [
            (401, "", AccountFailureKind::KeyRejected),
            (403, "<html>", AccountFailureKind::KeyScope),
            (404, "<html>", AccountFailureKind::NotFound),
            (404, "{\"message\":\"Cannot GET /webhook\"}", AccountFailureKind::NotFound),
            (400, "{\"error\":2}", AccountFailureKind::Refused),
            (429, "", AccountFailureKind::RateLimited),
            (503, "<html>", AccountFailureKind::Unavailable),
            (200, "<html>", AccountFailureKind::NotJson),
            (200, "", AccountFailureKind::NotJson),
            (302, "", AccountFailureKind::Redirect),
        ] {
            assert_eq!(read(status, &[], body, false).unwrap_err().kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn a_404_means_no_entry_if_it_says_so_or_the_path_names_a_single_entry() {
        let body = "{\"status\":\"error\",\"message\":\"No entry found\"}";
        assert_eq!(read(404, &[], body, false), Ok(None));
        for body in [body, "<!doctype html>", "", "{}"] {
            assert_eq!(read(404, &[], body, true), Ok(None), "{body}");
        }
    }

    #[test]
    fn an_entry_may_be_a_list_with_one_item_and_a_list_is_an_array() {
        use serde_json::json;

        assert_eq!(sole_item(json!([{"id": 1}])), json!({"id": 1}));
        for other in [json!({"id": 1}), json!([]), json!([1, 2])] {
            assert_eq!(sole_item(other.clone()), other);
        }
        assert_eq!(list_items(json!([1, 2])), Ok(vec![json!(1), json!(2)]));
        assert_eq!(list_items(json!({})).unwrap_err().kind, AccountFailureKind::Unexpected);
    }

    #[test]
    fn an_api_message_is_quoted_on_one_line_and_a_redirect_without_its_secrets() {
        let long = format!("{{\"error\":{{\"message\":\"a\\u001b[2J{}\"}}}}", "x".repeat(900));
        let failure = read(422, &[], &long, false).unwrap_err();
        assert!(failure.what.contains(": a\\x1b[2Jxxx") && failure.what.len() < 300, "{}", failure.what);
        let location = [("location", "https://u:secret@elsewhere.example.com/a?token=secret#secret")];
        let failure = read(301, &location, "", false).unwrap_err();
        assert!(failure.what.contains("https://elsewhere.example.com/a ("), "{}", failure.what);
    }
}
