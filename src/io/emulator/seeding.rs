//! Fills an empty account with a copy of the seed, and returns the state of an account in the same format.

use serde_json::{Value, json};

use super::namespace::generated_uuid;
use super::store::{NamespaceRow, NamespaceStore, Page, SignUpFilter, StoredElement};
use crate::core::delivery::timestamp;
use crate::core::emulator::{Record, Resource, Seed, read_shape};

/// Adds the elements and answers of a seed. `now` is the time of creation where the seed has none.
pub(super) fn install(
    rows: &NamespaceStore<'_>,
    mut row: NamespaceRow,
    seed: &Seed,
    seed_id: u64,
    now: i64,
) -> rusqlite::Result<NamespaceRow> {
    let time = timestamp(now);
    for own in &seed.elements {
        if let Some(id) = own.id {
            rows.reserve_id(own.resource, id)?;
        }
    }
    for own in &seed.elements {
        let id = match own.id {
            Some(id) => id,
            None => rows.next_id(own.resource)?,
        };
        let mut prokey = own.prokey.clone();
        if prokey.is_none() && own.resource.is_addressed_by_prokey() {
            row.generated += 1;
            prokey = Some(generated_uuid(seed_id, &row.digest, row.generated));
        }
        let mut record = own.record.clone();
        record.insert("id".to_owned(), id.into());
        if let Some(prokey) = &prokey {
            record.insert("prokey".to_owned(), prokey.as_str().into());
        }
        fill_time(&mut record, &time);
        let element = StoredElement { id, prokey, updates: 0, touch: None, record };
        rows.save_element(own.resource, &element)?;
    }
    for own in &seed.sign_ups {
        let mut sign_up = own.clone();
        if sign_up.id().is_empty() {
            row.generated += 1;
            let id = generated_uuid(seed_id, &row.digest, row.generated);
            sign_up.record.insert("id".to_owned(), id.into());
        }
        fill_time(&mut sign_up.record, &time);
        rows.save_sign_up(&sign_up)?;
    }
    row.settings = seed.settings.clone();
    row.credits = seed.credits;
    row.time = now;
    rows.save_namespace(&row)?;
    Ok(row)
}

fn fill_time(record: &mut Record, time: &str) {
    if let Some(created) = record.get_mut("date_created").filter(|created| created.is_null()) {
        *created = time.into();
    }
}

/// The state of an account in the format of a seed.
pub(super) fn state(rows: &NamespaceStore<'_>, row: &NamespaceRow) -> rusqlite::Result<Value> {
    let mut state = Record::new();
    for resource in Resource::ALL {
        let mut list = Vec::new();
        for mut element in rows.elements(resource, Page::ALL)? {
            rows.fill_events(resource, &mut element)?;
            list.push(read_shape(resource, &element.record));
        }
        state.insert(resource.path().to_owned(), Value::Array(list));
    }
    let filter = SignUpFilter { event: None, with_pending: true };
    let mut answers = Vec::new();
    for mut own in rows.sign_ups(filter, Page::ALL)? {
        if let Some(until) = own.pending_until {
            own.record.insert("pending_until".to_owned(), timestamp(until).into());
        }
        answers.push(Value::Object(own.record));
    }
    state.insert("rsvp-answers".to_owned(), Value::Array(answers));
    state.insert("email-template".to_owned(), json!(row.settings.email_templates));
    state.insert("custom-domains".to_owned(), json!(row.settings.custom_domains));
    state.insert("credits".to_owned(), row.credits.into());
    Ok(Value::Object(state))
}
