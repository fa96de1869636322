//! Values from the environment are sent and never shown. Every place that can contain one has a canary.

use std::cell::RefCell;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::rsvp;
use crate::harness::{Outcome, Project, Run, hooks};
use crate::server::{Server, Step, answering, say};

/// One canary for each place: user info, path and query of the URL, a header, a body field.
const CANARIES: [(&str, &str); 5] = [
    ("IN_USER", "canary-user-pw"),
    ("IN_PATH", "canary/päth&x"),
    ("IN_QUERY", "canary+quéry'"),
    ("IN_HEADER", "canary/header\\=="),
    ("IN_BODY", "canary \"bödy\"\n\t🫵/"),
];

fn definitions() -> String {
    let rest = "\
[webhooks.w.header]
Authorization = \"Bearer ${IN_HEADER}\"
Accept = \"text/${IN_HEADER}\"
[webhooks.w.body]
alone = \"${IN_BODY}\"
within = \"{{email}} ${IN_BODY}!\"
";
    rsvp("http://me:${IN_USER}@receiver.invalid/a/${IN_PATH}?q=${IN_QUERY}", rest)
}

/// The canaries are in `.env`, and one of them in the element too.
fn project() -> Project {
    let quoted = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let lines = CANARIES.map(|(name, value)| format!("{name}=\"{}\"\n", quoted(value)));
    let element = serde_json::json!({"id": "a-1", "email": "ada@example.com", "status": CANARIES[4].1});
    Project::new()
        .definitions(&definitions())
        .file(".env", lines.concat())
        .file("d.json", element.to_string())
}

/// Every form in which a canary could be printed: unchanged and encoded.
fn forms(canary: &str) -> Vec<String> {
    let inner = |text: &str| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let mut forms = Vec::new();
    for text in [canary.to_owned(), inner(canary)] {
        let percent: String = text.bytes().fold(String::new(), |mut all, byte| {
            let _ = if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                write!(all, "{}", char::from(byte))
            } else {
                write!(all, "%{byte:02X}")
            };
            all
        });
        forms.extend([inner(&text), percent.to_lowercase(), percent]);
        forms.extend((0..3).map(|skip| {
            let encoded = STANDARD.encode([&vec![b' '; skip], text.as_bytes()].concat());
            encoded[[0, 2, 3][skip]..(skip + text.len()) * 8 / 6].to_owned()
        }));
        forms.push(text);
    }
    forms
}

/// The whole output.
#[track_caller]
pub(super) fn printed(outcome: Outcome, code: i32) -> String {
    let all = RefCell::new(String::new());
    let look = |text: &str| all.borrow_mut().push_str(text);
    outcome.code(code).stdout_with(look).stderr_with(look);
    all.into_inner()
}

#[track_caller]
fn assert_masked(outcome: Outcome, code: i32) {
    let text = printed(outcome, code);
    for form in CANARIES.iter().flat_map(|(_, canary)| forms(canary)) {
        assert!(!text.contains(&form), "{form:?} is in\n{text}");
    }
    // A truncated or differently encoded canary.
    assert!(!text.to_lowercase().contains("canary"), "{text}");
}

pub(super) fn run<'a>(project: &'a Project, arguments: &[&str]) -> Run<'a> {
    hooks(arguments).in_project(project).env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace")
}

/// The request in the forms in which a receiver might return it.
fn echo(project: &Project) -> String {
    let mut request = String::new();
    let preview = run(project, &["preview", "w", "d.json", "--format", "http", "--reveal", "-q"]).run();
    preview.success().stdout_with(|text| text.clone_into(&mut request)).no_stderr();
    let json = serde_json::Value::from(request.as_str()).to_string();
    let light =
        percent_encoding::utf8_percent_encode(&request, percent_encoding::NON_ALPHANUMERIC).to_string();
    let ascii: String = json.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect();
    let base64: Vec<String> = (0..3).map(|skip| STANDARD.encode(&request.as_bytes()[skip..])).collect();
    [request, json, ascii, light, base64.join("\n")].join("\n---\n")
}

