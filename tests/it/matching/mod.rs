//! `hooks match`: the webhook that matches a saved request.

mod damaged;
mod formats;
mod random;
mod text;

use serde_json::Value;

use crate::harness::{Outcome, Project, hooks};

const DEFINITIONS: &str = r#"
[webhooks.answers]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/hooks/answers?v=1"

[webhooks.answers.header]
Authorization = "Bearer ${TOKEN}"
X-Source = "calendar"

[webhooks.answers.body]
seats = "{{amount}}"
who = "{{email}} at {{prokey}}"

[webhooks.gala]
active = false
trigger = "create"
trigger_element = "rsvp_answer"
prokey_filter = "11111111-2222-4333-8444-555555555555"
payload_url = "${GUESTS}/gala"

[webhooks.gone]
trigger = "delete"
trigger_element = "event"
method = "PUT"
payload_url = "${GONE_URL}"
[webhooks.gone.body]
remove = "{{id}}"
"#;

/// The body that `answers` sends.
const BODY: &str = r#"{"element_data":{"status":"confirmed","email":"kim@example.com","amount":2,"payload":{},"prokey":"99999999-2222-4333-8444-555555555555","date_created":"2026-01-15T09:30:00.000Z","date_updated":"2026-01-15T09:31:00.000Z"},"seats":2,"who":"kim@example.com at 99999999-2222-4333-8444-555555555555"}"#;

fn project() -> Project {
    Project::new().definitions(DEFINITIONS)
}

/// The request as an HTTP message, with this body and length.
fn message(body: &str, length: usize) -> String {
    format!(
        "POST /hooks/answers?v=1 HTTP/1.1\r\nHost: cms.example.com\r\nContent-Type: application/json\r\n\
         X-Source: calendar\r\nAuthorization: Bearer t0ken-of-mine\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Runs `hooks match` on a text.
fn matched(project: &Project, text: impl AsRef<[u8]>, arguments: &[&str]) -> Outcome {
    let words = ["match"].iter().chain(arguments);
    hooks(words).in_project(project).stdin(text).run()
}

/// The JSON lines of `hooks match` for a text.
fn lines(project: &Project, text: impl AsRef<[u8]>, code: i32) -> Vec<Value> {
    let mut lines = Vec::new();
    matched(project, text, &["--json", "-"])
        .code(code)
        .stdout_with(|out| lines = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
        .stderr_with(|_| ());
    lines
}
