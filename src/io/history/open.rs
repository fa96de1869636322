//! Opens the file of the history.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{History, HistoryError, PATIENCE, place, schema};

/// How long to wait for another writer: two concurrent writers finish within this time.
const NO_PATIENCE: Duration = Duration::from_millis(100);
/// Pages of the log after which it is worked into the file. A short log makes opening cheap: it is read
/// through each time.
const LOG_PAGES: u32 = 200;

impl History {
    /// Opens a history to write to; makes one where there is none.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        schema::refuse_foreign(path)?;
        place::make(path)?;
        Self::connect(path, PATIENCE)
    }

    /// The same without waiting: fails at once if another process has locked the history.
    pub fn open_now(path: &Path) -> Result<Self, HistoryError> {
        schema::refuse_foreign(path)?;
        place::make(path)?;
        Self::connect(path, NO_PATIENCE)
    }

    /// Opens a history that there is.
    pub fn open_existing(path: &Path) -> Result<Option<Self>, HistoryError> {
        schema::refuse_foreign(path)?;
        if place::exists(path)? { Self::connect(path, PATIENCE).map(Some) } else { Ok(None) }
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
