//! Runs that are killed at any moment, stopped, and resumed. What the receiver got is compared with what the records say.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::receiver::{Receiver, ok, status};
use super::{backfilled, counts, file, in_state, names, project, resumed, run_of};
use crate::harness::Project;

const CONCURRENCY: usize = 8;

/// A run in the background, killed at the end of its test at the latest.
pub(super) struct Running(Child);

impl Running {
    fn start(project: &Project, more: &[&str]) -> Self {
        Self::spawn(project, &[&["a", "data.jsonl"], more].concat(), Stdio::null())
    }

    pub(super) fn spawn(project: &Project, words: &[&str], output: Stdio) -> Self {
        let mut command: Command = project.command(env!("CARGO_BIN_EXE_hooks"));
        command.arg("backfill").args(words).args(["--json", "--quiet"]);
        Self(command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).spawn().unwrap())
    }

    #[cfg(unix)]
    fn interrupt(&self, signal: &str) {
        self.interrupt_times(signal, 1);
    }

    /// Sends a signal this many times in immediate succession.
    #[cfg(unix)]
    fn interrupt_times(&self, signal: &str, times: usize) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").arg(signal).args(std::iter::repeat_n(id, times)).status().unwrap();
        assert!(sent.success());
    }

    pub(super) fn code(mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn assert_whole(project: &Project) {
    let database = rusqlite::Connection::open(file(project)).unwrap();
    let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

/// The complete lines that were printed into the file: a killed program may leave an incomplete one.
fn printed(project: &Project, name: &str) -> Vec<Value> {
    let text = String::from_utf8(project.read(name)).unwrap();
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The elements that the records have in a state, and those marked as repeated.
fn recorded(project: &Project, run: i64, state: &str) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let mut elements = (BTreeSet::new(), BTreeSet::new());
    let words = ["backfill", "show", &run.to_string(), "--status", state, "--json", "--limit", "1000000"];
    crate::harness::hooks(words)
        .in_project(project)
        .run()
        .success()
        .stdout_with(|text| {
            for line in text.lines() {
                let record: Value = serde_json::from_str(line).unwrap();
                let element = record["element"].as_u64().unwrap();
                assert!(elements.0.insert(element), "{element} is listed twice");
                if record["repeated"] == true {
                    elements.1.insert(element);
                }
            }
        })
        .stderr_with(|_| ());
    elements
}

fn element(id: &str) -> u64 {
    id.strip_prefix('e').unwrap().parse().unwrap()
}

/// The records account for each of `elements`, and agree with what the receiver got, whatever happened to the run: what was
/// received is delivered, failed or in doubt; what is delivered was received; what is pending was not; what was received
/// twice is marked. At most `most` elements are in doubt.
pub(super) fn assert_accounted(project: &Project, receiver: &Receiver, elements: usize, most: usize) {
    let run = run_of(project, 1);
    let [delivered, failed, in_doubt, not_sent, pending] = counts(&run).map(Option::unwrap);
    assert_eq!(delivered + failed + in_doubt + not_sent + pending, elements as u64, "{run}");
    assert!(in_doubt <= most as u64, "{in_doubt} in doubt");
    let received: BTreeMap<u64, usize> =
        receiver.counts().iter().map(|(id, times)| (element(id), *times)).collect();
    let (mut known, mut repeated) = (BTreeSet::new(), BTreeSet::new());
    for (state, number) in [("delivered", delivered), ("failed", failed), ("in_doubt", in_doubt)] {
        let (in_state, marked) = recorded(project, 1, state);
        assert_eq!(in_state.len() as u64, number, "{state}");
        if state != "in_doubt" {
            for own in &in_state {
                assert!(received.contains_key(own), "{own} was not received");
            }
        }
        known.extend(in_state);
        repeated.extend(marked);
    }
    for (own, times) in received {
        assert!(
            known.contains(&own) || pending > 0 && times > 0 && is_waiting(project, own),
            "{own} is not recorded"
        );
        let is_in_doubt = || recorded(project, 1, "in_doubt").0.contains(&own);
        assert!(times == 1 || repeated.contains(&own) || is_in_doubt(), "{own} arrived {times} times");
    }
}

/// Whether an element got a response and waits for another attempt.
fn is_waiting(project: &Project, own: u64) -> bool {
    let database = rusqlite::Connection::open(file(project)).unwrap();
    let select = "SELECT state IS NULL FROM element WHERE run = 1 AND element = ?1";
    database.query_row(select, [own], |row| row.get(0)).unwrap_or(false)
}

/// Pseudo-random numbers, other ones in each run of the tests.
pub(super) fn random(below: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) % below
}

fn kill(elements: usize, kills: usize) {
    let receiver = Receiver::start();
    kill_and_resume(&project(&receiver, elements), &receiver, &["a", "data.jsonl"], elements, kills);
}

/// Kills a run of so many elements, which starts with these words, again and again, and resumes it each time until nothing is
/// left.
pub(super) fn kill_and_resume(
    project: &Project,
    receiver: &Receiver,
    start: &[&str],
    elements: usize,
    kills: usize,
) {
    let share = u64::try_from(elements / (kills + 1)).unwrap();
    for session in 0..=kills {
        let words = if session == 0 { start } else { &["resume", "1"] };
        let name = format!("out-{session}.jsonl");
        let before = receiver.received().len();
        let output = std::fs::File::create(project.join(&name)).unwrap();
        let running = Running::spawn(project, words, output.into());
        if session < kills {
            receiver.wait_for(before + 1 + usize::try_from(random(share)).unwrap());
            std::thread::sleep(Duration::from_micros(random(2000)));
            drop(running);
        } else {
            assert_eq!(running.code(), Some(0));
        }
        assert_whole(project);
        assert_accounted(project, receiver, elements, 2 * CONCURRENCY);
        let received = receiver.counts();
        for own in in_state(&printed(project, &name), "delivered") {
            assert!(received.contains_key(&format!("e{own}")), "element {own} was not received");
        }
    }
    assert_eq!(counts(&run_of(project, 1)), [Some(elements as u64), Some(0), Some(0), Some(0), Some(0)]);
    let received = receiver.counts();
    assert_eq!(received.keys().cloned().collect::<Vec<_>>(), names(1..=elements));
    let repeats: usize = received.values().map(|count| count - 1).sum();
    assert!(repeats <= kills * 2 * CONCURRENCY, "{repeats} repeats after {kills} kills");
}

#[test]
fn a_run_that_is_killed_repeatedly_delivers_everything_and_repeats_only_elements_in_doubt() {
    kill(600, 6);
}

/// `cargo test --test it crash -- --ignored`
#[test]
#[ignore = "the long form of the one above"]
fn ten_thousand_elements_survive_twenty_kills() {
    kill(10_000, 20);
}

/// While elements fail and wait for retries, too.
#[test]
fn every_element_of_a_killed_run_with_retries_is_accounted_for() {
    let receiver = Receiver::answering(|id, times| {
        if id.ends_with('7') && times == 1 { status("503 Service Unavailable", "") } else { ok() }
    });
    let project = project(&receiver, 300);
    for kill in 0..4u64 {
        let words: &[&str] = if kill == 0 { &["a", "data.jsonl", "--retry", "3"] } else { &["resume", "1"] };
        let before = receiver.received().len();
        let running = Running::spawn(&project, words, Stdio::null());
        receiver.wait_for(before + 1 + usize::try_from(random(60)).unwrap());
        drop(running);
        let [delivered, failed, in_doubt, not_sent, pending] =
            counts(&run_of(&project, 1)).map(Option::unwrap);
        assert_eq!((failed, not_sent), (0, 0));
        assert_eq!(delivered + in_doubt + pending, 300);
        // Each kill adds as many; what waited for a retry is sent first.
        assert!(in_doubt <= (kill + 1) * 2 * CONCURRENCY as u64, "{in_doubt} in doubt");
    }
    resumed(&project, &["1"], 0);
    assert_eq!(counts(&run_of(&project, 1)), [Some(300), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=300));
}

#[test]
fn elements_in_doubt_are_sent_again_and_marked() {
    let receiver = Receiver::start();
    let project = project(&receiver, 20);
    receiver.hold();
    let running = Running::start(&project, &["--concurrency", "3"]);
    receiver.wait_for(3);
    drop(running);
    receiver.release();
    let run = run_of(&project, 1);
    // Six were recorded before the first byte of the first three.
    assert_eq!(counts(&run), [Some(0), Some(0), Some(6), Some(0), Some(14)]);
    assert_eq!(
        (&run["in_progress"], &run["resumable"], &run["ended"]),
        (&false.into(), &true.into(), &Value::Null)
    );
    let (lines, said) = resumed(&project, &["1"], 0);
    assert_eq!(in_state(&lines, "delivered"), (1..=20).collect::<Vec<_>>());
    let again: Vec<_> = lines.iter().filter(|line| line["repeated"] == true).collect();
    assert_eq!(again.len(), 6, "{lines:?}");
    assert!(said.contains("(6 were in doubt and sent again)"), "{said}");
    let twice = receiver.counts().values().filter(|count| **count == 2).count();
    assert_eq!(twice, 3);
    assert_accounted(&project, &receiver, 20, 0);
}

#[cfg(unix)]
#[test]
fn a_stopped_run_finishes_requests_in_progress_and_is_resumed_without_repeats() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let receiver = Receiver::start();
        let project = project(&receiver, 60);
        receiver.hold();
        let running = Running::start(&project, &["--concurrency", "4"]);
        receiver.wait_for(4);
        running.interrupt(signal);
        std::thread::sleep(Duration::from_millis(200));
        receiver.release();
        assert_eq!(running.code(), Some(130), "{signal}");
        assert_eq!(counts(&run_of(&project, 1)), [Some(4), Some(0), Some(0), Some(0), Some(56)]);
        let (lines, _) = resumed(&project, &["1"], 0);
        assert!(lines.iter().all(|line| line["repeated"] == false));
        assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=60));
        assert_eq!(receiver.received().len(), 60);
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_leaves_requests_in_progress_in_doubt() {
    let receiver = Receiver::start();
    let project = project(&receiver, 60);
    receiver.hold();
    let running = Running::start(&project, &["--concurrency", "4"]);
    receiver.wait_for(4);
    running.interrupt("-INT");
    std::thread::sleep(Duration::from_millis(300));
    running.interrupt("-INT");
    assert_eq!(running.code(), Some(130));
    // Only those: the high-water mark was set back at the first signal.
    assert_eq!(counts(&run_of(&project, 1)), [Some(0), Some(0), Some(4), Some(0), Some(56)]);
    receiver.release();
    let (lines, _) = resumed(&project, &["1"], 0);
    assert_eq!(lines.iter().filter(|line| line["repeated"] == true).count(), 4);
    assert_eq!(counts(&run_of(&project, 1)), [Some(60), Some(0), Some(0), Some(0), Some(0)]);
}