fn escaped(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

#[test]
fn no_command_prints_a_secret() {
    let project = project();
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["show", "w"],
        &["show", "w", "--json"],
        &["show", "w", "--reveal"],
        &["preview", "w", "d.json"],
        &["preview", "w", "d.json", "--format", "json"],
        &["preview", "w", "d.json", "--format", "http"],
        &["preview", "w", "d.json", "--format", "curl"],
        &["preview", "w", "d.json", "--format", "body"],
        &["trigger", "create", "rsvp_answer", "d.json", "--dry-run", "--json"],
        &["trigger", "create", "rsvp_answer", "d.json", "--dry-run"],
        &["fire", "w", "d.json", "--echo"],
        &["fire", "w", "d.json", "--echo", "--json"],
    ] {
        assert_masked(run(&project, arguments).run(), 0);
    }
}

#[test]
fn no_failure_prints_a_secret() {
    let project = project();
    // Not delivered: the host does not exist, nothing listens at the proxy.
    for arguments in [
        &["fire", "w", "d.json"][..],
        &["fire", "w", "d.json", "--json"],
        &["trigger", "create", "rsvp_answer", "d.json"],
    ] {
        assert_masked(run(&project, arguments).env("HTTP_PROXY", "http://127.0.0.1:1").run(), 4);
    }
    // Invalid requests: a header with a line feed, a missing variable, an invalid URL.
    for (name, value) in [
        ("IN_HEADER", "canary-a\nb"),
        ("IN_PATH", "canary a"),
        ("IN_USER", "canary\\"),
        ("IN_QUERY", "canary\tb"),
    ] {
        assert_masked(run(&project, &["fire", "w", "d.json"]).env(name, value).run(), 3);
    }
    assert_masked(run(&project, &["fire", "w", "d.json", "--set-json", "email=nothing"]).run(), 3);
}

#[test]
fn a_receiver_that_returns_the_request_reveals_no_secret() {
    let project = project();
    let echo = echo(&project);
    let header = STANDARD.encode(&echo[..200]);
    for (status, code) in
        [("200 OK", 0), ("401 Unauthorized", 1), ("302 Found", 1), ("500 Internal Server Error", 1)]
    {
        let answer = format!(
            "HTTP/1.1 {status}\r\nx-echo: {header}\r\nlocation: /a/{}\r\ncontent-length: {}\r\n\r\n{echo}",
            CANARIES[0].1,
            echo.len()
        );
        for arguments in [
            &["fire", "w", "d.json"][..],
            &["fire", "w", "d.json", "--json"],
            &["trigger", "create", "rsvp_answer", "d.json", "--json"],
        ] {
            let server = answering(&answer);
            let proxy = format!("http://{}", server.address());
            assert_masked(run(&project, arguments).env("HTTP_PROXY", &proxy).run(), code);
            let received = String::from_utf8_lossy(&server.received()).into_owned();
            assert!(received.contains("canary/header"), "it was sent: {received}");
        }
    }
    let cut =
        Server::start([Step::Read, say(&format!("HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n{echo}"))]);
    assert_masked(
        run(&project, &["fire", "w", "d.json"]).env("HTTP_PROXY", format!("http://{}", cut.address())).run(),
        0,
    );
}

#[test]
fn reveal_shows_everything() {
    let project = project();
    for format in ["text", "json", "http", "curl", "body"] {
        let text =
            printed(run(&project, &["preview", "w", "d.json", "--reveal", "--format", format]).run(), 0);
        assert!(text.contains("canary"), "{text}");
    }
    let text = printed(run(&project, &["fire", "w", "d.json", "--echo", "--reveal"]).run(), 0);
    assert!(text.contains("canary/header"), "{text}");
}

