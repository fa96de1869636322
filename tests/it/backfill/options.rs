//! Which elements are sent, how many at once, how fast, and after how many failures a run stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use snapbox::str;

use super::receiver::{Receiver, ok, status};
use super::{backfill, backfilled, counts, in_state, names, project, run_of};
use crate::harness::{Key, Terminal, hooks};

#[test]
fn the_first_elements_can_be_skipped_and_the_number_limited() {
    let receiver = Receiver::start();
    let project = project(&receiver, 10);
    let (lines, _) = backfilled(&project, &["--skip", "3", "--limit", "4"], 0);
    assert_eq!(in_state(&lines, "delivered"), [4, 5, 6, 7]);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(4..=7));
    let run = run_of(&project, 1);
    assert_eq!((&run["elements"], counts(&run)), (&4.into(), [Some(4), Some(0), Some(0), Some(0), Some(0)]));
}

#[test]
fn no_more_requests_are_in_flight_than_the_given_concurrency() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let receiver = Receiver::answering({
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        move |_, _| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(5));
            now.fetch_sub(1, Ordering::SeqCst);
            ok()
        }
    });
    let project = project(&receiver, 60);
    backfilled(&project, &["--concurrency", "3"], 0);
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[test]
fn a_rate_spaces_out_the_requests() {
    let receiver = Receiver::start();
    let project = project(&receiver, 12);
    let start = std::time::Instant::now();
    backfilled(&project, &["--rate", "40/s"], 0);
    // Only a lower bound of the time is the same on every machine: eleven pauses of 25 ms.
    assert!(start.elapsed() >= std::time::Duration::from_millis(270));
}

