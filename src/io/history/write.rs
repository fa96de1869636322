//! The intent before the first byte, the result after the last.

use rusqlite::params;

use super::{History, HistoryError};
use crate::core::record::Delivery;

/// Old deliveries are deleted each time that so many were added.
const PRUNE_EVERY: i64 = 50;

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

    /// Records the result. Now and then deletes old deliveries.
    pub fn finish(&self, id: i64, delivery: &Delivery) -> Result<(), HistoryError> {
        self.write_result(id, delivery)?;
        if id % PRUNE_EVERY == 0 { self.prune_by_default() } else { Ok(()) }
    }

    pub(super) fn write_result(&self, id: i64, delivery: &Delivery) -> Result<(), HistoryError> {
        let update = "UPDATE delivery SET state = ?2, delivery = ?3 WHERE id = ?1";
        let values = params![id, delivery.state().as_str(), json(delivery)];
        self.connection.execute(update, values).map(drop).map_err(|error| self.fail(&error))
    }

    /// Deletes what was begun and never tried.
    pub fn forget(&self, id: i64) -> Result<(), HistoryError> {
        let deleted = self.connection.execute("DELETE FROM delivery WHERE id = ?1", [id]);
        deleted.map(drop).map_err(|error| self.fail(&error))
    }
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    // Plain structs of texts and numbers: nothing in them can fail to be written.
    serde_json::to_string(value).unwrap_or_default()
}
