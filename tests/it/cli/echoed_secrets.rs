//! Secrets outside the environment: literal values that a receiver or a proxy sends back, and the URL of `--to`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::rsvp;
use super::secrets::{printed, run};
use crate::harness::{Project, hooks};
use crate::server::answering;

const KEY: &str = "canary<key>&\"with\"'all'/of+it";
const LITERALS: [&str; 4] = [KEY, "canary-in-user-info", "canary-in-the-query", "canary-in-the-body"];
const PROXY: &str = "canary-of-the-proxy";

fn project() -> Project {
    let rest = format!("header = {{ X-Api-Key = '''{KEY}''' }}\nbody = {{ jwt = \"{}\" }}\n", LITERALS[3]);
    let url = format!("http://me:{}@receiver.invalid/a?sig={}", LITERALS[1], LITERALS[2]);
    Project::new().definitions(&rsvp(&url, &rest)).file("d.json", r#"{"id": "a-1"}"#)
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Base64 of a text that contains a secret, in lines of 76 letters.
fn mime(secret: &str) -> String {
    let encoded = STANDARD.encode(format!("{}{secret}{}", "-".repeat(50), "-".repeat(50)));
    let lines = encoded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned());
    lines.collect::<Vec<_>>().join("\r\n")
}

fn forms(secret: &str) -> Vec<String> {
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
    vec![
        secret.to_owned(),
        STANDARD.encode(secret),
        STANDARD.encode(format!("user:{secret}")),
        mime(secret),
        html(secret),
        json(secret),
        percent.to_string(),
    ]
}

/// A text without line breaks and prefixes, so that base64 in several lines is one word.
fn joined(text: &str) -> String {
    text.replace("\\r\\n", "").replace("\n│ ", "").replace(['\r', '\n'], "")
}

#[track_caller]
fn assert_hidden(text: &str, secrets: &[&str]) {
    assert!(!text.contains("canary"), "{text}");
    for secret in secrets {
        // The base64 contains these letters, whatever precedes the secret.
        for skip in 0..3 {
            let encoded = STANDARD.encode([&vec![b'-'; skip], secret.as_bytes()].concat());
            let own = &encoded[[0, 2, 3][skip]..(skip + secret.len()) * 8 / 6];
            assert!(!joined(text).contains(own), "{secret} as {own} is in\n{text}");
        }
    }
}

#[test]
fn literal_credentials_that_a_receiver_or_proxy_returns_are_masked() {
    let project = project();
    let secrets: Vec<&str> = LITERALS.into_iter().chain([PROXY]).collect();
    let body = secrets.iter().flat_map(|secret| forms(secret)).collect::<Vec<_>>().join("\n");
    let answer = format!(
        "HTTP/1.1 302 Back to {PROXY}\r\nlocation: /a/{}\r\nx-echo: {}\r\ncontent-length: {}\r\n\r\n{body}",
        json(KEY),
        STANDARD.encode(format!("pu:{PROXY}")),
        body.len()
    );
    for arguments in [
        &["fire", "w", "d.json"][..],
        &["fire", "w", "d.json", "--json"],
        &["trigger", "create", "rsvp_answer", "d.json", "--json"],
        &["replay", "1", "--yes"],
        &["replay", "1", "--yes", "--json"],
    ] {
        let server = answering(&answer);
        let proxy = format!("http://pu:{PROXY}@{}", server.address());
        let text = printed(run(&project, arguments).env("HTTP_PROXY", &proxy).run(), 1);
        let received = String::from_utf8_lossy(&server.received()).into_owned();
        assert!(
            received.contains(KEY) && received.contains("proxy-authorization"),
            "it was sent: {received}"
        );
        assert_hidden(&text, &secrets);
    }
    assert_hidden(&printed(run(&project, &["history", "1", "--json"]).run(), 0), &secrets);
    let folder = project.home().join(".local/state/hooks");
    for entry in std::fs::read_dir(folder).unwrap() {
        assert_hidden(&String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()), &secrets);
    }
}

#[test]
fn reveal_shows_them() {
    let server = answering("HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\ncanary-in-the-query");
    let arguments = ["fire", "w", "d.json", "--reveal"];
    let proxy = format!("http://{}", server.address());
    let text = printed(run(&project(), &arguments).env("HTTP_PROXY", proxy).run(), 0);
    assert!(text.contains("canary-in-the-query"), "{text}");
}

#[test]
fn credentials_in_the_url_of_to_are_neither_printed_nor_recorded() {
    let project = Project::new()
        .definitions(&rsvp("http://receiver.invalid/a", ""))
        .file("d.jsonl", "{\"id\": \"a-1\"}\n{\"id\": \"a-2\"}\n");
    let server =
        answering("HTTP/1.1 500 Oops\r\ncontent-length: 13\r\nconnection: close\r\n\r\ncanary-secret");
    let to = server.url("http://canary-user:canary-pw@127.0.0.1", "/x?a=b&token=canary-secret");
    for arguments in
        [&["backfill", "w", "d.jsonl", "--stop-after", "1", "--to", &to][..], &["backfill", "show", "1"]]
    {
        let text = printed(run(&project, arguments).run(), i32::from(arguments[1] == "w"));
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("--to '<URL>'") || text.contains("resume 1 --to URL --failed"), "{text}");
    }
    for arguments in [&["history"][..], &["history", "--json"], &["backfill", "show", "1", "--json"]] {
        let text = printed(run(&project, arguments).run(), 0);
        assert!(!text.contains("canary"), "{text}");
    }
    let folder = project.home().join(".local/state/hooks");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&text).contains("canary"));
    }
}

#[test]
fn a_usage_error_prints_no_secret() {
    for arguments in [
        &["fire", "w", "--to", "http://u:canary@[bad"][..],
        &["fire", "w", "--to=ftp://u:canary@host/"],
        &["fire", "w", "--to", "ftp://host/?token=canary"],
        &["listen", "--forward", "http://u:canary@[bad"],
        &["fire", "w", "d.json", "http://u:canary@host/"],
        &["add", "w", "--header", "Authorization Bearer canary"],
    ] {
        hooks(arguments).in_project(&project()).run().code(2).no_stdout().stderr_with(|text| {
            assert!(!text.contains("canary") && text.contains("***"), "{text}");
        });
    }
}
