//! Programs that are killed while they record, and several that record at the same time.

use std::process::{Child, Stdio};
use std::time::Duration;

use super::{OK, database, ends, ids, project, recorded, rows};
use crate::harness::Project;
use crate::server::{Server, Step, answering, say};

const KILLS: usize = 20;

/// A program in the background, killed at the end of its test at the latest.
struct Running(Child);

impl Running {
    fn fire(project: &Project) -> Self {
        let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
        command.args(["fire", "a"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
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
    let verdict: String =
        database(project).query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

#[test]
fn a_killed_program_leaves_an_intact_file_and_a_delivery_in_doubt() {
    let mut scripts = vec![vec![Step::Read, Step::Hold]; KILLS];
    scripts.push(vec![Step::Read, say(OK)]);
    let server = Server::start_in_turn(scripts);
    let project = project(&server);
    for kill in 1..=KILLS {
        let running = Running::fire(&project);
        while server.visits() < kill {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(running);
        assert_whole(&project);
    }
    assert_eq!(rows(&project, &["--status", "in_doubt"]).len(), KILLS);
    ends(&project, &["fire", "a"], 0);
    assert_eq!(ids(&project, &["--status", "delivered"]).len(), 1);
}

/// Kills a recording program this many times, each time a little later: from before it opens the file until after it has closed
/// it.
fn kill_at_any_moment(kills: u32) {
    let server = answering(OK);
    let project = project(&server);
    for kill in 0..kills {
        let running = Running::fire(&project);
        std::thread::sleep(Duration::from_millis(10) * kill / kills);
        drop(running);
        if project.home().join(".local/state/hooks/history.db").exists() {
            assert_whole(&project);
        }
    }
    ends(&project, &["fire", "a"], 0);
    assert!(recorded(&project) >= 1);
}

#[test]
fn a_program_killed_at_any_moment_leaves_an_intact_file() {
    kill_at_any_moment(20);
}

/// `cargo test --test it crash -- --ignored`
#[test]
#[ignore = "the long form of the one above"]
fn two_hundred_kills_leave_an_intact_file() {
    kill_at_any_moment(200);
}

#[test]
fn several_programs_can_record_at_the_same_time_from_the_first_delivery() {
    const PROGRAMS: usize = 6;
    const EACH: usize = 5;
    let server = answering(OK);
    let project = project(&server);
    std::thread::scope(|scope| {
        for _ in 0..PROGRAMS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    ends(&project, &["fire", "a"], 0);
                }
            });
        }
    });
    assert_whole(&project);
    assert_eq!(rows(&project, &["--status", "delivered"]).len(), PROGRAMS * EACH);
}