/// Nothing reads what it prints.
#[cfg(unix)]
#[test]
fn one_signal_ends_a_run_if_its_output_is_blocked() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3000);
    let running = Running::spawn(&project, &["a", "data.jsonl", "--concurrency", "4"], Stdio::piped());
    // The pipe is full when no more requests come.
    let mut before = 0;
    while receiver.received().len() > before || before == 0 {
        before = receiver.received().len();
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(before < 3000, "{before}");
    running.interrupt("-TERM");
    assert_eq!(running.code(), Some(130));
    assert_accounted(&project, &receiver, 3000, 8);
    resumed(&project, &["1"], 0);
    assert_accounted(&project, &receiver, 3000, 0);
}

/// As `timeout` does it, to the program and to its group.
#[cfg(unix)]
#[test]
fn two_simultaneous_signals_count_as_one() {
    let receiver = Receiver::start();
    let project = project(&receiver, 60);
    receiver.hold();
    let running = Running::start(&project, &["--concurrency", "4"]);
    receiver.wait_for(4);
    running.interrupt_times("-TERM", 2);
    std::thread::sleep(Duration::from_millis(200));
    receiver.release();
    assert_eq!(running.code(), Some(130));
    assert_eq!(counts(&run_of(&project, 1)), [Some(4), Some(0), Some(0), Some(0), Some(56)]);
}

