//! The ledgers of backfills. Events are only ever appended, a group of them at a time: what stands there
//! stands whole, and a program that is killed loses at most a group that it was told of as not yet written.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, named_params};

use super::read::{unreadable, word};
use super::write::{json, signed};
use super::{History, HistoryError, micros, now};
use crate::core::exchange::{Failure, State};
use crate::core::model::Method;
use crate::core::record::{Delivery, DestinationKind, LineOfRun, Reason};
use crate::core::run::{Account, Event, Head, Line, Run, Tally};

/// `ended` is empty until then, and a run that was killed never gets it; its counts are then folded from `run_part`, to
/// which each group of events is appended as one row.
pub(super) const TABLES: &str = "
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started INTEGER NOT NULL,
    ended INTEGER,
    hooks TEXT NOT NULL,
    webhook TEXT NOT NULL,
    file TEXT NOT NULL,
    definition TEXT NOT NULL,
    changes TEXT,
    data TEXT NOT NULL,
    input TEXT,
    elements INTEGER,
    skip INTEGER NOT NULL,
    most INTEGER,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    place TEXT NOT NULL,
    folder TEXT NOT NULL,
    command TEXT NOT NULL,
    delivered INTEGER,
    failed INTEGER,
    in_doubt INTEGER,
    not_sent INTEGER,
    failures TEXT
);
CREATE TABLE run_part (
    run INTEGER NOT NULL,
    part INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (run, part)
) WITHOUT ROWID;
";
/// Pages of the log after which it is worked into the file while a run writes many small groups.
const LOG_PAGES: u32 = 4000;
/// Full rows of attempts that did not deliver, of one run: the first of many explain the others.
pub const KEPT_ATTEMPTS: i64 = 1000;

const COLUMNS: &str =
    "id, started, ended, hooks, webhook, file, definition, changes, data, input, elements, skip, most,
    method, url, place, folder, command, delivered, failed, in_doubt, not_sent, failures";

/// An attempt of a run that did not deliver.
#[derive(Debug)]
pub struct Attempt {
    /// What was sent, and what happened to it.
    pub delivery: Delivery,
    /// Whether it is the last word on its line.
    pub is_last: bool,
}

/// The ledger of one run, open to be appended to.
pub struct Ledger<'h> {
    history: &'h History,
    insert: rusqlite::Statement<'h>,
    run: i64,
    last: i64,
}

impl std::fmt::Debug for Ledger<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("run", &self.run).field("last", &self.last).finish_non_exhaustive()
    }
}

