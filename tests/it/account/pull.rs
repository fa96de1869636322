//! `hooks pull`.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use snapbox::str;

use super::api::Api;
use crate::harness::{Project, hooks};

const FILE: &str = "# ours\n[webhooks.sign-ups] # to the CMS\nname = 'Sign-ups' # label\nid = 67\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\r\n\
    payload_url   = \"https://cms.example.com/in\"\n\n[webhooks.sign-ups.header]\nX-Cms-Token = \"Key ${CMS_TOKEN}\" # secret\nX-Source = 'calendar'\n\n\
    # another tool\n[tool.x]\ny = 1";

const DOTENV: &str = "CMS_TOKEN=t0ken-of-the-cms\n";

fn sign_ups() -> Value {
    json!({
        "id": 67, "name": "Sign-ups", "active": true, "trigger": "create", "trigger_element": "rsvp_answer",
        "prokey_filter": null, "method": "POST", "payload_url": "https://cms.example.com/in",
        "header": [{"key": "X-Cms-Token", "value": "Key t0ken-of-the-cms"}, {"key": "X-Source", "value": "calendar"}],
        "body": [],
    })
}

fn of_the_app() -> Value {
    json!({
        "id": 311, "name": "Gäste → CRM", "active": false, "trigger": "update", "trigger_element": "rsvp_answer",
        "prokey_filter": "c6510c06-a277-4e1c-9baf-deec9c5507c7", "method": "PUT",
        "payload_url": "https://crm.example.com/${in}",
        "header": [{"key": "X-Tag", "value": "a"}, {"key": "X-Token", "value": "n0t-a-real-one"}, {"key": "X-Tag", "value": "b"}],
        "body": [{"key": "seats", "value": "{{amount}}"}],
    })
}

fn zap() -> Value {
    json!({
        "id": 70, "name": "new_rsvp_attendee", "active": true, "trigger": "create", "trigger_element": "rsvp_answer",
        "payload_url": "https://hooks.zapier.com/hooks/standard/1/2/",
    })
}

fn with(mut webhook: Value, name: &str, value: Value) -> Value {
    webhook[name] = value;
    webhook
}

fn project() -> Project {
    Project::new().definitions(FILE).file(".env", DOTENV)
}

fn text(project: &Project) -> String {
    String::from_utf8(project.read("webhooks.toml")).unwrap()
}

/// Pulls, then checks that `diff` finds no differences.
fn pulled(webhooks: Vec<Value>, project: &Project, api: &Api) {
    api.set(webhooks);
    api.hooks(project, &["pull"]).run().success().ignore_output();
    api.hooks(project, &["diff"]).run().success().no_stdout().ignore_stderr();
}

