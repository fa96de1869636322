//! Errors of the emulator's state.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::core::text::one_line;
use crate::io::sqlite::Unusable;

#[derive(Debug)]
pub struct EmulatorError {
    /// None for a state in memory.
    path: Option<PathBuf>,
    reason: Unusable,
}

impl EmulatorError {
    pub(super) fn new(path: Option<&Path>, reason: Unusable) -> Self {
        Self { path: path.map(Path::to_owned), reason }
    }

    pub(super) fn sqlite(path: Option<&Path>, error: &rusqlite::Error) -> Self {
        Self::new(path, Unusable::of(error))
    }

    pub fn reason(&self) -> &Unusable {
        &self.reason
    }

    pub fn help(&self) -> &'static str {
        match self.reason {
            Unusable::Newer => "install the newer version, or use another file",
            Unusable::Foreign | Unusable::Prerelease | Unusable::Damaged => {
                "use another file, or move this one away to create a new one"
            }
            Unusable::Full => "free space on this disk",
            Unusable::Busy => "stop the other emulator, or use another file",
            Unusable::Path(_) | Unusable::ReadOnly | Unusable::Other(_) => {
                "use another file, or omit `--data` to keep the state in memory"
            }
        }
    }
}

impl fmt::Display for EmulatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.as_ref().map(|path| path.display().to_string());
        let file = match &path {
            Some(path) => format!("`{}`", one_line(path)),
            None => "the state in memory".to_owned(),
        };
        match &self.reason {
            Unusable::Path(error) if path.is_none() => write!(f, "the emulator cannot start: {error}"),
            Unusable::Path(error) => write!(f, "{file} cannot be opened: {error}"),
            Unusable::Newer => write!(f, "{file} was written by a newer version of `hooks`"),
            Unusable::Foreign | Unusable::Prerelease => {
                write!(f, "{file} is not a state file of the emulator")
            }
            Unusable::Damaged => {
                write!(f, "{file} is not a state file of the emulator, or is damaged")
            }
            Unusable::Full => write!(f, "the disk with {file} is full"),
            Unusable::ReadOnly => write!(f, "{file} cannot be written"),
            Unusable::Busy => write!(f, "{file} is used by another process"),
            Unusable::Other(words) => write!(f, "{file} cannot be used: {}", one_line(words)),
        }
    }
}

impl std::error::Error for EmulatorError {}
