//! Verifies that an edit made exactly the requested change: compares the parsed values, and the bytes outside the changed
//! webhooks.

use std::collections::HashSet;

use toml::de::{DeTable, DeValue};

use crate::core::text::Span;

use super::super::problems::TomlValue;
use super::document::{Edit, TomlDocument, text_in};
use super::index::WEBHOOKS;
use super::{Change, FieldPath, Scalar};

/// Whether the edits keep every byte outside the changed webhooks, in order. Outside their lines, an edit may remove only
/// whitespace and commas.
pub(super) fn keeps_other_bytes(
    old: &TomlDocument<'_>,
    new: &str,
    edits: &[Edit],
    changes: &[&Change],
) -> bool {
    let mut own: Vec<Span> = Vec::new();
    for handle in changes.iter().map(|change| change.handle()) {
        own.extend(old.block(handle).unwrap_or_default());
        own.extend(old.members_below(&[WEBHOOKS, handle]).into_iter().map(|member| old.member(member)));
    }
    own.sort_by_key(|span| (span.start, span.end));
    let is_spare = |span: Span| {
        old.text.get(span).is_none_or(|text| text.bytes().all(|byte| b" \t\r\n,".contains(&byte)))
    };
    let is_own = |removed: &Span| {
        let mut at = removed.start;
        let first = own.partition_point(|span| span.end <= removed.start);
        for span in own[first..].iter().take_while(|span| span.start < removed.end) {
            if !is_spare(at..span.start) {
                return false;
            }
            at = at.max(span.end);
        }
        is_spare(at..removed.end)
    };
    let (mut done, mut rest) = (0, new);
    for edit in edits {
        let kept = old.text.get(done..edit.span.start);
        let Some(after) = kept.and_then(|kept| rest.strip_prefix(kept)?.strip_prefix(edit.value.as_str()))
        else {
            return false;
        };
        if !is_own(&edit.span) {
            return false;
        }
        (done, rest) = (edit.span.end, after);
    }
    old.text.get(done..) == Some(rest)
}

/// Whether `new` has the values of `old` with these changes, each to a different webhook, and nothing else.
pub(super) fn is_faithful(old: &DeTable<'_>, new: &DeTable<'_>, changes: &[&Change]) -> bool {
    if !same_except(old, new, &|name| name == WEBHOOKS) {
        return false;
    }
    let empty = DeTable::new();
    let (Some(old), Some(new)) = (table(old.get(WEBHOOKS), &empty), table(new.get(WEBHOOKS), &empty)) else {
        return false;
    };
    let mut touched: HashSet<&str> = changes.iter().map(|change| change.handle()).collect();
    touched.extend(changes.iter().filter_map(|change| match change {
        Change::Rename { to, .. } => Some(to.as_str()),
        _ => None,
    }));
    same_except(old, new, &|name| touched.contains(name))
        && changes.iter().all(|change| is_made(old, new, change))
}

/// Whether exactly this change was made to its webhook.
fn is_made(old: &DeTable<'_>, new: &DeTable<'_>, change: &Change) -> bool {
    let handle = change.handle();
    let (before, after) = (old.get(handle), new.get(handle));
    match change {
        Change::Add { fields, .. } => {
            before.is_none() && after.is_some_and(|after| is_exactly(after, fields))
        }
        Change::Remove { .. } => after.is_none(),
        Change::Rename { from, to } => {
            (from == to || after.is_none()) && same_option(before, new.get(to.as_str()))
        }
        Change::Set { field, value, .. } => is_changed(before, after, field, Some(value)),
        Change::Clear { field, .. } => after.is_some() && is_changed(before, after, field, None),
    }
}

/// Whether two webhooks are equal except for a field, which now has this value or is missing.
fn is_changed(
    old: Option<&TomlValue<'_>>,
    new: Option<&TomlValue<'_>>,
    field: &FieldPath,
    value: Option<&Scalar>,
) -> bool {
    let empty = DeTable::new();
    let (Some(old), Some(new)) = (table(old, &empty), table(new, &empty)) else { return false };
    let (old, new) = match field.group() {
        None => (old, new),
        Some(group) => {
            let (before, after) = (old.get(group), new.get(group));
            if !same_except(old, new, &|key| key == group) {
                return false;
            }
            if let Some(items) = before.and_then(|before| before.get_ref().as_array()) {
                let after =
                    after.map_or(Some(&[][..]), |after| after.get_ref().as_array().map(|own| &own[..]));
                return after.is_some_and(|after| is_changed_list(items, after, field.name(), value));
            }
            let (Some(before), Some(after)) = (table(before, &empty), table(after, &empty)) else {
                return false;
            };
            (before, after)
        }
    };
    let now = new.get(field.name());
    same_except(old, new, &|key| key == field.name())
        && match value {
            Some(value) => now.is_some_and(|now| value.is(now.get_ref())),
            None => now.is_none(),
        }
}

