//! Invalid data: reported with its position and help, and nothing is sent.

use snapbox::str;

use super::{fire_at, project, receiver, refused, rsvp};
use crate::harness::{Outcome, Project, hooks};

fn preview(element: impl AsRef<[u8]>) -> Outcome {
    let project = project("").file("d.json", element);
    hooks(["preview", "w", "d.json"]).in_project(&project).run()
}

#[test]
fn every_error_has_a_name_and_a_position_and_nothing_is_sent() {
    let server = receiver();
    for (element, expected) in [
        ("{\"a\": 1, // one\n}", "json-comment d.json:1:10"),
        ("{\n  /* x */}", "json-comment d.json:2:3"),
        ("# x\n{}", "json-comment d.json:1:1"),
        ("{\"a\": 1,\n}", "json-trailing-comma d.json:1:8"),
        ("{\"a\": [1,]}", "json-trailing-comma d.json:1:9"),
        ("{'a': 1}", "json-single-quotes d.json:1:2"),
        ("{a: 1}", "json-syntax d.json:1:2"),
        ("{\"ä\": NaN}", "json-literal d.json:1:7"),
        ("{\"a\": +1}", "json-syntax d.json:1:7"),
        ("{\"a\": 01}", "json-syntax d.json:1:8"),
        ("{\"a\": tru}", "json-syntax d.json:1:7"),
        ("{\"a\": True}", "json-literal d.json:1:7"),
        ("{\"a\" 1}", "json-syntax d.json:1:6"),
        ("{\"a\": 1", "json-unclosed d.json:1:8"),
        ("{\"a\": \"x\ny\"}", "json-syntax d.json:1:9"),
        ("{\"a\": \"\\ud800\"}", "json-lone-surrogate d.json:1:8"),
        ("{}{}", "json-trailing-data d.json:1:3"),
        ("{\"a\":1}\n{\"a\":2}\n", "json-trailing-data d.json:2:1"),
        ("", "json-empty d.json:1:1"),
        (" \n", "json-empty d.json:1:1"),
        ("[{}]", "element-not-object d.json:1:1"),
        ("\n 3", "element-not-object d.json:2:2"),
        ("\"x\"", "element-not-object d.json:1:1"),
        ("null", "element-not-object d.json:1:1"),
    ] {
        let project = project("").file("d.json", element);
        refused(fire_at(&server, &project, &["d.json"]), &[expected]);
    }
    assert_eq!(server.visits(), 0);
}

#[test]
fn errors_in_examples_of_the_platform_are_explained() {
    preview("{\n  \"id\": \"a-1\", // the answer's id\n}").code(3).no_stdout().stderr(str![[r#"
error[json-comment]: comments are not allowed in JSON
 --> d.json:2:16
  |
2 |   "id": "a-1", // the answer's id
  |                ^^
  |
  = help: remove the comment (the examples in the platform's manual contain some), or start from `hooks sample ELEMENT`


"#]]);
    preview("{\n  \"id\": \"a-1\",\n}").code(3).no_stdout().stderr(str![[r#"
error[json-trailing-comma]: trailing comma
 --> d.json:2:14
  |
2 |   "id": "a-1",
  |              ^
  |
  = help: remove it (the examples in the platform's manual contain some)


"#]]);
}

#[test]
fn other_encodings_are_reported() {
    for bytes in [
        &b"\xff\xfe{\0}\0"[..],
        b"\xfe\xff\0{\0}",
        b"{\0}\0",
        b"{\"a\": \"\xe9\"}",
        b"{\"a\": \"\xed\xa0\x80\"}",
        b"\xc0\xaf",
    ] {
        refused(preview(bytes), &["file-encoding"]);
    }
    preview(b"{\n\"a\": \"\xe9\"}").code(3).no_stdout().stderr(str![[r#"
error[file-encoding]: `d.json:2:7` is not UTF-8: byte 0xE9 at offset 8
  = help: save it as UTF-8


"#]]);
}

#[test]
fn nesting_of_any_depth_is_refused() {
    for depth in [10_000, 100_000] {
        refused(preview("[".repeat(depth) + &"]".repeat(depth)), &["json-too-deep d.json:1:129"]);
        refused(preview("{\"\":".repeat(depth) + "1" + &"}".repeat(depth)), &["json-too-deep d.json:1:513"]);
        let unclosed = format!("json-unclosed d.json:1:{}", 5 * depth + 1);
        refused(preview("[{\"\":".repeat(depth)), &[&unclosed]);
    }
}

#[test]
fn directories_devices_and_missing_files_are_refused() {
    let at = |path: &str| hooks(["preview", "w", path]).in_project(&project("")).run();
    refused(at("."), &["file-is-directory"]);
    refused(at("nope.json"), &["file-missing"]);
    #[cfg(unix)]
    refused(at("/dev/zero"), &["file-unreadable"]);
    at("nope.json").code(3).no_stdout().stderr(str![[r#"
error[file-missing]: cannot read `nope.json`: no such file
  = help: check the path


"#]]);
}

#[test]
fn standard_input_is_named_in_errors() {
    let outcome = hooks(["preview", "w", "-"]).in_project(&project("")).stdin("{\"a\": }").run();
    outcome.code(3).no_stdout().stderr(str![[r#"
error[json-syntax]: expected a value
 --> standard input:1:7
  |
1 | {"a": }
  |       ^
  |
  = help: put text in double quotes, or write `null` for a missing value


"#]]);
}

#[test]
fn a_misspelt_file_name_gets_a_suggestion() {
    let project = Project::new().definitions(&rsvp("http://127.0.0.1:9/", "")).file("data/answer.json", "{}");
    for (words, name) in [
        (&["list", "--file", "webhook.toml"][..], "webhooks.toml"),
        (&["remove", "w", "--yes", "--file", "webhooks.tml"], "check the path"),
        (&["edit", "w", "--name", "x", "--file", "./webhoks.toml"], "./webhooks.toml"),
        (&["preview", "w", "data/anser.json"], "data/answer.json"),
    ] {
        hooks(words).in_project(&project).run().code(3).ignore_stdout().stderr_with(|text| {
            let help = if name.contains(' ') { name.to_owned() } else { format!("did you mean `{name}`?") };
            assert!(text.contains(&help), "{words:?}: {text}");
        });
    }
}
