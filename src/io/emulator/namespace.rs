//! The emulated accounts: one for each API key, with a copy of the seed.

use std::collections::BTreeMap;
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use rusqlite::Transaction;

use super::event::NamespaceLabel;
use super::fault::Faults;
use super::rate::RecentRequests;
use super::store::{self, NamespaceRow};
use crate::core::emulator::access::key_end;
use crate::core::emulator::seed::Settings;
use crate::core::emulator::{Assumptions, Clock, Record, Seed};

/// The maximum number of accounts. Before another one is added, the least recently used one is deleted.
const MAX_NAMESPACES: usize = 256;

/// The data of an account that is not in its tables.
#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) row: NamespaceRow,
    pub(super) label: NamespaceLabel,
    pub(super) clock: Clock,
    pub(super) assumptions: Assumptions,
    pub(super) faults: Faults,
    pub(super) recent: RecentRequests,
    /// The changes whose webhooks have not all fired, and whether firing has started.
    pub(super) unfinished: BTreeMap<u64, bool>,
    /// The webhooks by id, once they have been read.
    pub(super) webhooks: Option<Arc<[Record]>>,
    /// The state after a reset.
    pub(super) seed: Arc<Seed>,
    /// Journal entries up to this number are from before the last reset.
    pub(super) journal_start: u64,
    /// The value of `Namespaces::uses` at its last use.
    used: u64,
}

/// The settings of a new account.
#[derive(Debug, Clone, Copy)]
pub(super) struct InitialSettings {
    pub(super) now: Option<i64>,
    pub(super) assumptions: Assumptions,
}

#[derive(Debug)]
pub(super) struct Namespaces {
    by_number: BTreeMap<u64, Namespace>,
    initial: InitialSettings,
    /// Counts uses of any account.
    uses: u64,
}

impl InitialSettings {
    /// The time in a new account.
    pub(super) fn time(self, row: &NamespaceRow, system: i64) -> i64 {
        self.clock(row).now(system)
    }

    /// The clock of an account. A stopped clock never shows a time before the last change.
    fn clock(self, row: &NamespaceRow) -> Clock {
        match self.now {
            Some(now) => Clock::Stopped { at: now.max(row.time) },
            None => Clock::Running { ahead: row.ahead },
        }
    }

    fn namespace(self, row: NamespaceRow, seed: Arc<Seed>) -> Namespace {
        let label = NamespaceLabel { number: row.number, key_end: row.key_end.as_str().into() };
        Namespace {
            clock: self.clock(&row),
            label,
            row,
            assumptions: self.assumptions,
            faults: Faults::default(),
            recent: RecentRequests::default(),
            unfinished: BTreeMap::new(),
            seed,
            webhooks: None,
            journal_start: 0,
            used: 0,
        }
    }
}

impl Namespaces {
    /// Loads the stored accounts.
    pub(super) fn load(
        transaction: &Transaction<'_>,
        initial: InitialSettings,
        seed: &Arc<Seed>,
    ) -> rusqlite::Result<Self> {
        let rows = store::namespaces(transaction)?.into_iter();
        let by_number =
            rows.map(|(number, row)| (number, initial.namespace(row, Arc::clone(seed)))).collect();
        Ok(Self { by_number, initial, uses: 0 })
    }

    /// The number of the account of a key, if it exists.
    pub(super) fn find(&mut self, key: &str) -> Option<u64> {
        let digest = key_digest(key);
        let number = self.by_number.values().find(|own| own.row.digest == digest)?.row.number;
        self.mark_used(number);
        Some(number)
    }

    /// Stores an empty account for a key; at the limit, deletes the least recently used one.
    pub(super) fn add(&mut self, transaction: &Transaction<'_>, key: &str) -> rusqlite::Result<NamespaceRow> {
        if self.by_number.len() >= MAX_NAMESPACES
            && let Some(oldest) = self.by_number.values().min_by_key(|own| own.used).map(|own| own.row.number)
        {
            store::delete_namespace(transaction, oldest)?;
        }
        let (digest, key_end) = (key_digest(key), key_end(key).to_owned());
        let number = store::add_namespace(transaction, digest, &key_end)?;
        let settings = Settings::default();
        Ok(NamespaceRow { number, digest, key_end, ahead: 0, time: 0, credits: 0, generated: 0, settings })
    }

    /// Adds an account after its transaction was committed.
    pub(super) fn insert(&mut self, row: NamespaceRow, seed: Arc<Seed>) {
        if self.by_number.len() >= MAX_NAMESPACES
            && let Some(oldest) = self.by_number.values().min_by_key(|own| own.used).map(|own| own.row.number)
        {
            self.by_number.remove(&oldest);
        }
        let number = row.number;
        self.by_number.insert(number, self.initial.namespace(row, seed));
        self.mark_used(number);
    }

    /// The most recently used one of these accounts.
    pub(super) fn most_recent(&self, numbers: &[u64]) -> Option<u64> {
        let own = numbers.iter().filter_map(|number| self.by_number.get(number));
        own.max_by_key(|own| own.used).map(|own| own.row.number)
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = &NamespaceLabel> {
        self.by_number.values().map(|own| &own.label)
    }

    pub(super) fn get(&self, number: u64) -> Option<&Namespace> {
        self.by_number.get(&number)
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Namespace> {
        self.by_number.get_mut(&number)
    }

    /// Resets an account to these values. Changes that are being fired still count as unfinished.
    pub(super) fn restart(&mut self, row: NamespaceRow, seed: Arc<Seed>, journal_start: u64) {
        let number = row.number;
        let Some(before) = self.by_number.remove(&number) else { return };
        let mut new = self.initial.namespace(row, seed);
        new.unfinished = before.unfinished.into_iter().filter(|(_, is_begun)| *is_begun).collect();
        new.recent = before.recent;
        new.used = before.used;
        new.journal_start = journal_start;
        self.by_number.insert(number, new);
    }

    pub(super) fn initial(&self) -> InitialSettings {
        self.initial
    }

    fn mark_used(&mut self, number: u64) {
        self.uses += 1;
        if let Some(own) = self.by_number.get_mut(&number) {
            own.used = self.uses;
        }
    }
}

/// The digest that identifies a key in the store, which does not contain the key itself.
fn key_digest(key: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
    bytes
}

/// A UUID in the format of version 4 that depends only on these values.
pub(super) fn generated_uuid(seed_id: u64, namespace: &[u8; 32], number: u64) -> String {
    let mut input = Vec::with_capacity(48);
    input.extend(seed_id.to_be_bytes());
    input.extend(namespace);
    input.extend(number.to_be_bytes());
    let hash = digest(&SHA256, &input);
    let mut bytes: [u8; 16] = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_uuid_has_the_format_of_version_4_and_depends_on_each_value() {
        let own = generated_uuid(1, &[0; 32], 1);
        assert_eq!(own, generated_uuid(1, &[0; 32], 1));
        for other in
            [generated_uuid(2, &[0; 32], 1), generated_uuid(1, &[1; 32], 1), generated_uuid(1, &[0; 32], 2)]
        {
            assert_ne!(own, other);
        }
        assert_eq!((own.len(), &own[14..15]), (36, "4"));
        assert!("89ab".contains(&own[19..20]), "{own}");
    }
}
