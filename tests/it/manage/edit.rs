use snapbox::str;

use super::{TWO, text, untouched};
use crate::harness::{Project, hooks};

#[test]
fn each_option_changes_only_its_field() {
    for (flags, before, after) in [
        (&["--name", "N"][..], "\"Sign-ups\"", "\"N\""),
        (
            &["--trigger", "new"],
            "trigger = \"create\"\ntrigger_element = \"rsvp",
            "trigger = \"create\"\ntrigger_element = \"rsvp",
        ),
        (
            &["--trigger", "delete", "--clear", "body"],
            "trigger = \"create\"\ntrigger_element = \"rsvp_answer\"",
            "trigger = \"delete\"\ntrigger_element = \"rsvp_answer\"",
        ),
        (
            &["--payload-url", "https://x.example.com/${X}"],
            "https://cms.example.com/rsvp",
            "https://x.example.com/${X}",
        ),
        (&["--header", "x-request-id: 2"], "X-Request-Id = \"1\"", "X-Request-Id = \"2\""),
        (&["--header", "Accept: a"], "X-Request-Id = \"1\"\n", "X-Request-Id = \"1\"\nAccept = \"a\"\n"),
        (&["--remove-header", "x-request-id"], "\n[webhooks.sign-up.header]\nX-Request-Id = \"1\"\n", ""),
        (&["--body", "seats=s", "--body", "x=y"], "seats = \"{{amount}}\"\n", "seats = \"s\"\nx = \"y\"\n"),
        (&["--remove-body", "seats"], "\n[webhooks.sign-up.body]\nseats = \"{{amount}}\"\n", ""),
        (&["--clear", "name"], "name = \"Sign-ups\"  # for people\n", ""),
        (&["--clear", "header", "--header", "A: 1"], "X-Request-Id = \"1\"", "A = \"1\""),
    ] {
        let project = Project::new().definitions(TWO);
        let run = hooks(["edit", "sign-up"].iter().chain(flags)).in_project(&project).run();
        run.success().stderr_with(|_| {}).stdout_with(|_| {});
        let mut expected = TWO.replacen(before, after, 1);
        if flags.contains(&"body") {
            expected = expected.replace("\n[webhooks.sign-up.body]\nseats = \"{{amount}}\"\n", "");
        }
        assert_eq!(text(&project), expected, "{flags:?}");
    }
}

#[test]
fn edit_reports_the_change_and_shows_it_with_verbose() {
    let project = Project::new().definitions(TWO);
    let run = hooks(["edit", "events", "--clear", "method", "--id", "7"]).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
changed `events` in `webhooks.toml`

"#]]);
    let run = hooks(["edit", "events", "--name", "E", "-v"]).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
│   # about events
│   [webhooks.events]
│ + name = "E"
│   id = 7
│   active = false
changed `events` in `webhooks.toml`

"#]]);
}

#[test]
fn an_edit_that_changes_nothing_leaves_the_file_untouched() {
    let project = Project::new().definitions(TWO);
    for flags in [
        &["--method", "put"][..],
        &["--active", "false"],
        &["--clear", "name"],
        &["--clear", "header", "--clear", "body"],
        &["--trigger", "update", "--element", "event", "--url", "https://cms.example.com/events"],
        &["--to-env"],
    ] {
        untouched(&project, || {
            let run = hooks(["edit", "events"].iter().chain(flags)).in_project(&project).run();
            run.success().no_stdout().stderr_with(|text| {
                assert_eq!(text, "nothing to change in `webhooks.toml`\n", "{flags:?}");
            });
            let run = hooks(["edit", "events", "--json"].iter().chain(flags)).in_project(&project).run();
            run.success().no_stderr().stdout_json(|json| {
                assert_eq!((&json["written"], &json["diff"]), (&false.into(), &"".into()));
                assert_eq!(json["changes"].as_array().unwrap().len(), 0);
            });
        });
    }
}

#[test]
fn edit_without_a_terminal_needs_options() {
    let project = Project::new().definitions(TWO);
    untouched(&project, || {
        hooks(["edit"]).in_project(&project).run().code(2).no_stdout().stderr(str![[r#"
error: which webhook? Give its handle as WEBHOOK
  = help: this file defines `sign-up` and `events`

"#]]);
        hooks(["edit", "events"]).in_project(&project).run().code(2).no_stdout().stderr(str![[r#"
error: which fields? Give them as options, e.g. `--method PUT`
  = help: run `hooks edit --help` for all options

"#]]);
    });
}

#[test]
fn invalid_arguments_of_edit_are_refused_with_the_reason() {
    let project = Project::new().definitions(TWO);
    for (flags, code, reason) in [
        (&["sign", "--name", "x"][..], 3, "`webhooks.toml` has no webhook `sign`"),
        (&["sign-up", "--clear", "trigger"], 2, "use `name`, `id`"),
        (&["sign-up", "--clear", "prokey-filtr"], 2, "did you mean `prokey_filter`?"),
        (&["sign-up", "--remove-header", "X-Request"], 2, "the webhook has no header `X-Request`"),
        (&["sign-up", "--remove-body", "seat"], 2, "did you mean `seats`?"),
        (&["sign-up", "--trigger", "delete"], 2, "only `{{id}}` is available"),
        (&["sign-up", "--element", "event"], 2, "event has no variable `{{amount}}`"),
        (&["sign-up", "--body", "a=${"], 2, "--body `a`"),
        (&["sign-up", "--prokey-filter", "abc"], 2, "expected a prokey"),
        (&["sign-up", "--prokey-filter", ""], 2, "--clear"),
        (&["sign-up", "--editor"], 2, "edit it with `$EDITOR webhooks.toml`"),
    ] {
        untouched(&project, || {
            let run = hooks(["edit"].iter().chain(flags)).in_project(&project).run();
            run.code(code).no_stdout().stderr_with(|text| {
                assert!(text.contains(reason), "{flags:?}: {text}");
            });
        });
    }
}

#[test]
fn an_invalid_webhook_is_reported_by_its_errors() {
    let broken = TWO.replace("trigger_element = \"event\"\n", "");
    let project = Project::new().definitions(&broken);
    untouched(&project, || {
        let run = hooks(["edit", "events", "--method", "GET"]).in_project(&project).run();
        run.code(3).no_stdout().stderr(str![[r#"
error[missing-field]: webhook `events` has no `trigger_element`
  --> webhooks.toml:15:11
   |
15 | [webhooks.events]
   |           ^^^^^^
   |
   = help: add `trigger_element = "…"`: `rsvp_answer`, `event`, `event_group`, `style`, `rsvp_template`, `cta_template` or `landingpage_template`
   = help: fix it in the file, then run `hooks check`


"#]]);
        let run = hooks(["add", "x", "--from", "events"]).in_project(&project).run();
        run.code(3).no_stdout().stderr_with(|text| assert!(text.contains("missing-field"), "{text}"));
    });
    // Other webhooks can still be edited, and the invalid one can be removed.
    let run = hooks(["edit", "sign-up", "--method", "PUT"]).in_project(&project).run();
    run.success().no_stderr().stdout_is("changed `sign-up` in `webhooks.toml`\n");
    let run = hooks(["remove", "events", "--yes"]).in_project(&project).run();
    run.success().no_stderr().stdout_is("removed `events` from `webhooks.toml`\n");
}