#[test]
fn new_webhooks_are_added_with_readable_handles_and_integrations_are_left_out() {
    let api = Api::with_webhooks(vec![of_the_app(), zap()]);
    let project = Project::new().definitions("");
    api.hooks(&project, &["pull", "--to-env"])
        .run()
        .success()
        .stderr(str![[r#"
stored the value of `GAESTE_CRM_X_TOKEN` in `.env`
1 webhook managed by Zapier or Pipedream: `70 (new_rsvp_attendee)`
0 webhooks changed and 1 added in `webhooks.toml`

"#]])
        .stdout(str![[r#"
gaeste-crm (webhook 311) added

"#]]);
    snapbox::assert_data_eq!(
        text(&project),
        str![[r#"
[webhooks.gaeste-crm]
name = "Gäste → CRM"
id = 311
active = false
trigger = "update"
trigger_element = "rsvp_answer"
prokey_filter = "c6510c06-a277-4e1c-9baf-deec9c5507c7"
method = "PUT"
payload_url = "https://crm.example.com/$${in}"
header = [{ key = "X-Tag", value = "a" }, { key = "X-Token", value = "${GAESTE_CRM_X_TOKEN}" }, { key = "X-Tag", value = "b" }]

[webhooks.gaeste-crm.body]
seats = "{{amount}}"

"#]]
    );
    assert_eq!(project.read(".env"), b"GAESTE_CRM_X_TOKEN=n0t-a-real-one\n");
    api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    let before = project.files();
    api.hooks(&project, &["pull"]).run().success().no_stdout().ignore_stderr();
    assert!(project.files() == before, "a second pull changes nothing");
    api.hooks(&project, &["pull", "70"]).run().success().ignore_output();
    assert!(text(&project).contains("[webhooks.new-rsvp-attendee]\nname = \"new_rsvp_attendee\"\nid = 70\n"));
}

#[test]
fn a_name_that_equals_the_handle_is_left_out() {
    let names = ["crm", "crm", "CRM"];
    let webhook = |(id, name): (usize, &&str)| with(with(of_the_app(), "id", json!(id)), "name", json!(name));
    let api = Api::with_webhooks((1..).zip(&names).map(webhook).collect());
    let project = Project::new().definitions("");
    api.hooks(&project, &["pull", "--literal"]).run().success().ignore_output();
    let text = text(&project);
    assert!(text.contains("[webhooks.crm]\nid = 1\n"), "{text}");
    assert!(text.contains("[webhooks.crm-2]\nname = \"crm\"\nid = 2\n"), "{text}");
    assert!(text.contains("[webhooks.crm-3]\nname = \"CRM\"\nid = 3\n"), "{text}");
    api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    api.hooks(&project, &["push"]).run().success().no_stdout().ignore_stderr();
    let before = project.files();
    api.hooks(&project, &["pull"]).run().success().no_stdout().ignore_stderr();
    assert!(project.files() == before, "a second pull changes nothing");
    assert_eq!(api.writes(), []);
}

#[test]
fn changed_values_are_replaced_in_place_and_every_other_byte_is_kept() {
    let (api, project) = (Api::with_webhooks(Vec::new()), project());
    pulled(vec![sign_ups()], &project, &api);
    assert_eq!(text(&project), FILE);
    let header = json!([
        {"key": "X-New", "value": "1"}, {"key": "X-Cms-Token", "value": "Key t0ken-of-the-cms"}, {"key": "X-Source", "value": "it's"},
    ]);
    let changed =
        with(with(sign_ups(), "payload_url", json!("https://crm.example.com/in")), "header", header);
    pulled(vec![with(changed, "name", json!("Sign-ups to the CRM"))], &project, &api);
    let expected = FILE
        .replace("'Sign-ups'", "'Sign-ups to the CRM'")
        .replace("https://cms", "https://crm")
        .replace("X-Source = 'calendar'\n", "X-Source = \"it's\"\nX-New = \"1\"\n");
    assert_eq!(text(&project), expected);
    pulled(vec![sign_ups()], &project, &api);
    // The quotes that the apostrophe required stay.
    assert_eq!(text(&project), FILE.replace("'calendar'", "\"calendar\""));
}

#[test]
fn a_changed_secret_goes_to_dotenv_or_nothing_is_changed() {
    let (api, project) = (Api::with_webhooks(Vec::new()), project());
    pulled(vec![sign_ups()], &project, &api);
    let header =
        json!([{"key": "X-Cms-Token", "value": "Key 0ther-token"}, {"key": "X-Source", "value": "calendar"}]);
    api.set(vec![with(sign_ups(), "header", header)]);
    let before = project.files();
    api.hooks(&project, &["pull"]).run().code(2).no_stdout().stderr(str![[r#"
error: sign-ups: the changed value of the header `X-Cms-Token` looks like a credential
  = help: write `${CMS_TOKEN}` instead, or use `--to-env` to store the value in `.env`, or `--literal` to keep it

"#]]);
    assert!(project.files() == before);
    let check =
        |text: &str| assert!(!text.contains("0ther-token") && !text.contains("t0ken-of-the-cms"), "{text}");
    api.hooks(&project, &["pull", "--to-env", "-v"]).run().success().stdout_with(check).stderr_with(check);
    assert_eq!(text(&project), FILE.replace("${CMS_TOKEN}", "${CMS_TOKEN_2}"));
    api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    for (path, bytes) in project.files() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            path.ends_with(".env") || !text.contains("ther-token") && !text.contains("0ken-of"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn changes_in_the_file_are_kept_unless_forced() {
    let (api, project) = (Api::with_webhooks(Vec::new()), project());
    pulled(vec![sign_ups()], &project, &api);
    let own = FILE.replace("'calendar'", "'mine'").replace("'Sign-ups'", "'Mine'");
    let project = project.definitions(&own);
    // Only the file has changed.
    api.hooks(&project, &["pull"])
        .run()
        .success()
        .stderr(str![[r#"
nothing to change in `webhooks.toml`; kept the changes to 1 webhook in the file; use `--force` to overwrite them

"#]])
        .stdout(str![[r#"
sign-ups (webhook 67) not changed
  not overwritten (changed in the file):
  name
    file     Mine
    account  Sign-ups
  header.X-Source
    file     mine
    account  calendar

"#]]);
    assert_eq!(text(&project), own);
    // The account changes one of these fields, and another one.
    let both = with(with(sign_ups(), "name", json!("Theirs")), "method", json!("PUT"));
    api.set(vec![both]);
    api.hooks(&project, &["pull"]).run().code(1).ignore_stderr().stdout(str![[r#"
sign-ups (webhook 67) changed
  method
    file     POST
    account  PUT
  not overwritten (changed in the file or in both places):
  name
    file     Mine
    account  Theirs
  header.X-Source
    file     mine
    account  calendar

"#]]);
    let merged = own.replace("\"rsvp_answer\"\r\n", "\"rsvp_answer\"\r\nmethod = \"PUT\"\r\n");
    assert_eq!(text(&project), merged);
    api.hooks(&project, &["pull"]).run().code(1).ignore_output();
    assert_eq!(text(&project), merged, "a conflict stays one");
    api.hooks(&project, &["pull", "--force"]).run().success().ignore_output();
    assert_eq!(text(&project), merged.replace("'mine'", "'calendar'").replace("'Mine'", "'Theirs'"));
    api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
}

#[test]
fn without_a_base_every_difference_counts_as_a_change_in_the_file() {
    let project = project();
    let api = Api::with_webhooks(vec![with(sign_ups(), "active", json!(false))]);
    api.hooks(&project, &["pull", "--json"]).run().code(1).no_stderr().stdout_json(|json| {
        assert_eq!(
            (&json["webhooks"][0]["state"], &json["webhooks"][0]["conflict"]),
            (&json!("kept"), &json!(true))
        );
        assert_eq!((&json["written"], &json["diff"]), (&json!(false), &json!("")));
    });
    assert_eq!(text(&project), FILE);
    // Still unknown, although the account's version was seen.
    api.hooks(&project, &["pull"]).run().code(1).ignore_output();
    api.hooks(&project, &["pull", "--force"]).run().success().ignore_output();
    assert!(text(&project).contains("active = false"));
}

#[test]
fn a_dry_run_and_a_pull_of_one_webhook_change_nothing_else() {
    let two =
        |name: &str| vec![with(sign_ups(), "name", json!(name)), with(of_the_app(), "header", json!([]))];
    let (api, project) = (Api::with_webhooks(Vec::new()), project());
    pulled(two("Sign-ups"), &project, &api);
    let before = project.files();
    let changed = vec![
        with(sign_ups(), "name", json!("New")),
        with(with(of_the_app(), "header", json!([])), "active", json!(true)),
        zap(),
    ];
    api.set(changed);
    api.hooks(&project, &["pull", "--dry-run"])
        .run()
        .success()
        .stderr(str![[r#"
1 webhook managed by Zapier or Pipedream: `70 (new_rsvp_attendee)`
dry run: 2 webhooks would be changed and 0 added in `webhooks.toml`

"#]])
        .stdout(str![[r#"
sign-ups (webhook 67) would be changed
  name
    file     Sign-ups
    account  New
gaeste-crm (webhook 311) would be changed
  active
    file     false
    account  true
│   # ours
│   [webhooks.sign-ups] # to the CMS
│ - name = 'Sign-ups' # label
│ + name = 'New' # label
│   id = 67
│   trigger = "create"
│   …
│   name = "Gäste → CRM"
│   id = 311
│ - active = false
│ + active = true
│   trigger = "update"
│   trigger_element = "rsvp_answer"

"#]]);
    assert!(project.files() == before);
    let old = text(&project);
    api.hooks(&project, &["pull", "sign-ups"]).run().success().ignore_output();
    assert_eq!(text(&project), old.replace("'Sign-ups'", "'New'"));
    assert!(api.lines().last().unwrap().contains("/webhook/67 "), "only what is named is read");
}

#[test]
fn body_values_that_are_not_strings_keep_their_type_and_digits() {
    let body = r#"[{"key":"text","value":"5"},{"key":"n","value":5},{"key":"f","value":1.50},{"key":"b","value":true},
        {"key":"none","value":null},{"key":"list","value":[1,"it's ${X}",{"a":0.10}]},{"key":"tags","value":["a"]},
        {"key":"large","value":12345678901234567890.10},{"key":"api_key","value":987654321}]"#;
    let body: Value = serde_json::from_str(body).unwrap();
    let api = Api::with_webhooks(vec![with(with(sign_ups(), "header", json!([])), "body", body.clone())]);
    let project = Project::new().definitions("");
    api.hooks(&project, &["pull", "--to-env"]).run().success().ignore_output();
    snapbox::assert_data_eq!(
        text(&project),
        str![[r#"
[webhooks.sign-ups]
name = "Sign-ups"
id = 67
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/in"

[webhooks.sign-ups.body]
text = "5"
n = 5
f = 1.50
b = true
none = { json = "null" }
list = { json = "[1,/"it's ${X}/",{/"a/":0.10}]" }
tags = { json = '["a"]' }
large = { json = "12345678901234567890.10" }
api_key = { json = "${SIGN_UPS_API_KEY}" }

"#]]
    );
    assert_eq!(project.read(".env"), b"SIGN_UPS_API_KEY=987654321\n");
    api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    hooks(["show", "sign-ups"]).in_project(&project).run().success().no_stderr().stdout(str![[r#"
sign-ups
webhooks.toml:1:11

name             Sign-ups
id               67
active           yes
trigger          create
trigger element  rsvp_answer: an answer to the RSVP form of an event
method           POST
payload URL      https://cms.example.com/in

body
  text     5
  n        5 (number)
  f        1.50 (number)
  b        true (boolean)
  none     null (JSON)
  list     [1,"it's ${X}",{"a":0.10}] (JSON)
  tags     ["a"] (JSON)
  large    12345678901234567890.10 (number)
  api_key  ${SIGN_UPS_API_KEY}

"#]]);
    hooks(["preview", "sign-ups", "--json"]).in_project(&project).run().success().ignore_stderr().stdout_json(
        |json| {
            let sent = json["body"].as_str().unwrap();
            let fields = sent.split_once("\"text\"").unwrap().1;
            assert_eq!(
                fields,
                ":\"5\",\"n\":5,\"f\":1.50,\"b\":true,\"none\":null,\"list\":[1,\"it's ${X}\",{\"a\":0.10}],\"tags\":[\"a\"],\
                 \"large\":12345678901234567890.10,\"api_key\":***}"
            );
        },
    );
    // A different type is a different value; a different notation of a number is not.
    let with_value = |index: usize, value: Value| {
        let mut body = body.clone();
        body[index]["value"] = value;
        vec![with(with(sign_ups(), "header", json!([])), "body", body)]
    };
    for (index, same) in [(1, "5.0"), (2, "1.5"), (5, r#"[1.0,"it's ${X}",{"a":0.1}]"#), (8, "987654321.0")] {
        api.set(with_value(index, serde_json::from_str(same).unwrap()));
        api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    }
    for (index, other, line) in [
        (0, json!(5), "\ntext = 5\n"),
        (1, json!("5"), "\nn = \"5\"\n"),
        (3, json!(null), "\nb = { json = \"null\" }\n"),
        (4, json!([]), "\nnone = { json = \"[]\" }\n"),
        (6, json!(false), "\ntags = false\n"),
        (8, json!(5.5), "\napi_key = { json = \"${SIGN_UPS_API_KEY_2}\" }\n"),
    ] {
        api.set(with_value(index, other));
        api.hooks(&project, &["diff"]).run().code(1).ignore_output();
        api.hooks(&project, &["pull", "--to-env"]).run().success().ignore_output();
        assert!(text(&project).contains(line), "{}", text(&project));
        api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    }
}

#[test]
fn a_missing_file_is_created() {
    let api = Api::with_webhooks(vec![sign_ups(), of_the_app()]);
    let project = Project::new().file("deep/.keep", "");
    for arguments in [&["pull", "--to-env"][..], &["pull", "--to-env", "--file", "deep/own.toml"]] {
        let dry_run = [arguments, &["--dry-run"]].concat();
        let before = project.files();
        api.hooks(&project, &dry_run).run().success().ignore_stdout().stderr_with(|text| {
            assert!(text.contains("would be created with 2 webhooks"), "{text}");
        });
        assert!(project.files() == before);
        api.hooks(&project, arguments).run().success().ignore_stdout().stderr_with(|text| {
            assert!(text.contains(".toml` with 2 webhooks"), "{text}");
        });
    }
    api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
    api.hooks(&project, &["diff", "--file", "deep/own.toml"]).run().success().no_stdout().ignore_stderr();
    // The base is found again.
    api.set(vec![with(sign_ups(), "name", json!("New")), of_the_app()]);
    api.hooks(&project, &["pull"]).run().success().ignore_output();
    assert!(text(&project).contains("name = \"New\"\nid = 67\n"));
    let none = Project::new();
    let empty = Api::with_webhooks(vec![]);
    empty.hooks(&none, &["pull"]).run().success().no_stdout().stderr(str![[r#"
nothing to write; `webhooks.toml` was not created

"#]]);
    assert!(!none.path().join("webhooks.toml").exists());
    empty.hooks(&none, &["pull", "--account=x"]).run().code(3).no_stdout().ignore_stderr();
    empty.hooks(&none, &["diff"]).run().code(3).no_stdout().ignore_stderr();
    assert!(!none.path().join("webhooks.toml").exists());
}

#[test]
fn webhooks_with_unknown_values_are_pulled_and_compared_but_never_sent() {
    let plain = with(with(of_the_app(), "header", json!([])), "name", json!("Odd"));
    let odd = |name: &str, word: &str| with(plain.clone(), name, json!(word));
    let project = Project::new().definitions("");
    for (name, word, other) in [
        ("trigger", "archive", "publish"),
        ("trigger_element", "badge", "team \"x\""),
        ("method", "QUERY", "HEAD"),
    ] {
        let api = Api::with_webhooks(vec![odd(name, word)]);
        api.hooks(&project, &["pull"]).run().success().ignore_output();
        assert!(text(&project).contains(&format!("\n{name} = \"{word}\"\n")), "{}", text(&project));
        api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
        api.set(vec![odd(name, other)]);
        api.hooks(&project, &["diff"]).run().code(1).ignore_output();
        api.hooks(&project, &["pull"]).run().success().ignore_output();
        api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
        let what = name.replace('_', " ");
        let said = |text: &str| assert!(text.contains(&format!("unknown {what} `{other}`")), "{text}");
        for command in [&["list"][..], &["show", "odd"], &["check"], &["match", "-"]] {
            let run = hooks(command).in_project(&project).stdin("POST / HTTP/1.1\r\n\r\n{}").run();
            let run = if command[0] == "match" { run.code(1) } else { run.success() };
            match command[0] {
                "check" => run.no_stderr().stdout_with(said),
                _ => run.ignore_stdout().stderr_with(said),
            };
        }
        let refused = |text: &str| {
            assert!(
                text.contains(&format!("cannot use `odd` here: its {what} `{other}` is unknown")),
                "{text}"
            );
        };
        for command in [&["preview", "odd"][..], &["fire", "odd", "--echo"], &["backfill", "odd", "-"]] {
            hooks(command).in_project(&project).stdin("[]").run().code(3).no_stdout().stderr_with(refused);
        }
        hooks(["trigger", "update", "rsvp_answer"])
            .in_project(&project)
            .run()
            .code(1)
            .ignore_stdout()
            .stderr_with(said);
        hooks([
            "edit",
            "odd",
            "--trigger=create",
            "--trigger-element=rsvp_answer",
            "--method=PUT",
            "--clear=prokey_filter",
        ])
        .in_project(&project)
        .run()
        .success()
        .ignore_output();
        hooks(["check"]).in_project(&project).run().success().ignore_stdout().no_stderr();
        hooks(["remove", "odd", "--yes"]).in_project(&project).run().success().ignore_output();
    }
    let untied = Project::new().definitions("[webhooks.a]\ntrigger = \"archive\"\ntrigger_element = \"event\"\npayload_url = \"https://example.com\"\n");
    hooks(["list"]).in_project(&untied).run().code(3).no_stdout().ignore_stderr();
}

#[test]
fn a_webhook_that_a_definition_cannot_express_is_left_out_and_named() {
    let header = json!([{"key": "X-Cms-Token", "value": "Key t0ken-of-the-cms"}, {"key": "X-Source", "value": "calendar"}]);
    let odd = [
        with(with(of_the_app(), "header", header.clone()), "trigger_element", json!("Gruppe")),
        with(with(of_the_app(), "id", json!(313)), "header", json!([])),
    ];
    let api = Api::with_webhooks([vec![sign_ups()], odd.to_vec()].concat());
    let project = project();
    api.hooks(&project, &["pull"]).run().code(1).ignore_stderr().stdout(str![[r#"
gaeste-crm (webhook 311) left out: its trigger element `Gruppe` would be read as `event_group`
gaeste-crm-2 (webhook 313) added

"#]]);
    let text = text(&project);
    assert!(text.contains("id = 313") && !text.contains("id = 311"), "{text}");
}

#[test]
fn a_webhook_that_the_account_no_longer_has_stays_in_the_file() {
    let api = Api::with_webhooks(vec![]);
    let project = project();
    api.hooks(&project, &["pull"]).run().code(1).ignore_stderr().stdout(str![[r#"
sign-ups (webhook 67) is not in the account

"#]]);
    assert_eq!(text(&project), FILE);
}

#[test]
fn a_file_with_errors_is_not_changed() {
    let project = Project::new().definitions("[webhooks.a]\nid = 67\ntrigger = \"nope\"\n");
    let api = Api::with_webhooks(vec![sign_ups()]);
    api.hooks(&project, &["pull"]).run().code(3).no_stdout().ignore_stderr();
    assert_eq!(api.lines(), [""; 0]);
}

/// An arbitrary webhook in the account.
pub(super) fn any_webhook(id: u64) -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec!["X-A", "X-B", "x-a", "Ä b", "a.b", "", "header"]);
    let value = "[a-c{}$\"'\\\\ \u{e4}\n]{0,8}|\\$\\{A\\}|\\{\\{id\\}\\}|Bearer abcdef";
    let pairs = prop::collection::vec((key.clone(), value), 0..4);
    let element = prop::sample::select(vec!["rsvp_answer", "event", "style", "badge"]);
    let method = prop::sample::select(vec![json!("POST"), json!("put"), Value::Null]);
    let filter =
        prop::sample::select(vec![Value::Null, json!(""), json!("c6510c06-a277-4e1c-9baf-deec9c5507c7")]);
    let json = prop::sample::select(vec![
        "5",
        "-0.50",
        "1e400",
        "123456789012345678901",
        "null",
        "[1,{\"a\":\"it's ${A}\"}]",
        "true",
        "{}",
    ]);
    let values =
        prop_oneof![value.prop_map(Value::String), json.prop_map(|own| serde_json::from_str(own).unwrap())];
    let body = prop::collection::vec((key.clone(), values), 0..4);
    ("[A-c \u{e4}\"'\\[\\]#.-]{0,9}", any::<bool>(), element, method, filter, pairs, body).prop_map(
        move |(name, active, element, method, filter, header, body)| {
            fn list<T: serde::Serialize>(pairs: Vec<(&str, T)>) -> Value {
                pairs.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
            }
            json!({
                "id": id, "name": name, "active": active, "trigger": "create", "trigger_element": element, "method": method,
                "prokey_filter": filter, "payload_url": format!("https://example.com/{id}"), "header": list(header), "body": list(body),
            })
        },
    )
}

#[test]
fn a_pull_leaves_no_difference_whatever_the_account_has() {
    let states = (any_webhook(1), any_webhook(2), any_webhook(1), any_webhook(2));
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, max_shrink_iters: 20, ..Config::with_cases(12) });
    let result = runner.run(&(states, any::<bool>()), |((one, two, other_one, other_two), has_crlf)| {
        let start = if has_crlf { "# a comment\r\n" } else { "# a comment\n" };
        let project = Project::new().definitions(start).file(".env", "A=1\n");
        let api = Api::with_webhooks(Vec::new());
        for state in [vec![one, two], vec![other_one, other_two]] {
            api.set(state);
            api.hooks(&project, &["pull", "--to-env"]).run().success().ignore_output();
            api.hooks(&project, &["diff"]).run().success().no_stdout().ignore_stderr();
            let text = text(&project);
            assert!(text.starts_with(start) && (text.matches("\r\n").count() > 0) == has_crlf, "{text:?}");
            assert!(!has_crlf || text.matches('\n').count() == text.matches("\r\n").count(), "{text:?}");
        }
        Ok(())
    });
    result.unwrap();
}
