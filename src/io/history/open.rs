//! Where the history is, and how it is opened, with access for this user only.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{History, HistoryError, schema};
use crate::io::env;
use crate::io::files::{create_private_directory, keep_private, set_mode};
use crate::io::sqlite::Unusable;

/// How long to wait for another process.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// How long to wait for another writer: two concurrent writers finish within this time.
const SHORT_LOCK_WAIT: Duration = Duration::from_millis(100);
/// Pages of the write-ahead log after which it is copied into the file. A short log makes opening cheap, since all of it is
/// read.
const LOG_PAGES: u32 = 200;

impl History {
    /// Opens a history to write to, and creates it if it does not exist.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        Self::open_or_create(path, LOCK_WAIT)
    }

    /// Like [`open`](Self::open), but waits only briefly for another process that has locked the history.
    pub fn open_now(path: &Path) -> Result<Self, HistoryError> {
        Self::open_or_create(path, SHORT_LOCK_WAIT)
    }

    fn open_or_create(path: &Path, lock_wait: Duration) -> Result<Self, HistoryError> {
        schema::refuse_foreign(path)?;
        create(path)?;
        Self::connect(path, lock_wait)
    }

    /// Waits for other processes from now on.
    pub fn wait(&self) -> Result<(), HistoryError> {
        self.connection.busy_timeout(LOCK_WAIT).map_err(|error| self.fail(&error))
    }

    pub fn open_existing(path: &Path) -> Result<Option<Self>, HistoryError> {
        schema::refuse_foreign(path)?;
        if exists(path)? { Self::connect(path, LOCK_WAIT).map(Some) } else { Ok(None) }
    }

    fn connect(path: &Path, lock_wait: Duration) -> Result<Self, HistoryError> {
        let fail = |error: rusqlite::Error| HistoryError::sqlite(path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
        connection.busy_timeout(lock_wait).map_err(fail)?;
        // Copying the log into the file takes time, so it is not done each time a program ends.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(fail)?;
        let mut history = Self { connection, path: path.to_owned() };
        schema::prepare(&mut history.connection, path, lock_wait)?;
        history.connection.pragma_update(None, "synchronous", "NORMAL").map_err(fail)?;
        history.connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES).map_err(fail)?;
        Ok(history)
    }
}

/// `hooks/history.db` in this user's state directory; none if the system names no such directory.
pub fn default_path() -> Option<PathBuf> {
    Some(env::state_directory()?.join("hooks").join("history.db"))
}

/// Creates the directory and an empty file, for this user only.
fn create(path: &Path) -> Result<(), HistoryError> {
    let fail = |error| HistoryError::new(path, Unusable::Path(error));
    if let Some(directory) = path.parent() {
        create_private_directory(directory).map_err(fail)?;
    }
    let mut options = fs::OpenOptions::new();
    match set_mode(options.write(true).create_new(true), 0o600).open(path) {
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
        Err(error) => Err(HistoryError::new(path, Unusable::Path(error))),
    }
}
