//! Runs that are killed at any moment, stopped, and gone on with.

use std::collections::{BTreeMap, HashMap};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::receiver::Receiver;
use super::{counts, file, fired, in_state, names, project, run_of};
use crate::harness::Project;

const CONCURRENCY: usize = 8;

/// A run that goes on by itself; ended with its test, whatever happens.
struct Running(Child);

impl Running {
    fn start(project: &Project, more: &[&str], output: Stdio) -> Self {
        let mut command: Command = project.command(env!("CARGO_BIN_EXE_hooks"));
        command.args(["fire", "a", "data.jsonl", "--each", "--json", "--quiet"]).args(more);
        Self(command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).spawn().unwrap())
    }

    #[cfg(unix)]
    fn interrupt(&self, signal: &str) {
        self.interrupt_times(signal, 1);
    }

    /// Sends a signal so many times, one right after the other.
    #[cfg(unix)]
    fn interrupt_times(&self, signal: &str, times: usize) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").arg(signal).args(std::iter::repeat_n(id, times)).status().unwrap();
        assert!(sent.success());
    }

    fn code(mut self) -> Option<i32> {
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

/// What was printed into the file, whole lines only: a program that is killed may leave half of one.
fn printed(project: &Project, name: &str) -> Vec<Value> {
    let text = String::from_utf8(project.read(name)).unwrap();
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Pseudo-random numbers, other ones in each run of the tests.
fn random(below: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) % below
}

/// Kills a run of so many elements again and again, and goes on with it each time until nothing is left.
fn kill(elements: usize, kills: usize) {
    let receiver = Receiver::start();
    let project = project(&receiver, elements);
    let share = u64::try_from(elements / (kills + 1)).unwrap();
    for sitting in 0..=kills {
        let more: &[&str] = if sitting == 0 { &[] } else { &["--resume", "1"] };
        let name = format!("out-{sitting}.jsonl");
        let before = receiver.received().len();
        let output = std::fs::File::create(project.join(&name)).unwrap();
        let running = Running::start(&project, more, output.into());
        if sitting < kills {
            receiver.wait_for(before + 1 + usize::try_from(random(share)).unwrap());
            std::thread::sleep(Duration::from_micros(random(2000)));
            drop(running);
        } else {
            assert_eq!(running.code(), Some(0));
        }
        assert_whole(&project);
        let received = receiver.counts();
        for line in in_state(&printed(&project, &name), "delivered") {
            assert!(received.contains_key(&format!("e{line}")), "line {line} was not received");
        }
    }
    assert_eq!(counts(&run_of(&project, 1)), [Some(elements as u64), Some(0), Some(0), Some(0), Some(0)]);
    let received = receiver.counts();
    assert_eq!(received.keys().cloned().collect::<Vec<_>>(), names(1..=elements));
    let repeats: usize = received.values().map(|count| count - 1).sum();
    assert!(repeats <= kills * CONCURRENCY, "{repeats} repeats after {kills} kills");
    assert_repeats_were_in_doubt(&project, &received);
}

/// Every element that came more than once was in doubt before it was sent again: its line has begun again without an end
/// before.
fn assert_repeats_were_in_doubt(project: &Project, received: &BTreeMap<String, usize>) {
    let database = rusqlite::Connection::open(file(project)).unwrap();
    let mut statement = database.prepare("SELECT events FROM run_part WHERE run = 1 ORDER BY part").unwrap();
    let parts = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let events: String = parts.map(Result::unwrap).collect();
    let (mut begun, mut ended) = (HashMap::<u64, usize>::new(), HashMap::<u64, usize>::new());
    for event in events.lines() {
        let mut words = event.split(' ');
        let (kind, line) = (words.next().unwrap(), words.next().unwrap().parse().unwrap());
        match kind {
            "b" => {
                assert!(!ended.contains_key(&line), "line {line} begins again after its end");
                *begun.entry(line).or_default() += 1;
            }
            "e" => *ended.entry(line).or_default() += 1,
            _ => panic!("{event}"),
        }
    }
    for (line, begun) in begun {
        assert_eq!(ended.get(&line), Some(&1), "line {line}");
        assert!(received[&format!("e{line}")] <= begun, "line {line} came more often than it is recorded");
    }
}

#[test]
fn a_run_that_is_killed_again_and_again_delivers_all_and_repeats_only_what_was_under_way() {
    kill(600, 6);
}

/// `cargo test --test it crash -- --ignored`
#[test]
#[ignore = "the long form of the one above"]
fn ten_thousand_elements_survive_twenty_kills() {
    kill(10_000, 20);
}

/// What is printed is what is in the ledger: a line that says delivered is delivered for good, and one that is repeated says so.
#[test]
fn what_was_in_doubt_is_sent_again_and_says_so() {
    let receiver = Receiver::start();
    let project = project(&receiver, 20);
    receiver.hold();
    let running = Running::start(&project, &["--concurrency", "3"], Stdio::null());
    receiver.wait_for(3);
    drop(running);
    receiver.let_go();
    let run = run_of(&project, 1);
    assert_eq!(counts(&run), [Some(0), Some(0), Some(3), Some(0), Some(17)]);
    assert_eq!(
        (&run["under_way"], &run["resumable"], &run["ended"]),
        (&false.into(), &true.into(), &Value::Null)
    );
    let (lines, said) = fired(&project, &["--resume", "1"], 0);
    assert_eq!(in_state(&lines, "delivered"), (1..=20).collect::<Vec<_>>());
    let again: Vec<_> = lines.iter().filter(|line| line["repeated"] == true).collect();
    assert_eq!(again.len(), 3, "{lines:?}");
    assert!(said.contains("(3 in doubt before were sent again)"), "{said}");
    let twice = receiver.counts().values().filter(|count| **count == 2).count();
    assert_eq!(twice, 3);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_asked_to_stop_ends_what_is_under_way_and_goes_on_without_repeats() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let receiver = Receiver::start();
        let project = project(&receiver, 60);
        receiver.hold();
        let running = Running::start(&project, &["--concurrency", "4"], Stdio::null());
        receiver.wait_for(4);
        running.interrupt(signal);
        // The order has come when no new connection takes a next line.
        std::thread::sleep(Duration::from_millis(200));
        receiver.let_go();
        assert_eq!(running.code(), Some(130), "{signal}");
        assert_eq!(counts(&run_of(&project, 1)), [Some(4), Some(0), Some(0), Some(0), Some(56)]);
        let (lines, _) = fired(&project, &["--resume", "1"], 0);
        assert!(lines.iter().all(|line| line["repeated"] == false));
        assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=60));
        assert_eq!(receiver.received().len(), 60);
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_leaves_what_is_under_way_in_doubt() {
    let receiver = Receiver::start();
    let project = project(&receiver, 60);
    receiver.hold();
    let running = Running::start(&project, &["--concurrency", "4"], Stdio::null());
    receiver.wait_for(4);
    running.interrupt("-INT");
    std::thread::sleep(Duration::from_millis(200));
    running.interrupt("-INT");
    assert_eq!(running.code(), Some(130));
    let run = run_of(&project, 1);
    assert_eq!(counts(&run), [Some(0), Some(0), Some(4), Some(0), Some(56)]);
    assert_eq!(run["failures"][0]["name"], "interrupted");
    receiver.let_go();
    let (lines, _) = fired(&project, &["--resume", "1"], 0);
    assert_eq!(lines.iter().filter(|line| line["repeated"] == true).count(), 4);
    assert_eq!(counts(&run_of(&project, 1)), [Some(60), Some(0), Some(0), Some(0), Some(0)]);
}

