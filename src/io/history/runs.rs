//! The ledgers of backfills. A run has a high-water mark, `started_to`: the elements up to it may have been sent, those
//! beyond it were not. One transaction moves the mark and inserts a row for each element that ended since the last one. So
//! the elements up to the mark that have no row are in doubt, and no log has to be replayed.

use std::time::Duration;

use rusqlite::{OptionalExtension, named_params};

use super::answers::NumberedAnswer;
use super::read::unreadable;
use super::write::json;
use super::{History, HistoryError, micros};
use crate::core::backfill::{ElementRecord, Explanation, Run, RunParameters, Totals};
use crate::core::delivery::State;
use crate::io::clock::now;

/// The tables of runs. `element.state` is empty while the element waits for another attempt, and for an answer of an event also
/// before the first.
pub(super) const TABLES: &str = "
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started INTEGER NOT NULL,
    ended INTEGER,
    hooks TEXT NOT NULL,
    webhook TEXT NOT NULL,
    input TEXT,
    parameters TEXT NOT NULL,
    elements INTEGER,
    started_to INTEGER NOT NULL DEFAULT 0,
    prefix_to INTEGER NOT NULL DEFAULT 0,
    prefix TEXT NOT NULL DEFAULT ''
);
CREATE TABLE element (
    run INTEGER NOT NULL,
    element INTEGER NOT NULL,
    id TEXT,
    state TEXT,
    attempts INTEGER NOT NULL,
    status INTEGER,
    failure TEXT,
    took INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    PRIMARY KEY (run, element)
) WITHOUT ROWID;
CREATE TABLE answer (
    run INTEGER NOT NULL,
    id TEXT NOT NULL,
    element INTEGER NOT NULL,
    PRIMARY KEY (run, id)
) WITHOUT ROWID;
CREATE TABLE run_failure (
    run INTEGER NOT NULL,
    name TEXT NOT NULL,
    what TEXT NOT NULL,
    next TEXT NOT NULL,
    response TEXT,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;
";

/// Pages of the write-ahead log after which it is copied into the file while a run is in progress.
const LOG_PAGES: u32 = 4000;
/// A log up to this size remains after a run, because truncating it takes time.
const LOG_BYTES: u32 = 4 << 20;
const ELEMENT: &str = "element, id, state, attempts, status, failure, took, repeated";
const RUN: &str = "id, started, ended, hooks, parameters, elements, started_to, prefix_to, prefix";

/// What one transaction records.
#[derive(Debug, Default)]
pub struct Batch<'a> {
    /// Elements that ended, wait for another attempt, or are about to be sent again.
    pub records: Vec<&'a ElementRecord>,
    /// The new high-water mark.
    pub started_to: u64,
    /// How many elements the input has, once known.
    pub elements: Option<u64>,
    /// A number of elements and their fingerprint, if it must be stored.
    pub prefix: Option<(u64, String)>,
    /// Explanations of the failures that occur for the first time.
    pub explanations: &'a [(String, Explanation)],
}

