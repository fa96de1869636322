//! The one table, and which version of it a file has.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::{HistoryError, HistoryErrorKind, PATIENCE};

/// The version that this program writes, in `user_version`. A file with a lower one is brought up, a file
/// with a higher one left alone.
const VERSION: i32 = 1;

/// Times are milliseconds since 1970 and durations microseconds. `state` is empty until the result is there.
const TABLE: &str = "
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started INTEGER NOT NULL,
    state TEXT,
    status INTEGER,
    failure TEXT,
    total INTEGER,
    webhook TEXT NOT NULL,
    replay_of INTEGER,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    is_url_masked INTEGER NOT NULL,
    place TEXT NOT NULL,
    file TEXT NOT NULL,
    event TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    hooks TEXT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    body_bytes INTEGER NOT NULL,
    body_fidelity TEXT NOT NULL,
    element TEXT NOT NULL,
    element_bytes INTEGER NOT NULL,
    element_fidelity TEXT NOT NULL,
    reused INTEGER,
    lookup INTEGER,
    connect INTEGER,
    tls INTEGER,
    first_byte INTEGER,
    peer TEXT,
    proxy TEXT,
    failure_what TEXT,
    failure_next TEXT,
    notes TEXT,
    answer_version TEXT,
    answer_headers TEXT,
    answer_body BLOB,
    answer_read INTEGER,
    answer_end TEXT
);
CREATE INDEX delivery_replay_of ON delivery (replay_of) WHERE replay_of IS NOT NULL;
";

/// Brings a file to this version.
pub(super) fn bring_up(connection: &mut Connection, path: &Path) -> Result<(), HistoryError> {
    let fail = |error: rusqlite::Error| HistoryError::sqlite(path, &error);
    match version(connection).map_err(fail)? {
        VERSION => Ok(()),
        0 => create(connection).map_err(fail),
        _ => Err(HistoryError::new(path, HistoryErrorKind::Newer)),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    use_log(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first.
    if version(&transaction)? == 0 {
        transaction.execute_batch(TABLE)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// A write-ahead log lets one write while others read. Two processes that turn it on at once do not wait for
/// each other by themselves.
fn use_log(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        let set = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match set {
            Err(error) if is_busy(&error) && start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(5));
            }
            set => return set,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
