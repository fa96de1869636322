//! Which answers a run of an event sends when it is resumed, and with which account.

use serde_json::{Value, json};
use snapbox::str;

use super::{Account, PROKEY, answer, answers, backfilled, project};
use crate::account::api::KEY;
use crate::backfill::receiver::{Receiver, ok, status};
use crate::backfill::{counts, in_state, names, resumed, run_of};
use crate::harness::{Project, hooks};

/// A run that stopped after the third of six answers failed once.
fn stopped() -> (Receiver, Account, Project) {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e3", 1) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let account = Account::new(answers(1..=6), 4);
    let project = project(&receiver, &account);
    let (lines, said) = backfilled(&project, &["--concurrency", "1", "--stop-after", "1"], 1);
    assert_eq!((in_state(&lines, "delivered"), in_state(&lines, "failed")), (vec![1, 2], vec![3]));
    assert!(
        said.contains("`hooks backfill resume 1` continues; with `--failed` it also sends 1 failed answer"),
        "{said}"
    );
    (receiver, account, project)
}

#[test]
fn pending_answers_are_sent_whatever_the_current_order_of_the_pages() {
    let (receiver, account, project) = stopped();
    account.set(answers([6, 2, 4, 1, 3, 5]));
    let (lines, said) = resumed(&project, &["1"], 1);
    assert_eq!(in_state(&lines, "delivered"), [4, 5, 6]);
    assert!(
        said.contains(&format!("resuming run 1: 3 of 6 answers of event {PROKEY} remain: POST ")),
        "{said}"
    );
    let (lines, _) = resumed(&project, &["1", "--failed"], 0);
    assert_eq!(in_state(&lines, "delivered"), [3]);
    assert_eq!(receiver.received(), ["e1", "e2", "e3", "e6", "e4", "e5", "e3"]);
}

#[test]
fn a_resumed_run_reads_the_pages_once_unless_new_answers_are_requested() {
    let (_receiver, account, project) = stopped();
    let pages = || account.api.lines().iter().filter(|line| line.contains("rsvp-answers")).count();
    let before = pages();
    resumed(&project, &["1"], 1);
    // Two pages, and one that is empty.
    assert_eq!(pages() - before, 3);
    account.set(answers(1..=7));
    let before = pages();
    resumed(&project, &["1", "--new"], 1);
    assert_eq!(pages() - before, 6);
}

