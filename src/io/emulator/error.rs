//! Why the emulator cannot start or continue.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::core::text::one_line;

/// A problem with the file of the state, or with the state in memory.
#[derive(Debug)]
pub struct EmulatorError {
    /// None for a state in memory.
    path: Option<PathBuf>,
    kind: EmulatorErrorKind,
}

#[derive(Debug)]
pub enum EmulatorErrorKind {
    /// A socket, a thread or the file cannot be used.
    Io(io::Error),
    /// A newer version wrote the file.
    Newer,
    /// Another program wrote the file.
    Foreign,
    Damaged,
    Full,
    ReadOnly,
    /// Another process uses the file.
    Busy,
    Other(String),
}

impl EmulatorError {
    pub(super) fn new(path: Option<&Path>, kind: EmulatorErrorKind) -> Self {
        Self { path: path.map(Path::to_owned), kind }
    }

    pub(super) fn sqlite(path: Option<&Path>, error: &rusqlite::Error) -> Self {
        use EmulatorErrorKind as Kind;
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Kind::Damaged,
            Some(ErrorCode::DiskFull) => Kind::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Kind::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Kind::Busy,
            _ => Kind::Other(error.to_string()),
        };
        Self::new(path, kind)
    }

    pub fn kind(&self) -> &EmulatorErrorKind {
        &self.kind
    }

    pub fn help(&self) -> &'static str {
        match self.kind {
            EmulatorErrorKind::Newer => "install the newer version, or use another file",
            EmulatorErrorKind::Foreign | EmulatorErrorKind::Damaged => {
                "use another file, or move this one; a new one is then created"
            }
            EmulatorErrorKind::Full => "free space on this disk",
            EmulatorErrorKind::Busy => "stop the other emulator, or use another file",
            EmulatorErrorKind::Io(_) | EmulatorErrorKind::ReadOnly | EmulatorErrorKind::Other(_) => {
                "use another file, or leave out `--data` to keep the state in memory"
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
        match &self.kind {
            EmulatorErrorKind::Io(error) if path.is_none() => write!(f, "the emulator cannot start: {error}"),
            EmulatorErrorKind::Io(error) => write!(f, "{file} cannot be opened: {error}"),
            EmulatorErrorKind::Newer => write!(f, "{file} was written by a newer version of `hooks`"),
            EmulatorErrorKind::Foreign => write!(f, "{file} is not a state file of the emulator"),
            EmulatorErrorKind::Damaged => {
                write!(f, "{file} is not a state file of the emulator, or is damaged")
            }
            EmulatorErrorKind::Full => write!(f, "the disk with {file} is full"),
            EmulatorErrorKind::ReadOnly => write!(f, "{file} cannot be written"),
            EmulatorErrorKind::Busy => write!(f, "{file} is used by another process"),
            EmulatorErrorKind::Other(words) => write!(f, "{file} cannot be used: {}", one_line(words)),
        }
    }
}

impl std::error::Error for EmulatorError {}
