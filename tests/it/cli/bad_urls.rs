//! Invalid and unusual payload URLs.

use snapbox::str;

use super::{findings, refused, rsvp};
use crate::harness::{Project, hooks};

#[test]
fn an_invalid_payload_url_is_refused_at_its_position() {
    for (url, place) in [
        ("", "4:15"),
        ("example.com/x", "4:15"),
        ("localhost:4000/x", "4:15"),
        ("ftp://example.com", "4:15"),
        ("file:///etc/passwd", "4:15"),
        ("javascript:alert(1)", "4:15"),
        ("https://", "4:15"),
        ("https:///x", "4:15"),
        ("https://exa mple.com", "4:27"),
        ("https://example.com/a\\nb", "4:37"),
        ("https:\\\\\\\\example.com", "4:22"),
        ("https://example.com:99999", "4:15"),
        ("https://example.com:0/", "4:15"),
        ("https://[::1", "4:15"),
    ] {
        let project = Project::new().definitions(&rsvp(url, ""));
        let outcome = hooks(["fire", "w", "-"]).in_project(&project).stdin("{}").run();
        refused(outcome, &[&format!("payload-url webhooks.toml:{place}")]);
    }
}

#[test]
fn variables_in_the_payload_url_are_sent_literally_with_a_warning() {
    let project = Project::new().definitions(&rsvp("https://example.com/{{id}}/{{email}}", ""));
    let outcome = hooks(["preview", "w", "-", "--format", "curl"]).in_project(&project).stdin("{}").run();
    outcome.success().ignore_stdout().stderr(str![[r#"
warning[variable-in-url]: variables in the payload URL are not replaced
 --> webhooks.toml:4:36
  |
4 | payload_url = "https://example.com/{{id}}/{{email}}"
  |                                    ^^^^^^
  |
  = help: the braces are sent as they are: the platform is assumed to replace variables in header and body values only; `${NAME}` from the environment works

warning[variable-in-url]: variables in the payload URL are not replaced
 --> webhooks.toml:4:43
  |
4 | payload_url = "https://example.com/{{id}}/{{email}}"
  |                                           ^^^^^^^^^
  |
  = help: the braces are sent as they are: the platform is assumed to replace variables in header and body values only; `${NAME}` from the environment works


"#]]);
}

#[test]
fn a_url_from_the_environment_is_checked_and_not_printed() {
    let project = Project::new().definitions(&rsvp("${BASE}/x", ""));
    for base in ["ftp://hunter2", "https://hun ter2", "hunter2", "https://hunter2\\"] {
        let outcome = hooks(["fire", "w", "-"]).in_project(&project).env("BASE", base).stdin("{}").run();
        outcome.code(3).no_stdout().stderr_with(|text| {
            assert_eq!(findings(text), ["payload-url webhooks.toml:4:15"], "{text}");
            assert!(!text.contains("hun"), "{text}");
        });
    }
}

#[test]
fn unusual_urls_are_sent_with_a_warning() {
    let project =
        Project::new().definitions(&rsvp("https://me:hunter2@example.com/a#b", "method = \"GET\"\n"));
    let outcome = hooks(["preview", "w", "-", "--format", "http"]).in_project(&project).stdin("{}").run();
    outcome.success().stdout(str![[r#"
GET /a HTTP/1.1
host: example.com
user-agent: hooks/[VERSION]
accept: */*
content-type: application/json
authorization: ***
content-length: 19

{"element_data":{}}
"#]]).stderr(str![[r#"
warning[credentials-in-url]: the payload URL contains credentials
--> webhooks.toml:4:15
 = help: use an `Authorization` header with `${NAME}` to keep them out of the file; they are sent as Basic authorization

warning[fragment-in-url]: the part of the payload URL after `#` is never sent
--> webhooks.toml:4:15
 = help: remove it

warning[body-on-get]: GET is sent with a body, as the platform is assumed to do
 --> webhooks.toml:5:10
  |
5 | method = "GET"
  |          ^^^^^
  |
  = help: many servers, caches and firewalls drop or reject it: prefer POST, PUT or PATCH

warning: 1 value masked, so this is not the real request; use `--reveal` to show all

"#]]);
}