impl History {
    /// Gets ready to write many small groups. With `is_power_safe`, each group is on the disk when its call returns, so that not
    /// even a loss of power can undo it.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn expect_a_run(&self, is_power_safe: bool) -> Result<(), HistoryError> {
        let synchronous = if is_power_safe { "FULL" } else { "NORMAL" };
        let set = || {
            self.connection.pragma_update(None, "synchronous", synchronous)?;
            self.connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)
        };
        set().map_err(|error| self.fail(&error))
    }

    /// Records that a run begins, and returns its number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_run(&self, head: &Head) -> Result<i64, HistoryError> {
        let insert = "INSERT INTO run (started, hooks, webhook, file, definition, changes, data, input, elements, skip, most,
            method, url, place, folder, command) VALUES (:started, :hooks, :webhook, :file, :definition, :changes, :data, :input,
            :elements, :skip, :most, :method, :url, :place, :folder, :command)";
        let values = named_params! {
            ":started": now(),
            ":hooks": env!("CARGO_PKG_VERSION"),
            ":webhook": head.webhook,
            ":file": head.file,
            ":definition": head.definition,
            ":changes": head.changes,
            ":data": head.data,
            ":input": head.input,
            ":elements": head.elements.map(signed),
            ":skip": signed(head.skip),
            ":most": head.limit.map(signed),
            ":method": head.method.as_str(),
            ":url": head.url,
            ":place": head.place.as_str(),
            ":folder": head.folder,
            ":command": head.command,
        };
        self.connection.execute(insert, values).map_err(|error| self.fail(&error))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Records that a run goes on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn reopen_run(&self, run: i64) -> Result<(), HistoryError> {
        let updated = self.connection.execute("UPDATE run SET ended = NULL WHERE id = ?1", [run]);
        updated.map(|_| ()).map_err(|error| self.fail(&error))
    }

    /// Opens the ledger of a run, to append to it.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn ledger(&self, run: i64) -> Result<Ledger<'_>, HistoryError> {
        let open = || {
            let last = self.connection.query_row(
                "SELECT coalesce(max(part), 0) FROM run_part WHERE run = ?1",
                [run],
                |row| row.get(0),
            )?;
            let insert =
                self.connection.prepare("INSERT INTO run_part (run, part, events) VALUES (?1, ?2, ?3)")?;
            Ok(Ledger { history: self, insert, run, last })
        };
        open().map_err(|error| self.fail(&error))
    }

    /// The lines of a run of which attempts are recorded.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn lines_with_attempts(&self, run: i64) -> Result<Vec<u64>, HistoryError> {
        let find = || {
            let mut statement =
                self.connection.prepare("SELECT DISTINCT line FROM delivery WHERE run = ?1")?;
            let lines = statement.query_map([run], |row| row.get::<_, i64>(0))?;
            lines
                .map(|line| line.map(|line| u64::try_from(line).unwrap_or_default()))
                .collect::<rusqlite::Result<Vec<u64>>>()
        };
        find().map_err(|error| self.fail(&error))
    }

    /// Records that a run ended for now, with what is known of its input and what came of its lines.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_run(&self, run: i64, elements: Option<u64>, tally: &Tally) -> Result<(), HistoryError> {
        let update = "UPDATE run SET ended = :ended, elements = coalesce(:elements, elements), delivered = :delivered,
            failed = :failed, in_doubt = :in_doubt, not_sent = :not_sent, failures = :failures WHERE id = :id";
        let values = named_params! {
            ":id": run,
            ":ended": now(),
            ":elements": elements.map(signed),
            ":delivered": signed(tally.delivered),
            ":failed": signed(tally.failed),
            ":in_doubt": signed(tally.in_doubt),
            ":not_sent": signed(tally.not_sent),
            ":failures": json(&tally.failures),
        };
        self.connection.execute(update, values).map_err(|error| self.fail(&error))?;
        self.prune_by_default()?;
        // The log of a run is long, and all who open the file read through it.
        let worked_in = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        worked_in.map_err(|error| self.fail(&error))
    }

    /// The runs, newest first; of those that did not say how they ended, what their ledgers say.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self, limit: usize) -> Result<Vec<Run>, HistoryError> {
        let sql = format!("SELECT {COLUMNS} FROM run ORDER BY id DESC LIMIT ?1");
        let find = || {
            let mut statement = self.connection.prepare(&sql)?;
            let runs = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], to_run)?;
            runs.collect::<rusqlite::Result<Vec<Run>>>()
        };
        let runs = find().map_err(|error| self.fail(&error))?;
        runs.into_iter().map(|run| self.counted(run)).collect()
    }

    /// One run; none when there is no such number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn run(&self, id: i64) -> Result<Option<Run>, HistoryError> {
        let sql = format!("SELECT {COLUMNS} FROM run WHERE id = ?1");
        let found = self.connection.query_row(&sql, [id], to_run).optional();
        found.map_err(|error| self.fail(&error))?.map(|run| self.counted(run)).transpose()
    }

    /// The last complete run that delivered some of the same elements of the same file, with the same webhook to
    /// the same URL.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn same_run(&self, head: &Head) -> Result<Option<Run>, HistoryError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM run WHERE ended IS NOT NULL AND delivered > 0 AND input = ?1 AND webhook = ?2
                AND method = ?3 AND url = ?4 AND changes IS ?5 ORDER BY id DESC"
        );
        let values = (&head.input, &head.webhook, head.method.as_str(), &head.url, &head.changes);
        let find = || {
            let mut statement = self.connection.prepare(&sql)?;
            let mut runs = statement.query_map(values, to_run)?;
            let is_same = |run: &Run| !run.is_to_be_resumed() && run.head.overlaps(head);
            runs.find(|run| run.as_ref().map_or(true, is_same)).transpose()
        };
        find().map_err(|error| self.fail(&error))
    }

    fn counted(&self, mut run: Run) -> Result<Run, HistoryError> {
        if run.ended.is_none() {
            run.tally = self.account(run.id)?.tally().clone();
        }
        Ok(run)
    }

    /// Where each line of a run stands.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn account(&self, run: i64) -> Result<Account, HistoryError> {
        let mut account = Account::default();
        self.events(run, |event| account.apply(&event))?;
        Ok(account)
    }

    /// Walks through the ledger of a run from its beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn events(&self, run: i64, mut each: impl FnMut(Event)) -> Result<(), HistoryError> {
        let mut walk = || {
            let mut statement =
                self.connection.prepare("SELECT events FROM run_part WHERE run = ?1 ORDER BY part")?;
            let mut rows = statement.query([run])?;
            while let Some(row) = rows.next()? {
                for line in row.get_ref(0)?.as_str()?.lines() {
                    let event = Event::parse(line);
                    each(event.ok_or_else(|| unreadable(format!("`{line}` is no event of a run")))?);
                }
            }
            Ok(())
        };
        walk().map_err(|error: rusqlite::Error| self.fail(&error))
    }

    /// The lines of a run that stand in one of these states, in their order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn lines(&self, run: i64, states: &[State]) -> Result<Vec<Line>, HistoryError> {
        let account = self.account(run)?;
        let mut lines = BTreeMap::new();
        self.events(run, |event| {
            let line = event.line();
            if account.state(line).is_some_and(|state| states.contains(&state)) {
                // The last word on it counts.
                lines.insert(line, event.into_ending());
            }
        })?;
        let mut ids = self.element_ids(run)?;
        let line = |(number, ending)| {
            let is_repeated = account.is_repeated(number);
            Line { number, id: ids.remove(&number), ending, is_repeated }
        };
        Ok(lines.into_iter().map(line).collect())
    }

    /// The ids of the elements of a run of which attempts are recorded.
    fn element_ids(&self, run: i64) -> Result<BTreeMap<u64, String>, HistoryError> {
        let find = || {
            let mut statement = self
                .connection
                .prepare("SELECT line, delivery ->> '$.element.text' FROM delivery WHERE run = ?1")?;
            let rows = statement.query_map([run], |row| {
                let (line, element): (i64, String) = (row.get(0)?, row.get(1)?);
                Ok(u64::try_from(line).ok().zip(crate::core::record::element_id(&element)))
            })?;
            rows.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()
        };
        find().map_err(|error| self.fail(&error))
    }

    /// How a failure of a run was explained the first time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reason(&self, run: i64, failure: &str) -> Result<Option<Reason>, HistoryError> {
        let sql = "SELECT delivery -> '$.exchange.failure' FROM delivery
            WHERE run = ?1 AND delivery ->> '$.exchange.failure.kind' = ?2 ORDER BY id LIMIT 1";
        let found = self.connection.query_row(sql, (run, failure), |row| {
            let failure = serde_json::from_str::<Failure>(row.get_ref(0)?.as_str()?);
            failure.map(|own| Reason::from(&own)).map_err(|error| unreadable(error.to_string()))
        });
        found.optional().map_err(|error| self.fail(&error))
    }
}