/// Nothing reads what it prints.
#[cfg(unix)]
#[test]
fn a_signal_ends_it_though_nobody_reads_its_lines() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3000);
    let mut running = Running::start(&project, &["--concurrency", "4"], Stdio::piped());
    receiver.wait_for(300);
    while running.0.try_wait().unwrap().is_none() {
        running.interrupt("-TERM");
        std::thread::sleep(Duration::from_millis(100));
    }
    running.code();
    // What was sent is known all the same.
    let run = run_of(&project, 1);
    let sent = receiver.received().len() as u64;
    assert_eq!(run["delivered"].as_u64().unwrap() + run["in_doubt"].as_u64().unwrap(), sent, "{run}");
}

/// As `timeout` does it, to the program and to its group.
#[cfg(unix)]
#[test]
fn a_signal_that_comes_twice_at_once_is_one() {
    let receiver = Receiver::start();
    let project = project(&receiver, 60);
    receiver.hold();
    let running = Running::start(&project, &["--concurrency", "4"], Stdio::null());
    receiver.wait_for(4);
    running.interrupt_times("-TERM", 2);
    std::thread::sleep(Duration::from_millis(200));
    receiver.let_go();
    assert_eq!(running.code(), Some(130));
    assert_eq!(counts(&run_of(&project, 1)), [Some(4), Some(0), Some(0), Some(0), Some(56)]);
}

/// `nohup` has a program ignore that its terminal goes.
#[cfg(unix)]
#[test]
fn a_signal_that_is_ignored_from_the_beginning_stays_ignored() {
    let receiver = Receiver::start();
    let project = project(&receiver, 30);
    receiver.hold();
    let mut command = project.command("sh");
    let script = "trap '' HUP; exec \"$0\" fire a data.jsonl --each --quiet";
    command.args(["-c", script, env!("CARGO_BIN_EXE_hooks")]).stdin(Stdio::null()).stdout(Stdio::null());
    let running = Running(command.spawn().unwrap());
    receiver.wait_for(8);
    running.interrupt("-HUP");
    std::thread::sleep(Duration::from_millis(200));
    receiver.let_go();
    assert_eq!(running.code(), Some(0));
    assert_eq!(receiver.received().len(), 30);
}

#[test]
fn only_one_program_at_a_time_goes_on_with_a_run() {
    let receiver = Receiver::start();
    let project = project(&receiver, 30);
    receiver.hold();
    let running = Running::start(&project, &[], Stdio::null());
    receiver.wait_for(8);
    assert_eq!(run_of(&project, 1)["under_way"], true);
    let (lines, said) = fired(&project, &["--resume", "1"], 1);
    assert!(lines.is_empty() && said.contains("run 1 is under way in another program"), "{said}");
    crate::harness::hooks(["history", "prune", "--keep", "0d"])
        .in_project(&project)
        .run()
        .success()
        .no_stdout()
        .stderr_with(|text| assert!(!text.contains("backfill"), "{text}"));
    drop(running);
    receiver.let_go();
    let (lines, _) = fired(&project, &["--resume", "1"], 0);
    assert_eq!(in_state(&lines, "delivered"), (1..=30).collect::<Vec<_>>());
}
