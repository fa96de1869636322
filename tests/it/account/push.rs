//! `hooks push`.

use serde_json::{Value, json};
use snapbox::str;

use super::api::{Api, KEY, json as json_response, response};
use crate::harness::{Key, Project, Terminal};

pub(super) const FILE: &str = "# ours\n[webhooks.sign-ups] # to the CMS\nname = 'Sign-ups'\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\r\n\
    payload_url = \"https://cms.example.com/in\"\n\n[webhooks.sign-ups.header]\nX-Cms-Token = \"Key ${CMS_TOKEN}\" # secret\nX-Source = 'calendar'\n";

pub(super) const SECRET: &str = "t0ken-of-the-cms";

pub(super) fn project(text: &str) -> Project {
    Project::new().definitions(text).file(".env", format!("CMS_TOKEN={SECRET}\n")).file("key", KEY)
}

pub(super) fn text(project: &Project) -> String {
    String::from_utf8(project.read("webhooks.toml")).unwrap()
}

/// The definition, tied to webhook 67.
pub(super) fn tied() -> String {
    FILE.replace("name = 'Sign-ups'\n", "name = 'Sign-ups'\nid = 67\n")
}

pub(super) fn sign_ups() -> Value {
    json!({
        "id": 67, "name": "Sign-ups", "active": true, "trigger": "create", "trigger_element": "rsvp_answer",
        "prokey_filter": null, "method": "POST", "payload_url": "https://cms.example.com/in",
        "header": [{"key": "X-Cms-Token", "value": format!("Key {SECRET}")}, {"key": "X-Source", "value": "calendar"}],
        "body": [],
    })
}

fn zap() -> Value {
    json!({
        "id": 70, "name": "new_rsvp_attendee", "active": true, "trigger": "create", "trigger_element": "rsvp_answer",
        "payload_url": "https://hooks.zapier.com/hooks/standard/1/2/",
    })
}

pub(super) fn with(mut webhook: Value, name: &str, value: Value) -> Value {
    webhook[name] = value;
    webhook
}

/// Nothing differs afterwards.
pub(super) fn synced(api: &Api, project: &Project) {
    api.hooks(project, &["diff"]).run().success().no_stdout().ignore_stderr();
}

