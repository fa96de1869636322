//! `hooks diff`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use snapbox::str;

use super::api::{Api, account, response};
use crate::harness::Project;

const FILE: &str = r#"[webhooks.sign-ups]
name = "Sign-ups"
id = 67
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://${CMS_HOST}/hooks/rsvp"

[webhooks.sign-ups.header]
X-Cms-Token = "${CMS_TOKEN}"
X-Source = "calendar"

[webhooks.sign-ups.body]
seats = "{{amount}}"

[webhooks.events]
id = 68
trigger = "update"
trigger_element = "event"
payload_url = "https://cms.example.com/events?token=n0t-a-real-one"

[webhooks.drafts]
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/drafts"
"#;

const DOTENV: &str = "CMS_HOST=cms.example.com\nCMS_TOKEN=t0ken-of-the-cms\n";

fn sign_ups() -> Value {
    json!({
        "id": 67, "name": "Sign-ups", "active": true, "trigger": "create", "trigger_element": "rsvp_answer",
        "prokey_filter": null, "method": "POST", "payload_url": "https://cms.example.com/hooks/rsvp",
        "header": [{"key": "X-Source", "value": "calendar"}, {"key": "X-Cms-Token", "value": "t0ken-of-the-cms"}],
        "body": [{"key": "seats", "value": "{{amount}}"}], "last_execution": "2026-02-03T10:11:12.013Z",
    })
}

fn events() -> Value {
    json!({
        "id": 68, "name": "events", "active": true, "trigger": "update", "trigger_element": "event", "method": "POST",
        "payload_url": "https://cms.example.com/events?token=n0t-a-real-one", "header": [], "body": null,
    })
}

fn zap() -> Value {
    json!({
        "id": 70, "name": "new_rsvp_attendee", "active": true, "trigger": "create", "trigger_element": "rsvp_answer",
        "payload_url": "https://hooks.zapier.com/hooks/standard/1/2/",
    })
}

fn of_the_app() -> Value {
    json!({
        "id": 69, "name": "Made in the app", "active": true, "trigger": "archive", "trigger_element": "badge",
        "payload_url": "https://app.example.com/in",
    })
}

fn project() -> Project {
    Project::new().definitions(FILE).file(".env", DOTENV)
}

