//! The store and the accounts, used by one call at a time.

use std::sync::Arc;
use std::time::Duration;

use super::error::EmulatorError;
use super::event::{Change, DroppedChange, NamespaceLabel};
use super::journal::Journal;
use super::namespace::{InitialSettings, Namespace, Namespaces};
use super::session::{CallError, NewChange, Session};
use super::store::{self, NamespaceRow, NamespaceStore, Page, Store};
use crate::core::delivery::timestamp;
use crate::core::emulator::{ApiError, Clock, Record, Resource, Seed};
use crate::io::clock::now;

#[derive(Debug)]
pub(super) struct State {
    store: Store,
    pub(super) namespaces: Namespaces,
    pub(super) journal: Journal,
    seed: Arc<Seed>,
    seed_id: u64,
    /// The most entries of a list, if lower than the platform's.
    page_size: Option<u64>,
}

/// A call that was committed.
pub(super) struct Committed<T> {
    pub(super) value: T,
    pub(super) ignored: Vec<String>,
    pub(super) changes: Vec<Change>,
}

impl State {
    /// Also returns the changes whose deliveries had not begun when the last run ended.
    pub(super) fn new(
        mut store: Store,
        initial: InitialSettings,
        seed: Seed,
        (seed_id, page_size): (u64, Option<u64>),
    ) -> Result<(Self, Vec<DroppedChange>), EmulatorError> {
        let seed = Arc::new(seed);
        let load = |store: &mut Store| {
            let transaction = store.transaction()?;
            let namespaces = Namespaces::load(&transaction, initial, &seed)?;
            let changes = store::take_changes(&transaction)?;
            transaction.commit()?;
            Ok((namespaces, changes))
        };
        let (namespaces, changes) = load(&mut store).map_err(|error| store.fail(&error))?;
        let label = |number| {
            let unknown = NamespaceLabel { number, key_end: Arc::default() };
            namespaces.get(number).map_or(unknown, |own| own.label.clone())
        };
        let dropped = changes.into_iter().map(|own| DroppedChange {
            number: own.number,
            time: own.time,
            namespace: label(own.namespace),
            trigger: own.trigger,
            kind: own.kind,
            cause: own.cause,
        });
        let dropped = dropped.collect();
        Ok((Self { store, namespaces, journal: Journal::default(), seed, seed_id, page_size }, dropped))
    }

    pub(super) fn fail(&self, error: &rusqlite::Error) -> EmulatorError {
        self.store.fail(error)
    }

    /// The number of the account of a key. A new account is a copy of the seed.
    pub(super) fn open(&mut self, key: &str) -> Result<u64, CallError> {
        if let Some(number) = self.namespaces.find(key) {
            return Ok(number);
        }
        let transaction = self.store.transaction()?;
        let row = self.namespaces.add(&transaction, key)?;
        let rows = NamespaceStore { transaction: &transaction, namespace: row.number };
        let at = self.namespaces.initial().time(&row, now());
        let row = super::seeding::install(&rows, row, &self.seed, self.seed_id, at)?;
        transaction.commit()?;
        let number = row.number;
        self.namespaces.insert(row, Arc::clone(&self.seed));
        Ok(number)
    }

    /// The most recently used account that has an event or group with this prokey.
    pub(super) fn find_prokey(&mut self, prokey: &str) -> Result<Option<u64>, CallError> {
        let transaction = self.store.transaction()?;
        let numbers = store::namespaces_with(&transaction, prokey)?;
        Ok(self.namespaces.most_recent(&numbers))
    }

    /// Replaces the state of an account with its seed, or with a new one.
    pub(super) fn reset(&mut self, number: u64, seed: Option<Seed>) -> Result<(), CallError> {
        let namespace = self.namespaces.get(number).ok_or_else(gone)?;
        let seed = seed.map_or_else(|| Arc::clone(&namespace.seed), Arc::new);
        let row = NamespaceRow { ahead: 0, time: 0, credits: 0, generated: 0, ..namespace.row.clone() };
        let transaction = self.store.transaction()?;
        let rows = NamespaceStore { transaction: &transaction, namespace: number };
        rows.clear()?;
        let at = self.namespaces.initial().time(&row, now());
        let row = super::seeding::install(&rows, row, &seed, self.seed_id, at)?;
        transaction.commit()?;
        self.namespaces.restart(row, seed, self.journal.last());
        Ok(())
    }

