//! `rename`, `remove`, `enable` and `disable`.

use snapbox::str;

use super::{TWO, text, untouched};
use crate::harness::{Project, hooks};

#[test]
fn a_handle_changes_wherever_it_is_written() {
    let project = Project::new().definitions(TWO);
    let run = hooks(["rename", "sign-up", "answers", "-v"]).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
│   # ours
│ - [webhooks.sign-up]
│ + [webhooks.answers]
│   name = "Sign-ups"  # for people
│   trigger = "create"
│   …
│   payload_url = "https://cms.example.com/rsvp"
│
│ - [webhooks.sign-up.header]
│ + [webhooks.answers.header]
│   X-Request-Id = "1"
│
│ - [webhooks.sign-up.body]
│ + [webhooks.answers.body]
│   seats = "{{amount}}"
│
renamed `sign-up` to `answers` in `webhooks.toml`

"#]]);
    assert_eq!(text(&project), TWO.replace("webhooks.sign-up", "webhooks.answers"));
}

#[test]
fn an_invalid_handle_is_refused() {
    let project = Project::new().definitions(TWO);
    untouched(&project, || {
        let outcome = hooks(["rename", "sign-up", "a b"]).in_project(&project).run();
        outcome.code(2).no_stdout().stderr(str![[r#"
error: invalid handle `a b`
  = help: use the letters a-z, digits, `-` and `_`; to set a display name, use `hooks edit --name`

"#]]);
        hooks(["rename", "sign-up", "events"]).in_project(&project).run().code(3).no_stdout().stderr(str![[
            r#"
error[handle-taken]: the handle `events` is already in use
  --> webhooks.toml:15:11
   |
15 | [webhooks.events]
   |           ^^^^^^
   |
   = help: choose another handle


"#
        ]]);
        hooks(["rename", "signup", "x"]).in_project(&project).run().code(3).no_stdout().stderr(str![[r#"
error[unknown-webhook]: `webhooks.toml` has no webhook `signup`
  = help: did you mean `sign-up`?


"#]]);
        let _ =
            hooks(["rename", "sign-up"]).in_project(&project).run().code(2).no_stdout().stderr_with(|text| {
                assert!(text.contains("<NEW>"), "{text}");
            });
        let run = hooks(["rename", "events", "events", "--json"]).in_project(&project).run();
        run.success().no_stderr().stdout_json(|json| {
            assert_eq!((&json["written"], json["changes"].as_array().unwrap().len()), (&false.into(), 0));
        });
    });
}

#[test]
fn remove_also_removes_the_comment_directly_above() {
    let project = Project::new().definitions(TWO);
    let run = hooks(["remove", "events", "--yes", "-v"]).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
│   seats = "{{amount}}"
│
│ - # about events
│ - [webhooks.events]
│ - active = false
│ - trigger = "update"
│ - trigger_element = "event"
│ - method = "PUT"
│ - payload_url = "https://cms.example.com/events"
│ -
│   [tool]
│   own = 1
removed `events` from `webhooks.toml`

"#]]);
    let start = TWO.find("\n# about events").unwrap();
    let end = TWO.find("\n[tool]").unwrap();
    assert_eq!(text(&project), format!("{}{}", &TWO[..start], &TWO[end..]));
}

#[test]
fn all_of_several_webhooks_are_removed_or_none() {
    let project = Project::new().definitions(TWO);
    untouched(&project, || {
        let run = hooks(["remove", "events", "nope", "--yes"]).in_project(&project).run();
        run.code(3).no_stdout().stderr(str![[r#"
error[unknown-webhook]: `webhooks.toml` has no webhook `nope`
  = help: run `hooks list` to see all webhooks


"#]]);
    });
    let run = hooks(["remove", "events", "sign-up", "events", "--yes"]).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
removed `events` from `webhooks.toml`
removed `sign-up` from `webhooks.toml`

"#]]);
    assert_eq!(text(&project), "# ours\n\n[tool]\nown = 1\n");
}

#[test]
fn remove_requires_a_confirmation() {
    let project = Project::new().definitions(TWO);
    untouched(&project, || {
        hooks(["remove"]).in_project(&project).run().code(2).no_stdout().stderr(str![[r#"
error: which webhook? Give its handle as WEBHOOK
  = help: this file defines `sign-up` and `events`

"#]]);
        let _ =
            hooks(["remove", "events"]).in_project(&project).run().code(2).no_stdout().stderr(str![[r#"
error: confirmation required without a terminal to remove `events`
  = help: use `--yes` to remove, or `--dry-run` to see the change

"#]]);
        hooks(["remove", "nope"]).in_project(&project).run().code(3).no_stdout().stderr(str![[r#"
error[unknown-webhook]: `webhooks.toml` has no webhook `nope`
  = help: run `hooks list` to see all webhooks


"#]]);
    });
}

#[test]
fn webhooks_are_enabled_and_disabled_by_handle_or_all_at_once() {
    let project = Project::new().definitions(TWO);
    let run = hooks(["enable", "events", "sign-up"]).in_project(&project).run();
    run.success()
        .stdout(str![[r#"
enabled `events` in `webhooks.toml`

"#]])
        .stderr(str![[r#"
`sign-up` is already active

"#]]);
    assert_eq!(text(&project), TWO.replace("active = false", "active = true"));
    let run = hooks(["disable", "--all", "--verbose"]).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
│   [webhooks.sign-up]
│   name = "Sign-ups"  # for people
│ + active = false
│   trigger = "create"
│   trigger_element = "rsvp_answer"
│   …
│   # about events
│   [webhooks.events]
│ - active = true
│ + active = false
│   trigger = "update"
│   trigger_element = "event"
disabled `sign-up` in `webhooks.toml`
disabled `events` in `webhooks.toml`

"#]]);
    let run = hooks(["enable", "--all", "--json"]).in_project(&project).run();
    run.success().no_stderr().stdout_json(|json| {
        let changes = json["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 2);
        assert!(changes.iter().all(|change| change["change"] == "enabled"));
    });
}

#[test]
fn enable_and_disable_without_effect_do_not_touch_the_file() {
    let project = Project::new().definitions(TWO);
    untouched(&project, || {
        let run = hooks(["disable", "events"]).in_project(&project).run();
        run.success().no_stdout().stderr(str![[r#"
`events` is already inactive

"#]]);
        let run = hooks(["enable", "sign-up", "--json"]).in_project(&project).run();
        run.success().stderr_with(|_| {}).stdout_json(|json| {
            assert_eq!((&json["written"], json["changes"].as_array().unwrap().len()), (&false.into(), 0));
        });
        hooks(["enable"]).in_project(&project).run().code(2).no_stdout().stderr(str![[r#"
error: which webhook? Give its handle as WEBHOOK
  = help: this file defines `sign-up` and `events`

"#]]);
        hooks(["enable", "nope"]).in_project(&project).run().code(3).no_stdout().stderr(str![[r#"
error[unknown-webhook]: `webhooks.toml` has no webhook `nope`
  = help: run `hooks list` to see all webhooks


"#]]);
        hooks(["disable", "sign-up", "--all"]).in_project(&project).run().code(2).no_stdout().stderr_with(
            |text| {
                assert!(text.contains("cannot be used with"), "{text}");
            },
        );
    });
}
