//! Reading and replacing files: refusals, and that neither contents nor metadata are lost.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use hooks::io::files::{Action, FileError, FileErrorKind, Outcome, Update, create_new, read};
use tempfile::TempDir;

const LIMIT: u64 = 1_000;

fn put(path: &Path, text: &str) {
    File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn open(path: &Path) -> Result<Update, FileError> {
    Update::open(path, LIMIT, || {})
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A directory with a `webhooks.toml` that contains `old`.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    put(&folder.path().join("webhooks.toml"), "old");
    folder
}

#[test]
fn each_read_error_is_reported_as_such() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    assert_eq!(read(&at("webhooks.toml"), LIMIT).unwrap(), b"old");
    assert!(matches!(read(&at("none"), LIMIT).unwrap_err().kind, FileErrorKind::Missing));
    assert!(matches!(read(folder.path(), LIMIT).unwrap_err().kind, FileErrorKind::Directory));
    assert!(matches!(read(&at("webhooks.toml"), 2).unwrap_err().kind, FileErrorKind::TooLarge { limit: 2 }));
    assert_eq!(read(&at("webhooks.toml"), 3).unwrap(), b"old");
    let error = read(&at("no\nsuch"), LIMIT).unwrap_err();
    assert_eq!((error.action, error.help()), (Action::Read, "check the path"));
    assert!(error.to_string().ends_with("no\\nsuch`: no such file"), "{error}");
}

#[test]
fn an_edit_replaces_the_text_and_leaves_no_other_file() {
    let folder = folder();
    let path = folder.path().join("webhooks.toml");
    let update = open(&path).unwrap();
    assert_eq!(update.bytes(), b"old");
    assert_eq!(update.write(b"new").unwrap(), Outcome::Written);
    assert_eq!(text(&path), "new");
    assert_eq!(names(folder.path()), ["webhooks.toml"]);
}

#[test]
fn writing_the_same_bytes_does_not_touch_the_file() {
    let folder = folder();
    let path = folder.path().join("webhooks.toml");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(open(&path).unwrap().write(b"old").unwrap(), Outcome::Unchanged);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
}

#[test]
fn changes_by_another_program_are_not_overwritten() {
    type Act = fn(&Path);
    let cases: [(&str, Act); 4] = [
        ("changed", |path| put(path, "other")),
        ("changed", |path| {
            put(&path.with_extension("new"), "old");
            fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("gone", |path| fs::remove_file(path).unwrap()),
        ("gone", |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }),
    ];
    for (expected, act) in cases {
        let folder = folder();
        let path = folder.path().join("webhooks.toml");
        let update = open(&path).unwrap();
        act(&path);
        let after = names(folder.path());
        let kind = update.write(b"new").unwrap_err().kind;
        let found = match kind {
            FileErrorKind::Changed => "changed",
            FileErrorKind::Gone => "gone",
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected);
        assert_eq!(names(folder.path()), after);
    }
}

#[test]
fn a_new_file_never_replaces_another() {
    let folder = folder();
    let path = folder.path().join("webhooks.toml");
    assert!(matches!(create_new(&path, b"new", 0o644).unwrap_err().kind, FileErrorKind::Exists));
    assert_eq!(text(&path), "old");
    let error = create_new(&folder.path().join("no/x"), b"", 0o644).unwrap_err();
    assert!(error.to_string().ends_with("its directory does not exist"), "{error}");
    create_new(&folder.path().join("x"), b"new", 0o644).unwrap();
    assert_eq!(text(&folder.path().join("x")), "new");
    assert_eq!(names(folder.path()), ["webhooks.toml", "x"]);
}

#[test]
fn a_file_with_the_longest_possible_name_can_be_edited() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x".repeat(255));
    create_new(&path, b"old", 0o644).unwrap();
    open(&path).unwrap().write(b"new").unwrap();
    assert_eq!(text(&path), "new");
}