#[test]
fn new_answers_are_sent_only_on_request() {
    let (receiver, account, project) = stopped();
    account.set(answers((1..=8).rev()));
    let (lines, said) = resumed(&project, &["1"], 1);
    assert_eq!(in_state(&lines, "delivered"), [4, 5, 6]);
    assert!(
        said.contains(
            "hint: 2 answers are new since run 1 began; `hooks backfill resume 1 --new` sends them"
        ),
        "{said}"
    );
    let (lines, _) = resumed(&project, &["1", "--new"], 1);
    assert_eq!(in_state(&lines, "delivered"), [7, 8]);
    assert_eq!(lines[0]["id"], answer(usize::try_from(lines[0]["element"].as_u64().unwrap()).unwrap())["id"]);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=8));
    resumed(&project, &["1", "--failed"], 0);
    let words = ["backfill", "resume", "1"];
    hooks(words).in_project(&project).run().success().no_stdout().stderr(str![[r#"
run 1 is complete: nothing is left to send
hint: `hooks backfill resume 1 --new` sends answers that are new since it began

"#]]);
    hooks([&words[..], &["--new"]].concat()).in_project(&project).run().success().no_stdout().stderr(str![[
        r#"
run 1 is complete: the event has no new answers

"#
    ]]);
    assert_eq!(counts(&run_of(&project, 1)), [Some(8), Some(0), Some(0), Some(0), Some(0)]);
}

/// A limit counts from the oldest, so a new answer is only in it if it was not reached.
#[test]
fn new_answers_are_numbered_after_the_others() {
    let receiver = Receiver::start();
    let account = Account::new(answers(1..=4), 4);
    let project = project(&receiver, &account);
    backfilled(&project, &["--skip", "1", "--limit", "4"], 0);
    assert_eq!(counts(&run_of(&project, 1)), [Some(3), Some(0), Some(0), Some(0), Some(0)]);
    account.set(answers((1..=9).rev()));
    resumed(&project, &["1", "--new"], 0);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(2..=5));
    let (lines, _) = resumed(&project, &["1", "--new"], 0);
    assert!(lines.is_empty());
}

#[test]
fn a_deleted_answer_keeps_its_recorded_state() {
    let (receiver, account, project) = stopped();
    account.set(answers([1, 5, 6]));
    let (lines, said) = resumed(&project, &["1", "--failed"], 1);
    assert_eq!((in_state(&lines, "delivered"), in_state(&lines, "not_sent")), (vec![5, 6], vec![4]));
    assert!(
        said.contains("warning: 1 answer in doubt or failed cannot be sent again: no longer in the account"),
        "{said}"
    );
    let run = run_of(&project, 1);
    assert_eq!(counts(&run), [Some(4), Some(1), Some(0), Some(1), Some(0)]);
    assert_eq!(receiver.received().len(), 5);
    // The answer exists again.
    account.set(answers(1..=6));
    let (lines, _) = resumed(&project, &["1", "--failed"], 0);
    assert_eq!(in_state(&lines, "delivered"), [3, 4]);
}

#[test]
fn a_run_keeps_its_filters_by_status_and_time() {
    let receiver = Receiver::start();
    let status = |number: usize| ["confirmed", "undecided", "declined", "pending"][number % 4];
    let with_status = |mut answer: Value, number| {
        answer["status"] = json!(status(number));
        answer
    };
    let all =
        |to: usize| -> Vec<Value> { (1..=to).map(|number| with_status(answer(number), number)).collect() };
    let account = Account::new(all(12), 4);
    let project = project(&receiver, &account);
    let words =
        ["--status", "confirmed,undecided", "--status", "DECLINED", "--since", "2026-03-01T00:03:00Z"];
    backfilled(&project, &[&words[..], &["--limit", "2"]].concat(), 0);
    assert_eq!(receiver.received().len(), 2);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names([4, 5]));
    let (lines, said) = backfilled(&project, &words, 0);
    assert!(said.contains("warning: run 1 already delivered 2 answers of this event to "), "{said}");
    // 3 and 7 and 11 are pending.
    assert_eq!(lines.len(), 7);
    account.set(all(16));
    resumed(&project, &["2", "--new"], 0);
    let sent: Vec<usize> = (4..=16).filter(|number| number % 4 != 3).collect();
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(sent));
    // Without a status, all are sent, with a warning.
    let (_, said) = backfilled(&project, &["--since", "2000-01-01", "--dry-run"], 0);
    assert!(said.contains("warning: 4 answers with another status, such as `pending`: "), "{said}");
}

#[test]
fn a_duration_counts_from_the_start_of_the_run() {
    let receiver = Receiver::start();
    let old = answer(1);
    let mut new = answer(2);
    let now = jiff::Timestamp::now();
    new["date_created"] = json!(format!("{:.3}", now - jiff::SignedDuration::from_millis(500)));
    let account = Account::new(vec![old, new], 4);
    let project = project(&receiver, &account);
    receiver.hold();
    let running = crate::backfill::crash::Running::spawn(
        &project,
        &["a", "--event", PROKEY, "--since", "20s"],
        std::process::Stdio::null(),
    );
    receiver.wait_for(1);
    drop(running);
    receiver.release();
    assert_eq!(receiver.received(), ["e2"]);
    let database = rusqlite::Connection::open(crate::backfill::file(&project)).unwrap();
    let parameters: String = database.query_row("SELECT parameters FROM run", [], |row| row.get(0)).unwrap();
    let parameters: Value = serde_json::from_str(&parameters).unwrap();
    let since = parameters["event"]["since"].as_i64().unwrap();
    assert!((since - now.as_millisecond() + 20_000).abs() < 10_000, "{since}");
    assert_eq!(parameters["event"]["api"], json!(account.api.url()));
    // As if the run had started a long time ago.
    let later = parameters.to_string().replace(&since.to_string(), "0");
    database.execute("UPDATE run SET parameters = ?1", [later]).unwrap();
    let (_, said) = resumed(&project, &["1"], 0);
    assert!(said.contains("1 answer is new since run 1 began"), "{said}");
}

