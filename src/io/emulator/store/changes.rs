//! Changes whose webhooks have not all been sent. The next start reports those that were not begun.

use rusqlite::{Row, Transaction, params};

use super::NamespaceStore;
use crate::core::model::{Trigger, TriggerElement};

/// A change that an earlier run did not fire.
#[derive(Debug)]
pub(crate) struct StoredChange {
    pub(crate) number: u64,
    pub(crate) namespace: u64,
    pub(crate) time: i64,
    pub(crate) trigger: Trigger,
    pub(crate) kind: TriggerElement,
    pub(crate) cause: String,
}

fn change(row: &Row<'_>) -> rusqlite::Result<Option<StoredChange>> {
    let trigger = Trigger::parse(row.get_ref(3)?.as_str()?);
    let kind = TriggerElement::parse(row.get_ref(4)?.as_str()?);
    let (Some(trigger), Some(kind)) = (trigger, kind) else { return Ok(None) };
    let (number, namespace, time) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Some(StoredChange { number, namespace, time, trigger, kind, cause: row.get(5)? }))
}

/// Removes all changes, and returns those that were not begun, in order.
pub(crate) fn take_changes(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<StoredChange>> {
    let select =
        "SELECT number, namespace, time, trigger, kind, cause FROM change WHERE NOT is_begun ORDER BY number";
    let changes = transaction.prepare(select)?.query_map([], change)?.filter_map(Result::transpose).collect();
    transaction.execute("DELETE FROM change", [])?;
    changes
}

pub(crate) fn begin_change(transaction: &Transaction<'_>, number: u64) -> rusqlite::Result<()> {
    let update = "UPDATE change SET is_begun = 1 WHERE number = ?1";
    transaction.prepare_cached(update)?.execute([number]).map(drop)
}

pub(crate) fn finish_change(transaction: &Transaction<'_>, number: u64) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM change WHERE number = ?1")?.execute([number]).map(drop)
}

impl NamespaceStore<'_> {
    /// Adds a change, and returns its number.
    pub(crate) fn add_change(
        &self,
        time: i64,
        trigger: Trigger,
        kind: TriggerElement,
        cause: &str,
    ) -> rusqlite::Result<u64> {
        let insert = "INSERT INTO change (namespace, time, trigger, kind, cause, is_begun)
            VALUES (?1, ?2, ?3, ?4, ?5, 0) RETURNING number";
        let values = params![self.namespace, time, trigger.as_str(), kind.as_str(), cause];
        self.transaction.prepare_cached(insert)?.query_row(values, |row| row.get(0))
    }
}
