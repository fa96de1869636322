//! Keeps the history bounded: by age, by number, and by size.

use std::time::Duration;

use super::{History, HistoryError, ago};

/// How long deliveries are kept.
pub const KEPT_AGE: Duration = Duration::from_hours(30 * 24);
/// How many deliveries are kept.
pub const KEPT_ROWS: i64 = 10_000;
/// How large the file may grow before the oldest deliveries go, whatever their age.
pub const KEPT_BYTES: i64 = 512 * 1024 * 1024;

/// Deliveries have rising numbers, so the search ends at the first that is young enough.
const OLDER: &str = "DELETE FROM delivery WHERE id < coalesce(
    (SELECT id FROM delivery WHERE started >= ?1 ORDER BY id LIMIT 1),
    (SELECT max(id) + 1 FROM delivery), 0)";
const BEYOND: &str = "DELETE FROM delivery WHERE id <= (SELECT max(id) FROM delivery) - ?1";
const OLDEST_EIGHTH: &str = "DELETE FROM delivery WHERE id IN (
    SELECT id FROM delivery ORDER BY id LIMIT (SELECT count(*) / 8 + 1 FROM delivery))";
const USED: &str = "SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

impl History {
    /// Throws out what is older than this, and gives the room back to the disk. Returns how many deliveries
    /// went.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn prune(&self, keep: Duration) -> Result<usize, HistoryError> {
        let prune = || {
            // What is thrown out may be names and addresses of people: nothing of it stays in the file.
            self.connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
            let deleted = self.connection.execute(OLDER, [ago(keep)])?;
            if deleted > 0 {
                self.connection.execute_batch("VACUUM")?;
            }
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(deleted)
        };
        prune().map_err(|error| self.fail(&error))
    }

    /// Throws out what is beyond the usual limits. The room is used again.
    pub(super) fn prune_by_default(&self) -> Result<(), HistoryError> {
        let prune = || {
            self.connection.execute(OLDER, [ago(KEPT_AGE)])?;
            self.connection.execute(BEYOND, [KEPT_ROWS])?;
            if self.connection.query_row(USED, [], |row| row.get::<_, i64>(0))? > KEPT_BYTES {
                self.connection.execute(OLDEST_EIGHTH, [])?;
            }
            Ok(())
        };
        prune().map_err(|error| self.fail(&error))
    }
}
