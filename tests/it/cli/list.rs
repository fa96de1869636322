//! `hooks list`, and where the definitions are found.

use serde_json::json;
use snapbox::str;

use super::rsvp;
use crate::harness::{Project, hooks};

#[test]
fn all_webhooks_are_listed_in_a_table() {
    let project = Project::example();
    hooks(["list"]).in_project(&project).run().success().stdout(str![[r#"
Webhook               Active  Trigger  Trigger element          Method  Payload URL
rsvp-to-cms           yes     create   rsvp_answer              POST    https://cms.example.com/hooks/rsvp
event-to-analytics    yes     create   event                    POST    https://analytics.example.com/collect
gala-guest-list       yes     create   rsvp_answer (one event)  POST    https://guests.example.com/gala
event-changes-to-cms  yes     update   event                    PATCH   https://${CMS_HOST}/api/events
event-removed         yes     delete   event                    POST    https://search.example.com/events/remove
style-to-chat         no      update   style                    POST    https://chat.example.com/hooks/design
sign-up-form-to-crm   yes     create   rsvp_template            PUT     https://crm.example.com/forms

7 webhooks, 1 inactive

"#]]).no_stderr();
}

#[test]
fn a_file_without_webhooks_is_reported() {
    let project = Project::new().definitions("# nothing yet\n");
    hooks(["list"]).in_project(&project).run().success().no_stdout().stderr(str![[r#"
no webhooks are defined

"#]]);
}

#[test]
fn json_has_every_webhook_with_its_position() {
    let project = Project::example();
    hooks(["list", "--json"])
        .in_project(&project)
        .run()
        .success()
        .stdout_json(|list| {
            assert_eq!((&list["version"], &list["file"]), (&json!(1), &json!("webhooks.toml")));
            let webhooks = list["webhooks"].as_array().unwrap();
            assert_eq!(webhooks.len(), 7);
            assert_eq!(
                webhooks[6],
                json!({
                    "handle": "sign-up-form-to-crm", "name": "New sign-up forms to the CRM", "ids": { "default": 67 },
                    "active": true, "trigger": "create", "trigger_element": "rsvp_template",
                    "prokey_filter": null, "method": "PUT", "payload_url": "https://crm.example.com/forms",
                    "line": 113, "column": 11,
                })
            );
            assert_eq!(webhooks[5]["active"], false);
            assert_eq!(webhooks[2]["prokey_filter"], "c6510c06-a277-4e1c-9baf-deec9c5507c7");
        })
        .no_stderr();
}

#[test]
fn the_nearest_file_is_used_unless_another_is_given() {
    let file = |handle: &str| rsvp("https://example.com", "").replace(".w]", &format!(".{handle}]"));
    let project = Project::new()
        .definitions(&file("top"))
        .file("a/b/x.json", "{}")
        .file("a/webhooks.toml", file("nearer"))
        .file("named.toml", file("named"));
    let listed = |arguments: &[&str], folder: &str, env: &str, handle: &str| {
        let run = hooks(["list"].iter().chain(arguments)).in_project(&project).in_folder(folder);
        let outcome = run.env("HOOKS_FILE", env).run();
        outcome
            .success()
            .stdout_with(|text| assert!(text.contains(&format!("\n{handle} ")), "{text}"))
            .no_stderr();
    };
    listed(&[], ".", "webhooks.toml", "top");
    listed(&[], "a/b", "../webhooks.toml", "nearer");
    listed(&[], "a/b", "../../named.toml", "named");
    listed(&["-f", "../named.toml"], "a", "webhooks.toml", "named");
    let found = hooks(["list"]).in_project(&project).in_folder("a/b").run();
    found.success().stdout_with(|text| assert!(text.contains("\nnearer "), "{text}")).no_stderr();
}

#[test]
fn a_missing_file_is_an_error_with_help() {
    let project = Project::new();
    hooks(["list"]).in_project(&project).run().code(3).no_stdout().stderr(str![[r#"
error[definitions-missing]: no `webhooks.toml` in this directory or any parent directory
  = help: run `hooks init` to write a starter file here
  = help: to use another file, pass `--file FILE` or set `HOOKS_FILE`


"#]]);
    let named = hooks(["list", "--file", "nope.toml"]).in_project(&project).run();
    named.code(3).no_stdout().stderr(str![[r#"
error[file-missing]: cannot read `nope.toml`: no such file
  = help: check the path


"#]]);
}
