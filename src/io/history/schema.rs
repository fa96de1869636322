//! The tables, and which version of them a file has.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use url::Url;

use super::{HistoryError, HistoryErrorKind};

/// The version that this program writes, in `user_version`. A file with a lower one is brought up, a file
/// with a higher one left alone.
const VERSION: i32 = 5;

/// The `application_id` that marks a file as a history: `hook` as a big-endian number.
const APPLICATION: i32 = 0x686f_6f6b;

/// Times are milliseconds since 1970 and durations microseconds. `state` is empty until the result is there.
const VERSION_1: &str = "
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

/// Backfills. `ended` is empty until then, and a run that was killed never gets it; its counts are then folded from
/// `run_part`, to which each group of events is appended as one row. A delivery is `settled` when its run has sent the line
/// again.
const VERSION_2: &str = "
ALTER TABLE delivery ADD COLUMN run INTEGER;
ALTER TABLE delivery ADD COLUMN line INTEGER;
ALTER TABLE delivery ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_run ON delivery (run, line) WHERE run IS NOT NULL;
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started INTEGER NOT NULL,
    ended INTEGER,
    hooks TEXT NOT NULL,
    webhook TEXT NOT NULL,
    file TEXT NOT NULL,
    definition TEXT NOT NULL,
    data TEXT NOT NULL,
    input TEXT,
    elements INTEGER,
    skip INTEGER NOT NULL,
    most INTEGER,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    place TEXT NOT NULL,
    folder TEXT NOT NULL,
    command TEXT NOT NULL,
    delivered INTEGER,
    failed INTEGER,
    in_doubt INTEGER,
    not_sent INTEGER,
    failures TEXT
);
CREATE TABLE run_part (
    run INTEGER NOT NULL,
    part INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (run, part)
) WITHOUT ROWID;
";

/// Requests that `hooks listen` received.
const VERSION_3: &str = "
CREATE TABLE received (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    hooks TEXT NOT NULL,
    peer TEXT NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    version TEXT NOT NULL,
    headers TEXT NOT NULL,
    masked TEXT NOT NULL,
    body BLOB NOT NULL,
    body_bytes INTEGER NOT NULL,
    body_fidelity TEXT NOT NULL,
    webhook TEXT,
    nearest TEXT,
    answer TEXT NOT NULL,
    status INTEGER,
    forward TEXT,
    failure TEXT
);
";

/// What `--set` and the like change in the elements of a run; empty in older rows.
const VERSION_4: &str = "ALTER TABLE run ADD COLUMN changes TEXT;";

/// The reason phrase of a response, and the definitions file that `hooks listen` used; both are empty in older rows.
const VERSION_5: &str = "
ALTER TABLE delivery ADD COLUMN answer_reason TEXT;
ALTER TABLE received ADD COLUMN file TEXT;
";

/// What brings a file from each version to the next.
const STEPS: [&str; VERSION as usize] = [VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5];

/// Brings a file to this version.
pub(super) fn bring_up(
    connection: &mut Connection,
    path: &Path,
    patience: Duration,
) -> Result<(), HistoryError> {
    let fail = |error: rusqlite::Error| HistoryError::sqlite(path, &error);
    if !is_ours(connection).map_err(fail)? {
        return Err(HistoryError::new(path, HistoryErrorKind::Foreign));
    }
    match version(connection).map_err(fail)? {
        VERSION => Ok(()),
        0..VERSION => upgrade(connection, patience).map_err(fail),
        _ => Err(HistoryError::new(path, HistoryErrorKind::Newer)),
    }
}

/// Refuses the database of another program without touching it: `SQLite` would make files beside it.
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
    match Connection::open_with_flags(url.as_str(), flags).and_then(|connection| is_ours(&connection)) {
        Ok(false) => Err(HistoryError::new(path, HistoryErrorKind::Foreign)),
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

/// Whether the file is a history: marked as one, written before histories were marked, or empty.
fn is_ours(connection: &Connection) -> rusqlite::Result<bool> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != 0 {
        return Ok(application == APPLICATION);
    }
    let names = "SELECT count(*), count(*) FILTER (WHERE name = 'delivery') FROM sqlite_schema";
    let (all, ours): (i64, i64) = connection.query_row(names, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(if version(connection)? == 0 { all == 0 } else { ours == 1 })
}

fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn upgrade(connection: &mut Connection, patience: Duration) -> rusqlite::Result<()> {
    // Set before the write-ahead log exists, so that the mark is in the file itself.
    connection.pragma_update(None, "application_id", APPLICATION)?;
    use_log(connection, patience)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first.
    let done = usize::try_from(version(&transaction)?).unwrap_or(STEPS.len());
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    if done < STEPS.len() {
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// A write-ahead log lets one write while others read. Two processes that turn it on at once do not wait for
/// each other by themselves.
fn use_log(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        let set = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match set {
            Err(error) if is_busy(&error) && start.elapsed() < patience => {
                thread::sleep(Duration::from_millis(5));
            }
            set => return set,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
