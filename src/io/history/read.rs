//! Finds deliveries again.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::Type;
use rusqlite::{OptionalExtension, ToSql, named_params};

use super::{History, HistoryError};
use crate::core::exchange::{Answer, BodyEnd, Phases, State};
use crate::core::model::{Method, Trigger, TriggerElement};
use crate::core::record::{Fidelity, Intent, Kept, LineOfRun, Outcome, Place, Reason, Record, Row};

/// Which deliveries are looked for; what is empty does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The webhook's handle.
    pub webhook: Option<String>,
    /// How it ended.
    pub states: Vec<State>,
    /// The earliest moment at which it began, in milliseconds since 1970.
    pub since: Option<i64>,
    /// A text in what was sent or answered, in any letter case (of ASCII).
    pub text: Option<String>,
    /// Only what was not replayed since, nor sent again by the backfill that it belongs to, and did not go to a receiver of
    /// our own.
    pub is_to_be_replayed: bool,
    /// The definitions files, as they are recorded; none for all.
    pub files: Option<Vec<String>>,
    /// The most rows.
    pub limit: Option<usize>,
}

const WHERE: &str = "
    (:webhook IS NULL OR webhook = :webhook)
    AND (:states = '' OR instr(:states, ',' || coalesce(state, 'in_doubt') || ',') > 0)
    AND (:since IS NULL OR started >= :since)
    AND (:files IS NULL OR file IN (SELECT value FROM json_each(:files)))
    AND (:unreplayed = 0 OR place <> 'echo' AND settled = 0 AND NOT EXISTS
        (SELECT 1 FROM delivery AS later WHERE later.replay_of = delivery.id))
    AND (:text IS NULL OR instr(lower(webhook || char(10) || url || char(10) || data || char(10) || headers
        || char(10) || body || char(10) || element || char(10) || coalesce(failure, '') || char(10)
        || coalesce(failure_what, '') || char(10) || coalesce(answer_reason, '') || char(10)
        || coalesce(answer_headers, '') || char(10)
        || coalesce(CAST(answer_body AS TEXT), '')), lower(:text)) > 0)";

impl History {
    /// The deliveries that a filter lets through, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Row>, HistoryError> {
        let sql = format!(
            "SELECT id, started, webhook, method, url, state, status, failure, total, replay_of
             FROM delivery WHERE {WHERE} ORDER BY id DESC LIMIT :limit"
        );
        let limit = filter.limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
        let find = || {
            let mut statement = self.connection.prepare(&sql)?;
            let states = states(filter);
            let files = files(filter);
            let values: [(&str, &dyn ToSql); 7] = [
                (":webhook", &filter.webhook),
                (":states", &states),
                (":files", &files),
                (":since", &filter.since),
                (":unreplayed", &filter.is_to_be_replayed),
                (":text", &filter.text),
                (":limit", &limit),
            ];
            let rows = statement.query_map(&values[..], to_row)?;
            rows.collect::<rusqlite::Result<Vec<Row>>>()
        };
        find().map_err(|error| self.fail(&error))
    }

    /// How many deliveries a filter lets through, whatever its limit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, filter: &Filter) -> Result<usize, HistoryError> {
        let sql = format!("SELECT count(*) FROM delivery WHERE {WHERE}");
        let values = named_params! {
            ":webhook": filter.webhook,
            ":states": states(filter),
            ":files": files(filter),
            ":since": filter.since,
            ":unreplayed": filter.is_to_be_replayed,
            ":text": filter.text,
        };
        let number: i64 =
            self.connection.query_row(&sql, values, |row| row.get(0)).map_err(|error| self.fail(&error))?;
        Ok(usize::try_from(number).unwrap_or(0))
    }

    /// The recorded names of a definitions file, which differ if it was found from other directories.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn names_of(&self, definitions: &Path) -> Result<Vec<String>, HistoryError> {
        let resolved = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let find = || {
            let mut statement = self.connection.prepare(
                "SELECT file FROM delivery UNION SELECT file FROM received WHERE file IS NOT NULL",
            )?;
            let names = statement.query_map([], |row| row.get::<_, String>(0))?;
            names.collect::<rusqlite::Result<Vec<String>>>()
        };
        let definitions = resolved(definitions);
        let mut names = find().map_err(|error| self.fail(&error))?;
        names.retain(|name| resolved(Path::new(name)) == definitions);
        Ok(names)
    }

    /// One delivery; none when there is no such number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get(&self, id: i64) -> Result<Option<Record>, HistoryError> {
        let found = self.connection.query_row("SELECT * FROM delivery WHERE id = ?1", [id], to_record);
        found.optional().map_err(|error| self.fail(&error))
    }
}

/// The names of the files as a JSON list.
fn files(filter: &Filter) -> Option<String> {
    filter.files.as_ref().map(|files| serde_json::Value::from(files.clone()).to_string())
}

/// `,failed,in_doubt,`, or nothing.
fn states(filter: &Filter) -> String {
    let names: String = filter.states.iter().map(|state| format!(",{state}")).collect();
    if names.is_empty() { names } else { names + "," }
}