#[test]
fn only_temporary_files_of_killed_runs_are_deleted() {
    let folder = folder();
    for name in [".webhooks.toml.aB3dE6.hooks-tmp", ".webhooks.toml.swp", ".other.toml.aB3dE6.hooks-tmp"] {
        put(&folder.path().join(name), "");
    }
    open(&folder.path().join("webhooks.toml")).unwrap().write(b"new").unwrap();
    assert_eq!(names(folder.path()), [".other.toml.aB3dE6.hooks-tmp", ".webhooks.toml.swp", "webhooks.toml"]);
}

#[test]
fn two_files_in_one_directory_can_be_edited_at_once() {
    let folder = folder();
    put(&folder.path().join(".env"), "");
    let first = open(&folder.path().join("webhooks.toml")).unwrap();
    let second = open(&folder.path().join(".env")).unwrap();
    first.write(b"new").unwrap();
    second.write(b"A=1").unwrap();
    assert_eq!(text(&folder.path().join(".env")), "A=1");
}

#[test]
fn eight_threads_lose_nothing() {
    let folder = folder();
    let path = folder.path().join("webhooks.toml");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| append_lines(&path, 50));
        }
    });
    assert_eq!(text(&path).len(), "old".len() + 8 * 50);
    assert_eq!(names(folder.path()), ["webhooks.toml"]);
}

fn append_lines(path: &Path, times: usize) {
    for _ in 0..times {
        let update = open(path).unwrap();
        let mut bytes = update.bytes().to_vec();
        bytes.push(b'x');
        update.write(&bytes).unwrap();
    }
}