#[test]
fn literal_credentials_in_source_lines_of_findings_are_masked() {
    let rest = "\
header = { X-Key = \"canary {{x}}\" }
method = \"GET\"
name = 3
";
    let tables = "\
[webhooks.w.header]
X-Key = \"canary {{x}}\"
X-Two-Key = \"canary {{id\"
X-Line-Key = \"canary\\n\"
X-Long-Key = '''
canary {{x}}'''
";
    for (url, rest) in [
        ("https://me:canary@example.com/?token=canary#x", ""),
        ("https://me:canary@exa mple.com", ""),
        ("ftp://example.com/?token=canary", ""),
        ("https://example.com", rest),
        ("https://example.com", tables),
        (
            "https://example.com",
            "[webhooks.w.header]\nX-Key = \"canary\nX-Two-Key = canary\nX-Three-Key = [\"canary\"]\n",
        ),
    ] {
        let project = Project::new().definitions(&rsvp(url, rest));
        for arguments in
            [&["list"][..], &["show", "w"], &["preview", "w", "-"], &["preview", "w", "-", "--json"]]
        {
            let outcome = hooks(arguments).in_project(&project).stdin("{}").run();
            let all = RefCell::new(String::new());
            let look = |text: &str| all.borrow_mut().push_str(text);
            drop(outcome.any_code().stdout_with(look).stderr_with(look));
            assert!(!all.borrow().contains("canary"), "{}", all.borrow());
        }
    }
}

#[test]
fn a_literal_credential_is_masked_in_every_view() {
    let rest = "\
[webhooks.w.header]
X-Callback = \"https://me:canary-1@example.com/?sig=canary-2\"
Cookie = \"a=canary-3; b=${T}\"
[webhooks.w.body]
jwt = \"canary-4\"
note = \"it was ghp_canary\"
";
    let url =
        "http://receiver.invalid/a?api_key=canary-5&tenant=${T}&token=canary-6${T}canary-7#code=canary-8";
    let project = Project::new().definitions(&rsvp(url, rest)).file("d.json", r#"{"id": "a-1"}"#);
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["show", "w"],
        &["show", "w", "--json"],
        &["preview", "w", "d.json"],
        &["preview", "w", "d.json", "--json"],
        &["preview", "w", "d.json", "--format", "http"],
        &["preview", "w", "d.json", "--format", "curl"],
        &["preview", "w", "d.json", "--format", "body"],
        &["fire", "w", "d.json", "--echo"],
        &["fire", "w", "d.json", "--echo", "--json"],
        &["trigger", "create", "rsvp_answer", "d.json", "--dry-run"],
        &["check"],
        &["edit", "w", "--name", "x", "--dry-run"],
    ] {
        let text = printed(run(&project, arguments).env("T", "1").run(), 0);
        assert!(!text.contains("canary"), "{arguments:?}: {text}");
    }
    let text = printed(run(&project, &["preview", "w", "d.json"]).env("T", "1").run(), 0);
    assert!(text.contains("\"http://receiver.invalid/a?api_key=***&tenant=\""), "{text}");
    assert!(text.contains("POST http://receiver.invalid/a?api_key=***&tenant=***&token=***\n"), "{text}");
}

#[test]
fn an_empty_value_from_the_environment_is_reported() {
    let project = Project::new()
        .definitions(&rsvp("http://127.0.0.1:9/a", "header = { Authorization = \"Bearer ${CMS_TOKEN}\" }\n"));
    let fire = |value: &str| {
        let server = answering("HTTP/1.1 204 No Content\r\n\r\n");
        let url = server.url("http://127.0.0.1", "/");
        let text = printed(run(&project, &["fire", "w", "--to", &url]).env("CMS_TOKEN", value).run(), 0);
        server.received();
        text
    };
    let warning = "warning[environment-empty]: the environment variable `CMS_TOKEN` is empty\n --> webhooks.toml:5:36\n";
    assert!(fire("").contains(warning) && fire(" ").contains(warning), "{}", fire(""));
    assert!(!fire("x").contains("environment-empty"));
    let check =
        |value: &str, code| printed(run(&project, &["check", "--env"]).env("CMS_TOKEN", value).run(), code);
    assert!(check("", 1).contains("error[environment-empty]"));
    assert!(!check("x", 0).contains("environment-empty"));
}
