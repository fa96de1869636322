//! Finds deliveries and received requests.

use std::path::Path;

use rusqlite::types::Type;
use rusqlite::{Row, ToSql, params_from_iter};
use serde::de::DeserializeOwned;

use super::write::json;
use super::{History, HistoryError};
use crate::core::delivery::State;
use crate::core::history::{Delivery, Reception, Recorded};

/// Which rows to return. An empty field does not filter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub webhook: Option<String>,
    pub states: Vec<State>,
    /// The earliest time, in milliseconds since 1970.
    pub since: Option<i64>,
    /// A text in the request or the response, in any letter case of ASCII.
    pub text: Option<String>,
    /// Only deliveries that have not been replayed, and were not sent to the receiver of `--echo`.
    pub is_to_be_replayed: bool,
    /// The definitions files, as they are recorded; none for all. Requests received without one match each.
    pub files: Option<Vec<String>>,
    pub limit: Option<usize>,
}

/// A table whose rows are JSON, with a few columns to filter by.
pub trait RecordTable: DeserializeOwned {
    /// The name of the table, and of its column with the JSON.
    const TABLE: &'static str;
    fn contains(&self, text: &str) -> bool;
}

impl RecordTable for Delivery {
    const TABLE: &'static str = "delivery";

    fn contains(&self, text: &str) -> bool {
        self.contains(text)
    }
}

impl RecordTable for Reception {
    const TABLE: &'static str = "received";

    fn contains(&self, text: &str) -> bool {
        self.contains(text)
    }
}

impl Filter {
    fn condition<T: RecordTable>(&self) -> (String, Vec<Box<dyn ToSql>>) {
        let mut conditions = vec!["TRUE"];
        let mut values: Vec<Box<dyn ToSql>> = Vec::new();
        if let Some(webhook) = &self.webhook {
            conditions.push("webhook = ?");
            values.push(Box::new(webhook.clone()));
        }
        if let Some(since) = self.since {
            conditions.push("time >= ?");
            values.push(Box::new(since));
        }
        if let Some(files) = &self.files {
            conditions.push("(file IS NULL OR file IN (SELECT value FROM json_each(?)))");
            values.push(Box::new(json(files)));
        }
        if T::TABLE == Delivery::TABLE {
            if !self.states.is_empty() {
                conditions.push("coalesce(state, 'in_doubt') IN (SELECT value FROM json_each(?))");
                values.push(Box::new(json(&self.states)));
            }
            if self.is_to_be_replayed {
                conditions.push(
                    "destination <> 'echo'
                    AND NOT EXISTS (SELECT 1 FROM delivery AS later WHERE later.replay_of = delivery.id)",
                );
            }
        }
        (conditions.join(" AND "), values)
    }
}

impl History {
    /// The rows that match a filter, newest first. One row is in memory at a time.
    pub fn list<T: RecordTable, R>(
        &self,
        filter: &Filter,
        mut each: impl FnMut(Recorded<T>) -> R,
    ) -> Result<Vec<R>, HistoryError> {
        let limit = filter.limit.unwrap_or(usize::MAX);
        let (condition, values) = filter.condition::<T>();
        let table = T::TABLE;
        let sql = format!("SELECT id, time, {table} FROM {table} WHERE {condition} ORDER BY id DESC");
        let mut find = || {
            let mut statement = self.connection.prepare(&sql)?;
            let rows = statement.query_map(params_from_iter(&values), to_recorded::<T>)?;
            let is_wanted = |row: &rusqlite::Result<Recorded<T>>| match (row, &filter.text) {
                (Ok(row), Some(text)) => row.value.contains(text),
                _ => true,
            };
            let rows = rows.filter(is_wanted).take(limit).map(|row| Ok(each(row?)));
            rows.collect::<rusqlite::Result<_>>()
        };
        find().map_err(|error| self.fail(&error))
    }

    /// How many rows match a filter, whatever its limit.
    pub fn count<T: RecordTable>(&self, filter: &Filter) -> Result<usize, HistoryError> {
        if filter.text.is_some() {
            return Ok(self.list::<T, ()>(&Filter { limit: None, ..filter.clone() }, drop)?.len());
        }
        let (condition, values) = filter.condition::<T>();
        let sql = format!("SELECT count(*) FROM {} WHERE {condition}", T::TABLE);
        let number = self.connection.query_row(&sql, params_from_iter(&values), |row| row.get(0));
        number.map(|number: i64| usize::try_from(number).unwrap_or(0)).map_err(|error| self.fail(&error))
    }

    pub fn get<T: RecordTable>(&self, id: i64) -> Result<Option<Recorded<T>>, HistoryError> {
        let table = T::TABLE;
        let sql = format!("SELECT id, time, {table} FROM {table} WHERE id = ?1");
        match self.connection.query_row(&sql, [id], to_recorded) {
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            found => found.map(Some).map_err(|error| self.fail(&error)),
        }
    }

    /// The recorded names of a definitions file, which differ if it was found from other directories.
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
}

fn to_recorded<T: RecordTable>(row: &Row<'_>) -> rusqlite::Result<Recorded<T>> {
    let value = serde_json::from_str(row.get_ref(2)?.as_str()?);
    let value = value.map_err(|error| unreadable(error.to_string()))?;
    Ok(Recorded { id: row.get(0)?, time: row.get(1)?, value })
}

pub(super) fn unreadable(reason: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, reason.into())
}
