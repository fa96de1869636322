//! Proves that a text differs from the one before in exactly what was asked for, by comparing what
//! the two mean. What is not compared here (comments, blank lines, quotes) no edit touches, because
//! edits replace spans.

use toml::de::{DeTable, DeValue};

use super::{Change, FieldPath, Scalar, WEBHOOKS, literal};

type Value<'t> = toml::Spanned<DeValue<'t>>;

/// Whether `new` is `old` with these changes, each to another webhook, and nothing else.
pub(super) fn is_faithful(old: &DeTable<'_>, new: &DeTable<'_>, changes: &[&Change]) -> bool {
    let is_ours = |name: &str| name == WEBHOOKS;
    if !same_except(old, new, &is_ours) {
        return false;
    }
    let empty = DeTable::new();
    let webhooks = |tree: &DeTable<'_>| tree.get(WEBHOOKS).is_some_and(|value| !value.get_ref().is_table());
    if webhooks(old) || webhooks(new) {
        return changes.is_empty() && same_option(old.get(WEBHOOKS), new.get(WEBHOOKS));
    }
    let old = old.get(WEBHOOKS).and_then(|value| value.get_ref().as_table()).unwrap_or(&empty);
    let new = new.get(WEBHOOKS).and_then(|value| value.get_ref().as_table()).unwrap_or(&empty);
    let mut touched: std::collections::HashSet<&str> = changes.iter().map(|change| change.handle()).collect();
    touched.extend(changes.iter().filter_map(|change| match change {
        Change::Rename { to, .. } => Some(to.as_str()),
        _ => None,
    }));
    let is_touched = |name: &str| touched.contains(name);
    same_except(old, new, &is_touched) && changes.iter().all(|change| is_made(old, new, change))
}

/// Whether one change, and no other, was made to its webhook.
fn is_made(old: &DeTable<'_>, new: &DeTable<'_>, change: &Change) -> bool {
    let handle = change.handle();
    let (before, after) = (old.get(handle), new.get(handle));
    match change {
        Change::Add { fields, .. } => {
            before.is_none() && after.is_some_and(|after| is_exactly(after, fields))
        }
        Change::Remove { .. } => after.is_none(),
        Change::Replace { .. } => before.is_some() && after.is_some(),
        Change::Rename { from, to } if from == to => same_option(before, after),
        Change::Rename { from, to } => {
            let position =
                |table: &DeTable<'_>, name: &str| table.keys().position(|key| key.get_ref() == name);
            after.is_none()
                && same_option(before, new.get(to.as_str()))
                && position(old, from) == position(new, to)
        }
        Change::Set { field, value, .. } => differs_at(before, after, &field.path(handle)[2..], &|new| {
            new.is_some_and(|new| literal::is_value(new.get_ref(), value))
        }),
        Change::Clear { field, .. } => {
            after.is_some() && differs_at(before, after, &field.path(handle)[2..], &|new| new.is_none())
        }
    }
}

/// Whether two tables are the same but for the value at a path, which must be as demanded. A table on
/// the way counts as empty where it is missing.
fn differs_at(
    old: Option<&Value<'_>>,
    new: Option<&Value<'_>>,
    path: &[&str],
    demand: &dyn Fn(Option<&Value<'_>>) -> bool,
) -> bool {
    let Some((name, rest)) = path.split_first() else { return demand(new) };
    let empty = DeTable::new();
    let (Some(before), Some(after)) = (table(old, &empty), table(new, &empty)) else { return false };
    same_except(before, after, &|key| key == *name)
        && differs_at(before.get(*name), after.get(*name), rest, demand)
}

fn table<'a, 't>(value: Option<&'a Value<'t>>, empty: &'a DeTable<'t>) -> Option<&'a DeTable<'t>> {
    value.map_or(Some(empty), |value| value.get_ref().as_table())
}

/// Whether a webhook says these fields, in this order, and no others.
fn is_exactly(webhook: &Value<'_>, fields: &[(FieldPath, Scalar)]) -> bool {
    let Some(webhook) = webhook.get_ref().as_table() else { return false };
    let empty = DeTable::new();
    let group = |name: &str| table(webhook.get(name), &empty);
    let (Some(header), Some(body)) = (group("header"), group("body")) else { return false };
    let mut expected: [Vec<(&str, &Scalar)>; 3] = Default::default();
    for (field, value) in fields {
        match field {
            FieldPath::Field(name) => expected[0].push((name, value)),
            FieldPath::Header(name) => expected[1].push((name, value)),
            FieldPath::Body(name) => expected[2].push((name, value)),
        }
    }
    let says = |table: &DeTable<'_>, expected: &[(&str, &Scalar)], skip: &[&str]| {
        let entries: Vec<_> = table.iter().filter(|(key, _)| !skip.contains(&&**key.get_ref())).collect();
        entries.len() == expected.len()
            && entries.iter().zip(expected).all(|((key, value), (name, scalar))| {
                key.get_ref() == name && literal::is_value(value.get_ref(), scalar)
            })
    };
    says(webhook, &expected[0], &["header", "body"])
        && says(header, &expected[1], &[])
        && says(body, &expected[2], &[])
}

