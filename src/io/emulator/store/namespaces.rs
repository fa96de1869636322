//! The accounts: one for each API key, identified by the key's digest.

use std::collections::BTreeMap;

use rusqlite::{Row, Transaction, params};

use super::{NamespaceStore, from_json, json};
use crate::core::emulator::seed::Settings;

/// An account without its elements, answers and changes.
#[derive(Debug, Clone)]
pub(crate) struct NamespaceRow {
    pub(crate) number: u64,
    pub(crate) digest: [u8; 32],
    pub(crate) key_end: String,
    /// How far a running clock is ahead of the system's, in milliseconds.
    pub(crate) ahead: i64,
    /// The time at the last change.
    pub(crate) time: i64,
    pub(crate) credits: u64,
    /// The number of generated prokeys and ids of answers.
    pub(crate) generated: u64,
    pub(crate) settings: Settings,
}

/// The tables whose rows belong to an account.
const TABLES: [&str; 4] = ["element", "counter", "answer", "change"];

fn namespace(row: &Row<'_>) -> rusqlite::Result<NamespaceRow> {
    Ok(NamespaceRow {
        number: row.get(0)?,
        digest: row.get(1)?,
        key_end: row.get(2)?,
        ahead: row.get(3)?,
        time: row.get(4)?,
        credits: row.get(5)?,
        generated: row.get(6)?,
        settings: from_json(7, row.get_ref(7)?.as_str()?)?,
    })
}

/// All accounts, by number.
pub(crate) fn namespaces(transaction: &Transaction<'_>) -> rusqlite::Result<BTreeMap<u64, NamespaceRow>> {
    let select = "SELECT number, digest, key_end, ahead, time, credits, generated, settings FROM namespace";
    let mut select = transaction.prepare(select)?;
    select.query_map([], namespace)?.map(|row| row.map(|row| (row.number, row))).collect()
}

/// Adds an account and returns its number.
pub(crate) fn add_namespace(
    transaction: &Transaction<'_>,
    digest: [u8; 32],
    key_end: &str,
) -> rusqlite::Result<u64> {
    let insert = "INSERT INTO namespace (digest, key_end, ahead, time, credits, generated, settings)
        VALUES (?1, ?2, 0, 0, 0, 0, '{}') RETURNING number";
    transaction.prepare_cached(insert)?.query_row(params![digest, key_end], |row| row.get(0))
}

/// The numbers of the accounts that have an event or group with this prokey.
pub(crate) fn namespaces_with(transaction: &Transaction<'_>, prokey: &str) -> rusqlite::Result<Vec<u64>> {
    let select = "SELECT namespace FROM element WHERE prokey = ?1";
    transaction.prepare_cached(select)?.query_map([prokey], |row| row.get(0))?.collect()
}

pub(crate) fn delete_namespace(transaction: &Transaction<'_>, number: u64) -> rusqlite::Result<()> {
    NamespaceStore { transaction, namespace: number }.clear()?;
    transaction.execute("DELETE FROM namespace WHERE number = ?1", [number]).map(drop)
}

impl NamespaceStore<'_> {
    /// Deletes all elements, answers and changes.
    pub(crate) fn clear(&self) -> rusqlite::Result<()> {
        for table in TABLES {
            let delete = format!("DELETE FROM {table} WHERE namespace = ?1");
            self.transaction.prepare_cached(&delete)?.execute([self.namespace])?;
        }
        Ok(())
    }

    pub(crate) fn save_namespace(&self, row: &NamespaceRow) -> rusqlite::Result<()> {
        let update = "UPDATE namespace SET ahead = ?2, time = ?3, credits = ?4, generated = ?5, settings = ?6
            WHERE number = ?1";
        let values =
            params![self.namespace, row.ahead, row.time, row.credits, row.generated, json(&row.settings)];
        self.transaction.prepare_cached(update)?.execute(values).map(drop)
    }
}
