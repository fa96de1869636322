//! The most recent requests and deliveries of all accounts, for `GET /_emulator/journal`.

use serde::Serialize;
use serde_json::{Value, json};

use super::event::{Change, DeliveryReport};
use crate::core::received::Ring;

const MAX_ENTRIES: usize = 20_000;
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Longer bodies are left out.
const MAX_BODY: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Journal {
    entries: Ring<Entry>,
    last: u64,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    namespace: u64,
    /// The entry as JSON.
    text: String,
}

/// A request in the journal.
#[derive(Debug, Serialize)]
pub(super) struct JournalRequest<'a> {
    pub(super) time: String,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) status: Option<u16>,
    pub(super) message: Option<&'a str>,
    pub(super) ignored: &'a [String],
    #[serde(skip)]
    pub(super) body: Option<&'a Value>,
    /// The numbers of the changes that it caused.
    pub(super) changes: Vec<u64>,
}

impl Default for Journal {
    fn default() -> Self {
        Self { entries: Ring::new(MAX_ENTRIES, MAX_BYTES), last: 0 }
    }
}

impl Journal {
    pub(super) fn add_request(&mut self, namespace: u64, request: &JournalRequest<'_>) {
        let body = request.body.filter(|body| body.to_string().len() <= MAX_BODY);
        self.add(namespace, "request", json!(request), body.map(|body| ("body", body.clone())));
    }

    pub(super) fn add_delivery(&mut self, change: &Change, report: &DeliveryReport) {
        let mut entry = json!({
            "change": change.number,
            "trigger": change.trigger.as_str(),
            "trigger_element": change.kind.as_str(),
        });
        if let (Value::Object(entry), Value::Object(report)) = (&mut entry, json!(report)) {
            entry.extend(report);
        }
        self.add(change.namespace.number, "delivery", entry, None);
    }

    fn add(&mut self, namespace: u64, kind: &str, entry: Value, extra: Option<(&str, Value)>) {
        self.last += 1;
        let mut all = serde_json::Map::new();
        all.insert("number".to_owned(), self.last.into());
        all.insert("type".to_owned(), kind.into());
        if let Value::Object(entry) = entry {
            all.extend(entry);
        }
        all.extend(extra.map(|(name, value)| (name.to_owned(), value)));
        let text = Value::Object(all).to_string();
        let size = text.len() + size_of::<Entry>();
        self.entries.push(Entry { number: self.last, namespace, text }, size);
    }

    /// The number of the newest entry.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// The entries of an account after this number, and the number of the newest entry, as JSON.
    pub(super) fn after(&self, namespace: u64, number: u64) -> String {
        let own = self.entries.iter().filter(|entry| entry.namespace == namespace && entry.number > number);
        let texts: Vec<&str> = own.map(|entry| entry.text.as_str()).collect();
        format!("{{\"last\":{},\"entries\":[{}]}}", self.last, texts.join(","))
    }
}
