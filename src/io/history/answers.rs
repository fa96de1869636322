//! The answers to an event that a run knows of. Their order in the account may change, so each answer gets a number and a record
//! in the ledger as soon as it is known, and the high-water mark covers all of them from the start.

use std::sync::Arc;

use super::{History, HistoryError};
use crate::core::backfill::Run;

/// An answer by its id, with its number in the run.
pub type NumberedAnswer = (Arc<str>, u64);

impl History {
    /// All answers that a run knows of, selected or not.
    pub fn answers(&self, run: i64) -> Result<Vec<NumberedAnswer>, HistoryError> {
        let select = || {
            let mut statement = self.connection.prepare("SELECT id, element FROM answer WHERE run = ?1")?;
            let answers = statement.query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
            answers.collect::<rusqlite::Result<_>>()
        };
        select().map_err(|error: rusqlite::Error| self.fail(&error))
    }

    /// Adds answers, possibly none, to a run and records that it is in progress again, in one transaction.
    pub fn reopen_with_answers(&self, run: &mut Run, answers: &[NumberedAnswer]) -> Result<(), HistoryError> {
        let elements = run.elements.unwrap_or_default() + answers.len() as u64;
        let add = || {
            let transaction = self.connection.unchecked_transaction()?;
            self.insert_answers(run, answers)?;
            let update = "UPDATE run SET ended = NULL, elements = ?2, started_to = ?2 WHERE id = ?1";
            self.connection.execute(update, (run.id, elements))?;
            transaction.commit()
        };
        add().map_err(|error: rusqlite::Error| self.fail(&error))?;
        (run.elements, run.started_to) = (Some(elements), elements);
        Ok(())
    }

    pub(super) fn insert_answers(&self, run: &Run, answers: &[NumberedAnswer]) -> rusqlite::Result<()> {
        let mut answer =
            self.connection.prepare("INSERT INTO answer (run, id, element) VALUES (?1, ?2, ?3)")?;
        let mut pending = self.connection.prepare(
            "INSERT INTO element (run, element, id, attempts, took, repeated) VALUES (?1, ?3, ?2, 0, 0, FALSE)",
        )?;
        for (id, number) in answers {
            answer.execute((run.id, id, number))?;
            if run.parameters.selection.contains(*number) {
                pending.execute((run.id, id, number))?;
            }
        }
        Ok(())
    }
}
