//! Sources of `${NAME}`: the environment of the process, then `.env` or the files of
//! `--env-file`. The environment of the process is only read, never changed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::{DotEnv, parse_dotenv, unresolved_reference};
use crate::core::diagnostic::Diagnostic;
use crate::core::request::{self, EnvironmentValue, Unset};
use crate::core::secrets::Secret;
use crate::core::text::Source;

use super::env::{self, Variable};
use super::files;

pub const LARGEST_DOTENV: u64 = 1024 * 1024;

#[expect(missing_debug_implementations, reason = "it holds secrets")]
#[derive(Default)]
pub struct Environment {
    /// In command-line order; the last one wins.
    files: Vec<File>,
    /// The file that a missing name would be added to.
    own_file: String,
    added: HashMap<String, Secret>,
}

struct File {
    source: Arc<Source>,
    values: DotEnv,
}

/// The `.env` for a definitions file: the one beside it, else the one in the current directory.
pub fn dotenv_path(definitions: &Path) -> PathBuf {
    let beside = definitions.with_file_name(".env");
    let here = PathBuf::from(".env");
    if !is_there(&beside) && is_there(&here) { here } else { beside }
}

/// Whether the path exists, even as a dangling link.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

impl Environment {
    /// Reads the files of `--env-file`, or else `.env` if it is needed and exists.
    pub fn load(definitions: &Path, named: &[PathBuf], is_needed: bool) -> Result<Self, Diagnostic> {
        let dotenv = dotenv_path(definitions);
        let own_file = named.last().unwrap_or(&dotenv).display().to_string();
        let paths = match named {
            [] if is_needed && is_there(&dotenv) => vec![dotenv],
            named => named.to_vec(),
        };
        let read = |path: &PathBuf| {
            let source = files::read_settled_source(path, LARGEST_DOTENV)?;
            let source = Arc::new(source);
            Ok(File { values: parse_dotenv(&source), source })
        };
        let files = paths.iter().map(read).collect::<Result<_, Diagnostic>>()?;
        Ok(Self { files, own_file, added: HashMap::new() })
    }

    /// Sets a name that is about to be written to `.env`.
    pub fn set(&mut self, name: &str, value: Secret) {
        self.added.insert(name.to_owned(), value);
    }

    /// The files that were read, with the lines that cannot be parsed.
    pub fn files(&self) -> impl Iterator<Item = (&Arc<Source>, &[Diagnostic])> {
        self.files.iter().map(|file| (&file.source, file.values.problems.as_slice()))
    }

    /// A warning for each of these names whose value uses the syntax of another program.
    pub fn unresolved(&self, names: &[String]) -> Vec<Diagnostic> {
        let mut names: Vec<&String> = names.iter().collect();
        names.sort_unstable();
        names.dedup();
        let warning = |name: &String| match env::lookup(name) {
            Variable::Set(value) => unresolved_reference(name, &value),
            Variable::NotUtf8 => None,
            Variable::Missing => self.file_of(name)?.values.unresolved(name).cloned(),
        };
        names.into_iter().filter_map(warning).collect()
    }

    fn file_of(&self, name: &str) -> Option<&File> {
        self.files.iter().rev().find(|file| file.values.get(name).is_some())
    }
}

impl request::Environment for Environment {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        match env::lookup(name) {
            Variable::Set(value) => {
                Some(EnvironmentValue { value: Secret::new(value), source: Cow::Borrowed("the environment") })
            }
            Variable::NotUtf8 => None,
            Variable::Missing => {
                let file = self.file_of(name);
                let source = Cow::Borrowed(file.map_or(self.own_file.as_str(), |file| file.source.name()));
                let value = file.and_then(|file| file.values.get(name)).or_else(|| self.added.get(name))?;
                Some(EnvironmentValue { value: value.clone(), source })
            }
        }
    }

    fn unset(&self, name: &str) -> Unset {
        match env::lookup(name) {
            Variable::NotUtf8 => Unset::NotUtf8,
            Variable::Set(_) | Variable::Missing => Unset::Missing,
        }
    }

    fn own_names(&self) -> Vec<&str> {
        self.files.iter().flat_map(|file| file.values.names()).collect()
    }

    fn own_file(&self) -> &str {
        &self.own_file
    }
}