/// `nohup` has a program ignore that its terminal is closed.
#[cfg(unix)]
#[test]
fn a_signal_that_is_ignored_at_the_start_stays_ignored() {
    let receiver = Receiver::start();
    let project = project(&receiver, 30);
    receiver.hold();
    let mut command = project.command("sh");
    let script = "trap '' HUP; exec \"$0\" backfill a data.jsonl --quiet";
    command.args(["-c", script, env!("CARGO_BIN_EXE_hooks")]).stdin(Stdio::null()).stdout(Stdio::null());
    let running = Running(command.spawn().unwrap());
    receiver.wait_for(8);
    running.interrupt("-HUP");
    std::thread::sleep(Duration::from_millis(200));
    receiver.release();
    assert_eq!(running.code(), Some(0));
    assert_eq!(receiver.received().len(), 30);
}

/// An element that waits for a retry when the run is stopped is sent by the next session, and was never in doubt.
#[cfg(unix)]
#[test]
fn an_element_that_waits_for_a_retry_is_pending() {
    let receiver = Receiver::answering(|id, times| {
        if id == "e2" && times == 1 {
            status("500 Internal Server Error", "retry-after: 60\r\n")
        } else {
            ok()
        }
    });
    let project = project(&receiver, 3);
    let running = Running::start(&project, &["--retry", "1"]);
    receiver.wait_for(3);
    std::thread::sleep(Duration::from_millis(300));
    running.interrupt("-INT");
    assert_eq!(running.code(), Some(130));
    assert_eq!(counts(&run_of(&project, 1)), [Some(2), Some(0), Some(0), Some(0), Some(1)]);
    let (lines, _) = resumed(&project, &["1"], 0);
    assert_eq!((in_state(&lines, "delivered"), &lines[0]["repeated"]), (vec![2], &false.into()));
}

