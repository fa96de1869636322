//! A temporary project directory with definitions and data, and a home directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(crate) struct Project {
    root: TempDir,
}

impl Project {
    /// An empty project.
    pub(crate) fn new() -> Self {
        #[cfg(unix)]
        super::signals::reset();
        let root = tempfile::Builder::new().prefix("hooks-").tempdir().unwrap();
        for folder in ["project", "home"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root }
    }

    /// A project with `webhooks.example.toml` as `webhooks.toml`.
    pub(crate) fn example() -> Self {
        Self::new().definitions(include_str!("../../../webhooks.example.toml"))
    }

    /// Writes `webhooks.toml`.
    pub(crate) fn definitions(self, text: &str) -> Self {
        self.file("webhooks.toml", text)
    }

    /// Writes a file and creates its parent directories.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test fails anyway if a fixture is half written")]
        std::fs::write(path, content).unwrap();
        self
    }

    /// The directory in which commands run.
    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("project")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        let path = self.join(name);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Every file of the project and the home directory with its bytes, to compare before and after.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let own = path.strip_prefix(self.root.path()).unwrap().to_owned();
                    files.push((own, std::fs::read(path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }

    /// A program that starts in the project with a clean environment.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let home = self.home();
        let mut command = Command::new(program);
        command.current_dir(self.path()).env_clear();
        for kept in ["PATH", "SystemRoot", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::vars_os().filter(|(name, _)| name == kept));
        }
        command
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("TMPDIR", &home)
            .env("TZ", "UTC")
            .env("LANG", "C.UTF-8")
            .env("RUST_BACKTRACE", "0");
        command
    }
}
