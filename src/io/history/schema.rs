//! The tables of the history, and which files are a history.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use url::Url;

use super::{HistoryError, runs};
use crate::io::sqlite::Unusable;

/// The version of the schema, in `user_version`.
const VERSION: i32 = 1;

/// The `application_id` of a history: `hks1` as a big-endian number.
const APPLICATION: i32 = 0x686b_7331;
/// The `application_id` of histories that were written before the first release.
const PRERELEASE: i32 = 0x686f_6f6b;

/// The columns other than the JSON are for filters. Times are milliseconds since 1970. `state` is empty until the result is
/// recorded.
const TABLES: &str = "
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    state TEXT,
    webhook TEXT NOT NULL,
    file TEXT NOT NULL,
    destination TEXT NOT NULL,
    replay_of INTEGER,
    delivery TEXT NOT NULL
);
CREATE INDEX delivery_replay_of ON delivery (replay_of) WHERE replay_of IS NOT NULL;
CREATE TABLE received (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    webhook TEXT,
    file TEXT,
    received TEXT NOT NULL
);
";

/// Creates the tables in a new file; refuses a file that cannot be used.
pub(super) fn prepare(
    connection: &mut Connection,
    path: &Path,
    lock_wait: Duration,
) -> Result<(), HistoryError> {
    let fail = |error: rusqlite::Error| HistoryError::sqlite(path, &error);
    if let Some(kind) = unusable(connection).map_err(fail)? {
        return Err(HistoryError::new(path, kind));
    }
    match version(connection).map_err(fail)? {
        VERSION => Ok(()),
        0 => create(connection, lock_wait).map_err(fail),
        _ => Err(HistoryError::new(path, Unusable::Newer)),
    }
}

/// Refuses the file of another program, or of a pre-release, without touching it: `SQLite` would create files beside it.
pub(super) fn refuse_foreign(path: &Path) -> Result<(), HistoryError> {
    if application(path) == Some(APPLICATION) {
        return Ok(());
    }
    let absolute = std::path::absolute(path).ok().and_then(|path| Url::from_file_path(path).ok());
    let Some(mut url) = absolute else { return Ok(()) };
    url.set_query(Some("immutable=1"));
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // Other problems with the file are reported when it is opened.
    match Connection::open_with_flags(url.as_str(), flags).and_then(|connection| unusable(&connection)) {
        Ok(Some(kind)) => Err(HistoryError::new(path, kind)),
        _ => Ok(()),
    }
}

/// The `application_id` in the header of the file.
fn application(path: &Path) -> Option<i32> {
    const HEADER: usize = 72;
    let mut header = [0; HEADER];
    File::open(path).ok()?.read_exact(&mut header).ok()?;
    let bytes = header[HEADER - 4..].try_into().ok()?;
    Some(i32::from_be_bytes(bytes))
}

/// Why a file is not a history of this program; a file without tables can become one.
fn unusable(connection: &Connection) -> rusqlite::Result<Option<Unusable>> {
    // One statement: another process may be creating the tables.
    let select = "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id";
    Ok(match connection.query_row(select, [], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))? {
        (APPLICATION, _) | (0, 0) => None,
        (PRERELEASE, _) => Some(Unusable::Prerelease),
        _ => Some(Unusable::Foreign),
    })
}

fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn create(connection: &mut Connection, lock_wait: Duration) -> rusqlite::Result<()> {
    // Set before the write-ahead log exists, so that it is in the file itself.
    connection.pragma_update(None, "application_id", APPLICATION)?;
    use_log(connection, lock_wait)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first.
    if version(&transaction)? == 0 {
        for tables in [TABLES, runs::TABLES] {
            transaction.execute_batch(tables)?;
        }
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// A write-ahead log lets one process write while others read. Two processes that turn it on at the same time do not wait for
/// each other by themselves.
fn use_log(connection: &Connection, lock_wait: Duration) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        let set = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match set {
            Err(error) if is_busy(&error) && start.elapsed() < lock_wait => {
                thread::sleep(Duration::from_millis(5));
            }
            set => return set,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
