//! Requests for other programs to send: as lines for a queue, and as a script for k6 with its data.

use std::time::Duration;

use hooks::core::export::{K6Load, jsonl, k6_line, k6_script};
use hooks::core::request::PreparedRequest;
use serde_json::{Value, json};

use crate::fixture::Case;

const LOAD: K6Load = K6Load { places: 8, rate: None, timeout: Duration::from_secs(30) };

/// A webhook with a secret in every place that can hold one, and data of the element beside it.
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

/// What the script knows of all requests.
fn target(script: &str) -> Value {
    let (_, rest) = script.split_once("const target = ").unwrap();
    serde_json::from_str(rest.split_once(";\n").unwrap().0).unwrap()
}

fn script(request: &PreparedRequest, reveal: bool) -> String {
    k6_script(request, reveal, LOAD).text
}

/// The text that pieces come to where it is run, in this environment.
fn joined(pieces: &Value, environment: &[(&str, &str)], in_json: bool) -> String {
    let piece = |piece: &Value| match piece {
        Value::String(text) => text.clone(),
        taken => {
            let name = taken["env"].as_str().unwrap();
            let (_, value) = environment.iter().find(|(own, _)| *own == name).unwrap();
            let quoted = json!(value).to_string();
            if in_json { quoted[1..quoted.len() - 1].to_owned() } else { (*value).to_owned() }
        }
    };
    pieces.as_array().unwrap().iter().map(piece).collect()
}

#[test]
fn a_line_for_a_queue_is_the_request_that_is_sent() {
    let request = case().request();
    let line = document(&jsonl(&request, 7, true));
    assert_eq!((&line["version"], &line["line"], &line["method"]), (&json!(1), &json!(7), &json!("POST")));
    assert_eq!(line["url"], request.url.as_str());
    assert_eq!(line["body"].as_str().unwrap().as_bytes(), request.body);
    let own = ["host", "content-length"];
    let sent = request.headers.iter().filter(|header| !own.contains(&&*header.name));
    let sent: Vec<Value> =
        sent.map(|header| json!({"name": &*header.name, "value": &*header.value})).collect();
    assert_eq!(line["headers"], Value::Array(sent));
}

#[test]
fn nothing_secret_is_written_unless_it_is_asked_for() {
    let request = case().request();
    let files =
        |reveal| jsonl(&request, 1, reveal) + &script(&request, reveal) + &k6_line(&request, 1, reveal);
    assert!(!files(false).contains("canary"), "{}", files(false));
    for canary in ["host-canary", "key-canary", "token-canary", "literal-canary"] {
        assert!(jsonl(&request, 1, true).contains(canary), "{canary}");
        assert!((script(&request, true) + &k6_line(&request, 1, true)).contains(canary), "{canary}");
    }
    let revealed = k6_script(&request, true, LOAD);
    assert!(revealed.names.is_empty());
}

#[test]
fn what_the_script_takes_from_its_environment_makes_the_request_that_is_sent() {
    let case = case();
    let request = case.request();
    let mut environment = case.environment.to_vec();
    environment.push(("HOOKS_HEADER_X_API_KEY", "literal-canary"));
    for reveal in [false, true] {
        let made = k6_script(&request, reveal, LOAD);
        let target = target(&made.text);
        let line = document(&k6_line(&request, 3, reveal));
        assert_eq!((&line["line"], &target["method"]), (&json!(3), &json!("POST")));
        // The URL is put together anew, and not written as a parser would.
        let url = url::Url::parse(&joined(&target["url"], &environment, false)).unwrap();
        assert_eq!(url.as_str(), request.url.as_str());
        assert_eq!(joined(&line["body"], &environment, true).as_bytes(), request.body);
        let pairs = |list: &Value| -> Vec<(String, String)> {
            let headers = list.as_array().unwrap().iter();
            let name = |header: &Value| header[0].as_str().unwrap().to_lowercase();
            headers.map(|header| (name(header), joined(&header[1], &environment, false))).collect()
        };
        let mut headers = pairs(&target["headers"]);
        assert_eq!(
            pairs(&line["headers"]),
            [("x-note".to_owned(), "ada@example.com key-canary\"\\".to_owned())]
        );
        headers.extend(pairs(&line["headers"]));
        headers.sort();
        let mut sent: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|header| (header.name.to_string(), header.value.to_string()))
            .collect();
        sent.retain(|(name, _)| name != "host" && name != "content-length");
        sent.sort();
        assert_eq!(headers, sent);
        let names: Vec<&str> = made.names.iter().map(String::as_str).collect();
        let expected: &[&str] =
            if reveal { &[] } else { &["HOST", "PAGE", "TOKEN", "KEY", "HOOKS_HEADER_X_API_KEY"] };
        assert_eq!(names, expected);
    }
}

#[test]
fn what_no_name_stands_for_is_given_whole() {
    for url in [
        "https://receiver.test/?token=literal-canary",
        "https://receiver.test/?token=literal-canary&b=${KEY}",
        "https://me:${KEY}@receiver.test/${KEY}",
    ] {
        let case = Case { url, environment: &[("KEY", "key-canary")], ..Case::default() };
        let made = k6_script(&case.request(), false, LOAD);
        assert!(!made.text.contains("canary"), "{}", made.text);
        assert_eq!(target(&made.text)["url"], json!([{"env": "HOOKS_URL"}]), "{url}");
    }
    let case = Case {
        url: "https://me:${KEY}@receiver.test/",
        environment: &[("KEY", "key-canary")],
        ..Case::default()
    };
    let names = k6_script(&case.request(), false, LOAD).names;
    assert_eq!(names, ["HOOKS_HEADER_AUTHORIZATION"]);
    let case = Case {
        header: vec![("X-Mixed", "a-canary {{email}} b-canary"), ("X-Blank", "{{id}} {{email}}")],
        ..Case::default()
    };
    let request = case.request();
    let line = document(&k6_line(&request, 1, false));
    let expected = json!([
        [
            "X-Mixed",
            [{"env": "HOOKS_HEADER_X_MIXED"}, "ada@example.com", {"env": "HOOKS_HEADER_X_MIXED_2"}]
        ],
        ["X-Blank", ["a1", " ", "ada@example.com"]],
    ]);
    assert_eq!(line["headers"], expected);
    let names = k6_script(&request, false, LOAD).names;
    assert_eq!(names, ["HOOKS_HEADER_X_MIXED", "HOOKS_HEADER_X_MIXED_2"]);
}

#[test]
fn a_script_without_secrets_needs_nothing() {
    let load = K6Load { places: 3, rate: Some(0.5), timeout: Duration::from_millis(1_500) };
    let made = k6_script(&Case::default().request(), false, load);
    let target = target(&made.text);
    assert!(made.names.is_empty());
    assert_eq!(target["env"], json!([]));
    assert_eq!((&target["places"], &target["timeout"]), (&json!(3), &json!("1500ms")));
    assert_eq!(target["rate"], 0.5);
    assert!(made.text.contains("//   k6 run script.js\n"), "{}", made.text);
    assert!(!made.text.contains("{{"), "{}", made.text);
}