#[test]
fn a_dry_run_builds_all_requests_and_sends_none() {
    let receiver = Receiver::start();
    let project =
        project(&receiver, 0).file("data.jsonl", "{\"id\":\"e1\",\"email\":\"a\"}\n{\"id\":\"e2\"}\n");
    backfill(&project, &["--dry-run"]).code(3).no_stdout().stderr(str![[r#"
element 2 (id `e2`) cannot be sent:
error[variable-missing]: `{{email}}` is not in data.jsonl
 --> webhooks.toml:7:21
  |
7 |             mail = "{{email}}"
  |                     ^^^^^^^^^
  |
  = help: `hooks vars rsvp_answer` lists the variables
  = help: use `--allow-missing` to send an empty string instead

dry run: 1 of 2 requests could be sent; none was sent

"#]]);
    let _ =
        backfill(&project, &["--dry-run", "--json", "--quiet"]).code(3).stdout(str![[r#"
{"version":1,"type":"element","run":null,"element":1,"id":"e1","state":"not_sent","attempts":0,"failure":null,"status":null,"ms":null,"notes":[],"repeated":false}
{"version":1,"type":"element","run":null,"element":2,"id":"e2","state":"not_sent","attempts":0,"failure":"variable-missing","status":null,"ms":null,"notes":[],"repeated":false}
{"version":1,"type":"end","reason":"done","run":null,"elements":2,"delivered":0,"failed":0,"in_doubt":0,"not_sent":2,"pending":0,"repeated":0}

"#]]).stderr_with(|_| ());
    backfill(&project, &["--dry-run", "--allow-missing"]).success().no_stdout().stderr_with(|_| ());
    assert!(receiver.received().is_empty());
    assert!(!super::file(&project).exists());
}

#[test]
fn a_run_stops_after_the_given_number_of_failures_in_a_row() {
    let receiver = Receiver::answering(|_, _| status("500 Internal Server Error", ""));
    let project = project(&receiver, 100);
    backfill(&project, &["--stop-after", "5", "--concurrency", "1"])
        .code(1)
        .stdout(str![[r#"
delivered    0
failed       5
in doubt     0
not sent     0
pending     95
elements   100

"#]])
        .stderr(str![[r#"
run 1: firing a for 100 elements of data.jsonl: POST http://127.0.0.1:[PORT]/a
error: 5 failures in a row: stopping the run
  = help: use `--stop-after N` to allow more, or 0 for any number
error[server-error]: 5 elements, first error: The receiver failed to process the request (500 Internal Server Error).
  = help: Check the receiver's log at this time; the request itself may be correct.
hint: `hooks backfill resume 1` continues; with `--failed` it also sends 5 failed elements again

"#]]);
    assert_eq!(receiver.received().len(), 5);
    let (lines, _) = backfilled(&project, &["--stop-after", "0"], 1);
    assert_eq!(in_state(&lines, "failed").len(), 100);
}

#[test]
fn a_success_resets_the_count_of_failures_in_a_row() {
    let receiver =
        Receiver::answering(|id, _| if id.ends_with('0') { ok() } else { status("404 Not Found", "") });
    let project = project(&receiver, 100);
    let (lines, _) = backfilled(&project, &["--stop-after", "10", "--concurrency", "1"], 1);
    assert_eq!((in_state(&lines, "delivered").len(), in_state(&lines, "failed").len()), (10, 90));
}

#[test]
fn the_three_most_frequent_failures_are_explained_once_each() {
    let receiver = Receiver::answering(|id, _| match id.as_bytes().last() {
        _ if id == "e8" => status("409 Conflict", ""),
        Some(b'1'..=b'3') => status("410 Gone", ""),
        Some(b'4' | b'5') => status("401 Unauthorized", ""),
        Some(b'6') => status("400 Bad Request", ""),
        _ => ok(),
    });
    let project = project(&receiver, 60);
    backfill(&project, &["--concurrency", "1"]).code(1).stdout(str![[r#"
delivered  23
failed     37
in doubt    0
not sent    0
elements   60

"#]]).stderr(str![[r#"
run 1: firing a for 60 elements of data.jsonl: POST http://127.0.0.1:[PORT]/a
error[gone]: 18 elements, first error: This path was permanently removed from the receiver (410 Gone).
  = help: Ask whoever runs the receiver for the new address, or disable the webhook.
error[unauthorized]: 12 elements, first error: The receiver rejected the credentials (401 Unauthorized).
  = help: Check the `Authorization` header of the webhook: is it present, is the token current, is it the right environment variable?
error[bad-request]: 6 elements, first error: The receiver rejected the contents of the request (400 Bad Request).
  = help: Compare the body with what the receiver expects: `hooks preview` shows it, and the response body often names the field.
other failures: conflict (1)
hint: `hooks backfill resume 1 --failed` sends 37 failed elements again

"#]]);
}

/// The receiver requests one pause of a second; all other elements wait, too.
#[test]
fn a_pause_that_the_receiver_requests_slows_the_whole_run() {
    let receiver = Receiver::answering(|id, times| {
        if id == "e3" && times == 1 { status("503 Service Unavailable", "retry-after: 1\r\n") } else { ok() }
    });
    let project = project(&receiver, 20);
    let start = std::time::Instant::now();
    let (lines, said) = backfilled(&project, &["--concurrency", "1"], 1);
    assert!(start.elapsed() >= std::time::Duration::from_secs(1));
    assert_eq!(in_state(&lines, "failed"), [3]);
    assert!(said.contains("the receiver requests a pause: continuing in 1 s"), "{said}");
}

#[test]
fn repeated_requests_for_a_pause_are_reported_once_and_counted() {
    let receiver = Receiver::answering(|_, times| {
        if times == 1 { status("503 Service Unavailable", "retry-after: 1\r\n") } else { ok() }
    });
    let project = project(&receiver, 3);
    let (_, said) = backfilled(&project, &["--concurrency", "1", "--retry", "1"], 0);
    assert_eq!(said.matches("the receiver requests a pause: continuing in 1 s").count(), 1, "{said}");
    assert!(said.contains("the receiver requested 2 more pauses\n"), "{said}");
}

#[test]
fn the_last_line_of_json_counts_all_elements_by_state() {
    let receiver = Receiver::answering(|id, _| match id {
        "e2" | "e3" => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let project = project(&receiver, 5);
    let last = |more: &[&str], code| {
        let mut last = String::new();
        hooks([&["backfill"], more, &["--json"]].concat())
            .in_project(&project)
            .run()
            .code(code)
            .stdout_with(|text| text.lines().last().unwrap_or_default().clone_into(&mut last))
            .stderr_with(|_| ());
        last
    };
    let ended = [
        last(&["a", "data.jsonl", "--concurrency", "1", "--stop-after", "2"], 1),
        last(&["resume", "1"], 1),
        last(&["resume", "1", "--failed"], 1),
        last(&["resume", "1"], 1),
        last(&["a", "data.jsonl", "--no-history", "--limit", "1"], 0),
        last(&["a", "data.jsonl", "--dry-run", "--skip", "1"], 0),
    ];
    snapbox::assert_data_eq!(
        ended.join("\n"),
        str![[r#"
{"version":1,"type":"end","reason":"failures","run":1,"elements":5,"delivered":1,"failed":2,"in_doubt":0,"not_sent":0,"pending":2,"repeated":0}
{"version":1,"type":"end","reason":"done","run":1,"elements":5,"delivered":3,"failed":2,"in_doubt":0,"not_sent":0,"pending":0,"repeated":0}
{"version":1,"type":"end","reason":"failures","run":1,"elements":5,"delivered":3,"failed":2,"in_doubt":0,"not_sent":0,"pending":0,"repeated":0}
{"version":1,"type":"end","reason":"done","run":1,"elements":5,"delivered":3,"failed":2,"in_doubt":0,"not_sent":0,"pending":0,"repeated":0}
{"version":1,"type":"end","reason":"done","run":null,"elements":1,"delivered":1,"failed":0,"in_doubt":0,"not_sent":0,"pending":0,"repeated":0}
{"version":1,"type":"end","reason":"done","run":null,"elements":4,"delivered":0,"failed":0,"in_doubt":0,"not_sent":4,"pending":0,"repeated":0}
"#]]
    );
}

#[test]
fn a_requested_pause_that_is_too_long_stops_the_run() {
    let receiver = Receiver::answering(|_, _| status("429 Too Many Requests", "retry-after: 3600\r\n"));
    let project = project(&receiver, 20);
    backfill(&project, &["--concurrency", "1"]).code(1).stdout(str![[r#"
delivered   0
failed      1
in doubt    0
not sent    0
pending    19
elements   20

"#]]).stderr(str![[r#"
run 1: firing a for 20 elements of data.jsonl: POST http://127.0.0.1:[PORT]/a
error: the receiver requests a pause of 60 min: stopping the run
  = help: resume the run after that time
error[rate-limited]: 1 element, first error: The receiver received too many requests (429 Too Many Requests). It requested a pause of 3600 s (`Retry-After`).
  = help: Wait, or send fewer requests at a time.
hint: `hooks backfill resume 1` continues; with `--failed` it also sends 1 failed element again

"#]]);
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn nothing_is_sent_to_another_machine_without_confirmation() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3);
    let to = ["--to", "https://cms.invalid/hooks?token=s3cret", "--rate", "50/s"];
    backfill(&project, &to).code(2).no_stdout().stderr(str![[r#"
error: confirmation required without a terminal: 3 elements of data.jsonl (POST https://cms.invalid/hooks?token=***, 8 concurrent, at most 50/s) to send
  = help: use `--yes` to send, or `--dry-run` to see what would be sent

"#]]);
    assert!(!super::file(&project).exists());
    let (lines, _) = backfilled(&project, &[&to[..], &["--yes"]].concat(), 4);
    assert_eq!(in_state(&lines, "not_sent"), [1, 2, 3]);
}

#[test]
fn on_a_terminal_it_says_what_is_sent_where_and_asks_once() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3);
    let words = ["backfill", "a", "data.jsonl", "--to", "https://cms.invalid/hooks"];
    let mut terminal = Terminal::open_as(&project, words, (200, 24), "xterm-256color");
    terminal
        .asked("Send 3 elements of data.jsonl (POST https://cms.invalid/hooks, 8 concurrent)?")
        .send("n")
        .press(Key::Enter)
        .expect("nothing was sent");
    terminal.code(1);
    assert!(!super::file(&project).exists());
}

#[test]
fn on_a_terminal_a_progress_bar_is_shown_and_cleared() {
    let receiver = Receiver::start();
    let project = project(&receiver, 200);
    receiver.hold();
    let mut terminal =
        Terminal::open_as(&project, ["backfill", "a", "data.jsonl"], (120, 24), "xterm-256color");
    terminal.expect("0 of 200, 0 not delivered");
    receiver.release();
    terminal.expect("delivered  200");
    terminal.code(0);
}

#[test]
fn on_a_narrow_terminal_the_progress_bar_is_one_line_and_ctrl_c_clears_it() {
    let receiver = Receiver::start();
    let project = project(&receiver, 12_345);
    receiver.hold();
    for (columns, bar) in [(40, false), (80, true)] {
        let mut terminal = Terminal::open_as(
            &project,
            ["backfill", "a", "data.jsonl", "--concurrency", "1"],
            (columns, 24),
            "xterm-256color",
        );
        terminal.expect("0 of 12345, 0 not delivered");
        terminal.press(Key::CtrlC);
        terminal.expect("stopping: waiting for re");
        std::thread::sleep(std::time::Duration::from_millis(150));
        terminal.press(Key::CtrlC);
        let text = terminal.code(130);
        // The second signal ends the program at once, so it does not clear the bar.
        let (_, behind) = text.split_once("^C").unwrap();
        assert!(behind.starts_with("\r\x1b[2K"), "{text:?}");
        let (_, last) = text.rsplit_once('\n').unwrap();
        assert!(!last.contains("12345"), "{last:?}");
        let drawn: Vec<&str> = text.split(['\r', '\n']).filter(|line| line.contains(" of 12345, ")).collect();
        for line in drawn {
            let line = console::strip_ansi_codes(line).replace("^C", "");
            // There is room for `^C` after it, so it stays one line and is cleared completely.
            assert!(console::measure_text_width(&line) <= usize::from(columns) - 5, "{line:?}");
            assert_eq!(line.contains('━') || line.starts_with("  "), bar, "{line:?}");
        }
    }
    receiver.release();
}

#[test]
fn commands_and_options_with_another_name_are_suggested() {
    let receiver = Receiver::start();
    let project = project(&receiver, 1);
    for (words, says) in [
        (["fire", "a", "data.jsonl", "--each"].as_slice(), "`hooks backfill WEBHOOK DATA`"),
        (&["fire", "a", "data.jsonl", "--resume", "1"], "`hooks backfill resume"),
        (&["history", "runs"], "`hooks backfill list`"),
        (&["backfill", "a"], "DATA"),
        (&["backfill", "a", "data.jsonl", "--concurrency", "0"], "a number from 1 to 1024"),
        (&["backfill", "a", "data.jsonl", "--shard", "3/2"], "K/N with K from 1 to N"),
        (&["backfill", "a", "data.jsonl", "--failed"], "unexpected argument"),
        (&["backfill", "a", "data.jsonl", "--parallel", "4"], "--concurrency 16`"),
    ] {
        hooks(words)
            .in_project(&project)
            .run()
            .code(2)
            .no_stdout()
            .stderr_with(|text| assert!(text.contains(says), "{text}"));
    }
    let project = project.file("two.jsonl", super::lines(1..=2)).file("list.json", "[{}, {}]");
    for words in [["fire", "a", "two.jsonl"], ["fire", "a", "list.json"]] {
        hooks(words)
            .in_project(&project)
            .run()
            .code(3)
            .no_stdout()
            .stderr_with(|text| assert!(text.contains("`hooks backfill`"), "{text}"));
    }
    for (word, says) in
        [("status", "`hooks backfill show RUN`"), ("delete", "`hooks history prune --keep 1d`")]
    {
        let run = hooks(["backfill", word, "1"]).in_project(&project).run();
        run.code(3).no_stdout().stderr_with(|text| assert!(text.contains(says), "{text}"));
    }
    assert!(receiver.received().is_empty());
}

/// Each shard of a file is a separate run; together they send each element once.
#[test]
fn shards_send_each_element_once() {
    let receiver = Receiver::start();
    let project = project(&receiver, 20);
    let runs: Vec<_> = (1..=3)
        .map(|shard| {
            let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
            let shard = format!("{shard}/3");
            command.args(["backfill", "a", "data.jsonl", "--quiet", "--shard", &shard]);
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    assert_eq!(receiver.received().len(), 20);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=20));
    let run =
        hooks(["backfill", "a", "-", "--shard", "2/3"]).in_project(&project).stdin(super::lines(1..=7)).run();
    run.success().stdout_with(|text| assert!(text.contains("elements   2"), "{text}")).stderr_with(|_| ());
}

#[test]
fn elements_that_were_not_delivered_are_written_to_a_file() {
    let receiver = Receiver::answering(|id, _| if id == "e2" { status("410 Gone", "") } else { ok() });
    let list = "[{\"id\":\"e1\",\"email\":\"a\"},\n {\"id\":\"e2\",\n \"email\":\"b\"}, {\"id\":\"e3\"}]";
    let project = project(&receiver, 0).file("data.jsonl", list);
    backfilled(&project, &["--failed-to", "failed.jsonl", "--set", "note=x", "--concurrency", "1"], 3);
    let failed = String::from_utf8(project.read("failed.jsonl")).unwrap();
    assert_eq!(failed, "{\"id\":\"e2\",  \"email\":\"b\"}\n{\"id\":\"e3\"}\n");
    let (_, said) = backfilled(&project, &["--failed-to", "failed.jsonl"], 3);
    assert!(said.contains("cannot create `failed.jsonl`"), "{said}");
}

#[test]
fn elements_that_may_succeed_later_are_retried_and_counted_once() {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e2", 1) => status("503 Service Unavailable", "retry-after: 0\r\n"),
        ("e3", _) => status("404 Not Found", ""),
        _ => ok(),
    });
    let project = project(&receiver, 4);
    let (lines, _) = backfilled(&project, &["--retry", "2", "--concurrency", "1"], 1);
    let attempts: Vec<_> = lines.iter().map(|line| line["attempts"].as_u64().unwrap()).collect();
    assert_eq!((attempts, in_state(&lines, "delivered")), (vec![1, 2, 1, 1], vec![1, 2, 4]));
    assert_eq!(counts(&run_of(&project, 1)), [Some(3), Some(1), Some(0), Some(0), Some(0)]);
    assert_eq!(
        receiver.counts(),
        [("e1", 1), ("e2", 2), ("e3", 1), ("e4", 1)].map(|(id, n)| (id.to_owned(), n)).into()
    );
}
