//! The history: one `SQLite` file for this user, to which several processes write at the same time.
//!
//! A request is recorded before its first byte is sent, its result after the response. A transaction is in the write-ahead log
//! when its call returns, so a killed program loses none. After a power failure the newest may be missing, but the file is
//! intact (`synchronous = NORMAL`).

mod answers;
mod error;
mod open;
mod prune;
mod read;
mod run_lock;
mod runs;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

pub use answers::NumberedAnswer;
pub use error::HistoryError;
pub use open::default_path;
pub use prune::{KEPT_AGE, KEPT_BYTES, KEPT_ROWS, Pruned};
pub use read::{Filter, RecordTable};
pub use run_lock::RunLock;
pub use runs::Batch;

#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
}

impl History {
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn fail(&self, error: &rusqlite::Error) -> HistoryError {
        HistoryError::sqlite(&self.path, error)
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
