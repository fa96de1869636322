//! Keeps the history bounded: by age, by number, and by size.

use std::time::Duration;

use super::{History, HistoryError, RunLock};
use crate::io::clock::ago;

pub const KEPT_AGE: Duration = Duration::from_hours(30 * 24);
/// How many deliveries are kept, and how many received requests.
pub const KEPT_ROWS: i64 = 10_000;
/// How large the file may grow before the oldest deliveries are deleted, whatever their age.
pub const KEPT_BYTES: i64 = 512 * 1024 * 1024;

/// Numbers increase with time, so the search ends at the first one that is new enough.
const OLDER: [&str; 2] = [
    "DELETE FROM delivery WHERE id < coalesce(
        (SELECT id FROM delivery WHERE time >= ?1 ORDER BY id LIMIT 1),
        (SELECT max(id) + 1 FROM delivery), 0)",
    "DELETE FROM received WHERE id < coalesce(
        (SELECT id FROM received WHERE time >= ?1 ORDER BY id LIMIT 1),
        (SELECT max(id) + 1 FROM received), 0)",
];
const BEYOND: [&str; 2] = [
    "DELETE FROM delivery WHERE id <= (SELECT max(id) FROM delivery) - ?1",
    "DELETE FROM received WHERE id <= (SELECT max(id) FROM received) - ?1",
];
const OLDEST_EIGHTH: [&str; 2] = [
    "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery ORDER BY id
        LIMIT (SELECT count(*) / 8 + 1 FROM delivery))",
    "DELETE FROM received WHERE id IN (SELECT id FROM received ORDER BY id
        LIMIT (SELECT count(*) / 8 + 1 FROM received))",
];
/// The age of a run counts from its last end, or from its start if it was killed.
const OLDER_RUNS: &str = "SELECT id FROM run WHERE coalesce(ended, started) < ?1";
const OLDEST_RUNS: &str = "SELECT id FROM run ORDER BY id LIMIT (SELECT count(*) / ?1 + 1 FROM run)";
const USED: &str = "SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    pub deliveries: usize,
    /// Backfills, with their ledgers.
    pub runs: usize,
    pub received: usize,
}

impl History {
    /// Deletes what is older than this, and frees its space on the disk.
    pub fn prune(&self, keep: Duration) -> Result<Pruned, HistoryError> {
        // Records may contain names and addresses: no trace of deleted ones may remain in the file.
        let secure = self.connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()));
        secure.map_err(|error| self.fail(&error))?;
        let runs = self.prune_runs(OLDER_RUNS, ago(keep))?;
        let prune = || {
            let [deliveries, received] = OLDER;
            let deliveries = self.connection.execute(deliveries, [ago(keep)])?;
            let received = self.connection.execute(received, [ago(keep)])?;
            if deliveries + received + runs > 0 {
                self.connection.execute_batch("VACUUM")?;
            }
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(Pruned { deliveries, runs, received })
        };
        prune().map_err(|error| self.fail(&error))
    }

    /// Deletes runs with their elements, except for those in progress.
    fn prune_runs(&self, which: &str, bound: i64) -> Result<usize, HistoryError> {
        let find = || {
            let mut statement = self.connection.prepare(which)?;
            let runs = statement.query_map([bound], |row| row.get(0))?;
            runs.collect::<rusqlite::Result<Vec<i64>>>()
        };
        let mut deleted = 0;
        for run in find().map_err(|error| self.fail(&error))? {
            let Some(_lock) = RunLock::take(&self.path, run)? else { continue };
            let delete = || {
                let transaction = self.connection.unchecked_transaction()?;
                self.connection.execute("DELETE FROM element WHERE run = ?1", [run])?;
                self.connection.execute("DELETE FROM answer WHERE run = ?1", [run])?;
                self.connection.execute("DELETE FROM run_failure WHERE run = ?1", [run])?;
                self.connection.execute("DELETE FROM run WHERE id = ?1", [run])?;
                transaction.commit()
            };
            delete().map_err(|error| self.fail(&error))?;
            deleted += 1;
        }
        Ok(deleted)
    }

    /// Deletes what exceeds the default limits. The file keeps its size, and the space is reused.
    pub(super) fn prune_by_default(&self) -> Result<(), HistoryError> {
        let prune = || {
            for older in OLDER {
                self.connection.execute(older, [ago(KEPT_AGE)])?;
            }
            for beyond in BEYOND {
                self.connection.execute(beyond, [KEPT_ROWS])?;
            }
            let is_large = self.connection.query_row(USED, [], |row| row.get::<_, i64>(0))? > KEPT_BYTES;
            if is_large {
                for oldest in OLDEST_EIGHTH {
                    self.connection.execute(oldest, [])?;
                }
            }
            Ok(is_large)
        };
        let is_large = prune().map_err(|error| self.fail(&error))?;
        self.prune_runs(OLDER_RUNS, ago(KEPT_AGE))?;
        if is_large {
            self.prune_runs(OLDEST_RUNS, 8)?;
        }
        Ok(())
    }
}
