//! Requests exported as lines of JSON for other programs to send.

use hooks::core::export::jsonl;
use serde_json::{Value, json};

use crate::fixture::Case;

/// A webhook with a secret in every possible part, next to data of the element.
fn case() -> Case<'static> {
    Case {
        url: "https://${HOST}/hooks?key=${PAGE}",
        header: vec![
            ("Authorization", "Bearer ${TOKEN}"),
            ("X-Note", "{{email}} ${KEY}"),
            ("X-Api-Key", "literal-canary"),
            ("Accept", "text/plain"),
        ],
        body: vec![("seats", "{{amount}}"), ("auth", "<${TOKEN}> for {{id}} & ${KEY}"), ("last", "${KEY}")],
        environment: &[
            ("HOST", "host-canary.example.com"),
            ("PAGE", "page-canary"),
            ("KEY", "key-canary\"\\"),
            ("TOKEN", "token-canary"),
        ],
        ..Case::default()
    }
}

fn document(line: &str) -> Value {
    assert_eq!(line.matches('\n').count(), 1, "one line: {line}");
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_line_for_a_queue_is_the_request_that_is_sent() {
    let request = case().request();
    let line = document(&jsonl(&request, 7, true));
    assert_eq!((&line["version"], &line["element"], &line["method"]), (&json!(1), &json!(7), &json!("POST")));
    assert_eq!(line["url"], request.url.as_str());
    assert_eq!(line["body"].as_str().unwrap().as_bytes(), request.body);
    let own = ["host", "content-length"];
    let sent = request.headers.iter().filter(|header| !own.contains(&&*header.name));
    let sent: Vec<Value> =
        sent.map(|header| json!({"name": &*header.name, "value": &*header.value})).collect();
    assert_eq!(line["headers"], Value::Array(sent));
}

#[test]
fn an_export_contains_no_secret_without_reveal() {
    let request = case().request();
    let line = |reveal| jsonl(&request, 1, reveal);
    assert!(!line(false).contains("canary"), "{}", line(false));
    for canary in ["host-canary", "key-canary", "token-canary", "literal-canary"] {
        assert!(line(true).contains(canary), "{canary}");
    }
}