/// Whether two lists are equal except for the item with a key, which now has this value or is new and last; without a value,
/// except for all items with that key, which are missing.
fn is_changed_list(old: &[TomlValue<'_>], new: &[TomlValue<'_>], key: &str, value: Option<&Scalar>) -> bool {
    let has_key = |item: &&TomlValue<'_>| text_in(item, "key") == Some(key);
    let Some(value) = value else {
        let kept: Vec<_> = old.iter().filter(|item| !has_key(item)).collect();
        return kept.len() == new.len() && kept.into_iter().zip(new).all(|(old, new)| same(old, new));
    };
    let place = old.iter().position(|item| has_key(&item)).unwrap_or(old.len());
    let is_item = |item: &TomlValue<'_>| {
        let is_pair = item.get_ref().as_table().is_some_and(|table| table.len() == 2);
        is_pair && has_key(&item) && item.get_ref().get("value").is_some_and(|own| value.is(own.get_ref()))
    };
    new.len() == old.len().max(place + 1)
        && new.iter().enumerate().all(|(index, item)| match old.get(index) {
            Some(before) if index != place => same(before, item),
            _ => is_item(item),
        })
}

/// A table; the empty one if it is missing, none if it is not a table.
fn table<'a, 't>(value: Option<&'a TomlValue<'t>>, empty: &'a DeTable<'t>) -> Option<&'a DeTable<'t>> {
    value.map_or(Some(empty), |value| value.get_ref().as_table())
}

/// Whether a webhook has exactly these fields, in this order.
fn is_exactly(webhook: &TomlValue<'_>, fields: &[(FieldPath, Scalar)]) -> bool {
    let Some(webhook) = webhook.get_ref().as_table() else { return false };
    let empty = DeTable::new();
    [None, Some("header"), Some("body")].into_iter().all(|group| {
        let own = match group {
            None => Some(webhook),
            // A header or body in list form is a field.
            Some(group) if webhook.get(group).is_some_and(|own| own.get_ref().is_array()) => Some(&empty),
            Some(group) => table(webhook.get(group), &empty),
        };
        let Some(own) = own else { return false };
        let is_table = |key: &str, value: &TomlValue<'_>| {
            group.is_none() && matches!(key, "header" | "body") && value.get_ref().is_table()
        };
        let entries: Vec<_> = own.iter().filter(|(key, value)| !is_table(key.get_ref(), value)).collect();
        let expected: Vec<_> = fields.iter().filter(|(field, _)| field.group() == group).collect();
        entries.len() == expected.len()
            && entries.iter().zip(expected).all(|((key, value), (field, scalar))| {
                key.get_ref() == field.name() && scalar.is(value.get_ref())
            })
    })
}

/// Whether two tables have the same keys and values in the same order, except for skipped keys.
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

fn same_option(old: Option<&TomlValue<'_>>, new: Option<&TomlValue<'_>>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => same(old, new),
        (old, new) => old.is_none() && new.is_none(),
    }
}

fn same(old: &TomlValue<'_>, new: &TomlValue<'_>) -> bool {
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
    use std::sync::Arc;

    use crate::core::text::Source;

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
    fn the_requested_change_is_faithful() {
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
    fn any_other_change_is_not_faithful() {
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
        ] {
            assert!(!proves(&change, from, to), "{change:?}: {to}");
        }
    }

    const LINES: &str =
        "a = 1\n# x\n[webhooks.x]\nname = 'n' # c\n\n# y\n[webhooks.y]\n# file\n\n[z]\nb = 1\n";

    /// Whether these replacements for a change to `x` keep all other bytes; `new` is the claimed result.
    fn keeps(replaced: &[(&str, &str)], new: Option<&str>) -> bool {
        let source = Arc::new(Source::new("x", LINES));
        let old = TomlDocument::read(&source).unwrap();
        let edit = |(from, to): &(&str, &str)| {
            let start = LINES.find(from).unwrap();
            Edit::new((*to).to_owned(), start..start + from.len())
        };
        let edits: Vec<Edit> = replaced.iter().map(edit).collect();
        let made = replaced.iter().fold(LINES.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
        keeps_other_bytes(&old, new.unwrap_or(&made), &edits, &[&set("m")])
    }

    #[test]
    fn only_lines_of_the_webhook_and_whitespace_may_be_removed() {
        assert!(keeps(&[], None));
        assert!(keeps(&[("'n'", "'m'")], None));
        assert!(keeps(&[("# x\n[webhooks.x]\nname = 'n' # c\n\n", "")], None));
        for gone in ["a", "# y", "[webhooks.y]", "# file", "[z]", "1\n# x", "# c\n\n# y\n", "\n[z]"] {
            assert!(!keeps(&[(gone, "")], None), "{gone:?}");
            assert!(!keeps(&[("'n'", "'m'"), (gone, gone)][..1], Some(&LINES.replace(gone, ""))), "{gone:?}");
        }
        assert!(!keeps(&[("'n'", "'m'")], Some(LINES)));
        assert!(!keeps(&[], Some(&[LINES, "\n"].concat())));
    }
}
