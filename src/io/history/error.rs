//! Why a history cannot be used.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::core::text::one_line;
use crate::io::sqlite::Unusable;

#[derive(Debug)]
pub struct HistoryError {
    path: PathBuf,
    reason: Unusable,
}

impl HistoryError {
    pub(super) fn new(path: &Path, reason: Unusable) -> Self {
        Self { path: path.to_owned(), reason }
    }

    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        Self::new(path, Unusable::of(error))
    }

    /// Whether another process has locked it, so that a later attempt may work.
    pub fn is_busy(&self) -> bool {
        matches!(self.reason, Unusable::Busy)
    }

    pub fn help(&self) -> &'static str {
        match self.reason {
            Unusable::Newer => "install the newer version",
            Unusable::Foreign => "move the file away, or set `XDG_STATE_HOME` to another directory",
            Unusable::Prerelease | Unusable::Damaged => "move the file away (a new one is created)",
            Unusable::Full => "free space on this disk",
            Unusable::Busy => "wait until the other `hooks` has finished",
            Unusable::Path(_) | Unusable::ReadOnly | Unusable::Other(_) => {
                "set `XDG_STATE_HOME` to another directory"
            }
        }
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        let path = one_line(&path);
        match &self.reason {
            Unusable::Path(error) => write!(f, "the history `{path}` cannot be opened: {error}"),
            Unusable::Newer => {
                write!(f, "the history `{path}` was written by a newer version of `hooks`")
            }
            Unusable::Prerelease => {
                write!(f, "the history `{path}` was written by a pre-release version of `hooks`")
            }
            Unusable::Foreign => write!(f, "`{path}` is a database of another program"),
            Unusable::Damaged => write!(f, "`{path}` is not a history, or is damaged"),
            Unusable::Full => write!(f, "the disk with the history `{path}` is full"),
            Unusable::ReadOnly => write!(f, "the history `{path}` cannot be written"),
            Unusable::Busy => write!(f, "the history `{path}` is busy"),
            Unusable::Other(words) => {
                write!(f, "the history `{path}` cannot be used: {}", one_line(words))
            }
        }
    }
}

impl std::error::Error for HistoryError {}
