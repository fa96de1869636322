//! Definitions that are tied to webhooks in several accounts.

use serde_json::{Value, json};
use snapbox::str;

use super::api::{Api, KEY};
use super::emulated::Emulated;
use crate::harness::{Project, Run, hooks};

fn webhook(id: u64, name: &str) -> Value {
    json!({
        "id": id, "name": name, "active": true, "trigger": "create", "trigger_element": "event", "method": "POST",
        "payload_url": "https://cms.example.com/in", "header": [], "body": [],
    })
}

fn text(project: &Project) -> String {
    String::from_utf8(project.read("webhooks.toml")).unwrap()
}

/// Two accounts on this machine, and a file that declares them.
fn accounts(webhooks: &str) -> (Api, Api, Project) {
    let (production, test) =
        (Api::with_webhooks(vec![webhook(67, "Events")]), Api::with_webhooks(vec![webhook(12, "Events")]));
    let file = format!(
        "[accounts.production]\napi = \"{}\"\nkey = \"${{PRODUCTION_API_KEY}}\"\n\n[accounts.test]\napi = '{}'\nkey = '${{TEST_API_KEY}}'\n\n{webhooks}",
        production.url(),
        test.url()
    );
    let project = Project::new().definitions(&file);
    (production, test, project)
}

fn command<'p>(project: &'p Project, arguments: &[&str]) -> Run<'p> {
    hooks(arguments).in_project(project).env("PRODUCTION_API_KEY", KEY).env("TEST_API_KEY", KEY)
}

const EVENTS: &str = "[webhooks.events]\nname = 'Events'\nid = { production = 67, test = 12 }\ntrigger = \"create\"\n\
    trigger_element = \"event\"\npayload_url = \"https://cms.example.com/in\"\n";

