//! Requests that were received.

use rusqlite::{OptionalExtension, ToSql, Transaction, TransactionBehavior, named_params};

use super::read::{json, word};
use super::write::{json as to_json, signed};
use super::{Filter, History, HistoryError};
use crate::core::record::{Fidelity, Reception, ReceptionResult, RecordedReception};

/// Every so many requests, what is too old is thrown out.
const PRUNE_EVERY: i64 = 1000;

const WHERE: &str = "
    (:webhook IS NULL OR webhook = :webhook)
    AND (:since IS NULL OR time >= :since)
    AND (:files IS NULL OR file IS NULL OR file IN (SELECT value FROM json_each(:files)))
    AND (:text IS NULL OR instr(lower(method || char(10) || target || char(10) || headers || char(10)
        || coalesce(webhook, '') || char(10) || CAST(body AS TEXT)), lower(:text)) > 0)";

impl History {
    /// Records requests that were received: all of them or none.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn receive(&self, receptions: &[Reception]) -> Result<(), HistoryError> {
        let write = || {
            // To read first and write then would fail at once while another program writes.
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            let before = self.newest_received()?;
            let mut insert = self.connection.prepare(
                "INSERT INTO received (time, file, hooks, peer, method, target, version, headers, masked, body, body_bytes,
                body_fidelity, webhook, nearest, answer, status, forward, failure) VALUES (:time, :file, :hooks,
                :peer, :method, :target, :version, :headers, :masked, :body, :body_bytes,
                :body_fidelity, :webhook, :nearest, :answer, :status, :forward, :failure)",
            )?;
            for own in receptions {
                insert.execute(named_params! {
                    ":time": own.time,
                    ":file": own.file,
                    ":hooks": env!("CARGO_PKG_VERSION"),
                    ":peer": own.peer,
                    ":method": own.method,
                    ":target": own.target,
                    ":version": own.version,
                    ":headers": to_json(&own.headers),
                    ":masked": to_json(&own.masked),
                    ":body": own.body,
                    ":body_bytes": signed(own.body_bytes),
                    ":body_fidelity": own.body_fidelity.as_str(),
                    ":webhook": own.result.webhook,
                    ":nearest": own.result.nearest,
                    ":answer": own.result.answer,
                    ":status": own.result.status,
                    ":forward": own.result.forward,
                    ":failure": own.result.failure,
                })?;
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

    /// The requests that a filter lets through, newest first; those received without a definitions file belong to every
    /// project. Of the filter, what belongs to deliveries alone does not matter.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list_received(&self, filter: &Filter) -> Result<Vec<RecordedReception>, HistoryError> {
        let sql = format!("SELECT * FROM received WHERE {WHERE} ORDER BY id DESC LIMIT :limit");
        let limit = filter.limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
        let files = filter.files.as_ref().map(to_json);
        let find = || {
            let mut statement = self.connection.prepare(&sql)?;
            let values: [(&str, &dyn ToSql); 5] = [
                (":files", &files),
                (":webhook", &filter.webhook),
                (":since", &filter.since),
                (":text", &filter.text),
                (":limit", &limit),
            ];
            let rows = statement.query_map(&values[..], to_reception)?;
            rows.collect::<rusqlite::Result<Vec<RecordedReception>>>()
        };
        find().map_err(|error| self.fail(&error))
    }

    /// How many requests a filter lets through, whatever its limit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count_received(&self, filter: &Filter) -> Result<usize, HistoryError> {
        let sql = format!("SELECT count(*) FROM received WHERE {WHERE}");
        let values = named_params! {
            ":webhook": filter.webhook,
            ":since": filter.since,
            ":text": filter.text,
            ":files": filter.files.as_ref().map(to_json),
        };
        let number: i64 =
            self.connection.query_row(&sql, values, |row| row.get(0)).map_err(|error| self.fail(&error))?;
        Ok(usize::try_from(number).unwrap_or(0))
    }

    /// One request; none when there is no such number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get_received(&self, id: i64) -> Result<Option<RecordedReception>, HistoryError> {
        let found = self.connection.query_row("SELECT * FROM received WHERE id = ?1", [id], to_reception);
        found.optional().map_err(|error| self.fail(&error))
    }
}

fn to_reception(row: &rusqlite::Row<'_>) -> rusqlite::Result<RecordedReception> {
    Ok(RecordedReception {
        id: row.get("id")?,
        hooks: row.get("hooks")?,
        reception: Reception {
            time: row.get("time")?,
            file: row.get("file")?,
            peer: row.get("peer")?,
            method: row.get("method")?,
            target: row.get("target")?,
            version: row.get("version")?,
            headers: json(row, "headers")?.unwrap_or_default(),
            masked: json(row, "masked")?.unwrap_or_default(),
            body: row.get("body")?,
            body_bytes: u64::try_from(row.get::<_, i64>("body_bytes")?).unwrap_or_default(),
            body_fidelity: word(row, "body_fidelity", Fidelity::parse)?,
            result: ReceptionResult {
                webhook: row.get("webhook")?,
                nearest: row.get("nearest")?,
                answer: row.get("answer")?,
                status: row.get("status")?,
                forward: row.get("forward")?,
                failure: row.get("failure")?,
            },
        },
    })
}