#[test]
fn only_one_program_at_a_time_sends_a_run() {
    let receiver = Receiver::start();
    let project = project(&receiver, 30);
    receiver.hold();
    let running = Running::start(&project, &[]);
    receiver.wait_for(8);
    assert_eq!(run_of(&project, 1)["in_progress"], true);
    let (lines, said) = resumed(&project, &["1"], 1);
    assert!(lines.is_empty() && said.contains("run 1 is in progress in another program"), "{said}");
    crate::harness::hooks(["history", "prune", "--keep", "0d"])
        .in_project(&project)
        .run()
        .success()
        .no_stdout()
        .stderr_with(|text| assert!(!text.contains("backfill"), "{text}"));
    drop(running);
    receiver.release();
    let (lines, _) = resumed(&project, &["1"], 0);
    assert_eq!(in_state(&lines, "delivered"), (1..=30).collect::<Vec<_>>());
}

#[test]
fn a_run_that_is_not_recorded_delivers_everything() {
    let receiver = Receiver::start();
    let project = project(&receiver, 30);
    let (lines, said) = backfilled(&project, &["--no-history"], 0);
    assert_eq!(in_state(&lines, "delivered").len(), 30);
    assert!(said.contains("nothing is recorded: this run cannot be resumed"), "{said}");
    assert!(!file(&project).exists());
}
