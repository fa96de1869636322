//! `hooks push` against `hooks emulate`.

use proptest::prelude::prop;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::api::KEY;
use super::emulated::{Emulated, fields};
use super::pull::any_webhook;
use super::push::{FILE, SECRET, project, text};
use crate::harness::Project;

/// A webhook that `hooks fire` also accepts.
fn valid(webhook: Value) -> Value {
    let mut webhook = fields(webhook);
    for pairs in ["header", "body"] {
        let all = webhook[pairs].as_array_mut().unwrap();
        all.retain(|pair| pairs == "body" || pair["key"] != "Ä b");
        for pair in all {
            // Values other than strings are kept.
            let Some(value) = pair["value"].as_str().filter(|value| *value != "{{id}}") else { continue };
            pair["value"] = json!(value.replace(['{', '\n'], "("));
        }
    }
    webhook
}

fn stored(emulated: &Emulated, id: &str) -> Value {
    let mut webhook = emulated.client.call_as(KEY, "GET", &format!("/v1/webhook/{id}"), &Value::Null).json();
    for moving in ["date_updated", "last_execution"] {
        webhook.as_object_mut().unwrap().shift_remove(moving);
    }
    webhook
}

#[test]
fn a_push_leaves_no_difference_and_changes_nothing_else() {
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, max_shrink_iters: 10, ..Config::with_cases(6) });
    let states = (any_webhook(1), any_webhook(2), any_webhook(1), any_webhook(2));
    let result = runner.run(&states, |(one, two, other_one, other_two)| {
        let emulated = Emulated::start(&[]);
        let project = Project::new().definitions("# mine\n");
        let ids = [emulated.create(&valid(one)), emulated.create(&valid(two))];
        emulated.hooks(&project, &["pull", "--literal"]).run().success().ignore_output();
        let before = text(&project);
        for (id, other) in ids.iter().zip([other_one, other_two]) {
            let response = emulated.client.call_as(KEY, "PATCH", &format!("/v1/webhook/{id}"), &valid(other));
            assert_eq!(response.status, 200, "{response:?}");
        }
        let second = stored(&emulated, &ids[1]);
        // Changes in the account are not overwritten, and webhooks that are not named are not touched.
        emulated.hooks(&project, &["push", "--yes", "--force", &ids[0]]).run().success().ignore_output();
        assert_eq!(stored(&emulated, &ids[1]), second);
        emulated.hooks(&project, &["diff", &ids[0]]).run().success().ignore_output();
        emulated.hooks(&project, &["push", "--yes"]).run().any_code().ignore_output();
        assert_eq!(stored(&emulated, &ids[1]), second);
        emulated.hooks(&project, &["push", "--yes", "--force"]).run().success().ignore_output();
        emulated.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
        assert_eq!(text(&project), before);
        Ok(())
    });
    result.unwrap();
}

/// A command, or a change made directly in the account.
#[derive(Debug, Clone, Copy)]
enum Action {
    Run(&'static [&'static str]),
    ChangeFile,
    ChangeAccount,
}