#[test]
fn a_run_whose_key_came_from_standard_input_says_to_pass_it_again() {
    let receiver = Receiver::answering(|_, _| status("500 Internal Server Error", ""));
    let account = Account::new(answers(1..=3), 4);
    let project = project(&receiver, &account);
    let project = project.file(".env", format!("HOOKS_API={}\n", account.api.url()));
    let api = account.api.url();
    let words = ["backfill", "a", "--event", PROKEY, "--api", &api, "--key-file", "-", "--stop-after", "1"];
    let run = hooks(words).in_project(&project).stdin(KEY).run();
    run.code(1).stdout_with(|_| ()).stderr_with(|text| {
        let hint = "`hooks backfill resume 1 --failed` sends 3 failed answers again with the API key on standard input";
        assert!(text.contains(hint), "{text}");
    });
    let show = hooks(["backfill", "show", "1"]).in_project(&project).run();
    show.success().stdout_with(|_| ()).stderr_with(|text| {
        assert!(text.contains("with the API key on standard input"), "{text}");
    });
    let resumed = hooks(["backfill", "resume", "1", "--failed"]).in_project(&project).stdin("").run();
    resumed.code(3).no_stdout().stderr(str![[r#"
error[api-key-invalid]: invalid API key from standard input: it is empty
  = help: pipe the key in, or name a file that contains it with `--key-file`


"#]]);
    let resumed = hooks(["backfill", "resume", "1", "--failed"]).in_project(&project).stdin(KEY).run();
    resumed.code(1).stdout_with(|_| ()).stderr_with(|_| ());
}

#[test]
fn another_account_is_refused_before_anything_is_read() {
    let (receiver, account, project) = stopped();
    let requests = account.api.lines().len();
    let other = "7d1f93c4-1b2a-4c5d-8e6f-7a8b9c0d1e2f";
    for (name, value) in [("HOOKS_API_KEY", other.to_owned()), ("HOOKS_API", account.api.url() + "/")] {
        let outcome = hooks(["backfill", "resume", "1"]).in_project(&project).env(name, value).run();
        if name == "HOOKS_API" {
            // The URL is the same.
            outcome.code(1).ignore_output();
            continue;
        }
        outcome.code(1).no_stdout().stderr(str![[r#"
error: run 1 reads event c6510c06-a277-4e1c-9baf-deec9c5507c7 of another account: http://127.0.0.1:[PORT]/v1
  = help: use the API key and the base URL that the run started with (`hooks account` shows the current ones)
  = help: start a new run, which sends every answer again

"#]]);
        assert_eq!((receiver.received().len(), account.api.lines().len()), (3, requests));
    }
    let elsewhere = Account::new(answers(1..=6), 10);
    hooks(["backfill", "resume", "1", "--failed"])
        .in_project(&project)
        .env("HOOKS_API", elsewhere.api.url())
        .run()
        .code(1)
        .no_stdout()
        .ignore_stderr();
    assert!(elsewhere.api.lines().is_empty());
    for secret in [KEY, other] {
        for (path, bytes) in project.files() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(path.ends_with(".env") || !text.contains(secret), "{}", path.display());
        }
    }
}

#[test]
fn a_run_keeps_the_account_that_the_definitions_name() {
    let receiver = Receiver::start();
    let account = Account::new(answers(1..=3), 2);
    let project = project(&receiver, &account).file(".env", format!("TEST_KEY={KEY}\n"));
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let table = format!("[accounts.test]\napi = \"{}\"\nkey = \"${{TEST_KEY}}\"\n", account.api.url());
    let project = project.definitions(&(text + &table));
    let (lines, _) = backfilled(&project, &["--account", "test", "--limit", "3"], 0);
    assert_eq!(in_state(&lines, "delivered"), [1, 2, 3]);
    account.set(answers(1..=4));
    let (lines, _) = resumed(&project, &["1", "--new", "-v"], 0);
    assert!(lines.is_empty(), "the limit is reached");
    backfilled(&project, &["--account", "test", "--skip", "3"], 0);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=4));
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let other = project.definitions(&text.replace("TEST_KEY", "OTHER_KEY"));
    hooks(["backfill", "resume", "2", "--new"]).in_project(&other).run().code(3).no_stdout().stderr_with(
        |text| {
            assert!(text.contains("error[api-key-missing]: `OTHER_KEY` is not set"), "{text}");
        },
    );
}

#[test]
fn new_answers_are_for_events_only() {
    let receiver = Receiver::start();
    let project = crate::backfill::project(&receiver, 2);
    crate::backfill::backfilled(&project, &[], 0);
    hooks(["backfill", "resume", "1", "--new"]).in_project(&project).run().code(2).no_stdout().stderr(str![
        [r#"
error: run 1 sends a file, which has no new elements
  = help: omit `--new`

"#]
    ]);
}
