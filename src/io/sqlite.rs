//! Why an `SQLite` database cannot be used.

use std::io;

use rusqlite::{Error, ErrorCode};

#[derive(Debug)]
pub enum Unusable {
    /// The file, its directory or a lock beside it cannot be created or opened.
    Path(io::Error),
    /// A newer version wrote it.
    Newer,
    /// A version before the first release wrote it, with other tables.
    Prerelease,
    /// Another program wrote it.
    Foreign,
    /// It is not a database, or its contents do not match the schema.
    Damaged,
    Full,
    ReadOnly,
    /// Another process uses it.
    Busy,
    Other(String),
}

impl Unusable {
    pub(super) fn of(error: &Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ if is_about_contents(error) => Self::Damaged,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Whether a value does not have the type of the schema.
fn is_about_contents(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::InvalidColumnName(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
    )
}
