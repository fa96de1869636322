//! Records deliveries (the intent before the first byte, the result after the last one) and received requests.

use rusqlite::{Transaction, TransactionBehavior, params};

use super::{History, HistoryError};
use crate::core::history::{Delivery, Reception};

/// The number of new deliveries after which old ones are deleted.
const DELIVERIES_PER_PRUNE: i64 = 50;
/// The same for received requests.
const RECEPTIONS_PER_PRUNE: i64 = 1000;

impl History {
    /// Records what is about to be sent, and returns its number. `time` is in milliseconds since 1970.
    pub fn begin(&self, delivery: &Delivery, time: i64) -> Result<i64, HistoryError> {
        let insert = "INSERT INTO delivery (time, webhook, file, destination, replay_of, delivery)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![
            time,
            delivery.webhook,
            delivery.file,
            delivery.destination.as_str(),
            delivery.replay_of,
            json(delivery),
        ];
        self.connection.execute(insert, values).map_err(|error| self.fail(&error))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Records the result. Sometimes deletes old deliveries.
    pub fn finish(&self, id: i64, delivery: &Delivery) -> Result<(), HistoryError> {
        self.write_result(id, delivery)?;
        if id % DELIVERIES_PER_PRUNE == 0 { self.prune_by_default() } else { Ok(()) }
    }

    pub(super) fn write_result(&self, id: i64, delivery: &Delivery) -> Result<(), HistoryError> {
        let update = "UPDATE delivery SET state = ?2, delivery = ?3 WHERE id = ?1";
        let values = params![id, delivery.state().as_str(), json(delivery)];
        self.connection.execute(update, values).map(drop).map_err(|error| self.fail(&error))
    }

    /// Deletes a delivery that was recorded but not attempted.
    pub fn forget(&self, id: i64) -> Result<(), HistoryError> {
        let deleted = self.connection.execute("DELETE FROM delivery WHERE id = ?1", [id]);
        deleted.map(drop).map_err(|error| self.fail(&error))
    }

    /// Records requests with the times at which they were received: all of them or none.
    pub fn receive(&self, receptions: &[(i64, Reception)]) -> Result<(), HistoryError> {
        let write = || {
            // A transaction that reads first would fail at once while another program writes.
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
            Ok(before / RECEPTIONS_PER_PRUNE != after / RECEPTIONS_PER_PRUNE)
        };
        let is_time_to_prune = write().map_err(|error: rusqlite::Error| self.fail(&error))?;
        if is_time_to_prune { self.prune_by_default() } else { Ok(()) }
    }

    fn newest_received(&self) -> rusqlite::Result<i64> {
        self.connection.query_row("SELECT coalesce(max(id), 0) FROM received", [], |row| row.get(0))
    }
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    // Plain structs of strings and numbers: serializing them cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}