fn to_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get("id")?,
        started: row.get("started")?,
        webhook: row.get("webhook")?,
        method: row.get("method")?,
        url: row.get("url")?,
        state: word_or(row, "state", State::parse)?.unwrap_or(State::InDoubt),
        status: row.get("status")?,
        failure: row.get("failure")?,
        total: time(row, "total")?,
        replay_of: row.get("replay_of")?,
    })
}

fn to_record(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        id: row.get("id")?,
        started: row.get("started")?,
        hooks: row.get("hooks")?,
        intent: Intent {
            webhook: row.get("webhook")?,
            file: row.get("file")?,
            trigger: word(row, "event", Trigger::parse)?,
            kind: word(row, "kind", TriggerElement::parse)?,
            data: row.get("data")?,
            element: kept(row, ["element", "element_bytes", "element_fidelity"])?,
            place: word(row, "place", Place::parse)?,
            method: word(row, "method", Method::parse)?,
            url: row.get("url")?,
            is_url_masked: row.get("is_url_masked")?,
            headers: json(row, "headers")?.unwrap_or_default(),
            body: kept(row, ["body", "body_bytes", "body_fidelity"])?,
            replay_of: row.get("replay_of")?,
            line: line_of_run(row)?,
        },
        outcome: match word_or(row, "state", State::parse)? {
            Some(state) => Some(to_outcome(row, state)?),
            None => None,
        },
    })
}

fn line_of_run(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<LineOfRun>> {
    let (run, line): (Option<i64>, Option<i64>) = (row.get("run")?, row.get("line")?);
    let line = line.and_then(|line| u64::try_from(line).ok());
    Ok(run.zip(line).map(|(run, line)| LineOfRun { run, line }))
}

fn to_outcome(row: &rusqlite::Row<'_>, state: State) -> rusqlite::Result<Outcome> {
    let reason = |[name, what, next]: [String; 3]| Reason { name, what, next };
    let text = |name| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(name)?.unwrap_or_default());
    Ok(Outcome {
        state,
        phases: Phases {
            lookup: time(row, "lookup")?,
            connect: time(row, "connect")?,
            tls: time(row, "tls")?,
            first_byte: time(row, "first_byte")?,
            total: time(row, "total")?.unwrap_or_default(),
        },
        reused: row.get::<_, Option<bool>>("reused")?.unwrap_or_default(),
        peer: row.get("peer")?,
        proxy: row.get("proxy")?,
        answer: to_answer(row)?,
        failure: match row.get::<_, Option<String>>("failure")? {
            Some(name) => Some(reason([name, text("failure_what")?, text("failure_next")?])),
            None => None,
        },
        notes: json::<Vec<[String; 3]>>(row, "notes")?.unwrap_or_default().into_iter().map(reason).collect(),
    })
}

fn to_answer(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Answer>> {
    let Some(status) = row.get("status")? else { return Ok(None) };
    let headers: Vec<(String, String)> = json(row, "answer_headers")?.unwrap_or_default();
    let body: Vec<u8> = row.get("answer_body")?;
    Ok(Some(Answer {
        status,
        reason: row.get("answer_reason")?,
        version: match row.get::<_, String>("answer_version")?.as_str() {
            "HTTP/1.0" => "HTTP/1.0",
            "HTTP/2" => "HTTP/2",
            _ => "HTTP/1.1",
        },
        headers: headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect(),
        body,
        body_read: u64::try_from(row.get::<_, i64>("answer_read")?).unwrap_or_default(),
        body_end: word(row, "answer_end", BodyEnd::parse)?,
    }))
}

fn kept(row: &rusqlite::Row<'_>, [text, bytes, fidelity]: [&str; 3]) -> rusqlite::Result<Kept> {
    Ok(Kept {
        text: row.get(text)?,
        bytes: u64::try_from(row.get::<_, i64>(bytes)?).unwrap_or_default(),
        fidelity: word(row, fidelity, Fidelity::parse)?,
    })
}

fn time(row: &rusqlite::Row<'_>, name: &str) -> rusqlite::Result<Option<Duration>> {
    let micros: Option<i64> = row.get(name)?;
    Ok(micros.and_then(|micros| u64::try_from(micros).ok()).map(Duration::from_micros))
}

pub(super) fn word_or<T>(
    row: &rusqlite::Row<'_>,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get::<_, Option<String>>(name)? else { return Ok(None) };
    parse(&text).map(Some).ok_or_else(|| unreadable(format!("`{name}` is `{text}`")))
}

pub(super) fn word<T>(
    row: &rusqlite::Row<'_>,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    word_or(row, name, parse)?.ok_or_else(|| unreadable(format!("`{name}` is empty")))
}

pub(super) fn json<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    name: &str,
) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get::<_, Option<String>>(name)? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| unreadable(error.to_string()))
}

pub(super) fn unreadable(reason: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, reason.into())
}