#[test]
fn waiting_for_a_lock_is_reported_once_and_then_reads_the_new_text() {
    let folder = folder();
    let path = folder.path().join("webhooks.toml");
    let update = open(&path).unwrap();
    let (said, heard) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let update = Update::open(&path, LIMIT, move || said.send(()).unwrap()).unwrap();
            update.bytes().to_vec()
        });
        heard.recv().unwrap();
        update.write(b"new").unwrap();
        assert_eq!(second.join().unwrap(), b"new");
    });
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_target_of_a_link_is_edited() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("a/b")).unwrap();
        fs::rename(at("webhooks.toml"), at("a/real.toml")).unwrap();
        symlink("../real.toml", at("a/b/second")).unwrap();
        symlink("a/b/second", at("first")).unwrap();
        symlink("a/b", at("way")).unwrap();
        for (name, new) in [("first", "one"), ("way/second", "two"), ("way/../real.toml", "three")] {
            open(&at(name)).unwrap().write(new.as_bytes()).unwrap();
            assert_eq!(text(&at("a/real.toml")), new);
        }
        assert_eq!(fs::read_link(at("first")).unwrap(), Path::new("a/b/second"));
        assert_eq!(fs::read_link(at("a/b/second")).unwrap(), Path::new("../real.toml"));
        assert_eq!(names(&at("a/b")), ["second"]);
        assert_eq!(names(&at("a")), ["b", "real.toml"]);
    }

    #[test]
    fn dangling_links_and_loops_are_different_errors() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        symlink("none", at("dangling")).unwrap();
        symlink("two", at("one")).unwrap();
        symlink("one", at("two")).unwrap();
        assert!(matches!(open(&at("dangling")).unwrap_err().kind, FileErrorKind::DanglingLink { .. }));
        assert!(matches!(open(&at("one")).unwrap_err().kind, FileErrorKind::LinkLoop));
        assert!(matches!(read(&at("dangling"), LIMIT).unwrap_err().kind, FileErrorKind::DanglingLink { .. }));
        assert!(matches!(read(&at("one"), LIMIT).unwrap_err().kind, FileErrorKind::LinkLoop));
        assert!(matches!(create_new(&at("dangling"), b"", 0o600).unwrap_err().kind, FileErrorKind::Exists));
    }

    #[test]
    fn a_link_with_a_new_target_counts_as_changed() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        put(&at("other"), "old");
        symlink("webhooks.toml", at("link")).unwrap();
        let update = open(&at("link")).unwrap();
        fs::remove_file(at("link")).unwrap();
        symlink("other", at("link")).unwrap();
        assert!(matches!(update.write(b"new").unwrap_err().kind, FileErrorKind::Changed));
        assert_eq!((text(&at("other")), text(&at("webhooks.toml"))), ("old".to_owned(), "old".to_owned()));
    }

    #[test]
    fn mode_and_owner_are_kept() {
        let folder = folder();
        let path = folder.path().join("webhooks.toml");
        for mode in [0o600, 0o644, 0o664, 0o666, 0o755] {
            chmod(&path, mode);
            open(&path).unwrap().write(format!("{mode:o}").as_bytes()).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, mode);
        }
        // Only root can change the owner.
        if chown(&path, Some(1234), Some(5678)).is_ok() {
            open(&path).unwrap().write(b"new").unwrap();
            let now = fs::metadata(&path).unwrap();
            assert_eq!((now.uid(), now.gid(), now.mode() & 0o7777), (1234, 5678, 0o755));
        }
    }

    #[test]
    fn a_new_file_has_the_given_mode() {
        let folder = folder();
        let path = folder.path().join(".env");
        create_new(&path, b"A=1", 0o600).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    }

    #[test]
    fn a_read_only_file_is_refused() {
        let folder = folder();
        let path = folder.path().join("webhooks.toml");
        chmod(&path, 0o444);
        let update = open(&path).unwrap();
        assert!(matches!(update.require_writable().unwrap_err().kind, FileErrorKind::ReadOnly));
        let error = update.write(b"new").unwrap_err();
        assert!(matches!(error.kind, FileErrorKind::ReadOnly));
        assert!(error.to_string().ends_with("it is read-only"), "{error}");
        assert_eq!(text(&path), "old");
    }

    #[test]
    fn a_hard_linked_file_is_refused() {
        let folder = folder();
        let path = folder.path().join("webhooks.toml");
        fs::hard_link(&path, folder.path().join("other")).unwrap();
        let kind = open(&path).unwrap().write(b"new").unwrap_err().kind;
        assert!(matches!(kind, FileErrorKind::HardLinked { links: 2 }));
        assert_eq!(text(&path), "old");
    }

    #[test]
    fn a_read_only_directory_leaves_the_file_unchanged() {
        let folder = folder();
        let path = folder.path().join("webhooks.toml");
        let update = open(&path).unwrap();
        chmod(folder.path(), 0o555);
        // Root can write to any directory.
        let is_root = File::create(folder.path().join("probe")).is_ok();
        if !is_root {
            assert!(matches!(update.write(b"new").unwrap_err().kind, FileErrorKind::Permission));
            assert_eq!(text(&path), "old");
        }
        chmod(folder.path(), 0o755);
    }

    #[test]
    fn devices_are_refused_and_pipes_are_read() {
        assert!(matches!(read(Path::new("/dev/zero"), LIMIT).unwrap_err().kind, FileErrorKind::Device));
        assert!(matches!(open(Path::new("/dev/zero")).unwrap_err().kind, FileErrorKind::Device));
        let folder = folder();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if made.is_ok_and(|status| status.success()) {
            assert!(matches!(open(&pipe).unwrap_err().kind, FileErrorKind::Device));
            std::thread::scope(|scope| {
                scope.spawn(|| fs::OpenOptions::new().write(true).open(&pipe).unwrap().write_all(b"through"));
                assert_eq!(read(&pipe, LIMIT).unwrap(), b"through");
            });
        }
    }

    #[test]
    fn a_reader_sees_only_the_old_text_or_the_new() {
        let folder = folder();
        let path = folder.path().join("webhooks.toml");
        let (a, b) = ("a".repeat(900), "b".repeat(900));
        put(&path, &a);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for text in [&b, &a].into_iter().cycle().take(40) {
                    open(&path).unwrap().write(text.as_bytes()).unwrap();
                }
            });
            while !writer.is_finished() {
                let mut seen = String::new();
                File::open(&path).unwrap().read_to_string(&mut seen).unwrap();
                assert!(seen == a || seen == b, "{seen}");
            }
        });
    }
}
