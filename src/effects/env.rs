//! The environment: process variables, and the `.env` file beside the definitions. The process
//! environment is only read, never changed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::{DotEnv, parse_dotenv};
use crate::core::diagnostic::Diagnostic;
use crate::core::request;
use crate::core::text::Secret;

use super::files;

/// A variable of the process; none when it is not set, or no UTF-8.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether a variable of the process is set, to whatever.
#[expect(clippy::disallowed_methods, reason = "a value that is not UTF-8 is one too")]
pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// A variable of the process that is neither missing nor empty.
pub fn setting(name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

/// Whether this is a CI job, where nobody answers a question, even on a terminal.
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

/// This person's home.
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

/// What `${NAME}` is looked up in: the process environment first, then `.env`.
#[expect(missing_debug_implementations, reason = "it holds secrets and shows itself to no one")]
#[derive(Default)]
pub struct Environment {
    own: DotEnv,
    own_file: String,
    added: HashMap<String, Secret>,
}

impl Environment {
    /// Reads the `.env` beside a definitions file, if there is one.
    ///
    /// # Errors
    /// When it is there and cannot be read, or a line is not `NAME=value`.
    pub fn beside(definitions: &Path) -> Result<Self, Vec<Diagnostic>> {
        const LARGEST: u64 = 1024 * 1024;
        let path = definitions.with_file_name(".env");
        let own_file = path.display().to_string();
        let added = HashMap::new();
        if !path.exists() {
            return Ok(Self { own: DotEnv::default(), own_file, added });
        }
        let source = files::read_source(&path, LARGEST).map_err(|finding| vec![finding])?;
        Ok(Self { own: parse_dotenv(&Arc::new(source))?, own_file, added })
    }
}

impl Environment {
    /// Sets a name that is about to be written to `.env`.
    pub fn set(&mut self, name: &str, value: Secret) {
        self.added.insert(name.to_owned(), value);
    }
}

impl request::Environment for Environment {
    fn get(&self, name: &str) -> Option<request::EnvironmentValue<'_>> {
        let from_process = || {
            let value = Secret::new(variable(name)?);
            Some(request::EnvironmentValue { value, source: Cow::Borrowed("the environment") })
        };
        let from_file = || {
            let value = self.own.get(name).or_else(|| self.added.get(name))?.clone();
            Some(request::EnvironmentValue { value, source: Cow::Borrowed(&self.own_file) })
        };
        from_process().or_else(from_file)
    }

    fn own_names(&self) -> Vec<&str> {
        self.own.names().collect()
    }

    fn own_file(&self) -> &str {
        &self.own_file
    }
}
