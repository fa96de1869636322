//! The environment of the process, which is read but never changed, and the values of `${NAME}`: from the environment, then
//! from `.env` or the files of `--env-file`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::env::VarError;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::{DotEnv, parse_dotenv, unresolved_reference};
use crate::core::diagnostic::Diagnostic;
use crate::core::request::{self, EnvironmentValue, Unset};
use crate::core::secrets::Secret;
use crate::core::text::Source;

use super::files;

pub const MAX_DOTENV_BYTES: u64 = 1024 * 1024;

#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub enum EnvVar {
    Set(String),
    NotUtf8,
    Missing,
}

#[expect(missing_debug_implementations, reason = "it holds secrets")]
#[derive(Default)]
pub struct Environment {
    /// In command-line order; the last one wins.
    files: Vec<File>,
    /// The file to which a missing name would be added.
    own_file: String,
    added: HashMap<String, Secret>,
}

struct File {
    source: Arc<Source>,
    values: DotEnv,
}

impl Environment {
    /// Reads the files of `--env-file`, or else `.env` if it is needed and exists.
    pub fn load(definitions: &Path, named: &[PathBuf], is_needed: bool) -> Result<Self, Diagnostic> {
        let dotenv = dotenv_path(definitions);
        let own_file = named.last().unwrap_or(&dotenv).display().to_string();
        let paths = match named {
            [] if is_needed && exists(&dotenv) => vec![dotenv],
            named => named.to_vec(),
        };
        let read = |path: &PathBuf| {
            let source = files::read_settled_source(path, MAX_DOTENV_BYTES)?;
            let source = Arc::new(source);
            Ok(File { values: parse_dotenv(&source), source })
        };
        let files = paths.iter().map(read).collect::<Result<_, Diagnostic>>()?;
        Ok(Self { files, own_file, added: HashMap::new() })
    }

    /// Sets a name that will be written to `.env`.
    pub fn set(&mut self, name: &str, value: Secret) {
        self.added.insert(name.to_owned(), value);
    }

    /// The files that were read, and the lines in them that cannot be parsed.
    pub fn files(&self) -> impl Iterator<Item = (&Arc<Source>, &[Diagnostic])> {
        self.files.iter().map(|file| (&file.source, file.values.problems.as_slice()))
    }

    /// A warning for each of these names with a value in the syntax of another program.
    pub fn unresolved(&self, names: &[String]) -> Vec<Diagnostic> {
        let mut names: Vec<&String> = names.iter().collect();
        names.sort_unstable();
        names.dedup();
        let warning = |name: &String| match lookup(name) {
            EnvVar::Set(value) => unresolved_reference(name, &value),
            EnvVar::NotUtf8 => None,
            EnvVar::Missing => self.file_of(name)?.values.unresolved(name).cloned(),
        };
        names.into_iter().filter_map(warning).collect()
    }

    fn file_of(&self, name: &str) -> Option<&File> {
        self.files.iter().rev().find(|file| file.values.get(name).is_some())
    }
}

impl request::Environment for Environment {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        match lookup(name) {
            EnvVar::Set(value) => {
                Some(EnvironmentValue { value: Secret::new(value), source: Cow::Borrowed("the environment") })
            }
            EnvVar::NotUtf8 => None,
            EnvVar::Missing => {
                let file = self.file_of(name);
                let source = Cow::Borrowed(file.map_or(self.own_file.as_str(), |file| file.source.name()));
                let value = file.and_then(|file| file.values.get(name)).or_else(|| self.added.get(name))?;
                Some(EnvironmentValue { value: value.clone(), source })
            }
        }
    }

    fn unset(&self, name: &str) -> Unset {
        match lookup(name) {
            EnvVar::NotUtf8 => Unset::NotUtf8,
            EnvVar::Set(_) | EnvVar::Missing => Unset::Missing,
        }
    }

    fn own_names(&self) -> Vec<&str> {
        self.files.iter().flat_map(|file| file.values.names()).collect()
    }

    fn own_file(&self) -> &str {
        &self.own_file
    }
}

/// The `.env` next to the definitions file, else the one in the current directory.
pub fn dotenv_path(definitions: &Path) -> PathBuf {
    let beside = definitions.with_file_name(".env");
    let here = PathBuf::from(".env");
    if !exists(&beside) && exists(&here) { here } else { beside }
}

/// Whether the path exists, even as a dangling link.
fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn lookup(name: &str) -> EnvVar {
    match std::env::var(name) {
        Ok(value) => EnvVar::Set(value),
        Err(VarError::NotUnicode(_)) => EnvVar::NotUtf8,
        Err(VarError::NotPresent) => EnvVar::Missing,
    }
}

/// A variable of the process; none if it is not set, or not UTF-8.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::disallowed_methods, reason = "the value need not be UTF-8")]
pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// A variable of the process; none if it is not set or empty.
pub fn setting(name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

/// Whether this is a CI job, where no questions are asked even on a terminal.
pub fn is_ci() -> bool {
    setting("CI").is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
}

/// A path; none if it is not set or empty.
#[expect(clippy::disallowed_methods, reason = "a path need not be UTF-8")]
pub fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

pub fn working_directory() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// Changes the working directory.
pub fn enter(directory: &Path) -> std::io::Result<()> {
    std::env::set_current_dir(directory)
}

pub fn home_directory() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// Which convention of the system decides where programs store their state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StateConvention {
    Xdg,
    MacOs,
    Windows,
}

/// The user's directory for the state of programs: `$XDG_STATE_HOME`, else that of the system.
pub fn state_directory() -> Option<PathBuf> {
    // Users and backup programs look for it there.
    let convention = if cfg!(windows) {
        StateConvention::Windows
    } else if cfg!(target_os = "macos") {
        StateConvention::MacOs
    } else {
        StateConvention::Xdg
    };
    state_directory_by(convention, setting, home_directory())
}

fn state_directory_by(
    convention: StateConvention,
    setting: impl Fn(&str) -> Option<String>,
    home: Option<PathBuf>,
) -> Option<PathBuf> {
    let absolute = |path: String| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    if let Some(named) = setting("XDG_STATE_HOME").and_then(absolute) {
        return Some(named);
    }
    match convention {
        StateConvention::Windows => setting("LOCALAPPDATA").and_then(absolute),
        StateConvention::MacOs => Some(home?.join("Library/Application Support")),
        StateConvention::Xdg => Some(home?.join(".local/state")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_own_directory_for_state_unless_one_is_named() {
        use StateConvention::{MacOs, Windows, Xdg};
        let root = if cfg!(windows) { "C:\\" } else { "/" };
        let home = Path::new(root).join("home");
        let local = Path::new(root).join("local");
        let own = |name: &str| (name == "LOCALAPPDATA").then(|| local.to_str().unwrap().to_owned());
        let by = |convention| state_directory_by(convention, own, Some(home.clone()));
        assert_eq!(by(Xdg), Some(home.join(".local/state")));
        assert_eq!(by(MacOs), Some(home.join("Library/Application Support")));
        assert_eq!(by(Windows), Some(local.clone()));
        for convention in [Xdg, MacOs, Windows] {
            let named = |name: &str| (name == "XDG_STATE_HOME").then(|| local.to_str().unwrap().to_owned());
            assert_eq!(state_directory_by(convention, named, Some(home.clone())), Some(local.clone()));
            // A relative path is ignored; without a directory, the history is off.
            assert_eq!(state_directory_by(convention, |_| Some("relative".to_owned()), None), None);
        }
    }
}
