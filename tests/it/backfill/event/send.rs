//! Which answers to an event are sent, in which shape, and to which receiver.

use serde_json::{Value, json};
use snapbox::str;

use super::{Account, PROKEY, answer, answers, backfill, backfilled, project};
use crate::account::api::KEY;
use crate::account::emulated::Emulated;
use crate::backfill::receiver::Receiver;
use crate::backfill::{counts, file, in_state, lines_of, names, run_of};
use crate::harness::{Key, Project, Terminal, hooks};
use crate::server::answering;

#[test]
fn every_answer_is_sent_as_the_platform_delivers_it() {
    let account = Account::new(answers([1]), 2000);
    let server = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let project = Project::new()
        .definitions(&format!(
            r#"
            [webhooks.a]
            trigger = "create"
            trigger_element = "rsvp_answer"
            payload_url = "{}"
            [webhooks.a.body]
            id = "{{{{id}}}}"
            name = "{{{{payload.first_name}}}}"
            "#,
            server.url("http://localhost", "/rsvp")
        ))
        .file(".env", format!("HOOKS_API={}\nHOOKS_API_KEY={KEY}\n", account.api.url()));
    backfill(&project, &[])
        .success()
        .stdout(str![[r#"
delivered  1
failed     0
in doubt   0
not sent   0
elements   1

"#]])
        .stderr(str![[r#"
run 1: firing a for 1 answer of event c6510c06-a277-4e1c-9baf-deec9c5507c7: POST http://localhost:[PORT]/rsvp

"#]]);
    let received = String::from_utf8(server.received()).unwrap();
    let (_, body) = received.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        body,
        concat!(
            r#"{"element_data":{"status":"confirmed","date_created":"2026-03-01T00:01:00.000Z","date_updated":null,"#,
            r#""email":"e1","prokey":"c6510c06-a277-4e1c-9baf-deec9c5507c7","amount":1,"payload":{"first_name":"Sam"}},"#,
            r#""id":"0b9e0a52-0000-4000-8000-000000000001","name":"Sam"}"#
        )
    );
}

#[test]
fn the_elements_are_numbered_from_the_oldest_and_recorded_by_their_id() {
    let receiver = Receiver::start();
    let account = Account::new(answers((1..=25).rev()), 10);
    let project = project(&receiver, &account);
    let (lines, said) = backfilled(&project, &["--skip", "2", "--limit", "4"], 0);
    assert_eq!(in_state(&lines, "delivered"), [3, 4, 5, 6]);
    assert!(said.contains(&format!("run 1: firing a for 4 answers of event {PROKEY}: POST ")), "{said}");
    for line in &lines {
        let number = usize::try_from(line["element"].as_u64().unwrap()).unwrap();
        assert_eq!(line["id"], answer(number)["id"]);
    }
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(3..=6));
    let run = run_of(&project, 1);
    assert_eq!((&run["event"], &run["data"]), (&json!(PROKEY), &json!(format!("event {PROKEY}"))));
    assert_eq!(counts(&run), [Some(4), Some(0), Some(0), Some(0), Some(0)]);
}

/// The emulator's pages are shorter than the documented size.
#[test]
fn answers_from_the_emulator_are_sent_with_every_assumption_about_lists() {
    for assumed in ["empty-list=empty", "empty-list=not-found", "not-found-body=html"] {
        let receiver = Receiver::start();
        let sample = Emulated::start(&["--seed", "sample"]);
        let mut seed = sample.client.call_as(KEY, "GET", "/_emulator/state", &Value::Null).json();
        seed.as_object_mut().unwrap().shift_remove("credits");
        let event = seed["event"][0]["prokey"].as_str().unwrap().to_owned();
        let own = answers(1..=17).into_iter().map(|mut answer| {
            answer["prokey"] = json!(event);
            answer["email"] = json!("sam@example.com");
            answer
        });
        seed["rsvp-answers"] = own.collect();
        let project = Project::new()
            .definitions(&format!(
                "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{}/a\"\n",
                receiver.url()
            ))
            .file("seed.json", seed.to_string());
        let path = project.join("seed.json");
        let emulated =
            Emulated::start(&["--seed", path.to_str().unwrap(), "--page-size", "5", "--assume", assumed]);
        let words = ["backfill", "a", "--event", &event, "--json"];
        let (lines, _) = lines_of(emulated.hooks(&project, &words).run(), 0);
        assert_eq!(in_state(&lines, "delivered"), (1..=17).collect::<Vec<_>>(), "{assumed}");
        let unknown = ["backfill", "a", "--event", "6f0c4f6e-0000-4000-8000-000000000000"];
        emulated.hooks(&project, &unknown).run().code(3).no_stdout().stderr_with(|text| {
            assert!(text.contains("error[event-unknown]: "), "{text}");
        });
    }
}

#[test]
fn a_dry_run_and_an_export_build_the_requests_of_all_answers() {
    let account = Account::new(answers((1..=5).rev()), 2);
    let receiver = Receiver::start();
    let project = project(&receiver, &account);
    backfill(&project, &["--dry-run"]).success().no_stdout().stderr(str![[r#"
dry run: 5 of 5 requests could be sent; none was sent

"#]]);
    let (lines, _) = backfilled(&project, &["--dry-run", "--limit", "2"], 0);
    assert_eq!(
        lines.iter().map(|line| line["id"].clone()).collect::<Vec<_>>(),
        [answer(2)["id"].clone(), answer(1)["id"].clone()]
    );
    let words = ["backfill", "export", "a", "--event", PROKEY, "--shard", "1/2"];
    hooks(words).in_project(&project).run().success().ignore_stderr().stdout_with(|text| {
        let elements: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let numbers: Vec<u64> = elements.iter().map(|element| element["element"].as_u64().unwrap()).collect();
        assert_eq!(numbers, [5, 3, 1]);
        assert!(elements[0]["body"].as_str().unwrap().contains(r#""email":"e5""#), "{text}");
    });
    assert!(receiver.received().is_empty() && !file(&project).exists());
}

#[test]
fn on_a_terminal_the_number_of_answers_is_confirmed() {
    let account = Account::new(answers(1..=5), 2);
    let receiver = Receiver::start();
    let project = project(&receiver, &account);
    let words = ["backfill", "a", "--event", PROKEY, "--to", "https://cms.invalid/hooks"];
    let mut terminal = Terminal::open_as(&project, words, (200, 24), "xterm-256color");
    terminal
        .asked(&format!("Send 5 answers of event {PROKEY} (POST https://cms.invalid/hooks, 8 concurrent)?"))
        .send("n")
        .press(Key::Enter)
        .expect("nothing was sent");
    terminal.code(1);
    assert!(!file(&project).exists());
}

#[test]
fn a_run_that_is_not_recorded_sends_each_answer_once() {
    let receiver = Receiver::start();
    let account = Account::new(answers(1..=25), 10);
    let project = project(&receiver, &account);
    let (lines, said) = backfilled(&project, &["--no-history"], 0);
    assert_eq!(in_state(&lines, "delivered").len(), 25);
    assert!(said.contains("nothing is recorded: this run cannot be resumed"), "{said}");
    assert!(!file(&project).exists());
    assert_eq!(receiver.counts().into_values().sum::<usize>(), 25);
}

#[test]
fn shards_send_each_answer_once_even_if_new_ones_arrive_between_them() {
    let receiver = Receiver::start();
    let account = Account::new(answers((1..=20).rev()), 6);
    let project = project(&receiver, &account);
    for shard in ["1/3", "2/3", "3/3"] {
        backfilled(&project, &["--shard", shard], 0);
        // The newest comes first.
        account.set(answers((1..=21).rev()));
    }
    assert_eq!(receiver.received().len(), 21);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=21));
}

#[test]
fn a_webhook_that_does_not_fire_for_the_answers_is_refused_before_any_request() {
    let receiver = Receiver::start();
    let account = Account::new(answers([1]), 10);
    let project = project(&receiver, &account);
    let url = receiver.url();
    let project = project.definitions(&format!(
        "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"{url}\"\n
        [webhooks.b]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{url}\"
        prokey_filter = \"0b9e0a52-0000-4000-8000-000000000001\"\n
        [webhooks.c]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{url}\"
        prokey_filter = \"{}\"\n",
        PROKEY.to_uppercase()
    ));
    backfill(&project, &[]).code(2).no_stdout().stderr(str![[r#"
error: `--event` sends RSVP answers, but the trigger element of `a` is `event`
  = help: name a webhook for `rsvp_answer`, or pass a file of elements as DATA

"#]]);
    let run = |words: &[&str]| hooks(words).in_project(&project).run();
    run(&["backfill", "b", "--event", PROKEY]).code(1).no_stdout().stderr(str![[r#"
error: `b` would not fire: its prokey filter is `0b9e0a52-0000-4000-8000-000000000001`, another event
  = help: use `--force` to send anyway

"#]]);
    assert!(account.api.lines().is_empty());
    run(&["backfill", "b", "--event", PROKEY, "--force"]).success().ignore_output();
    run(&["backfill", "c", "--event", PROKEY]).success().ignore_output();
    assert_eq!(receiver.received().len(), 2);
}

#[test]
fn options_for_files_and_options_for_events_exclude_each_other() {
    let project = Project::example().file("data.jsonl", "{}\n");
    for words in [
        &["data.jsonl", "--event", PROKEY][..],
        &["data.jsonl", "--status", "confirmed"],
        &["data.jsonl", "--since", "7d"],
        &["data.jsonl", "--key-file", "key"],
        &["data.jsonl", "--api", "http://localhost:1/v1"],
        &["data.jsonl", "--account", "test"],
        &["data.jsonl", "-v"],
        &["--event", PROKEY, "--input-format", "csv"],
        &["--event", "latest"],
        &["--event", "a/../b"],
        &["--event", PROKEY, "--status", "maybe"],
        &["--event", PROKEY, "--since", "yesterday"],
        &["--status", "confirmed"],
    ] {
        let words = [&["backfill", "guests-to-crm"], words].concat();
        hooks(words).in_project(&project).run().code(2).no_stdout().ignore_stderr();
    }
}

#[test]
fn only_the_id_of_an_answer_is_stored() {
    let receiver = Receiver::start();
    let mut answer = answer(1);
    answer["email"] = json!("canary-5e7f@example.com");
    answer["payload"] = json!({"first_name": "canary-5e7f"});
    let account = Account::new(vec![answer.clone()], 10);
    let project = project(&receiver, &account);
    backfilled(&project, &[], 0);
    let mut holds_id = false;
    for (path, bytes) in project.files() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("canary-5e7f"), "{}", path.display());
        assert!(path.ends_with(".env") || !text.contains(KEY), "{}", path.display());
        holds_id |= text.contains(answer["id"].as_str().unwrap());
    }
    assert!(holds_id, "the history is among the files");
}
