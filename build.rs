//! Sets `HOOKS_VERSION`, which `--version` prints: the version and, in a release build, the commit of the source.
//!
//! The commit comes from the file that `cargo package` adds to a package, else from git. A source without either still
//! builds. Debug builds leave it out: a new commit would compile the whole library again.

#![expect(clippy::disallowed_methods, reason = "a build script reads what Cargo sets")]

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// How many digits of a commit are printed.
const DIGITS: usize = 10;

fn main() {
    let directory = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = if is_release {
        packaged(Path::new(&directory)).or_else(|| checked_out(Path::new(&directory)))
    } else {
        None
    };
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let version = commit.map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=HOOKS_VERSION={version}");
    println!("cargo::rerun-if-changed=build.rs");
}

/// The commit that `cargo package` recorded.
fn packaged(directory: &Path) -> Option<String> {
    let record = fs::read_to_string(directory.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = record.split_once("\"sha1\": \"")?;
    let is_modified = record.contains("\"dirty\": true");
    shown(rest.split_once('"')?.0, is_modified)
}

/// The commit that is checked out, if the directory is a repository of its own, not part of another one.
fn checked_out(directory: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(directory).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim_end().to_owned())
    };
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if fs::canonicalize(top).ok()? != fs::canonicalize(directory).ok()? {
        return None;
    }
    // The first file names the branch, the second has a line for each commit that was checked out.
    for name in ["HEAD", "logs/HEAD"] {
        let path = directory.join(git(&["rev-parse", "--git-path", name])?);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    for sources in ["src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={sources}");
    }
    let changes = git(&["status", "--porcelain", "--untracked-files=no"])?;
    shown(&git(&["rev-parse", "HEAD"])?, !changes.is_empty())
}

fn shown(commit: &str, is_modified: bool) -> Option<String> {
    let digits = commit.get(..DIGITS)?;
    let is_commit = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_commit.then(|| format!("{digits}{}", if is_modified { ", modified" } else { "" }))
}
