//! `hooks show`

use serde_json::json;
use snapbox::str;

use super::rsvp;
use crate::harness::{Project, hooks};

#[test]
fn a_webhook_is_shown_in_full_with_its_position() {
    let project = Project::example();
    hooks(["show", "event-changes-to-cms"])
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
event-changes-to-cms
webhooks.toml:65:11

name             Changed events to the CMS
active           yes
trigger          update
trigger element  event: an event with its dates
method           PATCH
payload URL      https://${CMS_HOST}/api/events

header
  Authorization  Bearer ${CMS_TOKEN}
  X-Request-Id   event-{{prokey}}

body
  starts   {{dates.0.startDate}} {{dates.0.startTime}}
  place    {{dates.0.location}}
  changed  {{date_updated}}

"#]])
        .no_stderr();
    hooks(["show", "gala-guest-list"])
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
gala-guest-list
webhooks.toml:47:11

name             Guest list of the gala
active           yes
trigger          create
trigger element  rsvp_answer: an answer to the RSVP form of an event
prokey filter    c6510c06-a277-4e1c-9baf-deec9c5507c7: only answers to this event
method           POST
payload URL      https://guests.example.com/gala

"#]])
        .no_stderr();
}

const SECRETS: &str = "\
[webhooks.w.header]
Authorization = \"Bearer hunter2\"
X-Key = \"hunter2 {{id}}\"
Accept = \"text/plain\"
";

#[test]
fn literal_credentials_are_masked_without_reveal() {
    let file = rsvp("https://me:hunter2@example.com/a?token=hunter2&x=1", SECRETS);
    let project = Project::new().definitions(&file);
    hooks(["show", "w"])
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
w
webhooks.toml:1:11

name             w
active           yes
trigger          create
trigger element  rsvp_answer: an answer to the RSVP form of an event
method           POST
payload URL      https://***@example.com/a?token=***&x=1

header
  Authorization  Bearer ***
  X-Key          ***{{id}}
  Accept         text/plain

"#]])
        .stderr("hint: credentials are masked; use `--reveal` to show them\n");
    hooks(["show", "w", "--reveal"])
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
w
webhooks.toml:1:11

name             w
active           yes
trigger          create
trigger element  rsvp_answer: an answer to the RSVP form of an event
method           POST
payload URL      https://me:hunter2@example.com/a?token=hunter2&x=1

header
  Authorization  Bearer hunter2
  X-Key          hunter2 {{id}}
  Accept         text/plain

"#]])
        .no_stderr();
    hooks(["show", "w", "--json"])
        .in_project(&project)
        .run()
        .success()
        .stdout_json(|webhook| {
            assert_eq!(webhook["version"], 1);
            assert_eq!(webhook["payload_url"], "https://***@example.com/a?token=***&x=1");
            assert_eq!(
                webhook["header"],
                json!([
                    {"key": "Authorization", "value": "Bearer ***"},
                    {"key": "X-Key", "value": "***{{id}}"},
                    {"key": "Accept", "value": "text/plain"},
                ])
            );
        })
        .stderr("hint: credentials are masked; use `--reveal` to show them\n");
}

#[test]
fn an_unknown_webhook_gets_a_suggestion() {
    let project = Project::example();
    hooks(["show", "rsvp-to-csm"]).in_project(&project).run().code(3).no_stdout().stderr(str![[r#"
error[unknown-webhook]: `webhooks.toml` has no webhook `rsvp-to-csm`
  = help: did you mean `rsvp-to-cms`?


"#]]);
}

#[test]
fn without_a_handle_and_a_terminal_the_handles_are_listed() {
    let project = Project::example();
    for command in ["show", "preview", "fire"] {
        let outcome = hooks([command]).in_project(&project).run();
        outcome.code(2).no_stdout().stderr(str![[r#"
error: which webhook? Give its handle as WEBHOOK
  = help: this file defines `rsvp-to-cms`, `event-to-analytics`, `gala-guest-list`, `event-changes-to-cms`, `event-removed`, `style-to-chat` and `sign-up-form-to-crm`

"#]]);
    }
}

#[test]
fn a_part_of_a_handle_is_enough_for_a_suggestion() {
    let project = Project::example();
    for (arguments, code) in [(&["show", "rsvp"][..], 3), (&["remove", "rsvp", "--yes"], 3)] {
        hooks(arguments).in_project(&project).run().code(code).no_stdout().stderr_with(|text| {
            assert!(text.contains("did you mean `rsvp-to-cms`?"), "{text}");
            assert!(text.contains("`webhooks.toml` has no webhook `rsvp`"), "{text}");
        });
    }
}

#[test]
fn values_are_aligned_after_wide_and_long_names() {
    let long = "X-A-Header-Name-That-Is-Longer-Than-Thirty-Columns";
    let fields =
        format!("header = {{ X-A = \"1\", {long} = \"2\" }}\nbody = {{ \"日本語\" = \"3\", b = \"4\" }}\n");
    let project = Project::new().definitions(&rsvp("https://example.com", &fields));
    hooks(["show", "w"]).in_project(&project).run().success().no_stderr().stdout_with(|text| {
        let pairs = text.split_once("\nheader\n").unwrap().1;
        assert_eq!(pairs, format!("  X-A  1\n  {long}  2\n\nbody\n  日本語  3\n  b       4\n"));
    });
}