#[test]
fn each_account_has_its_own_api_key_and_ids() {
    let (production, test, project) = accounts(EVENTS);
    command(&project, &["diff", "--account", "production"]).run().success().no_stdout().ignore_stderr();
    assert_eq!(production.lines(), ["GET /v1/webhook/all HTTP/1.1", "GET /v1/webhook/67 HTTP/1.1"]);
    assert!(test.lines().is_empty());
    test.set(vec![webhook(12, "Other")]);
    command(&project, &["diff", "--account=test"])
        .run()
        .code(1)
        .stdout(str![[r#"
events (webhook 12) differs
  name
    file     Events
    account  Other

"#]])
        .ignore_stderr();
    command(&project, &["diff", "--account=test", "--json", "12"]).run().code(1).no_stderr().stdout_json(
        |json| {
            assert_eq!(json["account"], "test");
            assert_eq!(json["webhooks"][0]["handle"], "events");
            assert_eq!(json["webhooks"][0]["id"], 12);
        },
    );
    command(&project, &["pull", "--account=test", "--force"]).run().success().ignore_output();
    assert!(text(&project).contains("name = 'Other'\nid = { production = 67, test = 12 }\n"));
    command(&project, &["diff", "--account=production"]).run().code(1).ignore_output();
    command(&project, &["account", "--account=test"]).run().success().no_stderr().stdout(str![[r#"
account  test
API      http://127.0.0.1:[PORT]/v1
key      from the environment, ends in 1e2f
reading  works: 1 webhook
writing  unknown until the first push

"#]]);
}

#[test]
fn a_pull_ties_new_webhooks_to_its_account_only() {
    let (_production, _test, project) = accounts("");
    command(&project, &["pull", "--account=test"]).run().success().ignore_output();
    assert!(text(&project).contains("[webhooks.events]\nname = \"Events\"\nid = { test = 12 }\n"));
    command(&project, &["diff", "--account=test"]).run().success().no_stdout().ignore_stderr();
    command(&project, &["diff", "--account=production"]).run().success().no_stdout().stderr(str![[r#"
1 webhook not compared (no `id`): `events`
1 webhook only in the account: `67 (Events)`
nothing was compared: no definition has an `id` in the account `production`
hint: run `hooks push` to create webhooks from definitions, or `hooks pull` to get the account's webhooks

"#]]);
    command(&project, &["list", "--json"]).run().success().no_stderr().stdout_json(|json| {
        assert_eq!(json["webhooks"][0]["ids"], json!({"test": 12}));
    });
    command(&project, &["show", "events"]).run().success().no_stderr().stdout(str![[r#"
events
webhooks.toml:9:11

name             Events
id               12 in the account test
active           yes
trigger          create
trigger element  event: an event with its dates
method           POST
payload URL      https://cms.example.com/in

"#]]);
}

#[test]
fn a_definition_that_equals_a_webhook_in_another_account_gets_its_id() {
    let (production, test, project) =
        accounts(&EVENTS.replace("{ production = 67, test = 12 }", "67 # main"));
    command(&project, &["pull", "--account=test", "--dry-run"]).run().success().ignore_stderr().stdout(str![
        [r#"
events (webhook 12) would be tied: all fields are equal
│   [webhooks.events]
│   name = 'Events'
│ - id = 67 # main
│ + id = { default = 67, test = 12 } # main
│   trigger = "create"
│   trigger_element = "event"

"#]
    ]);
    command(&project, &["pull", "--account=test"])
        .run()
        .success()
        .stdout(str![[r#"
events (webhook 12) tied: all fields are equal

"#]])
        .stderr(str![[r#"
1 webhook changed and 0 added in `webhooks.toml`

"#]]);
    assert!(text(&project).contains("name = 'Events'\nid = { default = 67, test = 12 } # main\ntrigger"));
    command(&project, &["diff", "--account=test"]).run().success().no_stdout().ignore_stderr();
    command(&project, &["pull", "--account=production"]).run().success().ignore_output();
    assert!(text(&project).contains("\nid = { default = 67, test = 12, production = 67 } # main\n"));
    assert_eq!(text(&project).matches("[webhooks.").count(), 1);
    // With two equal ones, or if anything differs, nothing is tied.
    let (twice, other) = (vec![webhook(12, "Events"), webhook(13, "Events")], vec![webhook(12, "Other")]);
    for (webhooks, added) in [(twice, 2), (other, 1)] {
        test.set(webhooks);
        let (_production, _test, own) = accounts("");
        let file = String::from_utf8(project.read("webhooks.toml")).unwrap();
        let file = file.split("[webhooks.").next().unwrap().to_owned()
            + &EVENTS.replace("id = { production = 67, test = 12 }\n", "");
        let own = own.definitions(&file);
        command(&own, &["pull", "--account=test"]).run().success().ignore_output();
        assert_eq!(text(&own).matches("[webhooks.").count(), 1 + added);
    }
    drop(production);
}

#[test]
fn pushes_to_two_emulated_accounts_create_webhooks_with_an_id_per_account() {
    const KEYS: [(&str, &str); 2] = [("production", "production-key-0001"), ("test", "test-key-0002")];
    let emulated = Emulated::start(&[]);
    let api = format!("http://{}/v1", emulated.client.address);
    let accounts: String = KEYS
        .map(|(name, _)| {
            format!("[accounts.{name}]\napi = '{api}'\nkey = '${{{}_KEY}}'\n", name.to_uppercase())
        })
        .concat();
    let definition = EVENTS.replace("id = { production = 67, test = 12 }\n", "");
    let project = Project::new().definitions(&(accounts + &definition));
    let run = |project: &Project, arguments: &[&str], account: &str, code: i32| {
        let run = hooks([arguments, &["--account", account]].concat()).in_project(project);
        KEYS.iter()
            .fold(run, |run, (name, key)| run.env(&format!("{}_KEY", name.to_uppercase()), *key))
            .run()
            .code(code)
            .ignore_output();
    };
    let names = |key: &str| -> Vec<(Value, Value)> {
        let listed = emulated.client.call_as(key, "GET", "/v1/webhook/all", &Value::Null).json();
        listed.as_array().unwrap().iter().map(|own| (own["id"].clone(), own["name"].clone())).collect()
    };
    // The ids in the two accounts differ.
    let mut other = webhook(1, "Other");
    other["payload_url"] = json!("https://other.example.com/in");
    emulated.client.call_as(KEYS[1].1, "POST", "/v1/webhook", &other).created();
    for (account, _) in KEYS {
        run(&project, &["push", "--yes"], account, 0);
    }
    assert!(text(&project).contains("id = { production = 1, test = 2 }\n"), "{}", text(&project));
    assert_eq!(names(KEYS[0].1), [(json!(1), json!("Events"))]);
    assert_eq!(names(KEYS[1].1), [(json!(1), json!("Other")), (json!(2), json!("Events"))]);
    let changed = text(&project).replace("name = 'Events'", "name = 'Renamed'");
    let project = project.definitions(&changed);
    run(&project, &["push", "--yes"], "test", 0);
    assert_eq!(names(KEYS[0].1), [(json!(1), json!("Events"))]);
    assert_eq!(names(KEYS[1].1), [(json!(1), json!("Other")), (json!(2), json!("Renamed"))]);
    run(&project, &["diff"], "test", 0);
    run(&project, &["diff"], "production", 1);
}

#[test]
fn an_unknown_account_and_a_missing_account_name_are_errors() {
    let (_production, _test, project) = accounts(EVENTS);
    command(&project, &["diff", "--account=tset"]).run().code(3).no_stdout().stderr(str![[r#"
error[unknown-account]: unknown account `tset`
  = help: did you mean `test`?


"#]]);
    command(&project, &["pull"]).run().code(3).no_stdout().stderr(str![[r#"
error: which account? `webhooks.toml` declares `production` and `test`
  = help: pass its name, e.g. `--account production`
  = help: for an account without a name, pass `--account default`

"#]]);
    command(&project, &["diff", "--account=default"]).run().code(3).no_stdout().ignore_stderr();
    hooks(["pull", "--account=test"]).in_project(&project).run().code(3).no_stdout().stderr(str![[r#"
error[api-key-missing]: `TEST_API_KEY` is not set, the API key of the account `test`
  = help: create a key in the app under Settings → Technical
  = help: set it as `TEST_API_KEY=…` in `.env` or the environment, or pass its file with `--key-file`


"#]]);
    let none = Project::new();
    hooks(["account", "--account=test"]).in_project(&none).run().code(3).no_stdout().ignore_stderr();
}

#[test]
fn a_key_from_elsewhere_is_not_sent_to_the_api_that_the_file_names() {
    let file = "[accounts.default]\napi = \"https://127.0.0.2.example.com/v1\"\nkey = \"${K}\"\n";
    let project = Project::new().definitions(file);
    hooks(["account"]).in_project(&project).env("K", KEY).run().code(3).no_stdout().stderr(str![[r#"
error[api-untrusted]: `api` of the account `default` names another host: `https://127.0.0.2.example.com/v1`
  = help: if the key may be sent there, pass the URL with `--api`


"#]]);
}

#[test]
fn a_literal_key_is_refused_without_showing_it() {
    let project = Project::new()
        .definitions(&format!("[accounts.test]\nkey = \"{KEY}\"\n[check]\naccount-setting = \"off\"\n"));
    let hidden = |text: &str| assert!(text.contains("must be a reference") && !text.contains(KEY), "{text}");
    for arguments in [&["account", "--account=test"][..], &["pull", "--account=test"]] {
        hooks(arguments)
            .in_project(&project)
            .env("HOOKS_API_KEY", KEY)
            .run()
            .code(3)
            .no_stdout()
            .stderr_with(hidden);
    }
}

#[test]
fn the_id_in_an_account_can_be_set_with_an_option() {
    let (_production, _test, project) = accounts("");
    let add =
        ["add", "x", "--trigger=create", "--element=event", "--url=https://cms.example.com/in", "--id=5"];
    command(&project, &add).run().success().ignore_output();
    assert!(text(&project).contains("\nid = 5\n"));
    command(&project, &["edit", "x", "--id", "test=12"]).run().success().ignore_output();
    assert!(text(&project).contains("\nid = { default = 5, test = 12 }\n"));
    command(&project, &["edit", "x", "--id", "production=7", "--id=6"]).run().success().ignore_output();
    assert!(text(&project).contains("\nid = { default = 6, test = 12, production = 7 }\n"));
    command(&project, &["edit", "x", "--id", "tset=12"]).run().code(3).no_stdout().ignore_stderr();
    command(&project, &["edit", "x", "--clear", "id"]).run().success().ignore_output();
    assert!(!text(&project).contains("\nid"));
}
