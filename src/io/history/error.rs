//! Why a history cannot be used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::core::text::one_line;

#[derive(Debug)]
pub struct HistoryError {
    path: PathBuf,
    kind: HistoryErrorKind,
}

#[derive(Debug)]
pub enum HistoryErrorKind {
    /// The directory or the file cannot be created or opened.
    Path(io::Error),
    Newer,
    /// A version before the first release wrote it, with other tables.
    Prerelease,
    Foreign,
    /// It is not a history, or damaged.
    Damaged,
    Full,
    ReadOnly,
    Busy,
    Other(String),
}

impl HistoryError {
    pub(super) fn new(path: &Path, kind: HistoryErrorKind) -> Self {
        Self { path: path.to_owned(), kind }
    }

    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        use HistoryErrorKind as Kind;
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Kind::Damaged,
            Some(ErrorCode::DiskFull) => Kind::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Kind::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Kind::Busy,
            _ if is_about_contents(error) => Kind::Damaged,
            _ => Kind::Other(error.to_string()),
        };
        Self::new(path, kind)
    }

    /// Whether another process has locked it, so that a later attempt may work.
    pub fn is_busy(&self) -> bool {
        matches!(self.kind, HistoryErrorKind::Busy)
    }

    pub fn kind(&self) -> &HistoryErrorKind {
        &self.kind
    }

    pub fn help(&self) -> &'static str {
        match self.kind {
            HistoryErrorKind::Newer => "install the newer version",
            HistoryErrorKind::Foreign => "move the file away, or set `XDG_STATE_HOME` to another directory",
            HistoryErrorKind::Prerelease | HistoryErrorKind::Damaged => {
                "move the file away (a new one is created)"
            }
            HistoryErrorKind::Full => "free space on this disk",
            HistoryErrorKind::Busy => "wait until the other `hooks` has finished",
            HistoryErrorKind::Path(_) | HistoryErrorKind::ReadOnly | HistoryErrorKind::Other(_) => {
                "set `XDG_STATE_HOME` to another directory"
            }
        }
    }
}

/// A value of another type than the schema says.
fn is_about_contents(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::InvalidColumnName(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
    )
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        let path = one_line(&path);
        match &self.kind {
            HistoryErrorKind::Path(error) => write!(f, "the history `{path}` cannot be opened: {error}"),
            HistoryErrorKind::Newer => {
                write!(f, "the history `{path}` was written by a newer version of `hooks`")
            }
            HistoryErrorKind::Prerelease => {
                write!(f, "the history `{path}` was written by a pre-release version of `hooks`")
            }
            HistoryErrorKind::Foreign => write!(f, "`{path}` is a database of another program"),
            HistoryErrorKind::Damaged => write!(f, "`{path}` is not a history, or is damaged"),
            HistoryErrorKind::Full => write!(f, "the disk with the history `{path}` is full"),
            HistoryErrorKind::ReadOnly => write!(f, "the history `{path}` cannot be written"),
            HistoryErrorKind::Busy => write!(f, "the history `{path}` is busy"),
            HistoryErrorKind::Other(words) => {
                write!(f, "the history `{path}` cannot be used: {}", one_line(words))
            }
        }
    }
}

impl std::error::Error for HistoryError {}
