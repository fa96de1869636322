//! Webhooks and elements.

use rusqlite::{OptionalExtension, Row, named_params, params};

use super::{NamespaceStore, from_json, json};
use crate::core::delivery::timestamp;
use crate::core::emulator::{Period, Record, Resource, period};

/// An element with the emulator's own data about it.
#[derive(Debug, Clone)]
pub(crate) struct StoredElement {
    pub(crate) id: u64,
    /// For events and groups.
    pub(crate) prokey: Option<String>,
    /// The number of updates.
    pub(crate) updates: u64,
    /// When `date_updated` will be set without a change, in milliseconds since 1970.
    pub(crate) touch: Option<i64>,
    pub(crate) record: Record,
}

/// Selects events by group and by time, in milliseconds since 1970.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventFilter {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) group: Option<String>,
    /// Whether events must lie entirely between `from` and `to`.
    pub(crate) is_strict: bool,
}

impl EventFilter {
    fn accepts(&self, period: Option<Period>) -> bool {
        let Some(Period { starts, ends, .. }) = period else {
            return self.from.is_none() && self.to.is_none();
        };
        let (first, last) = if self.is_strict { (starts, ends) } else { (ends, starts) };
        self.from.is_none_or(|from| first >= from) && self.to.is_none_or(|to| last <= to)
    }
}

/// Part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

impl Page {
    pub(crate) const ALL: Self = Self { offset: 0, size: i64::MAX as u64 };
}

fn element(row: &Row<'_>) -> rusqlite::Result<StoredElement> {
    let record = from_json(4, row.get_ref(4)?.as_str()?)?;
    Ok(StoredElement {
        id: row.get(0)?,
        prokey: row.get(1)?,
        updates: row.get(2)?,
        touch: row.get(3)?,
        record,
    })
}

/// The period of an event, unless it depends on the current day.
fn fixed_period(resource: Resource, record: &Record) -> Option<Period> {
    period(record, 0).filter(|period| resource == Resource::Event && !period.is_dynamic)
}

