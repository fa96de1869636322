//! Invalid definitions: every problem is reported in one run, with its position and help.

use snapbox::str;

use super::{refused, rsvp};
use crate::harness::{Outcome, Project, hooks};

fn list(file: impl AsRef<[u8]>) -> Outcome {
    let project = Project::new().file("webhooks.toml", file);
    hooks(["list"]).in_project(&project).run()
}

/// Checks that every command that reads definitions refuses the file with these findings.
#[track_caller]
fn is_refused(file: impl AsRef<[u8]>, expected: &[&str]) {
    let project = Project::new().file("webhooks.toml", file);
    let before = project.files();
    for command in [
        &["list"][..],
        &["show", "w"],
        &["preview", "w"],
        &["fire", "w", "--echo"],
        &["trigger", "create", "event"],
    ] {
        refused(hooks(command).in_project(&project).run(), expected);
    }
    assert!(project.files() == before, "nothing is written");
}

#[test]
fn all_syntax_errors_are_shown_at_once() {
    let file = "[webhooks.a]\ntrigger = \n[webhooks.b]]\nname = \"abc\nid = 1 2\n";
    list(file).code(3).no_stdout().stderr(str![[r#"
error[toml-syntax]: invalid TOML: missing value
 --> webhooks.toml:2:11
  |
2 | trigger = 
  |           ^
  |
  = help: write a value after `=`; put strings in quotes

error[toml-syntax]: invalid TOML: unexpected text, expected a line break or a comment
 --> webhooks.toml:3:13
  |
3 | [webhooks.b]]
  |             ^
  |
  = help: remove it, or move it to its own line

error[toml-syntax]: invalid TOML: this string is not closed
 --> webhooks.toml:4:12
  |
4 | name = "abc
  |            ^
  |
  = help: close it with `"`

error[toml-syntax]: invalid TOML: this value is not in quotes
 --> webhooks.toml:5:6
  |
5 | id = 1 2
  |      ^^^
  |
  = help: put strings in quotes, e.g. `"POST"`


"#]]);
}

#[test]
fn unknown_names_get_a_suggestion() {
    let file = "[webhooks.w]\nactiv = true\nurl = \"x\"\ntrigger = \"creat\"\ntrigger_element = \"evnt\"\nmethod = \"PSOT\"\npayload_url = \"https://example.com\"\n";
    list(file).code(3).no_stdout().stderr(str![[r#"
error[unknown-key]: unknown field `activ`
 --> webhooks.toml:2:1
  |
2 | activ = true
  | ^^^^^
  |
  = help: did you mean `active`?

error[unknown-key]: unknown field `url`
 --> webhooks.toml:3:1
  |
3 | url = "x"
  | ^^^
  |
  = help: did you mean `payload_url`?

error[unknown-value]: unknown trigger `creat`
 --> webhooks.toml:4:11
  |
4 | trigger = "creat"
  |           ^^^^^^^
  |
  = help: did you mean `create`?

error[unknown-value]: unknown trigger element `evnt`
 --> webhooks.toml:5:19
  |
5 | trigger_element = "evnt"
  |                   ^^^^^^
  |
  = help: did you mean `event`?

error[unknown-value]: unknown method `PSOT`
 --> webhooks.toml:6:10
  |
6 | method = "PSOT"
  |          ^^^^^^
  |
  = help: did you mean `POST`?


"#]]);
}

#[test]
fn wrong_types_name_the_expected_type() {
    let file = "[webhooks.w]\nname = 1\nid = \"x\"\nactive = \"yes\"\ntrigger = true\ntrigger_element = [\"event\"]\npayload_url = 3\nheader = []\nbody = 1.5\n";
    list(file).code(3).no_stdout().stderr(str![[r#"
error[wrong-type]: `name` must be a string, not an integer
 --> webhooks.toml:2:8
  |
2 | name = 1
  |        ^
  |
  = help: put it in quotes: `"1"`

error[wrong-type]: `id` must be a whole number, not a string
 --> webhooks.toml:3:6
  |
3 | id = "x"
  |      ^^^
  |
  = help: use the number of the webhook in the account: `id = 67`

error[wrong-type]: `active` must be `true` or `false`, not a string
 --> webhooks.toml:4:10
  |
4 | active = "yes"
  |          ^^^^^
  |
  = help: write it without quotes: `active = true`

error[wrong-type]: `trigger` must be a string, not a boolean
 --> webhooks.toml:5:11
  |
5 | trigger = true
  |           ^^^^
  |
  = help: put it in quotes: `"true"`

error[wrong-type]: `trigger_element` must be a string, not an array
 --> webhooks.toml:6:19
  |
6 | trigger_element = ["event"]
  |                   ^^^^^^^^^

error[wrong-type]: `payload_url` must be a string, not an integer
 --> webhooks.toml:7:15
  |
7 | payload_url = 3
  |               ^
  |
  = help: put it in quotes: `"3"`

error[wrong-type]: `body` must be a table of names and values, not a float
 --> webhooks.toml:9:8
  |
9 | body = 1.5
  |        ^^^
  |
  = help: write `[webhooks.HANDLE.body]`, then lines such as `Name = "value"`


"#]]);
}

#[test]
fn misplaced_tables_and_fields_are_reported() {
    is_refused("[webhook.w]\n", &["unknown-table webhooks.toml:1:2"]);
    is_refused("[hooks.w]\n", &["unknown-table webhooks.toml:1:2"]);
    is_refused("[[webhooks.w]]\n", &["wrong-type webhooks.toml:1:12"]);
    is_refused("webhooks = 3\n", &["wrong-type webhooks.toml:1:12"]);
    is_refused("trigger = \"create\"\n", &["field-outside-webhook webhooks.toml:1:1"]);
    is_refused("[webhooks]\ntrigger = \"create\"\n", &["wrong-type webhooks.toml:2:1"]);
    let other = format!("[tool.other]\nx = 1\n[check]\n{}", rsvp("https://example.com", ""));
    let _ =
        list(other).success().stdout_with(|text| assert!(text.contains("1 webhook"), "{text}")).no_stderr();
}

#[test]
fn missing_and_invalid_fields_are_reported() {
    is_refused(
        "[webhooks.w]\n",
        &[
            "missing-field webhooks.toml:1:11",
            "missing-field webhooks.toml:1:11",
            "missing-field webhooks.toml:1:11",
        ],
    );
    let good = rsvp("https://example.com", "");
    is_refused(good.replace(".w]", ".\"a b\"]"), &["bad-handle webhooks.toml:1:11"]);
    is_refused(
        good.replace("rsvp_answer", "event") + "prokey_filter = \"x\"\n",
        &["misplaced-prokey-filter webhooks.toml:5:1"],
    );
    is_refused(
        good.clone() + "method = \"GET\"\nmethod = \"PUT\"\n",
        &["toml-duplicate-key webhooks.toml:6:1"],
    );
    is_refused(good.clone() + "[webhooks.w.header]\nX = 3\n", &["wrong-type webhooks.toml:6:5"]);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    is_refused("", &["definitions-empty"]);
    is_refused(" \r\n\t\n", &["definitions-empty"]);
    is_refused(b"\xff\xfea\0=\0", &["file-encoding"]);
    is_refused(b"a = \"\xff\"\n", &["file-encoding"]);
    is_refused("a = 1\rb = 2\n", &["toml-syntax webhooks.toml:1:7"]);
    is_refused("a = \"\u{0}\"\n", &["toml-syntax webhooks.toml:1:6"]);
    let at = |path: &str| hooks(["list", "-f", path]).run();
    refused(at("."), &["file-is-directory"]);
    refused(at("nope.toml"), &["file-missing"]);
    #[cfg(unix)]
    refused(at("/dev/zero"), &["file-unreadable"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    let file = format!("\u{feff}{}", rsvp("https://example.com", "")).replace('\n', "\r\n");
    let _ =
        list(file).success().stdout_with(|text| assert!(text.contains("1 webhook"), "{text}")).no_stderr();
}

#[test]
fn a_line_break_in_a_string_is_a_line_feed_with_any_line_ending_of_the_file() {
    let rest = "[webhooks.w.body]\na = \"\"\"\nx\ny\\r\\nz \\\n  w\"\"\"\nb = \'\'\'\nx\ny {{nope}}\'\'\'\n";
    let file = rsvp("https://example.com", rest);
    for text in [file.clone(), file.replace('\n', "\r\n")] {
        let project = Project::new().definitions(&text);
        let run = hooks(["preview", "w", "--format", "body", "--allow-missing"]).in_project(&project).run();
        run.success()
            .stdout_json(|body| {
                assert_eq!((&body["a"], &body["b"]), (&"x\ny\r\nz w".into(), &"x\ny ".into()));
            })
            // Positions inside the string are right in both cases.
            .stderr_with(|text| assert!(text.contains(" webhooks.toml:12:3\n"), "{text}"));
    }
}