    /// Runs a call in a transaction, which is rolled back if the call is refused.
    pub(super) fn transact<T>(
        &mut self,
        number: u64,
        cause: &str,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, CallError>,
    ) -> Result<Committed<T>, CallError> {
        let namespace = self.namespaces.get_mut(number).ok_or_else(gone)?;
        let transaction = self.store.transaction()?;
        let mut session = Session {
            rows: NamespaceStore { transaction: &transaction, namespace: number },
            row: namespace.row.clone(),
            assumptions: namespace.assumptions,
            clock: namespace.clock,
            now: namespace.clock.now(now()),
            ignored: Vec::new(),
            changes: Vec::new(),
            has_written: false,
            has_set_clock: false,
            has_changed_webhooks: false,
            seed_id: self.seed_id,
            page_size: self.page_size,
        };
        session.settle()?;
        let value = work(&mut session)?;
        let Session { rows, mut row, mut clock, now: time, ignored, changes, has_changed_webhooks, .. } =
            session;
        if session.has_written && !session.has_set_clock {
            clock.tick();
        }
        if session.has_written || session.has_set_clock {
            row.time = clock.now(now());
            row.ahead = clock.ahead();
            rows.save_namespace(&row)?;
        }
        let mut numbers = Vec::with_capacity(changes.len());
        for change in &changes {
            numbers.push(rows.add_change(time, change.trigger, change.kind, cause)?);
        }
        let kept = namespace.webhooks.take().filter(|_| !has_changed_webhooks);
        let webhooks = match kept {
            None if !changes.is_empty() => Some(webhooks(&rows)?),
            kept => kept,
        };
        transaction.commit()?;
        namespace.clock = clock;
        namespace.row = row;
        namespace.webhooks = webhooks;
        let changes = changes_to_fire(namespace, numbers, changes, time, cause);
        Ok(Committed { value, ignored, changes })
    }

    /// Sets `last_execution` of a webhook, if it still exists.
    pub(super) fn set_last_execution(&mut self, number: u64, webhook: u64) -> rusqlite::Result<()> {
        let Some(namespace) = self.namespaces.get_mut(number) else { return Ok(()) };
        let time = timestamp(namespace.clock.now(now()));
        let transaction = self.store.transaction()?;
        let rows = NamespaceStore { transaction: &transaction, namespace: number };
        if let Some(mut own) = rows.element(Resource::Webhook, &webhook.to_string())? {
            own.record.insert("last_execution".to_owned(), time.into());
            rows.save_element(Resource::Webhook, &own)?;
            namespace.webhooks = None;
        }
        transaction.commit()
    }

    /// The number of changes with webhooks that have not been sent, and the time until `date_updated` is next set after a create.
    pub(super) fn pending(&mut self, number: u64) -> Result<(usize, Option<Duration>), CallError> {
        let namespace = self.namespaces.get(number).ok_or_else(gone)?;
        let (unfinished, clock) = (namespace.unfinished.len(), namespace.clock);
        let transaction = self.store.transaction()?;
        let touch = NamespaceStore { transaction: &transaction, namespace: number }.next_touch()?;
        // A stopped clock does not reach that time by itself.
        let touch = touch.filter(|_| matches!(clock, Clock::Running { .. }));
        let wait = touch.and_then(|touch| u64::try_from(touch - clock.now(now())).ok());
        Ok((unfinished, wait.map(Duration::from_millis)))
    }

    /// Records that a change is being fired. False if it must not be, because the account was reset.
    pub(super) fn begin(&mut self, change: &Change) -> rusqlite::Result<bool> {
        let namespace = self.namespaces.get_mut(change.namespace.number);
        let Some(is_begun) = namespace.and_then(|own| own.unfinished.get_mut(&change.number)) else {
            return Ok(false);
        };
        *is_begun = true;
        let transaction = self.store.transaction()?;
        store::begin_change(&transaction, change.number)?;
        transaction.commit()?;
        Ok(true)
    }

    pub(super) fn finish(&mut self, change: &Change) -> rusqlite::Result<()> {
        if let Some(namespace) = self.namespaces.get_mut(change.namespace.number) {
            namespace.unfinished.remove(&change.number);
        }
        let transaction = self.store.transaction()?;
        store::finish_change(&transaction, change.number)?;
        transaction.commit()
    }
}

/// The error if an account is deleted between two steps of a call.
pub(super) fn gone() -> CallError {
    CallError::Refused(ApiError::new(409, "the account of this key was deleted; send the request again"))
}

fn webhooks(rows: &NamespaceStore<'_>) -> rusqlite::Result<Arc<[Record]>> {
    let all = rows.elements(Resource::Webhook, Page::ALL)?;
    Ok(all.into_iter().map(|webhook| webhook.record).collect())
}

fn changes_to_fire(
    namespace: &mut Namespace,
    numbers: Vec<u64>,
    changes: Vec<NewChange>,
    time: i64,
    cause: &str,
) -> Vec<Change> {
    let webhooks = namespace.webhooks.clone().unwrap_or_default();
    let mut all = Vec::with_capacity(changes.len());
    for (number, change) in numbers.into_iter().zip(changes) {
        namespace.unfinished.insert(number, false);
        all.push(Change {
            number,
            time,
            namespace: namespace.label.clone(),
            trigger: change.trigger,
            kind: change.kind,
            id: change.id,
            element: change.element,
            cause: cause.to_owned(),
            webhooks: Arc::clone(&webhooks),
        });
    }
    all
}
