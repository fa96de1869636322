//! Runs that are killed while they list, read and send.

use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::{Account, PROKEY, answers, project};
use crate::backfill::crash::{Running, assert_accounted, kill_and_resume, random};
use crate::backfill::receiver::Receiver;
use crate::backfill::{counts, names, resumed, run_of};
use crate::harness::{Project, hooks};

const START: [&str; 3] = ["a", "--event", PROKEY];

#[test]
fn an_event_run_that_is_killed_repeatedly_delivers_everything_and_repeats_only_answers_in_doubt() {
    let receiver = Receiver::start();
    let account = Account::new(answers(1..=600), 70);
    kill_and_resume(&project(&receiver, &account), &receiver, &START, 600, 6);
}

/// `cargo test --test it crash -- --ignored`
#[test]
#[ignore = "the long form of the one above"]
fn ten_thousand_answers_survive_twenty_kills() {
    let receiver = Receiver::start();
    let account = Account::new(answers(1..=10_000), 2000);
    kill_and_resume(&project(&receiver, &account), &receiver, &START, 10_000, 20);
}

/// Each session gets the answers in another order, and new answers come before the others.
#[test]
fn every_answer_of_a_run_killed_while_its_pages_shift_is_accounted_for() {
    let receiver = Receiver::start();
    let account = Account::new(answers(1..=300), 40);
    let project = project(&receiver, &account);
    for kill in 0..5 {
        let mut list = answers(1..=300 + kill * 3);
        list.rotate_left(kill * 37);
        if kill % 2 == 1 {
            list.reverse();
        }
        account.set(list);
        let words: &[&str] = if kill == 0 { &START } else { &["resume", "1"] };
        let before = receiver.received().len();
        let running = Running::spawn(&project, words, Stdio::null());
        receiver.wait_for(before + 1 + usize::try_from(random(40)).unwrap());
        drop(running);
        // What was in doubt before may be on a page that was not read again yet.
        assert_accounted(&project, &receiver, 300, (kill + 1) * 16);
    }
    let (_, said) = resumed(&project, &["1"], 0);
    assert!(said.contains("12 answers are new since run 1 began"), "{said}");
    assert_eq!(counts(&run_of(&project, 1)), [Some(300), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=300));
    resumed(&project, &["1", "--new"], 0);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=312));
}

/// At each request of a session: listing, its end, sending, its end.
#[test]
fn every_answer_of_a_run_killed_at_any_api_request_is_accounted_for() {
    for killed_at in 0..8 {
        let (sender, killed) = channel();
        let requests = Mutex::new(0);
        let receiver = Receiver::start();
        let account = Account::with(answers(1..=30), 10, move |path| {
            let mut requests = requests.lock().unwrap();
            if *requests == killed_at {
                sender.send(path.to_owned()).unwrap();
                std::thread::sleep(Duration::from_millis(100));
            }
            *requests += 1;
            None
        });
        let project = project(&receiver, &account);
        let running = Running::spawn(&project, &START, Stdio::null());
        killed.recv().unwrap();
        drop(running);
        // The first pages are read again while the run is recorded.
        let is_recorded = has_run(&project);
        assert!(killed_at >= 4 || !is_recorded, "{killed_at}");
        if is_recorded {
            assert_accounted(&project, &receiver, 30, 16);
            resumed(&project, &["1"], 0);
        } else {
            assert!(receiver.received().is_empty(), "{killed_at}");
            assert_eq!(Running::spawn(&project, &START, Stdio::null()).code(), Some(0));
        }
        assert_accounted(&project, &receiver, 30, 0);
        assert_eq!(counts(&run_of(&project, 1))[0], Some(30), "{killed_at}");
    }
}

fn has_run(project: &Project) -> bool {
    let mut has_run = false;
    hooks(["backfill", "list", "--json"])
        .in_project(project)
        .run()
        .success()
        .stdout_with(|text| has_run = !text.is_empty())
        .ignore_stderr();
    has_run
}

/// Answers added with `--new` are accounted for from the moment at which they are known.
#[test]
fn every_answer_of_a_run_killed_while_it_sends_new_ones_is_accounted_for() {
    let receiver = Receiver::start();
    let account = Account::new(answers(1..=20), 7);
    let project = project(&receiver, &account);
    assert_eq!(Running::spawn(&project, &START, Stdio::null()).code(), Some(0));
    account.set(answers(1..=60));
    receiver.hold();
    let running = Running::spawn(&project, &["resume", "1", "--new"], Stdio::null());
    receiver.wait_for(24);
    drop(running);
    receiver.release();
    let [delivered, failed, in_doubt, not_sent, pending] = counts(&run_of(&project, 1)).map(Option::unwrap);
    assert_eq!((delivered, failed, in_doubt + pending, not_sent), (20, 0, 40, 0));
    assert!((4..=16).contains(&in_doubt), "{in_doubt} in doubt");
    // They are now part of the run, so `--new` is not needed again.
    resumed(&project, &["1"], 0);
    assert_eq!(counts(&run_of(&project, 1)), [Some(60), Some(0), Some(0), Some(0), Some(0)]);
    assert_accounted(&project, &receiver, 60, 0);
}
