//! RSVP answers, including unconfirmed ones.

use rusqlite::{OptionalExtension, Row, params};

use super::elements::Page;
use super::{NamespaceStore, from_json, json};
use crate::core::emulator::sign_up::SignUp;

/// Which answers are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignUpFilter<'a> {
    /// The prokey of the event; none for all events.
    pub(crate) event: Option<&'a str>,
    pub(crate) with_pending: bool,
}

fn sign_up(row: &Row<'_>) -> rusqlite::Result<SignUp> {
    Ok(SignUp { record: from_json(0, row.get_ref(0)?.as_str()?)?, pending_until: row.get(1)? })
}

impl NamespaceStore<'_> {
    pub(crate) fn sign_up(&self, id: &str) -> rusqlite::Result<Option<SignUp>> {
        let select = "SELECT record, pending_until FROM answer WHERE namespace = ?1 AND id = ?2";
        let mut select = self.transaction.prepare_cached(select)?;
        select.query_row(params![self.namespace, id], sign_up).optional()
    }

    /// The first answer to an event with this email address, in any letter case.
    pub(crate) fn sign_up_of(&self, event: &str, email: &str) -> rusqlite::Result<Option<SignUp>> {
        let select = "SELECT record, pending_until FROM answer
            WHERE namespace = ?1 AND event = ?2 AND email = ?3 ORDER BY number LIMIT 1";
        let mut select = self.transaction.prepare_cached(select)?;
        select.query_row(params![self.namespace, event, folded(email)], sign_up).optional()
    }

    /// The answers of a page, in the order of sign-up.
    pub(crate) fn sign_ups(&self, filter: SignUpFilter<'_>, page: Page) -> rusqlite::Result<Vec<SignUp>> {
        let select = "SELECT record, pending_until FROM answer
            WHERE namespace = ?1 AND (?2 IS NULL OR event = ?2) AND (?3 OR pending_until IS NULL)
            ORDER BY number LIMIT ?4 OFFSET ?5";
        let mut select = self.transaction.prepare_cached(select)?;
        let values = params![self.namespace, filter.event, filter.with_pending, page.size, page.offset];
        select.query_map(values, sign_up)?.collect()
    }

    pub(crate) fn latest_sign_up(&self, filter: SignUpFilter<'_>) -> rusqlite::Result<Option<SignUp>> {
        let select = "SELECT record, pending_until FROM answer
            WHERE namespace = ?1 AND (?2 IS NULL OR event = ?2) AND (?3 OR pending_until IS NULL)
            ORDER BY number DESC LIMIT 1";
        let mut select = self.transaction.prepare_cached(select)?;
        select.query_row(params![self.namespace, filter.event, filter.with_pending], sign_up).optional()
    }

    /// The number of seats that answers to an event take, except one answer.
    pub(crate) fn seats_taken(&self, event: &str, except: &str) -> rusqlite::Result<u64> {
        let select = "SELECT coalesce(sum(seats), 0) FROM answer
            WHERE namespace = ?1 AND event = ?2 AND id <> ?3";
        let mut select = self.transaction.prepare_cached(select)?;
        select.query_row(params![self.namespace, event, except], |row| row.get(0))
    }

    /// Adds or replaces an answer. A replaced answer keeps its position.
    pub(crate) fn save_sign_up(&self, own: &SignUp) -> rusqlite::Result<()> {
        let save = "INSERT INTO answer (namespace, id, number, event, email, seats, pending_until, record)
            VALUES (?1, ?2, (SELECT coalesce(max(number), 0) + 1 FROM answer WHERE namespace = ?1), ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (namespace, id) DO UPDATE SET
            event = ?3, email = ?4, seats = ?5, pending_until = ?6, record = ?7";
        let values = params![
            self.namespace,
            own.id(),
            own.prokey(),
            folded(own.email()),
            own.seats(),
            own.pending_until,
            json(&own.record),
        ];
        self.transaction.prepare_cached(save)?.execute(values).map(drop)
    }

    pub(crate) fn delete_sign_up(&self, id: &str) -> rusqlite::Result<()> {
        let delete = "DELETE FROM answer WHERE namespace = ?1 AND id = ?2";
        self.transaction.prepare_cached(delete)?.execute(params![self.namespace, id]).map(drop)
    }

    pub(crate) fn delete_sign_ups_of(&self, event: &str) -> rusqlite::Result<()> {
        let delete = "DELETE FROM answer WHERE namespace = ?1 AND event = ?2";
        self.transaction.prepare_cached(delete)?.execute(params![self.namespace, event]).map(drop)
    }

    /// Removes the answers that were not confirmed in time, and returns them.
    pub(crate) fn take_expired(&self, now: i64) -> rusqlite::Result<Vec<SignUp>> {
        let select = "SELECT record, pending_until FROM answer
            WHERE namespace = ?1 AND pending_until <= ?2 ORDER BY number";
        let mut select = self.transaction.prepare_cached(select)?;
        let expired: Vec<SignUp> =
            select.query_map(params![self.namespace, now], sign_up)?.collect::<rusqlite::Result<_>>()?;
        for own in &expired {
            self.delete_sign_up(own.id())?;
        }
        Ok(expired)
    }
}

/// An email address for comparison. Assumed: letter case does not matter.
fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}