impl History {
    /// Prepares for many small transactions. If they are power-safe, each is on the disk when its call returns.
    pub fn configure_for_run(&self, is_power_safe: bool) -> Result<(), HistoryError> {
        let synchronous = if is_power_safe { "FULL" } else { "NORMAL" };
        let set = || {
            self.connection.pragma_update(None, "synchronous", synchronous)?;
            self.connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
            self.connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)
        };
        set().map_err(|error| self.fail(&error))
    }

    /// Records the start of a run, with its answers if it sends those of an event, and assigns its number.
    pub fn begin_run(&self, run: &mut Run, answers: &[NumberedAnswer]) -> Result<(), HistoryError> {
        let mut begin = || {
            let transaction = self.connection.unchecked_transaction()?;
            self.insert_run(run)?;
            self.insert_answers(run, answers)?;
            transaction.commit()
        };
        begin().map_err(|error| self.fail(&error))
    }

    fn insert_run(&self, run: &mut Run) -> rusqlite::Result<()> {
        let insert = "INSERT INTO run (started, hooks, webhook, input, parameters, elements, started_to)
            VALUES (:started, :hooks, :webhook, :input, :parameters, :elements, :started_to)";
        let values = named_params! {
            ":started": now(),
            ":hooks": run.hooks,
            ":webhook": run.parameters.webhook,
            ":input": run.parameters.input,
            ":parameters": json(&run.parameters),
            ":elements": run.elements,
            ":started_to": run.started_to,
        };
        self.connection.execute(insert, values)?;
        run.id = self.connection.last_insert_rowid();
        Ok(())
    }

    /// Records that a run is in progress again.
    pub fn reopen_run(&self, run: i64) -> Result<(), HistoryError> {
        let updated = self.connection.execute("UPDATE run SET ended = NULL WHERE id = ?1", [run]);
        updated.map(drop).map_err(|error| self.fail(&error))
    }

    /// Records a batch in one transaction.
    pub fn record(&self, run: i64, batch: &Batch<'_>) -> Result<(), HistoryError> {
        self.try_record(run, batch).map_err(|error| self.fail(&error))
    }

    fn try_record(&self, run: i64, batch: &Batch<'_>) -> rusqlite::Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut insert = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO element (run, element, id, state, attempts, status, failure, took, repeated)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        for record in &batch.records {
            let state = record.state.map(State::as_str);
            insert.execute((
                run,
                record.element,
                &record.id,
                state,
                record.attempts,
                record.status,
                &record.failure,
                micros(record.took),
                record.repeated,
            ))?;
        }
        for (name, Explanation { what, next, response }) in batch.explanations {
            let insert = "INSERT OR IGNORE INTO run_failure VALUES (?1, ?2, ?3, ?4, ?5)";
            self.connection.execute(insert, (run, name, what, next, response))?;
        }
        let (prefix_to, prefix) = batch.prefix.as_ref().map(|(to, prefix)| (*to, prefix)).unzip();
        let mut update = self.connection.prepare_cached(
            "UPDATE run SET started_to = ?2, elements = coalesce(?3, elements), prefix_to = coalesce(?4, prefix_to),
                prefix = coalesce(?5, prefix) WHERE id = ?1",
        )?;
        update.execute((run, batch.started_to, batch.elements, prefix_to, prefix))?;
        transaction.commit()
    }

    /// Records that a session of a run ended.
    pub fn end_run(&self, run: i64) -> Result<(), HistoryError> {
        self.prune_by_default()?;
        let end = || {
            // Every program that opens the history reads its log. Once the long log of a run is copied into the file, the next
            // write starts a new one.
            self.connection.query_row("PRAGMA wal_checkpoint", [], |_| Ok(()))?;
            self.connection.execute("UPDATE run SET ended = ?2 WHERE id = ?1", (run, now()))
        };
        end().map(drop).map_err(|error| self.fail(&error))
    }

    /// The runs, newest first.
    pub fn runs(&self, limit: usize) -> Result<Vec<Run>, HistoryError> {
        self.select_runs("ORDER BY id DESC LIMIT ?1", (limit,))
    }

    pub fn run(&self, id: i64) -> Result<Option<Run>, HistoryError> {
        Ok(self.select_runs("WHERE id = ?1", (id,))?.pop())
    }

    /// The runs that send some of the same elements of the same file with the same webhook to the same URL, newest first.
    pub fn similar_runs(&self, parameters: &RunParameters) -> Result<Vec<Run>, HistoryError> {
        let values = (&parameters.webhook, &parameters.input);
        let mut runs = self.select_runs("WHERE webhook = ?1 AND input = ?2 ORDER BY id DESC", values)?;
        runs.retain(|run| {
            let own = &run.parameters;
            (&own.url, &own.method, &own.changes)
                == (&parameters.url, &parameters.method, &parameters.changes)
                && own.selection.overlaps(parameters.selection)
        });
        Ok(runs)
    }

    fn select_runs(&self, which: &str, values: impl rusqlite::Params) -> Result<Vec<Run>, HistoryError> {
        let select = || {
            let mut statement = self.connection.prepare(&format!("SELECT {RUN} FROM run {which}"))?;
            let runs = statement.query_map(values, to_run)?.collect::<rusqlite::Result<Vec<Run>>>()?;
            runs.into_iter()
                .map(|run| Ok(Run { totals: self.totals(&run)?, ..run }))
                .collect::<rusqlite::Result<_>>()
        };
        select().map_err(|error: rusqlite::Error| self.fail(&error))
    }

    fn totals(&self, run: &Run) -> rusqlite::Result<Totals> {
        let mut statement = self.connection.prepare(
            "SELECT state, failure, count(*), sum(repeated) FROM element WHERE run = ?1 GROUP BY state, failure",
        )?;
        let mut rows = statement.query([run.id])?;
        let (mut totals, mut recorded, mut waiting) = (Totals::default(), 0, 0);
        while let Some(row) = rows.next()? {
            let (number, failure): (u64, Option<String>) = (row.get(2)?, row.get(1)?);
            recorded += number;
            totals.repeated += row.get::<_, u64>(3)?;
            match state(row, 0)? {
                Some(state) => totals.add(state, failure.as_deref(), number),
                None => waiting += number,
            }
        }
        let started = run.parameters.selection.count(run.started_to);
        totals.in_doubt += started.saturating_sub(recorded);
        totals.pending = run.selected().map(|selected| selected.saturating_sub(started) + waiting);
        Ok(totals)
    }

    /// The record of an element.
    pub fn element(&self, run: i64, element: u64) -> Result<Option<ElementRecord>, HistoryError> {
        let select = || {
            let select = format!("SELECT {ELEMENT} FROM element WHERE run = ?1 AND element = ?2");
            self.connection.prepare_cached(&select)?.query_row((run, element), to_record).optional()
        };
        select().map_err(|error| self.fail(&error))
    }

    /// The records of the elements that follow this one, in order.
    fn records_after(
        &self,
        run: i64,
        element: u64,
        limit: usize,
    ) -> Result<Vec<ElementRecord>, HistoryError> {
        let select = || {
            let mut statement = self.connection.prepare(&format!(
                "SELECT {ELEMENT} FROM element WHERE run = ?1 AND element > ?2 ORDER BY element LIMIT ?3"
            ))?;
            statement.query_map((run, element, limit), to_record)?.collect::<rusqlite::Result<_>>()
        };
        select().map_err(|error: rusqlite::Error| self.fail(&error))
    }

    /// The elements of a run in one of these states, in order, until `take` returns false. Elements in doubt without a record are
    /// included.
    pub fn elements(
        &self,
        run: &Run,
        states: &[State],
        mut take: impl FnMut(ElementRecord) -> bool,
    ) -> Result<(), HistoryError> {
        const PAGE: usize = 1000;
        let selection = run.parameters.selection;
        let mut last = 0;
        loop {
            let page = self.records_after(run.id, last, PAGE)?;
            let is_last = page.len() < PAGE;
            let up_to = if is_last { run.started_to } else { page.last().map_or(0, |record| record.element) };
            let mut page = page.into_iter().peekable();
            while last < up_to {
                last += 1;
                let record = match page.next_if(|record| record.element == last) {
                    Some(record) => record,
                    None if selection.contains(last) => ElementRecord::unsent(last, State::InDoubt, None),
                    None => continue,
                };
                if record.state.is_some_and(|state| states.contains(&state)) && !take(record) {
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// The explanation of the first failure with this name.
    pub fn explanation(&self, run: i64, failure: &str) -> Result<Option<Explanation>, HistoryError> {
        let select = "SELECT what, next, response FROM run_failure WHERE run = ?1 AND name = ?2";
        let found = self.connection.query_row(select, (run, failure), |row| {
            Ok(Explanation { what: row.get(0)?, next: row.get(1)?, response: row.get(2)? })
        });
        found.optional().map_err(|error| self.fail(&error))
    }
}

fn state(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<State>> {
    let name: Option<String> = row.get(column)?;
    name.map(|name| State::parse(&name).ok_or_else(|| unreadable(format!("unknown state `{name}`"))))
        .transpose()
}

fn to_record(row: &rusqlite::Row<'_>) -> rusqlite::Result<ElementRecord> {
    Ok(ElementRecord {
        element: row.get(0)?,
        id: row.get(1)?,
        state: state(row, 2)?,
        attempts: row.get(3)?,
        status: row.get(4)?,
        failure: row.get(5)?,
        took: Duration::from_micros(row.get(6)?),
        repeated: row.get(7)?,
    })
}

fn to_run(row: &rusqlite::Row<'_>) -> rusqlite::Result<Run> {
    let parameters: String = row.get("parameters")?;
    let parameters = serde_json::from_str(&parameters).map_err(|error| unreadable(error.to_string()))?;
    Ok(Run {
        id: row.get("id")?,
        started: row.get("started")?,
        ended: row.get("ended")?,
        hooks: row.get("hooks")?,
        parameters,
        elements: row.get("elements")?,
        started_to: row.get("started_to")?,
        prefix_to: row.get("prefix_to")?,
        prefix: row.get("prefix")?,
        totals: Totals::default(),
    })
}
