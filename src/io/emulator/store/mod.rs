//! The state in `SQLite`: one database, in memory or in a file.
//!
//! A commit survives a crash of the process, but not of the system: the write-ahead log is not flushed at each commit.

mod answers;
mod changes;
mod elements;
mod namespaces;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::io::files::set_mode;
use crate::io::sqlite::Unusable;

use super::error::EmulatorError;

pub(super) use answers::SignUpFilter;
pub(super) use changes::{begin_change, finish_change, take_changes};
pub(super) use elements::{EventFilter, Page, StoredElement};
pub(super) use namespaces::{NamespaceRow, add_namespace, delete_namespace, namespaces, namespaces_with};

/// The version of the schema, in `user_version`.
const VERSION: i32 = 1;
/// The `application_id` of a file: `hke1` as a big-endian number.
const APPLICATION: i32 = 0x686b_6531;
/// How long to wait while another process has the file open.
const LOCK_WAIT: Duration = Duration::from_millis(100);

/// Times are milliseconds since 1970 by the account's clock, which is `ahead` of the system's and showed `time` at the last
/// change. `generated` is the number of generated prokeys and ids of answers, `credits` the number of credits spent. `touch` is
/// when `date_updated` will be set without a change, `number` of an answer its position in the order of sign-ups, and
/// `pending_until` when an unconfirmed answer expires.
const TABLES: &str = "
CREATE TABLE namespace (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE,
    key_end TEXT NOT NULL,
    ahead INTEGER NOT NULL,
    time INTEGER NOT NULL,
    credits INTEGER NOT NULL,
    generated INTEGER NOT NULL,
    settings TEXT NOT NULL
);
CREATE TABLE element (
    namespace INTEGER NOT NULL,
    resource TEXT NOT NULL,
    id INTEGER NOT NULL,
    prokey TEXT,
    event_group TEXT,
    starts INTEGER,
    ends INTEGER,
    touch INTEGER,
    updates INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (namespace, resource, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX element_prokey ON element (prokey, namespace) WHERE prokey IS NOT NULL;
CREATE INDEX element_event_group ON element (namespace, event_group) WHERE event_group IS NOT NULL;
CREATE INDEX element_touch ON element (namespace, touch) WHERE touch IS NOT NULL;
CREATE TABLE counter (
    namespace INTEGER NOT NULL,
    resource TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (namespace, resource)
) WITHOUT ROWID;
CREATE TABLE answer (
    namespace INTEGER NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    event TEXT NOT NULL,
    email TEXT NOT NULL,
    seats INTEGER NOT NULL,
    pending_until INTEGER,
    record TEXT NOT NULL,
    PRIMARY KEY (namespace, id)
) WITHOUT ROWID;
CREATE INDEX answer_event ON answer (namespace, event, number);
CREATE INDEX answer_number ON answer (namespace, number);
CREATE INDEX answer_pending ON answer (namespace, pending_until) WHERE pending_until IS NOT NULL;
CREATE TABLE change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace INTEGER NOT NULL,
    time INTEGER NOT NULL,
    trigger TEXT NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    is_begun INTEGER NOT NULL
);
";

#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
    path: Option<PathBuf>,
}

impl Store {
    /// Opens a file and creates it if it does not exist; without a path, creates a state in memory.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, EmulatorError> {
        let fail = |error: rusqlite::Error| EmulatorError::sqlite(path, &error);
        let mut connection = match path {
            None => Connection::open_in_memory().map_err(fail)?,
            Some(file) => {
                create(file).map_err(|error| EmulatorError::new(path, Unusable::Path(error)))?;
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                Connection::open_with_flags(file, flags).map_err(fail)?
            }
        };
        connection.set_prepared_statement_cache_capacity(64);
        connection.busy_timeout(LOCK_WAIT).map_err(fail)?;
        // Held until the process ends, so that no other emulator changes the same state.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(fail)?;
        if let Some(kind) = unusable(&connection).map_err(fail)? {
            return Err(EmulatorError::new(path, kind));
        }
        connection.pragma_update(None, "application_id", APPLICATION).map_err(fail)?;
        if path.is_some() {
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).map_err(fail)?;
            connection.pragma_update(None, "synchronous", "NORMAL").map_err(fail)?;
        }
        create_tables(&mut connection).map_err(fail)?;
        Ok(Self { connection, path: path.map(Path::to_owned) })
    }

    pub(super) fn transaction(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.connection.transaction_with_behavior(TransactionBehavior::Immediate)
    }

    pub(super) fn fail(&self, error: &rusqlite::Error) -> EmulatorError {
        EmulatorError::sqlite(self.path.as_deref(), error)
    }
}

/// Creates an empty file, for this user only: elements contain personal data.
fn create(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    set_mode(&mut options, 0o600).open(path).map(drop)
}

/// Why a file cannot be used. An empty database is accepted.
fn unusable(connection: &Connection) -> rusqlite::Result<Option<Unusable>> {
    let select = "SELECT application_id, (SELECT count(*) FROM sqlite_schema), user_version
        FROM pragma_application_id, pragma_user_version";
    let row: (i32, i64, i32) = connection.query_row(select, [], |row| row.try_into())?;
    Ok(match row {
        (0, 0, _) | (APPLICATION, _, 0 | VERSION) => None,
        (APPLICATION, ..) => Some(Unusable::Newer),
        _ => Some(Unusable::Foreign),
    })
}

fn create_tables(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// The rows of one account, inside a transaction.
pub(super) struct NamespaceStore<'t> {
    pub(super) transaction: &'t Transaction<'t>,
    pub(super) namespace: u64,
}

fn json(value: &impl serde::Serialize) -> String {
    // A map with text keys can always be serialized.
    serde_json::to_string(value).unwrap_or_default()
}

fn from_json<T: serde::de::DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}
