//! Invalid headers: nothing is sent.

use snapbox::str;

use super::{findings, fire_at, project, receiver, refused, request};
use crate::server::answering;

#[test]
fn no_control_character_of_the_element_gets_into_a_header() {
    let server = receiver();
    let project = project("[webhooks.w.header]\nX-Note = \"a {{email}} b\"\n");
    for byte in (0_u8..0x20).chain([0x7f]).filter(|byte| *byte != b'\t') {
        let project = &project;
        let set = format!("email=\"1\\u{byte:04x}2\"");
        let outcome = fire_at(&server, project, &["--set-json", &set]);
        outcome.code(3).no_stdout().stderr_with(|text| {
            let found = findings(text);
            assert_eq!(found, ["header-value-invalid webhooks.toml:6:10"], "{text}");
            assert!(text.contains("at byte 3, from `{{email}}`"), "{text}");
        });
    }
    assert_eq!(server.visits(), 0);
}

#[test]
fn escaped_and_similar_line_ends_are_sent_unchanged() {
    let server = answering(super::NO_CONTENT);
    let project = project("[webhooks.w.header]\nX-Note = \"{{email}}\"\n");
    let odd = "%0d%0a \\r\\n \u{10d}\u{560a}\tx";
    let outcome = fire_at(&server, &project, &["--set", &format!("email={odd}")]);
    outcome
        .success()
        .ignore_stdout()
        .stderr_with(|text| assert_eq!(findings(text), ["header-non-ascii webhooks.toml:6:10"]));
    assert_eq!(request(&server).header("x-note"), Some(odd));
}

#[test]
fn a_line_feed_in_a_value_is_reported_with_its_source() {
    let project = project("[webhooks.w.header]\nX-Note = \"a {{email}}\"\n");
    let outcome = fire_at(&receiver(), &project, &["--set-json", "email=\"x\\ny\""]);
    outcome.code(3).no_stdout().stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error[header-value-invalid]: the header `X-Note` of `w` would contain a line feed (LF) at byte 3, from `{{email}}`
 --> webhooks.toml:6:10
  |
6 | X-Note = "a {{email}}"
  |          ^^^^^^^^^^^^^
  |
  = help: use a variable without line breaks, or a body field


"#]]);
}

#[test]
fn invalid_names_and_headers_that_hooks_sets_are_refused() {
    let server = receiver();
    for (name, code) in [
        ("X Y", "header-name"),
        ("X:", "header-name"),
        ("", "header-name"),
        ("Größe", "header-name"),
        ("X\\nY", "header-name"),
        ("X-{{id}}", "variable-in-header-name"),
        ("X-${A}", "variable-in-header-name"),
        ("Content-Length", "header-framing"),
        ("transfer-encoding", "header-framing"),
        ("Connection", "header-framing"),
        ("Host", "header-framing"),
        ("Proxy-Authorization", "header-framing"),
    ] {
        let project = project(&format!("[webhooks.w.header]\n\"{name}\" = \"x\"\n"));
        refused(fire_at(&server, &project, &[]), &[&format!("{code} webhooks.toml:6:1")]);
    }
    let long = "x".repeat(8 * 1024 + 1);
    let project = project(&format!(
        "[webhooks.w.header]\nX = \"{long}\"\nAuthorization = \"a\"\nAUTHORIZATION = \"b\"\n"
    ));
    let expected = ["header-value-too-long webhooks.toml:6:5", "header-repeated webhooks.toml:8:1"];
    refused(fire_at(&server, &project, &[]), &expected);
    assert_eq!(server.visits(), 0);
}

#[test]
fn unclosed_variables_are_refused() {
    let server = receiver();
    for (value, code) in [("{{id", "unclosed-variable"), ("${KEY", "unclosed-environment")] {
        let project = project(&format!("[webhooks.w.header]\nAccept = \"a {value}\"\n"));
        refused(fire_at(&server, &project, &[]), &[&format!("{code} webhooks.toml:6:13")]);
    }
    assert_eq!(server.visits(), 0);
}

#[test]
fn too_many_headers_are_refused() {
    let server = receiver();
    let headers: String = (0..24_600).map(|n| format!("X-{n} = \"1\"\n")).collect();
    let project = project(&format!("[webhooks.w.header]\n{headers}"));
    fire_at(&server, &project, &[]).code(3).no_stdout().stderr_with(|text| {
        assert_eq!(findings(text), ["too-many-headers webhooks.toml:262:1"], "{text}");
    });
    assert_eq!(server.visits(), 0);
}