impl Ledger<'_> {
    /// Appends a group of events, and attempts that did not deliver; of lines that were sent again, the attempts that are recorded
    /// are settled. All of it is written or nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(
        &mut self,
        events: &str,
        attempts: &[Attempt],
        settled: &[LineOfRun],
    ) -> Result<(), HistoryError> {
        let fail = |error: rusqlite::Error| self.history.fail(&error);
        let part = self.last + 1;
        if attempts.is_empty() && settled.is_empty() {
            // One statement is a transaction of its own.
            self.insert.execute((self.run, part, events)).map_err(fail)?;
        } else {
            let transaction = self.history.connection.unchecked_transaction().map_err(fail)?;
            self.insert.execute((self.run, part, events)).map_err(fail)?;
            for LineOfRun { run, line } in settled {
                let settle = "UPDATE delivery SET settled = 1 WHERE run = ?1 AND line = ?2";
                self.history.connection.execute(settle, (run, signed(*line))).map_err(fail)?;
            }
            for Attempt { delivery, is_last } in attempts {
                let took = delivery.exchange.as_ref().map_or(0, |own| micros(own.phases.total) / 1000);
                let id = self.history.begin(delivery, now().saturating_sub(took))?;
                self.history.write_result(id, delivery)?;
                if !is_last {
                    let settle = "UPDATE delivery SET settled = 1 WHERE id = ?1";
                    self.history.connection.execute(settle, [id]).map_err(fail)?;
                }
            }
            transaction.commit().map_err(fail)?;
        }
        self.last = part;
        Ok(())
    }
}

fn to_run(row: &rusqlite::Row<'_>) -> rusqlite::Result<Run> {
    let number = |name| {
        let number: Option<i64> = row.get(name)?;
        Ok::<_, rusqlite::Error>(number.map(|number| u64::try_from(number).unwrap_or_default()))
    };
    let failures: Option<String> = row.get("failures")?;
    Ok(Run {
        id: row.get("id")?,
        started: row.get("started")?,
        ended: row.get("ended")?,
        hooks: row.get("hooks")?,
        head: Head {
            webhook: row.get("webhook")?,
            file: row.get("file")?,
            definition: row.get("definition")?,
            changes: row.get("changes")?,
            data: row.get("data")?,
            input: row.get("input")?,
            elements: number("elements")?,
            skip: number("skip")?.unwrap_or_default(),
            limit: number("most")?,
            method: word(row, "method", Method::parse)?,
            url: row.get("url")?,
            place: word(row, "place", DestinationKind::parse)?,
            folder: row.get("folder")?,
            command: row.get("command")?,
        },
        tally: Tally {
            delivered: number("delivered")?.unwrap_or_default(),
            failed: number("failed")?.unwrap_or_default(),
            in_doubt: number("in_doubt")?.unwrap_or_default(),
            not_sent: number("not_sent")?.unwrap_or_default(),
            failures: match failures {
                Some(failures) => {
                    serde_json::from_str(&failures).map_err(|error| unreadable(error.to_string()))?
                }
                None => BTreeMap::new(),
            },
        },
    })
}
