//! The history: one `SQLite` file of this person, to which several processes write at once.
//!
//! What is to be sent is written before the first byte goes out, the result after the last came in. A
//! transaction is in the file's log when its call returns, so ending the program loses none; after a loss
//! of power the newest may be missing, and the file is whole (`synchronous = NORMAL`).

mod error;
mod lock;
mod place;
mod prune;
mod read;
mod received;
mod runs;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

pub use error::{HistoryError, HistoryErrorKind};
pub use lock::RunLock;
pub use place::default_path;
pub use prune::{KEPT_AGE, KEPT_BYTES, KEPT_ROWS, Pruned};
pub use read::{Filter, Stored};
pub use runs::{Attempt, KEPT_ATTEMPTS, Ledger};

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for another writer: two concurrent writers finish within this time.
const NO_PATIENCE: Duration = Duration::from_millis(100);
/// Pages of the log after which it is worked into the file. A short log makes opening cheap: it is read
/// through each time.
const LOG_PAGES: u32 = 200;

/// An open history.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
}

impl History {
    /// Opens a history to write to; makes one where there is none.
    ///
    /// # Errors
    /// When the directory or the file cannot be used.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        schema::refuse_foreign(path)?;
        place::make(path)?;
        Self::connect(path, PATIENCE)
    }

    /// The same without waiting: fails at once if another process has locked the history.
    ///
    /// # Errors
    /// When the directory or the file cannot be used.
    pub fn open_now(path: &Path) -> Result<Self, HistoryError> {
        schema::refuse_foreign(path)?;
        place::make(path)?;
        Self::connect(path, NO_PATIENCE)
    }

    /// From now on, waits for other processes.
    ///
    /// # Errors
    /// When `SQLite` refuses.
    pub fn wait(&self) -> Result<(), HistoryError> {
        self.connection.busy_timeout(PATIENCE).map_err(|error| self.fail(&error))
    }

    /// Opens a history that there is.
    ///
    /// # Errors
    /// When the file cannot be used.
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

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn fail(&self, error: &rusqlite::Error) -> HistoryError {
        HistoryError::sqlite(&self.path, error)
    }
}

/// The time in milliseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The moment that was this long ago.
pub fn ago(age: Duration) -> i64 {
    now().saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
