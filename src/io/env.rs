//! The environment of the process, which is only read, never changed.

use std::env::VarError;
use std::path::{Path, PathBuf};

#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub enum Variable {
    Set(String),
    NotUtf8,
    Missing,
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn lookup(name: &str) -> Variable {
    match std::env::var(name) {
        Ok(value) => Variable::Set(value),
        Err(VarError::NotUnicode(_)) => Variable::NotUtf8,
        Err(VarError::NotPresent) => Variable::Missing,
    }
}

/// A variable of the process; none when it is not set, or no UTF-8.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::disallowed_methods, reason = "a value that is not UTF-8 is one too")]
pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// A variable of the process that is neither missing nor empty.
pub fn setting(name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

/// Whether this is a CI job, where no questions are asked, even on a terminal.
pub fn is_ci() -> bool {
    setting("CI").is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
}

/// A setting that is a path; none when it is not set, or empty.
#[expect(clippy::disallowed_methods, reason = "paths need not be text")]
pub fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The folder that the program runs in.
pub fn working_folder() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// Lets the program run in another folder from now on.
pub fn enter(folder: &Path) -> std::io::Result<()> {
    std::env::set_current_dir(folder)
}

pub fn home_folder() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// The folder in which this person's programs keep what they remember: `$XDG_STATE_HOME`, else the
/// system's own.
pub fn state_folder() -> Option<PathBuf> {
    let absolute = |path: String| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    if let Some(named) = setting("XDG_STATE_HOME").and_then(absolute) {
        return Some(named);
    }
    if cfg!(windows) {
        return setting("LOCALAPPDATA").and_then(absolute);
    }
    let home = home_folder()?;
    let own = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/state" };
    Some(home.join(own))
}