#[test]
fn no_sequence_of_commands_changes_a_webhook_that_was_not_named() {
    let actions = [
        Action::Run(&["pull", "--literal"]),
        Action::Run(&["pull", "--literal", "--force"]),
        Action::Run(&["push", "--yes"]),
        Action::Run(&["push", "--yes", "--force"]),
        Action::Run(&["push", "--yes", "--no-adopt"]),
        Action::Run(&["diff"]),
        Action::ChangeFile,
        Action::ChangeAccount,
    ];
    let sequences =
        (any_webhook(1), any_webhook(2), prop::collection::vec(prop::sample::select(actions.to_vec()), 1..8));
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, max_shrink_iters: 10, ..Config::with_cases(6) });
    let result = runner.run(&sequences, |(named, other, sequence)| {
        let emulated = Emulated::start(&[]);
        let mut project = Project::new().definitions("# mine\n");
        let [named, other] = [emulated.create(&valid(named)), emulated.create(&valid(other))];
        emulated.hooks(&project, &["pull", "--literal"]).run().success().ignore_output();
        // Only the account has this one.
        let unknown = emulated.create(&json!({
            "name": "Unknown", "active": true, "method": "POST", "payload_url": "https://example.com/in",
            "trigger": "create", "trigger_element": "event",
        }));
        // A push that pushed more than what is named would overwrite this.
        let change = json!({ "name": "Changed in the account" });
        emulated.client.call_as(KEY, "PATCH", &format!("/v1/webhook/{other}"), &change);
        let unnamed = |emulated: &Emulated| [&other, &unknown].map(|id| stored(emulated, id));
        let before = unnamed(&emulated);
        for (number, action) in sequence.iter().enumerate() {
            let name = format!("Name {number}");
            match action {
                Action::Run(words) => {
                    let words = [words, &[named.as_str()][..]].concat();
                    emulated.hooks(&project, &words).run().any_code().ignore_output();
                }
                Action::ChangeFile => {
                    // The named webhook is the first one.
                    let changed =
                        text(&project).replacen("payload_url = ", &format!("# {name}\npayload_url = "), 1);
                    let changed = changed.replacen(
                        "https://example.com/1",
                        &format!("https://example.com/1?{number}"),
                        1,
                    );
                    project = project.definitions(&changed);
                }
                Action::ChangeAccount => {
                    let change = json!({ "name": name });
                    emulated.client.call_as(KEY, "PATCH", &format!("/v1/webhook/{named}"), &change);
                }
            }
            assert_eq!(unnamed(&emulated), before, "{action:?}");
        }
        let listed = emulated.client.call_as(KEY, "GET", "/v1/webhook/all", &Value::Null).json();
        assert_eq!(listed.as_array().unwrap().len(), 3, "nothing was created or deleted");
        emulated.hooks(&project, &["push", "--yes", "--force", &named]).run().success().ignore_output();
        emulated.hooks(&project, &["diff", &named]).run().success().ignore_output();
        Ok(())
    });
    result.unwrap();
}

#[test]
fn a_push_works_with_every_assumption_about_the_api() {
    for assumed in [
        "missing-method=refuse",
        "create-id=number",
        "create-status=201",
        "change-response=status",
        "change-response=empty",
        "empty-list=empty",
        "webhook-list=ids",
        "unknown-field=refuse",
        "unchanged-update=silent",
        "retry-after=absent",
    ] {
        let emulated = Emulated::start(&["--assume", assumed]);
        let project = project(FILE);
        let hidden = |text: &str| assert!(!text.contains(SECRET) && !text.contains(KEY), "{text}");
        let push = |project: &Project, more: &[&str]| {
            let arguments = [&["push", "--yes", "-v"], more].concat();
            emulated.hooks(project, &arguments).run().success().stdout_with(hidden).stderr_with(hidden);
            emulated.hooks(project, &["diff"]).run().success().no_stdout().ignore_stderr();
        };
        push(&project, &[]);
        let tied = text(&project);
        assert!(tied.contains("id = 1\n"), "{assumed}: {tied}");
        let changed = tied.replace("'calendar'", "'mine'").replace("\"rsvp_answer\"", "\"event\"");
        let project = project.definitions(&changed);
        push(&project, &[]);
        emulated.hooks(&project, &["push", "--yes", "--delete", "1"]).run().success().ignore_output();
        assert_eq!(text(&project), "# ours\n", "{assumed}");
    }
}

#[test]
fn lists_that_are_merged_instead_of_replaced_are_detected() {
    let emulated = Emulated::start(&["--assume", "webhook-lists=merge"]);
    let project = project(FILE);
    emulated.hooks(&project, &["push", "--yes"]).run().success().ignore_output();
    let project = project.definitions(
        &text(&Project::new().definitions(FILE))
            .replace("name = 'Sign-ups'\n", "name = 'Sign-ups'\nid = 1\n")
            .replace("X-Source = 'calendar'\n", ""),
    );
    emulated.hooks(&project, &["push", "--yes"]).run().code(4).ignore_stdout().stderr_with(|text| {
        assert!(
            text.contains("error[api-change-not-applied]: ") && text.contains("header.X-Source"),
            "{text}"
        );
    });
}