#[test]
fn equal_webhooks_have_no_differences_and_others_are_only_listed() {
    let api = Api::with_webhooks(vec![sign_ups(), events(), of_the_app(), zap()]);
    let project = project();
    let before = project.files();
    api.hooks(&project, &["diff"]).run().success().no_stdout().stderr(str![[r#"
1 webhook not compared (no `id`): `drafts`
2 webhooks only in the account: `69 (Made in the app)` and `70 (new_rsvp_attendee)`
no differences in 2 webhooks

"#]]);
    // Webhooks without a definition are not read.
    let lines = api.lines();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(project.files() == before);
}

#[test]
fn without_any_id_the_result_says_that_nothing_was_compared() {
    let api = Api::with_webhooks(vec![of_the_app()]);
    let text = FILE
        .lines()
        .filter(|line| !line.starts_with("id = "))
        .fold(String::new(), |text, line| text + line + "\n");
    let project = Project::new().definitions(&text).file(".env", DOTENV);
    api.hooks(&project, &["diff"]).run().success().no_stdout().stderr(str![[r#"
3 webhooks not compared (no `id`): `sign-ups`, `events` and `drafts`
1 webhook only in the account: `69 (Made in the app)`
nothing was compared: no definition has an `id`
hint: run `hooks push` to create webhooks from definitions, or `hooks pull` to get the account's webhooks

"#]]);
    api.hooks(&project, &["diff", "--all"]).run().code(1).ignore_stdout().stderr_with(|text| {
        assert!(text.contains("4 of 4 webhooks differ"), "{text}");
    });
    api.hooks(&project, &["diff", "drafts"]).run().code(1).ignore_stdout().stderr_with(|text| {
        assert!(text.contains("1 of 1 webhook differs"), "{text}");
    });
}

#[test]
fn differences_are_shown_by_field_and_secrets_never() {
    let (mut sign_ups, mut events) = (sign_ups(), events());
    sign_ups["name"] = json!("Sign-ups to the CRM");
    sign_ups["payload_url"] = json!("https://crm.example.com/hooks/rsvp");
    sign_ups["header"] = json!([{"key": "X-Cms-Token", "value": "0ther-token"}, {"key": "Authorization", "value": "Bearer n0t-shown"}]);
    sign_ups["body"] =
        json!([{"key": "seats", "value": 2}, {"key": "note", "value": "a"}, {"key": "note", "value": "b"}]);
    events["payload_url"] = json!("https://cms.example.com/events?token=0ther-token");
    let api = Api::with_webhooks(vec![sign_ups, events]);
    let project = project();
    let hidden = ["t0ken-of-the-cms", "0ther-token", "n0t-a-real-one", "n0t-shown"];
    let check = |text: &str| assert!(hidden.iter().all(|secret| !text.contains(secret)), "{text}");
    api.hooks(&project, &["diff", "-v"]).run().code(1).stderr_with(check).stdout(str![[r#"
sign-ups (webhook 67) differs
  name
    file     Sign-ups
    account  Sign-ups to the CRM
  payload_url: different (secret)
  header.X-Cms-Token: different (secret)
  header.X-Source
    file     calendar
    account  (none)
  header.Authorization
    file     (none)
    account  Bearer ***
  body.seats
    file     "{{amount}}"
    account  2
  body.note
    file     (none)
    account  a, b
events (webhook 68) differs
  payload_url: different (secret)

"#]]);
    api.hooks(&project, &["diff", "--json", "sign-ups"]).run().code(1).no_stderr().stdout_json(|json| {
        check(&json.to_string());
        let fields = json["webhooks"][0]["fields"].as_array().unwrap();
        let field = |name: &str| fields.iter().find(|own| own["field"] == name).unwrap();
        assert_eq!(field("body.seats")["account"], json!(["2"]));
        assert_eq!(
            (&field("body.note")["file"], &field("body.note")["account"]),
            (&json!([]), &json!(["a", "b"]))
        );
        assert_eq!(
            (&field("payload_url")["account"], &field("payload_url")["secret"]),
            (&json!(["***"]), &json!(true))
        );
    });
}

#[test]
fn named_webhooks_count_as_differences_and_with_all_every_webhook_does() {
    let api = Api::with_webhooks(vec![sign_ups(), of_the_app(), zap()]);
    let project = project();
    let states = |json: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let all = json["webhooks"].as_array().unwrap().iter();
        all.map(|own| {
            (
                if own["handle"].is_null() { text(&own["id"]) } else { text(&own["handle"]) },
                text(&own["state"]),
            )
        })
        .collect()
    };
    for (arguments, code, expected) in [
        (&["sign-ups"][..], 0, &[("sign-ups", "same")][..]),
        (&["67"], 0, &[("sign-ups", "same")]),
        (&["drafts"], 1, &[("drafts", "not_tied")]),
        (&["events"], 1, &[("events", "not_in_account")]),
        (&["69", "sign-ups", "67"], 1, &[("sign-ups", "same"), ("69", "not_in_file")]),
        (&["70"], 1, &[("70", "not_in_file")]),
        (&["71"], 1, &[("71", "not_in_account")]),
        (
            &["--all"],
            1,
            &[
                ("sign-ups", "same"),
                ("events", "not_in_account"),
                ("drafts", "not_tied"),
                ("69", "not_in_file"),
            ],
        ),
    ] {
        let arguments = [&["diff", "--json"][..], arguments].concat();
        api.hooks(&project, &arguments).run().code(code).no_stderr().stdout_json(|json| {
            let expected: Vec<_> =
                expected.iter().map(|(own, state)| ((*own).to_owned(), (*state).to_owned())).collect();
            assert_eq!(states(json), expected, "{arguments:?}");
        });
    }
    api.hooks(&project, &["diff", "sign-up"]).run().code(3).no_stdout().stderr(str![[r#"
error[unknown-webhook]: `webhooks.toml` has no webhook `sign-up`
  = help: did you mean `sign-ups`?


"#]]);
}

#[test]
fn a_value_with_an_unset_environment_variable_is_not_compared() {
    let project = Project::new().definitions(FILE);
    let api = Api::with_webhooks(vec![sign_ups(), events()]);
    api.hooks(&project, &["diff", "sign-ups"]).run().code(3).ignore_stderr().stdout(str![[r#"
sign-ups (webhook 67) cannot be compared
  payload_url: not compared, because `CMS_HOST` is not set
  header.X-Cms-Token: not compared, because `CMS_TOKEN` is not set

"#]]);
    let mut other = sign_ups();
    other["active"] = json!(false);
    let api = Api::with_webhooks(vec![other]);
    api.hooks(&project, &["diff", "sign-ups"])
        .env("CMS_HOST", "cms.example.com")
        .run()
        .code(1)
        .ignore_output();
}

#[test]
fn a_webhook_that_disappears_between_two_requests_is_missing() {
    let gone = [sign_ups(), events()];
    let api = Api::new(move |request, _| {
        if request.line.contains("/webhook/68") {
            response(404, "content-type: text/html\r\n", "<html>")
        } else {
            account(&gone, request)
        }
    });
    let project = project();
    api.hooks(&project, &["diff"]).run().code(1).ignore_stderr().stdout(str![[r#"
events (webhook 68) is not in the account

"#]]);
}

#[test]
fn at_most_eight_reads_are_in_flight() {
    const WEBHOOKS: u64 = 24;
    let text: String = (1..=WEBHOOKS)
        .map(|id| format!("[webhooks.w{id}]\nid = {id}\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://example.com/{id}\"\n"))
        .collect();
    let webhooks: Vec<Value> = (1..=WEBHOOKS)
        .map(|id| json!({"id": id, "name": format!("w{id}"), "trigger": "create", "trigger_element": "event", "payload_url": format!("https://example.com/{id}")}))
        .collect();
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let api = Api::new(move |request, _| {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Longer than eight requests need to begin at 70 a second.
        std::thread::sleep(Duration::from_millis(200));
        now.fetch_sub(1, Ordering::SeqCst);
        account(&webhooks, request)
    });
    let project = Project::new().definitions(&text);
    api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    let most = most.load(Ordering::SeqCst);
    assert!(most <= 8, "{most}");
}

#[test]
fn a_failure_of_any_request_is_named_and_nothing_is_printed_to_standard_output() {
    let webhooks = [sign_ups(), events()];
    for fault in 0..3 {
        let webhooks = webhooks.clone();
        let api =
            Api::new(
                move |request, number| {
                    if number == fault { response(403, "", "{}") } else { account(&webhooks, request) }
                },
            );
        let project = project();
        api.hooks(&project, &["diff"]).run().code(3).no_stdout().stderr_with(|text| {
            assert!(text.starts_with("error[api-key-scope]: "), "{text}");
        });
    }
}