#[test]
fn a_definition_without_id_is_created_and_its_id_is_written_into_the_file() {
    let (api, project) = (Api::with_webhooks(vec![zap()]), project(FILE));
    let hidden = |text: &str| assert!(!text.contains(SECRET), "{text}");
    api.hooks(&project, &["push", "--dry-run"])
        .run()
        .success()
        .stderr(str![[r#"
nothing was pushed; 1 to create

"#]])
        .stdout(str![[r#"
sign-ups would be created
  name                Sign-ups
  active              true
  trigger             create
  trigger_element     rsvp_answer
  method              POST
  payload_url         https://cms.example.com/in
  header.X-Cms-Token  ***${CMS_TOKEN}
  header.X-Source     calendar

"#]]);
    assert_eq!((api.writes(), text(&project)), (vec![], FILE.to_owned()));
    api.hooks(&project, &["push", "--yes", "-v"])
        .run()
        .success()
        .stderr_with(hidden)
        .stdout_with(hidden)
        .stdout_with(|text| assert!(text.ends_with("sign-ups (webhook 71) created\n"), "{text}"));
    assert_eq!(text(&project), tied().replace("67", "71"));
    assert_eq!(api.webhooks()[1], with(without(sign_ups(), &["prokey_filter", "body"]), "id", json!(71)));
    synced(&api, &project);
    api.hooks(&project, &["push"]).run().success().no_stdout().stderr(str![[r#"
nothing to push (1 webhook the same)

"#]]);
    assert_eq!(api.writes().len(), 1);
    for (path, bytes) in project.files() {
        assert!(
            path.ends_with(".env") || !String::from_utf8_lossy(&bytes).contains(SECRET),
            "{}",
            path.display()
        );
    }
}

fn without(mut webhook: Value, names: &[&str]) -> Value {
    for name in names {
        webhook.as_object_mut().unwrap().shift_remove(*name);
    }
    webhook
}

#[test]
fn any_successful_response_to_a_change_is_understood() {
    for created in [
        r#"{"status":"success","message":"created","id":"67"}"#,
        r#"{"status":"success","id":67}"#,
        r#"{"data":{"id":"67"}}"#,
        r#"[{"id":67}]"#,
        // The id is then found in the list.
        "",
        "{}",
        "<html>",
    ] {
        for (status, other) in [(200, r#"{"status":"success","message":"updated"}"#), (204, ""), (202, "ok")]
        {
            let api = Api::faulty(vec![], move |request, _, effect| {
                let own = effect();
                match request.line.split(' ').next().unwrap() {
                    "POST" => response(201, "", created),
                    "PATCH" | "DELETE" if status == 204 => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
                    "PATCH" | "DELETE" => response(status, "", other),
                    _ => own,
                }
            });
            let project = project(FILE);
            api.hooks(&project, &["push", "--yes"]).run().success().ignore_output();
            assert_eq!(text(&project), tied(), "{created}");
            let project = project.definitions(&tied().replace("'calendar'", "'mine'"));
            api.hooks(&project, &["push", "--yes"]).run().success().ignore_output();
            synced(&api, &project);
            api.hooks(&project, &["push", "--yes", "--delete", "67"]).run().success().ignore_output();
            assert_eq!((api.webhooks(), text(&project)), (vec![], "# ours\n".to_owned()));
            if created.len() > 20 && status == 200 {
                break;
            }
        }
    }
}

#[test]
fn only_changes_in_the_file_are_sent() {
    let (api, project) = (Api::with_webhooks(vec![sign_ups()]), project(&tied()));
    api.hooks(&project, &["pull"]).run().success().ignore_output();
    let other = json!([{"key": "X-Source", "value": "calendar"}, {"key": "X-Cms-Token", "value": format!("Key {SECRET}")}, {"key": "X-New", "value": "1"}]);
    api.set(vec![with(with(sign_ups(), "header", other), "active", json!(false))]);
    let project =
        project.definitions(&tied().replace("'Sign-ups'", "'Ours'").replace("'calendar'", "'mine'"));
    api.hooks(&project, &["push", "--yes"])
        .run()
        .code(1)
        .stderr(str![[r#"
webhooks pushed: 1 changed
hint: run `hooks pull` to get changes made in the account, or overwrite them with `--force`

"#]])
        .stdout(str![[r#"
sign-ups (webhook 67) will be changed
  name
    file     Ours
    account  Sign-ups
  header.X-Source
    file     mine
    account  calendar
  not pushed, because it was changed in the account since the last pull or push:
  active
    file     true
    account  false
  header.X-New
    file     (none)
    account  1
sign-ups (webhook 67) changed: name, header.X-Source

"#]]);
    let header = json!([
        {"key": "X-Cms-Token", "value": format!("Key {SECRET}")}, {"key": "X-Source", "value": "mine"}, {"key": "X-New", "value": "1"},
    ]);
    assert_eq!(api.writes(), [("PATCH /webhook/67".to_owned(), json!({"name": "Ours", "header": header}))]);
    // The account keeps its changes.
    api.hooks(&project, &["push"]).run().code(1).ignore_output();
    api.hooks(&project, &["pull"]).run().success().ignore_output();
    synced(&api, &project);
    assert_eq!(api.writes().len(), 1);
}

#[test]
fn a_field_changed_in_both_places_is_refused_unless_forced() {
    let (api, project) = (Api::with_webhooks(vec![sign_ups()]), project(&tied()));
    api.hooks(&project, &["pull"]).run().success().ignore_output();
    api.set(vec![with(sign_ups(), "name", json!("Theirs"))]);
    let project = project.definitions(&tied().replace("'Sign-ups'", "'Ours'"));
    api.hooks(&project, &["push", "--yes"]).run().code(1).no_stdout().stderr(str![[r#"
sign-ups (webhook 67) would be changed
  changed in the file and in the account since the last pull or push:
  name
    file     Ours
    account  Theirs
error[push-conflict]: the same fields of `sign-ups` were changed in the file and in the account
  = help: run `hooks pull` to see the changes, or use `--force` to overwrite them in the account


"#]]);
    api.hooks(&project, &["push", "--dry-run", "--json"]).run().code(1).no_stderr().stdout_json(|json| {
        let own = &json["webhooks"][0];
        assert_eq!((&own["action"], &own["fields"][0]["changed_in"]), (&json!("update"), &json!("both")));
    });
    assert_eq!(api.writes(), []);
    let mut terminal = terminal(&api, &project, &["push"]);
    terminal.asked("Overwrite the changes to `sign-ups` in the account? [y/N]").press(Key::Enter);
    let screen = terminal.code(1);
    assert!(screen.contains("nothing to push"), "{screen}");
    api.hooks(&project, &["push", "--yes", "--force"]).run().success().ignore_output();
    assert_eq!(api.writes(), [("PATCH /webhook/67".to_owned(), json!({"name": "Ours"}))]);
    synced(&api, &project);
}

pub(super) fn terminal(api: &Api, project: &Project, arguments: &[&str]) -> Terminal {
    let url = api.url();
    let words: Vec<&str> = [&["--api", &url, "--key-file", "key"][..]].concat();
    let arguments: Vec<&str> = [arguments, &words].concat();
    Terminal::open(project, arguments)
}

#[test]
fn without_a_base_both_values_are_shown_and_confirmed() {
    let (api, project) =
        (Api::with_webhooks(vec![with(sign_ups(), "name", json!("Theirs"))]), project(&tied()));
    api.hooks(&project, &["push"]).run().code(2).ignore_stdout().stderr(str![[r#"
error: confirmation required without a terminal: 1 change to push
  = help: use `--yes` to push, or `--dry-run` to see the changes

"#]]);
    let mut terminal = terminal(&api, &project, &["push"]);
    terminal
        .expect("different; without an earlier pull or push, hooks cannot tell where it was")
        .asked("Push 1 change? [y/N]");
    terminal.send("y").press(Key::Enter);
    terminal.code(0);
    assert_eq!(api.webhooks()[0]["name"], "Sign-ups");
    let project = project.definitions(&tied().replace("'Sign-ups'", "'Ours'"));
    let mut terminal = super::push::terminal(&api, &project, &["push"]);
    terminal.asked("Push 1 change? [y/N]").press(Key::Enter);
    assert!(terminal.code(1).contains("nothing was pushed"));
}

#[test]
fn values_that_cannot_be_sent_are_refused_before_the_first_request() {
    let api = Api::with_webhooks(vec![sign_ups()]);
    for (file, message) in [
        (tied(), "error[environment-missing]: the environment variable `CMS_TOKEN` is not set"),
        (
            tied().replace("${CMS_TOKEN}", "***"),
            "error[masked-value]: the value of `header.X-Cms-Token` is masked",
        ),
        (FILE.replace("Key ${CMS_TOKEN}", "a").replace("https://cms", "ftp://cms"), "error[payload-url]"),
    ] {
        let project = Project::new().definitions(&file);
        api.hooks(&project, &["push", "--yes"]).run().code(3).no_stdout().stderr_with(|text| {
            assert!(text.contains(message), "{text}");
        });
    }
    assert_eq!(api.lines(), [""; 0]);
    let unknown =
        Project::new().definitions(&tied().replace("Key ${CMS_TOKEN}", "a").replace("rsvp_answer", "rsvp"));
    api.hooks(&unknown, &["push", "--yes"]).run().code(3).no_stdout().stderr_with(|text| {
        assert!(
            text.contains("error[unknown-value]: unknown trigger element `rsvp` of `sign-ups`"),
            "{text}"
        );
    });
    assert_eq!(api.writes(), vec![]);
}

#[test]
fn a_webhook_that_fires_like_a_definition_is_adopted_instead_of_creating_another() {
    let api = Api::with_webhooks(vec![sign_ups(), zap()]);
    let project = project(FILE);
    api.hooks(&project, &["push"]).run().success().ignore_stderr().stdout(str![[r#"
sign-ups equals webhook 67: its id will be written into the file
sign-ups (webhook 67) tied to the webhook

"#]]);
    assert_eq!((text(&project), api.writes()), (tied(), vec![]));
    let project = project.definitions(&FILE.replace("'Sign-ups'", "'Ours'"));
    api.hooks(&project, &["push", "--yes"]).run().code(2).no_stdout().stderr(str![[r#"
error: `sign-ups` has no `id`, but webhook 67 in the account has the same URL, trigger and element
  = help: use `--adopt` to tie the definition to this webhook and change it, or `--no-adopt` to create another one

"#]]);
    let mut terminal = terminal(&api, &project, &["push"]);
    terminal.asked("Tie `sign-ups` to webhook 67 instead of creating another one? [Y/n]").press(Key::Enter);
    terminal.asked("Push 1 change? [y/N]").send("y").press(Key::Enter);
    terminal.code(0);
    assert_eq!(api.writes(), [("PATCH /webhook/67".to_owned(), json!({"name": "Ours"}))]);
    let project = project.definitions(FILE);
    api.hooks(&project, &["push", "--yes", "--no-adopt"]).run().success().ignore_output();
    assert_eq!((api.webhooks().len(), text(&project)), (3, tied().replace("67", "71")));
}

#[test]
fn integrations_are_changed_only_if_they_are_named() {
    let file = "[webhooks.zap]\nname = \"Mine\"\nid = 70\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\n\
                payload_url = \"https://hooks.zapier.com/hooks/standard/1/2/\"\n";
    let (api, project) = (Api::with_webhooks(vec![zap()]), Project::new().definitions(file));
    api.hooks(&project, &["push", "--yes"]).run().code(1).ignore_stderr().stdout(str![[r#"
zap (webhook 70) is left out, because Zapier manages it; name the webhook to push it

"#]]);
    let untied =
        Project::new().definitions(&file.replace("id = 70\n", "").replace("Mine", "new_rsvp_attendee"));
    api.hooks(&untied, &["push", "--dry-run", "--json"]).run().success().no_stderr().stdout_json(|json| {
        assert_eq!(json["webhooks"][0]["action"], "create");
    });
    assert_eq!(api.writes(), []);
    api.hooks(&project, &["push", "--yes", "zap"]).run().success().ignore_output();
    assert_eq!(api.writes().len(), 1);
    api.hooks(&untied, &["push", "zap", "70", "--adopt", "--yes"]).run().success().ignore_output();
    assert!(text(&untied).contains("id = 70\n"), "{}", text(&untied));
}

#[test]
fn only_named_webhooks_are_deleted_with_their_definitions() {
    let (api, project) = (Api::with_webhooks(vec![sign_ups(), zap()]), project(&tied()));
    api.hooks(&project, &["push", "--delete", "70", "--delete", "71", "--dry-run"])
        .run()
        .code(1)
        .stderr(str![[r#"
nothing was pushed; 1 to delete

"#]])
        .stdout(str![[r#"
webhook 70 (new_rsvp_attendee) would be deleted
webhook 71 is not in the account

"#]]);
    api.hooks(&project, &["push", "--delete", "67", "--yes"]).run().success().ignore_stderr().stdout(str![[
        r#"
sign-ups (webhook 67) will be deleted, and its definition removed from the file
sign-ups (webhook 67) deleted and removed from the file

"#
    ]]);
    assert_eq!(text(&project), "# ours\n");
    assert_eq!(api.webhooks(), [zap()]);
    // The definition may stay.
    api.set(vec![sign_ups()]);
    let project = project.definitions(&tied());
    let mut terminal = terminal(&api, &project, &["push", "--delete", "67"]);
    terminal.asked("Also remove the definition `sign-ups` from the file? [Y/n]").send("n").press(Key::Enter);
    terminal.asked("Push 1 change? [y/N]").send("y").press(Key::Enter);
    terminal.code(0);
    assert_eq!((text(&project), api.webhooks()), (tied(), vec![]));
    api.hooks(&project, &["push"]).run().code(1).ignore_stderr().stdout(str![[r#"
sign-ups (webhook 67) is not in the account

"#]]);
}

#[test]
fn many_changes_must_be_confirmed_by_their_number() {
    let definition = |id: u64| {
        format!(
            "[webhooks.w{id}]\nid = {id}\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://example.com/{id}\"\n"
        )
    };
    let webhook = |id: u64| json!({"id": id, "name": "old", "trigger": "create", "trigger_element": "event", "payload_url": format!("https://example.com/{id}")});
    let of = |ids: std::ops::Range<u64>| ids.map(definition).collect::<String>();
    let api = Api::with_webhooks((0..12).map(webhook).collect());
    let project = Project::new().definitions(&of(0..4)).file("key", KEY);
    api.hooks(&project, &["push", "--yes"]).run().code(2).ignore_stdout().stderr(str![[r#"
error: this many changes must be confirmed by their number: there are 4 changes
  = help: use `--yes=4`, or `--dry-run` to see the changes

"#]]);
    api.hooks(&project, &["push", "--yes=5"]).run().code(1).ignore_stdout().stderr(str![[r#"
error[push-number]: `--yes=5` confirms 5, but there are 4 changes
  = help: check the changes with `--dry-run`, then pass their number


"#]]);
    api.hooks(&project, &["push"])
        .run()
        .code(2)
        .ignore_stdout()
        .stderr_with(|text| assert!(text.contains("`--yes=4`"), "{text}"));
    assert_eq!(api.writes(), []);
    let mut terminal = terminal(&api, &project, &["push"]);
    terminal.asked("Push 4 changes? Type the number of changes to confirm").send("4").press(Key::Enter);
    terminal.code(0);
    api.hooks(&project, &["push"]).run().success().ignore_output();
    let project = project.definitions(&of(0..12));
    api.hooks(&project, &["push", "--yes=8"]).run().success().ignore_output();
    // In a small account, only more than 10.
    let few = Api::with_webhooks((0..9).map(webhook).collect());
    let project = Project::new().definitions(&of(0..9));
    few.hooks(&project, &["push", "--yes"]).run().success().ignore_output();
}

#[test]
fn the_result_is_json_for_scripts() {
    let (api, project) = (Api::with_webhooks(vec![]), project(FILE));
    api.hooks(&project, &["push", "--yes", "--json"]).run().success().no_stderr().stdout_json(|json| {
        let own = &json["webhooks"][0];
        assert_eq!((&own["action"], &own["done"], &own["id"]), (&json!("create"), &json!(true), &json!(67)));
        assert!(!json.to_string().contains(SECRET));
    });
    let refused = Api::faulty(vec![], |request, _, effect| {
        if request.line.starts_with("POST") { json_response(403, r#"{"message":"scope"}"#) } else { effect() }
    });
    let project = project.definitions(FILE);
    refused
        .hooks(&project, &["push", "--yes", "--json"])
        .run()
        .code(3)
        .stderr_with(|text| {
            assert!(text.starts_with("error[api-key-scope]: ") && text.contains("Read & Write"), "{text}");
        })
        .stdout_json(|json| assert_eq!(json["webhooks"][0]["done"], false));
}

#[test]
fn a_plan_is_applied_exactly_and_once() {
    let (api, project) =
        (Api::with_webhooks(vec![with(zap(), "payload_url", json!("https://b.example.com"))]), project(FILE));
    api.hooks(&project, &["push", "--plan", "plan.json", "sign-ups", "--delete", "70"])
        .run()
        .success()
        .ignore_stdout()
        .stderr_with(|text| assert!(text.contains("to apply this plan: `hooks push plan.json`"), "{text}"));
    let plan = String::from_utf8(project.read("plan.json")).unwrap();
    assert!(plan.contains("${CMS_TOKEN}") && !plan.contains(SECRET) && !plan.contains(KEY), "{plan}");
    assert_eq!(api.writes(), []);
    api.hooks(&project, &["push", "plan.json"]).run().success().ignore_stderr().stdout(str![[r#"
sign-ups (webhook 71) created
webhook 70 deleted

"#]]);
    assert_eq!((api.webhooks().len(), text(&project)), (1, tied().replace("67", "71")));
    api.hooks(&project, &["push", "plan.json"]).run().code(1).no_stdout().stderr_with(|text| {
        assert!(text.starts_with("error[plan-applied]: "), "{text}");
    });
    synced(&api, &project);
}

#[test]
fn a_plan_is_refused_if_the_file_the_account_or_a_value_has_changed() {
    let ours = tied().replace("'Sign-ups'", "'Ours'");
    let plan = |api: &Api| {
        let project = project(&ours);
        api.hooks(&project, &["push", "--plan", "./plan"]).run().success().ignore_output();
        project
    };
    let refused = |api: &Api, project: &Project, why: &str| {
        let writes = api.writes().len();
        api.hooks(project, &["push", "./plan"]).run().code(1).no_stdout().stderr_with(|text| {
            assert!(text.contains("error[plan-stale]: ") && text.contains(why), "{text}");
        });
        assert_eq!(api.writes().len(), writes);
    };
    let api = Api::with_webhooks(vec![sign_ups()]);
    let file = plan(&api).definitions(&ours.replace("'Ours'", "'Mine'"));
    refused(&api, &file, "the definitions file has changed");
    let account = plan(&api);
    api.set(vec![with(sign_ups(), "name", json!("Theirs"))]);
    refused(&api, &account, "the account now has different values of `name`");
    api.set(vec![sign_ups()]);
    let header = tied().replace("'calendar'", "'mine'").replace("Key ${CMS_TOKEN}", "New ${CMS_TOKEN}");
    let value = project(&header);
    api.hooks(&value, &["push", "--plan", "./plan"]).run().success().ignore_output();
    let value = value.file(".env", "CMS_TOKEN=0ther\n");
    refused(&api, &value, "the values of `header.X-Cms-Token` have changed");
    let other = plan(&api);
    api.hooks(&other, &["push", "./plan", "--force"]).run().code(2).no_stdout().ignore_stderr();
    api.hooks(&other, &["push", "./plan"]).run().success().ignore_output();
}

#[test]
fn an_interrupted_plan_is_continued() {
    let file = format!(
        "{FILE}\n[webhooks.second]\ntrigger = \"update\"\ntrigger_element = \"event\"\npayload_url = \"https://b.example.com\"\n"
    );
    for failing in ["POST", "GET"] {
        let posts = std::sync::atomic::AtomicUsize::new(0);
        let is_failed = std::sync::atomic::AtomicBool::new(false);
        let api = Api::faulty(vec![], move |request, _, effect| {
            use std::sync::atomic::Ordering::SeqCst;
            let own = effect();
            if request.line.starts_with("POST") {
                posts.fetch_add(1, SeqCst);
            }
            if posts.load(SeqCst) == 2 && request.line.starts_with(failing) && !is_failed.swap(true, SeqCst) {
                return json_response(403, "{}");
            }
            own
        });
        let project = project(&file);
        api.hooks(&project, &["push", "--plan", "plan.json"]).run().success().ignore_output();
        api.hooks(&project, &["push", "plan.json"]).run().code(3).ignore_output();
        // The API refused the second create but made the webhook anyway: the plan must not create another.
        if failing == "POST" {
            api.hooks(&project, &["push", "plan.json"]).run().code(1).ignore_output();
        } else {
            api.hooks(&project, &["push", "plan.json"]).run().success().ignore_output();
            synced(&api, &project);
        }
        assert_eq!(api.webhooks().len(), 2);
    }
}
