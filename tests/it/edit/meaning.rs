//! An independent model of each change, on `toml::Table`.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use hooks::core::definitions::edit::{Change, FieldPath, Scalar};
use hooks::core::model::FieldValue;
use toml::{Table, Value};

fn plain(value: &Scalar) -> Value {
    match value {
        Scalar::Text(text) => Value::from(text.as_str()),
        Scalar::Bool(value) => Value::from(*value),
        Scalar::Integer(value) => Value::from(i64::try_from(*value).expect("tests use small numbers")),
        Scalar::Json(json) => match json.as_str() {
            "true" => Value::from(true),
            "-1" => Value::from(-1),
            "-1.50e3" => Value::from(-1500.0),
            other => Value::Table([("json".to_owned(), Value::from(other))].into_iter().collect()),
        },
        Scalar::Ids(ids) => {
            let id = |(account, number): &(String, u64)| {
                (account.clone(), plain(&Scalar::Integer((*number).into())))
            };
            Value::Table(ids.iter().map(id).collect())
        }
        Scalar::Pairs(pairs) => {
            let item = |(key, value): &(String, FieldValue)| {
                let value = plain(&Scalar::from(value.clone()));
                let pair = [("key", Value::from(key.as_str())), ("value", value)];
                Value::Table(pair.map(|(name, own)| (name.to_owned(), own)).into_iter().collect())
            };
            Value::Array(pairs.iter().map(item).collect())
        }
    }
}

/// The table and the key of a field.
pub(super) fn steps(field: &FieldPath) -> (Option<&'static str>, &str) {
    match field {
        FieldPath::Field(name) => (None, name),
        FieldPath::Header(name) => (Some("header"), name),
        FieldPath::Body(name) => (Some("body"), name),
        FieldPath::Id(account) => (Some("id"), account),
    }
}

/// The values of a document after a change, without empty tables, which may stay or be removed.
pub(super) fn expected(mut tree: Table, change: &Change) -> Table {
    let webhooks = table_in(&mut tree, "webhooks");
    let mut put = |handle: &str, field: &FieldPath, value: Option<Value>| {
        let mut table = table_in(webhooks, handle);
        let (group, name) = steps(field);
        if let Some(group) = group {
            if let Some(Value::Array(items)) = table.get_mut(group) {
                return put_in_list(items, name, value);
            }
            table = table_in(table, group);
        }
        match value {
            Some(value) => drop(table.insert(name.to_owned(), value)),
            None => drop(table.remove(name)),
        }
    };
    match change {
        Change::Set { handle, field, value } => put(handle, field, Some(plain(value))),
        Change::Clear { handle, field } => put(handle, field, None),
        Change::Add { handle, fields } => {
            for (field, value) in fields {
                put(handle, field, Some(plain(value)));
            }
        }
        Change::Remove { handle } => drop(webhooks.remove(handle)),
        Change::Rename { from, to } => {
            let moved = webhooks.remove(from);
            webhooks.extend(moved.map(|moved| (to.clone(), moved)));
        }
    }
    without_empty(tree)
}

/// Sets or removes a key of a header or body in list form.
fn put_in_list(items: &mut Vec<Value>, name: &str, value: Option<Value>) {
    let has_key = |item: &Value| item.get("key").and_then(Value::as_str) == Some(name);
    match (value, items.iter_mut().find(|item| has_key(item)).and_then(Value::as_table_mut)) {
        (None, _) => items.retain(|item| !has_key(item)),
        (Some(value), Some(item)) => drop(item.insert("value".to_owned(), value)),
        (Some(value), None) => {
            let pair = [("key".to_owned(), Value::from(name)), ("value".to_owned(), value)];
            items.push(Table::from_iter(pair).into());
        }
    }
}

fn table_in<'a>(table: &'a mut Table, name: &str) -> &'a mut Table {
    let value = table.entry(name).or_insert_with(|| Table::new().into());
    value.as_table_mut().expect("the editor refuses other values")
}

/// A document without empty tables of a webhook.
pub(super) fn without_empty(mut tree: Table) -> Table {
    if let Some(Value::Table(webhooks)) = tree.get_mut("webhooks") {
        for webhook in webhooks.iter_mut().filter_map(|(_, webhook)| webhook.as_table_mut()) {
            for group in ["header", "body", "id"] {
                let is_empty = match webhook.get(group) {
                    Some(Value::Table(table)) => table.is_empty(),
                    Some(Value::Array(items)) => items.is_empty(),
                    _ => false,
                };
                if is_empty {
                    webhook.remove(group);
                }
            }
        }
        if webhooks.is_empty() {
            tree.remove("webhooks");
        }
    }
    tree
}
