//! Records received requests.

use rusqlite::{Transaction, TransactionBehavior, params};

use super::write::json;
use super::{History, HistoryError};
use crate::core::record::Reception;

/// Old requests are deleted each time that so many were added.
const PRUNE_EVERY: i64 = 1000;

impl History {
    /// Records requests with the times at which they were received: all of them or none.
    pub fn receive(&self, receptions: &[(i64, Reception)]) -> Result<(), HistoryError> {
        let write = || {
            // To read first and write then would fail at once while another program writes.
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            let before = self.newest_received()?;
            let mut insert = self
                .connection
                .prepare("INSERT INTO received (time, webhook, file, received) VALUES (?1, ?2, ?3, ?4)")?;
            for (time, own) in receptions {
                insert.execute(params![time, own.webhook, own.file, json(own)])?;
            }
            let after = self.newest_received()?;
            transaction.commit()?;
            Ok(before / PRUNE_EVERY != after / PRUNE_EVERY)
        };
        let is_time_to_prune = write().map_err(|error: rusqlite::Error| self.fail(&error))?;
        if is_time_to_prune { self.prune_by_default() } else { Ok(()) }
    }

    fn newest_received(&self) -> rusqlite::Result<i64> {
        self.connection.query_row("SELECT coalesce(max(id), 0) FROM received", [], |row| row.get(0))
    }
}