impl NamespaceStore<'_> {
    /// The element with this id, or prokey of an event or group.
    pub(crate) fn element(&self, resource: Resource, key: &str) -> rusqlite::Result<Option<StoredElement>> {
        let by_id = "SELECT id, prokey, updates, touch, record FROM element
            WHERE namespace = ?1 AND resource = ?2 AND id = ?3";
        let by_prokey = "SELECT id, prokey, updates, touch, record FROM element
            WHERE namespace = ?1 AND resource = ?2 AND prokey = ?3";
        if resource.is_addressed_by_prokey() {
            let mut select = self.transaction.prepare_cached(by_prokey)?;
            return select.query_row(params![self.namespace, resource.path(), key], element).optional();
        }
        // Leading zeros or a sign are not part of an id.
        let Some(id) = key.parse::<i64>().ok().filter(|id| id.to_string() == key) else { return Ok(None) };
        let mut select = self.transaction.prepare_cached(by_id)?;
        select.query_row(params![self.namespace, resource.path(), id], element).optional()
    }

    pub(crate) fn latest_element(&self, resource: Resource) -> rusqlite::Result<Option<StoredElement>> {
        let select = "SELECT id, prokey, updates, touch, record FROM element
            WHERE namespace = ?1 AND resource = ?2 ORDER BY id DESC LIMIT 1";
        let mut select = self.transaction.prepare_cached(select)?;
        select.query_row(params![self.namespace, resource.path()], element).optional()
    }

    /// The elements of a page, by id.
    pub(crate) fn elements(&self, resource: Resource, page: Page) -> rusqlite::Result<Vec<StoredElement>> {
        let select = "SELECT id, prokey, updates, touch, record FROM element
            WHERE namespace = ?1 AND resource = ?2 ORDER BY id LIMIT ?3 OFFSET ?4";
        let mut select = self.transaction.prepare_cached(select)?;
        let values = params![self.namespace, resource.path(), page.size, page.offset];
        select.query_map(values, element)?.collect()
    }

    /// The events of a page, by id. Dynamic dates are relative to `now`.
    pub(crate) fn events(
        &self,
        filter: &EventFilter,
        now: i64,
        page: Page,
    ) -> rusqlite::Result<Vec<StoredElement>> {
        let select = "SELECT id, prokey, updates, touch, record, starts, ends FROM element
            WHERE namespace = :namespace AND resource = 'event' AND (:group IS NULL OR event_group = :group)
            ORDER BY id";
        let mut select = self.transaction.prepare_cached(select)?;
        let values = named_params! { ":namespace": self.namespace, ":group": filter.group };
        let mut rows = select.query(values)?;
        let (mut found, mut skipped) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let bounds: (Option<i64>, Option<i64>) = (row.get(5)?, row.get(6)?);
            let is_listed = match bounds {
                (Some(starts), Some(ends)) => {
                    filter.accepts(Some(Period { starts, ends, is_dynamic: false }))
                }
                _ => filter.accepts(period(&element(row)?.record, now)),
            };
            if !is_listed {
                continue;
            }
            if skipped < page.offset {
                skipped += 1;
                continue;
            }
            found.push(element(row)?);
            if found.len() as u64 == page.size {
                break;
            }
        }
        Ok(found)
    }

    /// The prokeys of the events in a group, by id.
    pub(crate) fn events_of(&self, group: &str) -> rusqlite::Result<Vec<String>> {
        let select = "SELECT prokey FROM element INDEXED BY element_event_group
            WHERE namespace = ?1 AND event_group = ?2 AND event_group IS NOT NULL ORDER BY id";
        let mut select = self.transaction.prepare_cached(select)?;
        select.query_map(params![self.namespace, group], |row| row.get(0))?.collect()
    }

    /// The events or groups that refer to a style or template.
    pub(crate) fn users_of(
        &self,
        user: Resource,
        template: Resource,
        id: u64,
    ) -> rusqlite::Result<Vec<StoredElement>> {
        let select = "SELECT id, prokey, updates, touch, record FROM element
            WHERE namespace = ?1 AND resource = ?2 AND json_extract(record, ?3) = ?4";
        let field = match template {
            Resource::Style => "$.layout",
            Resource::Landingpage => "$.landingpage",
            Resource::RsvpBlock => "$.rsvp_block",
            Resource::CtaBlock => "$.cta_block",
            Resource::Webhook | Resource::Event | Resource::Group => return Ok(Vec::new()),
        };
        let mut select = self.transaction.prepare_cached(select)?;
        select.query_map(params![self.namespace, user.path(), field, id], element)?.collect()
    }

    /// Sets `events` of a group, which is derived from the events.
    pub(crate) fn fill_events(&self, resource: Resource, own: &mut StoredElement) -> rusqlite::Result<()> {
        if let (Resource::Group, Some(prokey)) = (resource, &own.prokey) {
            own.record.insert("events".to_owned(), self.events_of(prokey)?.into());
        }
        Ok(())
    }

    /// Adds or replaces an element.
    pub(crate) fn save_element(&self, resource: Resource, own: &StoredElement) -> rusqlite::Result<()> {
        let save = "INSERT INTO element
            (namespace, resource, id, prokey, event_group, starts, ends, touch, updates, record)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (namespace, resource, id) DO UPDATE SET prokey = ?4, event_group = ?5, starts = ?6,
            ends = ?7, touch = ?8, updates = ?9, record = ?10";
        let group = own.record.get("event_group").and_then(serde_json::Value::as_str);
        let period = fixed_period(resource, &own.record);
        let values = params![
            self.namespace,
            resource.path(),
            own.id,
            own.prokey,
            group,
            period.map(|period| period.starts),
            period.map(|period| period.ends),
            own.touch,
            own.updates,
            json(&own.record),
        ];
        self.transaction.prepare_cached(save)?.execute(values).map(drop)
    }

    pub(crate) fn delete_element(&self, resource: Resource, id: u64) -> rusqlite::Result<()> {
        let delete = "DELETE FROM element WHERE namespace = ?1 AND resource = ?2 AND id = ?3";
        let values = params![self.namespace, resource.path(), id];
        self.transaction.prepare_cached(delete)?.execute(values).map(drop)
    }

    /// Deletes the events of a group and the answers to them.
    pub(crate) fn delete_events_of(&self, group: &str) -> rusqlite::Result<()> {
        let answers = "DELETE FROM answer WHERE namespace = ?1
            AND event IN (SELECT prokey FROM element WHERE namespace = ?1 AND event_group = ?2)";
        let events = "DELETE FROM element WHERE namespace = ?1 AND event_group = ?2";
        for delete in [answers, events] {
            self.transaction.prepare_cached(delete)?.execute(params![self.namespace, group])?;
        }
        Ok(())
    }

    /// A new id for an element. Ids of deleted elements are not reused.
    pub(crate) fn next_id(&self, resource: Resource) -> rusqlite::Result<u64> {
        let next = "INSERT INTO counter (namespace, resource, last) VALUES (?1, ?2, 1)
            ON CONFLICT (namespace, resource) DO UPDATE SET last = last + 1 RETURNING last";
        let values = params![self.namespace, resource.path()];
        self.transaction.prepare_cached(next)?.query_row(values, |row| row.get(0))
    }

    /// Makes new ids start above this one.
    pub(crate) fn reserve_id(&self, resource: Resource, id: u64) -> rusqlite::Result<()> {
        let reserve = "INSERT INTO counter (namespace, resource, last) VALUES (?1, ?2, ?3)
            ON CONFLICT (namespace, resource) DO UPDATE SET last = max(last, ?3)";
        let values = params![self.namespace, resource.path(), id];
        self.transaction.prepare_cached(reserve)?.execute(values).map(drop)
    }

    /// Whether an element has this prokey.
    pub(crate) fn has_prokey(&self, prokey: &str) -> rusqlite::Result<bool> {
        let select = "SELECT EXISTS (SELECT 1 FROM element WHERE prokey = ?2 AND namespace = ?1)";
        self.transaction.prepare_cached(select)?.query_row(params![self.namespace, prokey], |row| row.get(0))
    }

    /// Sets `date_updated` of the elements for which it is due.
    pub(crate) fn touch_elements(&self, now: i64) -> rusqlite::Result<()> {
        let select = "SELECT resource, id, touch FROM element WHERE namespace = ?1 AND touch <= ?2";
        let mut select = self.transaction.prepare_cached(select)?;
        let due = select.query_map(params![self.namespace, now], |row| row.try_into())?;
        let due: Vec<(String, i64, i64)> = due.collect::<rusqlite::Result<_>>()?;
        let update = "UPDATE element SET touch = NULL, record = json_set(record, '$.date_updated', ?4)
            WHERE namespace = ?1 AND resource = ?2 AND id = ?3";
        let mut update = self.transaction.prepare_cached(update)?;
        for (resource, id, touch) in due {
            update.execute(params![self.namespace, resource, id, timestamp(touch)])?;
        }
        Ok(())
    }

    /// When `date_updated` will next be set.
    pub(crate) fn next_touch(&self) -> rusqlite::Result<Option<i64>> {
        let select = "SELECT min(touch) FROM element WHERE namespace = ?1 AND touch IS NOT NULL";
        self.transaction.prepare_cached(select)?.query_row([self.namespace], |row| row.get(0))
    }
}
