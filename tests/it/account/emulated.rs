//! Account commands against `hooks emulate`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::api::{Api, KEY, account, path};
use super::pull::any_webhook;
use crate::emulator::client::Client;
use crate::harness::{Project, Run, hooks};

/// `hooks emulate`, which ends when it is dropped.
pub(crate) struct Emulated {
    child: Child,
    pub(crate) client: Client,
    /// Where it runs, separate from the project that uses it.
    _own: Project,
}

impl Emulated {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let own = Project::new();
        let mut command = own.command(env!("CARGO_BIN_EXE_hooks"));
        command.args(["emulate", "--port", "0", "--json", "--rate-limit", "0"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        lines.read_line(&mut ready).unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let api = ready["api"].as_str().unwrap().strip_prefix("http://").unwrap();
        let address = api.strip_suffix("/v1").unwrap().parse().unwrap();
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { child, client: Client { address }, _own: own }
    }

    pub(crate) fn hooks<'p>(&self, project: &'p Project, arguments: &[&str]) -> Run<'p> {
        let api = format!("http://{}/v1", self.client.address);
        hooks(arguments).in_project(project).env("HOOKS_API", api).env("HOOKS_API_KEY", KEY)
    }

    /// Creates a webhook and returns its id.
    pub(super) fn create(&self, webhook: &Value) -> String {
        let response = self.client.call_as(KEY, "POST", "/v1/webhook", webhook);
        assert!(response.status < 300, "{response:?}");
        let id = response.json()["id"].clone();
        id.as_str().map_or_else(|| id.to_string(), str::to_owned)
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program sends to create or change this webhook.
pub(super) fn fields(mut webhook: Value) -> Value {
    let fields = webhook.as_object_mut().unwrap();
    fields.shift_remove("id");
    // The emulator accepts no other spelling.
    match fields["method"].as_str().map(str::to_uppercase) {
        Some(method) => fields["method"] = json!(method),
        None => drop(fields.shift_remove("method")),
    }
    if fields["trigger_element"] == "badge" {
        fields["trigger_element"] = json!("event_group");
    }
    for pairs in ["header", "body"] {
        for pair in fields[pairs].as_array_mut().unwrap() {
            if pair["key"] == "" {
                pair["key"] = json!("k");
            }
        }
    }
    if fields["name"].as_str().unwrap().trim().is_empty() {
        fields["name"] = json!("n");
    }
    webhook
}

#[test]
fn a_pull_from_the_emulator_leaves_no_difference_and_shows_no_secret() {
    const SECRET: &str = "hunter2-of-the-receiver";
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, max_shrink_iters: 10, ..Config::with_cases(8) });
    let states = (any_webhook(1), any_webhook(2), any_webhook(1));
    let result = runner.run(&states, |(one, two, change)| {
        let emulated = Emulated::start(&[]);
        let project = Project::new().definitions("");
        let mut secret = fields(two);
        secret["header"] = json!([{"key": "Authorization", "value": format!("Bearer {SECRET}")}]);
        let id = emulated.create(&fields(one));
        emulated.create(&secret);
        let hidden = |text: &str| assert!(!text.contains(SECRET), "{text}");
        for _ in 0..2 {
            for arguments in [&["pull", "--to-env", "-v"][..], &["diff", "--json"], &["pull", "--dry-run"]] {
                emulated.hooks(&project, arguments).run().success().stdout_with(hidden).stderr_with(hidden);
            }
            let change = fields(change.clone());
            let response = emulated.client.call_as(KEY, "PATCH", &format!("/v1/webhook/{id}"), &change);
            assert_eq!(response.status, 200, "{response:?}");
        }
        for (path, bytes) in project.files() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(path.ends_with(".env") || !text.contains(SECRET), "{}", path.display());
        }
        Ok(())
    });
    result.unwrap();
}

#[test]
fn the_commands_work_with_every_assumption_about_the_api() {
    for assumed in [
        "missing-method=post",
        "create-id=number",
        "create-status=201",
        "change-response=empty",
        "empty-list=empty",
        "not-found-body=html",
        "webhook-list=ids",
        "retry-after=absent",
    ] {
        let emulated = Emulated::start(&["--assume", assumed]);
        let project = Project::new().definitions("");
        // An empty list returned as a web page looks like a wrong URL.
        let code = if assumed == "not-found-body=html" { 4 } else { 0 };
        emulated.hooks(&project, &["account"]).run().code(code).ignore_output();
        let webhook = json!({
            "name": "Guests", "active": true, "payload_url": "https://crm.example.com/in", "trigger": "create",
            "trigger_element": "rsvp_answer", "header": [{"key": "X-A", "value": "1"}],
        });
        let id = emulated.create(&webhook);
        emulated.create(&webhook);
        emulated.hooks(&project, &["pull"]).run().success().ignore_output();
        emulated.hooks(&project, &["diff"]).run().success().ignore_output();
        let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
        assert!(
            text.contains("[webhooks.guests]") && text.contains("[webhooks.guests-2]"),
            "{assumed}: {text}"
        );
        emulated.client.call_as(KEY, "DELETE", &format!("/v1/webhook/{id}"), &Value::Null);
        emulated.hooks(&project, &["diff", "--json"]).run().code(1).ignore_stderr().stdout_json(|json| {
            assert_eq!(json["webhooks"][0]["state"], "not_in_account", "{assumed}");
        });
    }
}

#[test]
fn a_pull_that_is_killed_at_any_request_can_be_run_again() {
    for killed_at in 0..4 {
        let (sender, killed) = std::sync::mpsc::channel();
        let webhook = |id: u64| {
            json!({
                "id": id, "name": "same", "trigger": "create", "trigger_element": "event",
                "payload_url": "https://example.com", "header": [{"key": "Authorization", "value": "Bearer n0t-a-real-one"}],
            })
        };
        let webhooks = [webhook(1), webhook(2), webhook(3)];
        let api = Api::new(move |request, number| {
            if number == killed_at {
                sender.send(path(request).to_owned()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            account(&webhooks, request)
        });
        let project = Project::new().definitions("# mine\n");
        let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
        command.args(["pull", "--to-env"]).env("HOOKS_API", api.url()).env("HOOKS_API_KEY", KEY);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        killed.recv().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(project.read("webhooks.toml"), b"# mine\n");
        api.hooks(&project, &["pull", "--to-env"]).run().success().ignore_output();
        api.hooks(&project, &["pull", "--to-env"]).run().success().ignore_output();
        api.hooks(&project, &["diff"]).run().success().ignore_output();
        let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
        assert_eq!((text.matches("[webhooks.same").count(), text.matches("id = ").count()), (6, 3), "{text}");
    }
}
