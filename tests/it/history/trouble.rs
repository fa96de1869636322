//! A history that is turned off or unusable does not prevent deliveries.

use snapbox::str;

use super::{OK, database, delivered_once, ends, file, project, recorded, run};
use crate::harness::{Project, hooks};
use crate::server::answering;

/// Only what a delivery prints about the history.
fn warning(project: &Project) -> String {
    let mut warning = String::new();
    run(project, &["fire", "a"]).success().stdout_with(|_| ()).stderr_with(|text| {
        let lines = text.lines().filter(|line| line.starts_with("warning"));
        warning = lines.collect::<Vec<_>>().join("\n").replace(project.home().to_str().unwrap(), "[HOME]");
    });
    warning
}

fn put(project: &Project, bytes: &[u8]) {
    std::fs::create_dir_all(file(project).parent().unwrap()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "it is to be a broken file")]
    std::fs::write(file(project), bytes).unwrap();
}

#[test]
fn with_the_history_off_nothing_is_recorded_and_no_file_is_created() {
    let server = answering(OK);
    let project = project(&server);
    ends(&project, &["fire", "a", "--no-history"], 0);
    ends(&project, &["trigger", "create", "event", "--no-history"], 0);
    for off in ["off", "OFF", "no", "false", "0"] {
        let run = hooks(["fire", "a"]).in_project(&project).env("HOOKS_HISTORY", off).run();
        run.success().stdout_with(|_| ()).stderr_with(|text| assert!(!text.contains("warning"), "{text}"));
    }
    let run = hooks(["fire", "a"]).in_project(&project).env("HOOKS_HISTORY", "of").run();
    run.success().stdout_with(|_| ()).stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
warning: invalid value `of` of `HOOKS_HISTORY`, expected `on` or `off`: nothing is recorded
firing a: POST http://127.0.0.1:[PORT]/a

"#]]);
    assert!(!file(&project).exists());
    let run = hooks(["fire", "a"]).in_project(&project).env("HOOKS_HISTORY", "on").run();
    run.success().stdout_with(|_| ()).stderr_with(|_| ());
    ends(&project, &["replay", "1", "--no-history"], 0);
    assert_eq!(recorded(&project), 1);
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let (_server, project) = delivered_once();
    database(&project).pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(
        warning(&project),
        "warning: the history `[HOME]/.local/state/hooks/history.db` was written by a newer version of `hooks`: \
         nothing is recorded"
    );
    assert_eq!(recorded(&project), 1);
    run(&project, &["history"]).code(3).no_stdout().stderr(str![[r#"
error[history]: the history `[HOME]/.local/state/hooks/history.db` was written by a newer version of `hooks`
  = help: install the newer version


"#]]);
}

#[test]
fn a_database_of_another_program_is_refused_and_not_changed() {
    for (mark, has_log) in [("PRAGMA application_id = 252006674", false), ("", false), ("", true)] {
        let server = answering(OK);
        let project = project(&server);
        put(&project, b"");
        let other = rusqlite::Connection::open(file(&project)).unwrap();
        if has_log {
            other.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
        }
        other
            .execute_batch(&format!("{mark}; CREATE TABLE notes (text TEXT); PRAGMA user_version = 3;"))
            .unwrap();
        drop(other);
        let before = project.files();
        let expected = "warning: `[HOME]/.local/state/hooks/history.db` is a database of another program: nothing is \
                        recorded";
        assert_eq!(warning(&project), expected);
        run(&project, &["history"]).code(3).no_stdout().stderr_with(|text| {
            assert!(text.contains("is a database of another program"), "{text}");
        });
        assert_eq!(project.files(), before, "{mark} {has_log}");
    }
}

#[test]
fn a_history_of_a_pre_release_is_refused_and_not_changed() {
    let (_server, project) = delivered_once();
    database(&project)
        .execute_batch("PRAGMA application_id = 0x686f6f6b; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let before = project.files();
    let expected = "warning: the history `[HOME]/.local/state/hooks/history.db` was written by a pre-release version of \
                    `hooks`: nothing is recorded";
    assert_eq!(warning(&project), expected);
    run(&project, &["history"]).code(3).no_stdout().stderr(str![[r#"
error[history]: the history `[HOME]/.local/state/hooks/history.db` was written by a pre-release version of `hooks`
  = help: move the file away (a new one is created)


"#]]);
    assert_eq!(project.files(), before);
}

#[test]
fn a_locked_history_does_not_delay_the_request() {
    let server = answering(OK);
    let project = project(&server);
    ends(&project, &["fire", "a"], 0);
    let lock = database(&project);
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    std::thread::scope(|scope| {
        let fire = scope.spawn(|| ends(&project, &["fire", "a"], 0));
        // The lock is released when the second request has arrived, so that request is recorded.
        while server.visits() < 2 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        lock.execute_batch("ROLLBACK").unwrap();
        fire.join().unwrap();
    });
    assert_eq!(recorded(&project), 2);
}

#[test]
fn a_damaged_file_is_left_alone() {
    let server = answering(OK);
    let project = project(&server);
    put(&project, &[b'x'; 8192]);
    let expected = "warning: `[HOME]/.local/state/hooks/history.db` is not a history, or is damaged: nothing is recorded";
    assert_eq!(warning(&project), expected);
    assert_eq!(std::fs::read(file(&project)).unwrap(), [b'x'; 8192]);
    run(&project, &["history"]).code(3).no_stdout().stderr(str![[r#"
error[history]: `[HOME]/.local/state/hooks/history.db` is not a history, or is damaged
  = help: move the file away (a new one is created)


"#]]);
    run(&project, &["replay", "1"]).code(3).no_stdout().stderr_with(|_| ());
}

#[test]
fn a_file_damaged_in_its_middle_does_no_harm() {
    let (_server, project) = delivered_once();
    ends(&project, &["history", "prune", "--keep", "1d"], 0);
    let mut bytes = std::fs::read(file(&project)).unwrap();
    bytes[4096..].fill(0xff);
    put(&project, &bytes);
    assert!(warning(&project).contains("is not a history, or is damaged"), "{}", warning(&project));
    run(&project, &["history"]).code(3).no_stdout().stderr_with(|_| ());
}

#[test]
fn a_directory_that_cannot_be_created_is_a_warning() {
    let server = answering(OK);
    let project = project(&server).file("../home/.local/state", "in the way");
    assert_eq!(
        warning(&project),
        "warning: the history `[HOME]/.local/state/hooks/history.db` cannot be opened: Not a directory (os error 20): \
         nothing is recorded"
    );
    run(&project, &["history"]).code(3).no_stdout().stderr_with(|said| {
        assert!(said.contains("cannot be opened: Not a directory"), "{said}");
    });
}

#[cfg(unix)]
#[test]
fn an_unwritable_directory_or_file_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let (_server, project) = delivered_once();
    let folder = file(&project).parent().unwrap().to_owned();
    let set = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(&file(&project), 0o400);
    set(&folder, 0o500);
    // Root can write to any file.
    let is_administrator = std::fs::File::create(folder.join("probe")).is_ok();
    let said = warning(&project);
    set(&folder, 0o700);
    assert!(is_administrator || said.contains("nothing is recorded"), "{said}");
}

/// The largest file that a shell allows stands in for a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_is_a_warning() {
    let (server, project) = delivered_once();
    let script = format!("trap '' XFSZ; ulimit -f 1; exec '{}' fire a", env!("CARGO_BIN_EXE_hooks"));
    let output = project.command("sh").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("warning").count(), 1, "{said}");
    assert!(said.contains("nothing is recorded"), "{said}");
    assert_eq!((server.visits(), recorded(&project)), (2, 1));
    ends(&project, &["fire", "a"], 0);
    assert_eq!(recorded(&project), 2);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_history() {
    use std::os::unix::fs::PermissionsExt;
    let (_server, project) = delivered_once();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = file(&project).parent().unwrap().to_owned();
    let check = || {
        assert_eq!(mode(&folder), 0o700);
        let mut seen = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            seen += 1;
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
        assert!(seen >= 1);
    };
    check();
    for path in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        std::fs::remove_file(path).unwrap();
    }
    put(&project, b"");
    for (path, open) in [(&folder, 0o755), (&file(&project), 0o644)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(open)).unwrap();
    }
    ends(&project, &["fire", "a"], 0);
    check();
}

#[test]
fn by_default_the_history_is_in_the_home_directory() {
    let server = answering(OK);
    let project = project(&server);
    let run = hooks(["fire", "a"]).in_project(&project).env("XDG_STATE_HOME", "relative").run();
    run.success().stdout_with(|_| ()).stderr_with(|_| ());
    let places = [".local/state", "Library/Application Support"];
    assert!(
        cfg!(windows)
            || places.iter().any(|place| project.home().join(place).join("hooks/history.db").exists())
    );
    assert!(!project.join("relative").exists());
}

#[test]
fn options_that_cannot_be_used_leave_no_delivery_behind() {
    let server = answering(OK).maybe_unvisited();
    let project = project(&server).file("none.pem", "no certificate");
    ends(&project, &["fire", "a", "--cacert", "none.pem"], 3);
    assert_eq!(recorded(&project), 0);
}