/// Whether two tables have the same keys in the same order with the same values, some keys left out.
fn same_except(old: &DeTable<'_>, new: &DeTable<'_>, skip: &dyn Fn(&str) -> bool) -> bool {
    let mut before = old.iter().filter(|(key, _)| !skip(key.get_ref()));
    let mut after = new.iter().filter(|(key, _)| !skip(key.get_ref()));
    loop {
        match (before.next(), after.next()) {
            (None, None) => return true,
            (Some((key, value)), Some((other, new)))
                if key.get_ref() == other.get_ref() && same(value, new) => {}
            _ => return false,
        }
    }
}

fn same_option(old: Option<&Value<'_>>, new: Option<&Value<'_>>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => same(old, new),
        (old, new) => old.is_none() && new.is_none(),
    }
}

fn same(old: &Value<'_>, new: &Value<'_>) -> bool {
    match (old.get_ref(), new.get_ref()) {
        (DeValue::String(a), DeValue::String(b)) => a == b,
        (DeValue::Integer(a), DeValue::Integer(b)) => a.radix() == b.radix() && a.as_str() == b.as_str(),
        (DeValue::Float(a), DeValue::Float(b)) => a.as_str() == b.as_str(),
        (DeValue::Boolean(a), DeValue::Boolean(b)) => a == b,
        (DeValue::Datetime(a), DeValue::Datetime(b)) => a == b,
        (DeValue::Array(a), DeValue::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (DeValue::Table(a), DeValue::Table(b)) => same_except(a, b, &|_| false),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str =
        "a = 1\n[webhooks.x]\nname = 'n'\nid = 7\n[webhooks.x.header]\nA = '1'\n[webhooks.y]\n[z]\n";

    fn proves(change: &Change, from: &str, to: &str) -> bool {
        assert!(OLD.contains(from), "{from}");
        let new = OLD.replacen(from, to, 1);
        let trees = (DeTable::parse(OLD).unwrap(), DeTable::parse(&new).unwrap());
        is_faithful(trees.0.get_ref(), trees.1.get_ref(), &[change])
    }

    fn set(value: &str) -> Change {
        let field = FieldPath::Field("name".to_owned());
        Change::Set { handle: "x".to_owned(), field, value: Scalar::from(value) }
    }

    fn clear() -> Change {
        Change::Clear { handle: "x".to_owned(), field: FieldPath::Header("A".to_owned()) }
    }

    #[test]
    fn the_change_that_was_asked_for_is_faithful() {
        assert!(proves(&set("m"), "'n'", "'m'"));
        assert!(proves(&clear(), "A = '1'\n", ""));
        assert!(proves(&clear(), "[webhooks.x.header]\nA = '1'\n", ""));
        let rename = Change::Rename { from: "y".to_owned(), to: "w".to_owned() };
        assert!(proves(&rename, "[webhooks.y]", "[webhooks.w]"));
        let fields = vec![(FieldPath::Body("b".to_owned()), Scalar::from("1"))];
        let add = Change::Add { handle: "w".to_owned(), fields };
        assert!(proves(&add, "[z]", "[webhooks.w.body]\nb = '1'\n[z]"));
        assert!(proves(&Change::Remove { handle: "y".to_owned() }, "[webhooks.y]\n", ""));
    }

    #[test]
    fn anything_more_or_less_or_else_is_not() {
        for (change, from, to) in [
            (set("m"), "'n'", "'n'"),
            (set("m"), "'n'", "'o'"),
            (set("7"), "'n'", "7"),
            (set("m"), "'n'", "'m'\nother = 1"),
            (set("m"), "name = 'n'\nid = 7", "name = 'm'\nid = 0x7"),
            (set("m"), "name = 'n'\nid = 7", "name = 'm'"),
            (
                set("m"),
                "name = 'n'\nid = 7\n[webhooks.x.header]\nA = '1'",
                "header.A = '1'\nid = 7\nname = 'm'",
            ),
            (set("m"), "a = 1\n[webhooks.x]\nname = 'n'", "a = 2\n[webhooks.x]\nname = 'm'"),
            (clear(), "[webhooks.x.header]\nA = '1'\n[webhooks.y]\n", ""),
            (clear(), "A = '1'\n", "B = '1'\n"),
            (Change::Remove { handle: "y".to_owned() }, "[webhooks.y]\n[z]\n", ""),
            (Change::Rename { from: "x".to_owned(), to: "w".to_owned() }, "[webhooks.x]", "[webhooks.w]"),
            (Change::Add { handle: "w".to_owned(), fields: Vec::new() }, "[z]", "[webhooks.w]\nb = 1\n[z]"),
            (Change::Add { handle: "w".to_owned(), fields: Vec::new() }, "[z]", "[webhooks.w]\n[zz]\n[z]"),
            (
                Change::Replace { handle: "x".to_owned(), block: String::new() },
                "[webhooks.y]",
                "[webhooks.w]",
            ),
        ] {
            assert!(!proves(&change, from, to), "{change:?}: {to}");
        }
    }
}
