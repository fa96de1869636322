//! Where the history is, how it is opened, and that nobody else reads it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{History, HistoryError, HistoryErrorKind, schema};
use crate::io::env;

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for another writer: two concurrent writers finish within this time.
const NO_PATIENCE: Duration = Duration::from_millis(100);
/// Pages of the log after which it is worked into the file. A short log makes opening cheap: it is read
/// through each time.
const LOG_PAGES: u32 = 200;

impl History {
    /// Opens a history to write to; makes one where there is none.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        Self::open_or_make(path, PATIENCE)
    }

    /// The same without waiting: fails at once if another process has locked the history.
    pub fn open_now(path: &Path) -> Result<Self, HistoryError> {
        Self::open_or_make(path, NO_PATIENCE)
    }

    fn open_or_make(path: &Path, patience: Duration) -> Result<Self, HistoryError> {
        schema::refuse_foreign(path)?;
        make(path)?;
        Self::connect(path, patience)
    }

    /// From now on, waits for other processes.
    pub fn wait(&self) -> Result<(), HistoryError> {
        self.connection.busy_timeout(PATIENCE).map_err(|error| self.fail(&error))
    }

    pub fn open_existing(path: &Path) -> Result<Option<Self>, HistoryError> {
        schema::refuse_foreign(path)?;
        if exists(path)? { Self::connect(path, PATIENCE).map(Some) } else { Ok(None) }
    }

    fn connect(path: &Path, patience: Duration) -> Result<Self, HistoryError> {
        let fail = |error: rusqlite::Error| HistoryError::sqlite(path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
        connection.busy_timeout(patience).map_err(fail)?;
        // Working the log into the file and waiting for the disk is not done at the end of every program.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(fail)?;
        let mut history = Self { connection, path: path.to_owned() };
        schema::prepare(&mut history.connection, path, patience)?;
        history.connection.pragma_update(None, "synchronous", "NORMAL").map_err(fail)?;
        history.connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES).map_err(fail)?;
        Ok(history)
    }
}

/// `hooks/history.db` in this person's state folder; none when the system names no such folder.
pub fn default_path() -> Option<PathBuf> {
    Some(env::state_directory()?.join("hooks").join("history.db"))
}

/// Makes the folder and an empty file, for this person alone.
fn make(path: &Path) -> Result<(), HistoryError> {
    let fail = |error| HistoryError::new(path, HistoryErrorKind::Place(error));
    if let Some(folder) = path.parent() {
        make_folder(folder).map_err(fail)?;
        keep_private(folder, 0o700);
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => keep_private(path, 0o600),
        Err(error) => return Err(fail(error)),
    }
    Ok(())
}

fn exists(path: &Path) -> Result<bool, HistoryError> {
    match fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(HistoryError::new(path, HistoryErrorKind::Place(error))),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes away what others may do with it. Where that is refused, it belongs to someone who has decided so.
#[cfg(unix)]
fn keep_private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let is_open = fs::metadata(path).is_ok_and(|own| own.permissions().mode() & 0o077 != 0);
    if is_open {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    }
}

/// The folder of a person's programs is theirs alone already.
#[cfg(not(unix))]
fn keep_private(_: &Path, _: u32) {}
