//! The history: one `SQLite` file of this person, to which several processes write at once.
//!
//! What is to be sent is written before the first byte goes out, the result after the last came in. A
//! transaction is in the file's log when its call returns, so ending the program loses none; after a loss
//! of power the newest may be missing, and the file is whole (`synchronous = NORMAL`).

mod error;
mod lock;
mod open;
mod prune;
mod read;
mod runs;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

pub use error::{HistoryError, HistoryErrorKind};
pub use lock::RunLock;
pub use open::default_path;
pub use prune::{KEPT_AGE, KEPT_BYTES, KEPT_ROWS, Pruned};
pub use read::{Filter, Stored};
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
