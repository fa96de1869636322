use snapbox::str;

use super::{TWO, text, untouched};
use crate::harness::{Project, hooks};

const NEEDED: [&str; 6] =
    ["--trigger", "create", "--trigger-element", "rsvp_answer", "--payload-url", "https://example.com"];

#[test]
fn options_define_a_webhook() {
    let project = Project::new().definitions(TWO);
    let more = [
        "--name",
        "All of it",
        "--id",
        "67",
        "--active",
        "false",
        "--method",
        "put",
        "--prokey-filter",
        "c6510c06-a277-4e1c-9baf-deec9c5507c7",
        "--header",
        "X-Source: calendar: ours",
        "--body",
        "seats={{amount}}",
        "--body",
        "a=b=c",
        "-v",
    ];
    let run = hooks(["add", "full"].iter().chain(&NEEDED).chain(&more)).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
│   payload_url = "https://cms.example.com/events"
│
│ + [webhooks.full]
│ + name = "All of it"
│ + id = 67
│ + active = false
│ + trigger = "create"
│ + trigger_element = "rsvp_answer"
│ + prokey_filter = "c6510c06-a277-4e1c-9baf-deec9c5507c7"
│ + method = "PUT"
│ + payload_url = "https://example.com"
│ +
│ + [webhooks.full.header]
│ + X-Source = "calendar: ours"
│ +
│ + [webhooks.full.body]
│ + seats = "{{amount}}"
│ + a = "b=c"
│ +
│   [tool]
│   own = 1
added `full` to `webhooks.toml`

"#]]);
    assert!(text(&project).starts_with(TWO.split("\n[tool]").next().unwrap()));
    assert!(text(&project).ends_with("\n[tool]\nown = 1\n"));
    let run = hooks(["show", "full", "--json"]).in_project(&project).run();
    run.success().no_stderr().stdout_json(|json| {
        assert_eq!(json["body"][1]["value"], "b=c", "{json:#}");
    });
}

#[test]
fn a_copy_has_the_given_changes_and_no_id() {
    let project = Project::new().definitions(&TWO.replace("name = \"Sign-ups\"", "id = 67"));
    let run = hooks(["add", "copy", "--from", "sign-up", "--method", "PUT", "-v"]).in_project(&project).run();
    run.success().no_stderr().stdout(str![[r#"
│   payload_url = "https://cms.example.com/events"
│
│ + [webhooks.copy]
│ + trigger = "create"
│ + trigger_element = "rsvp_answer"
│ + method = "PUT"
│ + payload_url = "https://cms.example.com/rsvp"
│ +
│ + [webhooks.copy.header]
│ + X-Request-Id = "1"
│ +
│ + [webhooks.copy.body]
│ + seats = "{{amount}}"
│ +
│   [tool]
│   own = 1
added `copy` to `webhooks.toml`

"#]]);
}

#[test]
fn missing_options_are_named_without_a_terminal() {
    let project = Project::new().definitions(TWO);
    untouched(&project, || {
        hooks(["add"]).in_project(&project).run().code(2).no_stdout().stderr(str![[r#"
error: a new webhook needs `WEBHOOK`, `--trigger`, `--trigger-element` and `--payload-url`
  = help: e.g. `hooks add sign-ups --trigger create --trigger-element rsvp_answer --payload-url https://…`

"#]]);
        let run = hooks(["add", "x", "--trigger", "create"]).in_project(&project).run();
        run.code(2).no_stdout().stderr(str![[r#"
error: a new webhook needs `--trigger-element` and `--payload-url`
  = help: e.g. `hooks add sign-ups --trigger create --trigger-element rsvp_answer --payload-url https://…`

"#]]);
        let run = hooks(["add"].iter().chain(&NEEDED)).in_project(&project).run();
        run.code(2).no_stdout().stderr(str![[r#"
error: a new webhook needs `WEBHOOK`
  = help: e.g. `hooks add sign-ups --trigger create --trigger-element rsvp_answer --payload-url https://…`

"#]]);
    });
}

#[test]
fn invalid_arguments_of_add_are_refused_with_the_reason() {
    let project = Project::new().definitions(TWO);
    for (handle, more, code, reason) in [
        ("sign-up", &[][..], 3, "the webhook `sign-up` already exists"),
        ("a b", &[], 2, "invalid handle `a b`"),
        ("", &[], 2, "invalid handle ``"),
        ("x", &["--method", "POSTT"], 2, "did you mean `POST`?"),
        ("x", &["--id", "-1"], 2, "-1"),
        ("x", &["--header", "no colon"], 2, "e.g. `X-Source: calendar`"),
        ("x", &["--header", ": v"], 2, "the name before `:` is empty"),
        ("x", &["--header", "a b: v"], 2, "--header `a b`"),
        ("x", &["--header", "Content-Length: 1"], 2, "--header `Content-Length`"),
        ("x", &["--body", "none"], 2, "e.g. `seats={{amount}}`"),
        ("x", &["--body", "element_data=1"], 2, "replaces the element"),
        ("x", &["--body", "a={{amuont}}"], 2, "did you mean `{{amount}}`?"),
        ("x", &["--body", "a={{amount"], 2, "--body `a`"),
        ("x", &["--name", ""], 2, "--clear"),
        ("x", &["--prokey-filter", "x"], 2, "--prokey-filter: expected a prokey"),
        ("x", &["--from", "sign-upp"], 3, "did you mean `sign-up`?"),
        ("x", &["--to-env", "--literal"], 2, "cannot be used with"),
    ] {
        untouched(&project, || {
            let run = hooks(["add", handle].iter().chain(&NEEDED).chain(more)).in_project(&project).run();
            run.code(code).no_stdout().stderr_with(|text| {
                assert!(text.contains(reason), "{handle} {more:?}: {text}");
            });
        });
    }
    for (wrong, reason) in [
        (["crate", "event", "https://example.com"], "did you mean `create`?"),
        (["create", "evnt", "https://example.com"], "did you mean `event`?"),
        (["create", "event", "example.com"], "start it with `https://`"),
        (["create", "event", "https://example.com/{{id}}"], "variables in the payload URL are not replaced"),
    ] {
        let [trigger, element, url] = wrong;
        let words = ["add", "x", "--trigger", trigger, "--element", element, "--url", url];
        untouched(&project, || {
            let run = hooks(words).in_project(&project).run();
            run.code(2).no_stdout().stderr_with(|text| assert!(text.contains(reason), "{text}"));
        });
    }
}

#[test]
fn a_prokey_filter_requires_rsvp_answer() {
    let project = Project::new().definitions(TWO);
    let prokey = "c6510c06-a277-4e1c-9baf-deec9c5507c7";
    let words = ["add", "x", "--trigger", "create", "--element", "event", "--url", "https://example.com"];
    untouched(&project, || {
        let run = hooks(words.iter().chain(&["--prokey-filter", prokey])).in_project(&project).run();
        run.code(3).no_stdout().stderr_with(|text| {
            assert!(text.contains("`prokey_filter` requires `rsvp_answer`"), "{text}");
        });
    });
}

#[test]
fn the_only_webhook_can_be_added_and_removed() {
    let project = Project::new().definitions("");
    let run = hooks(["add", "x"].iter().chain(&NEEDED)).in_project(&project).run();
    run.success().no_stderr().stdout_is("added `x` to `webhooks.toml`\n");
    let run = hooks(["remove", "x", "--yes"]).in_project(&project).run();
    run.success().no_stderr().stdout_is("removed `x` from `webhooks.toml`\n");
    assert_eq!(text(&project), "");
}
