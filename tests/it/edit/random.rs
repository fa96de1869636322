//! A random change to a random document changes only the requested value, and no byte outside of the webhook.

use hooks::core::definitions::edit::{Change, FieldPath, block};
use proptest::prelude::*;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::apply;
use super::document::{Dice, change, document};
use super::meaning::{expected, steps, without_empty};

const MARK: char = '\u{feff}';

fn parse(text: &str) -> Option<Table> {
    text.trim_start_matches(MARK).parse().ok()
}

/// The text without a webhook, whitespace and commas.
fn outside(text: &str, handle: &str) -> String {
    let body = text.trim_start_matches(MARK);
    let mut spans = block(&super::source(body), handle).unwrap_or_default();
    spans.sort_by_key(|span| span.start);
    let mut rest = body.to_owned();
    for span in spans.into_iter().rev() {
        rest.replace_range(span, "");
    }
    rest.retain(|c| !matches!(c, ' ' | '\t' | ',' | '\r' | '\n'));
    // The comment after a member of an inline table is removed with its line, but is not part of its block.
    if body.contains("webhooks = {") { rest.replace("#c", "") } else { rest }
}

/// The span of the value of a field.
fn place(text: &str, handle: &str, field: &FieldPath) -> Option<std::ops::Range<usize>> {
    let tree = DeTable::parse(text).ok()?.into_inner();
    let (group, name) = steps(field);
    let mut value = tree.get("webhooks")?.get_ref().get(handle)?;
    if let Some(group) = group {
        value = value.get_ref().get(group)?;
    }
    if let Some(items) = value.get_ref().as_array() {
        let has_key = |item: &&toml::Spanned<DeValue<'_>>| {
            item.get_ref().get("key").and_then(|key| key.get_ref().as_str()) == Some(name)
        };
        return Some(items.iter().find(has_key)?.get_ref().get("value")?.span());
    }
    Some(value.get_ref().get(name)?.span())
}

/// Whether a text results from removing characters of another.
fn is_part(text: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    text.chars().all(|c| rest.any(|other| other == c))
}

/// The number of lines that end in LF, and of those that end in CRLF.
fn line_ends(text: &str) -> (usize, usize) {
    let both = text.matches("\r\n").count();
    (text.matches('\n').count() - both, both)
}

/// Checks every invariant of a change. A refusal is allowed, but a failed proof is a bug of the editor.
fn holds(text: &str, change: &Change) -> Result<(), TestCaseError> {
    let after = match apply(text, std::slice::from_ref(change)) {
        Ok(after) => after,
        Err(error) if ["unknown-webhook", "handle-taken", "edit-refused"].contains(&error.code) => {
            return Ok(());
        }
        Err(error) => return Err(TestCaseError::fail(format!("{error:?}"))),
    };
    has_the_expected_values(text, &after, change)?;
    keeps_line_ends(text, &after, change)?;
    keeps_other_bytes(text.trim_start_matches(MARK), after.trim_start_matches(MARK), change)?;
    if matches!(change, Change::Set { .. } | Change::Clear { .. }) {
        let again = apply(&after, std::slice::from_ref(change));
        prop_assert_eq!(again.ok(), Some(after), "a second time changes something");
    }
    Ok(())
}

fn has_the_expected_values(text: &str, after: &str, change: &Change) -> Result<(), TestCaseError> {
    let (Some(before), Some(meant)) = (parse(text), parse(after)) else {
        return Err(TestCaseError::fail(format!("not valid: {after:?}")));
    };
    let meant = without_empty(meant);
    prop_assert_eq!(&meant, &expected(before.clone(), change), "{}", after);
    let (old, new) = handles(change);
    let order = |tree: &Table| -> Vec<String> {
        let webhooks = tree.get("webhooks").and_then(Value::as_table);
        let others = tree.keys().filter(|key| *key != "webhooks").cloned();
        let handles = webhooks.into_iter().flatten().map(|(handle, _)| handle);
        let untouched = handles.filter(|handle| *handle != old && *handle != new);
        untouched.map(|handle| format!("webhooks.{handle}")).chain(others).collect()
    };
    prop_assert_eq!(order(&before), order(&meant));
    Ok(())
}

fn keeps_line_ends(text: &str, after: &str, change: &Change) -> Result<(), TestCaseError> {
    prop_assert_eq!(text.starts_with(MARK), after.starts_with(MARK));
    let (feeds, both) = line_ends(text);
    let now = line_ends(after);
    prop_assert!(feeds > 0 || both == 0 || now.0 == 0, "a line feed among CRLF: {:?}", after);
    prop_assert!(both > 0 || now.1 == 0, "a CRLF among line feeds: {:?}", after);
    let is_open = |text: &str| !text.ends_with('\n') && !text.trim_matches([MARK, '\r', '\n']).is_empty();
    let is_blank = after.trim_matches([MARK, '\r', '\n', ' ', '\t']).is_empty();
    // If the last lines are removed, the line break of the line above them stays.
    let is_short = matches!(change, Change::Clear { .. } | Change::Remove { .. });
    prop_assert!(
        is_open(text) == is_open(after) || is_blank || is_short,
        "the end: {:?} of {:?}",
        after,
        text
    );
    Ok(())
}

fn keeps_other_bytes(text: &str, after: &str, change: &Change) -> Result<(), TestCaseError> {
    let (old, new) = handles(change);
    let (rest, rest_after) = (outside(text, old), outside(after, new));
    if matches!(change, Change::Clear { .. }) {
        // A comment between the last keys no longer belongs to the webhook when the last key is removed.
        prop_assert!(is_part(&rest, &rest_after), "{}", after);
    } else {
        prop_assert_eq!(rest, rest_after, "{}", after);
    }
    let replaced = match change {
        Change::Set { handle, field, .. } => place(text, handle, field),
        _ => None,
    };
    let stays = match (change, replaced) {
        (_, Some(span)) => after.starts_with(&text[..span.start]) && after.ends_with(&text[span.end..]),
        (Change::Set { .. } | Change::Add { .. }, None) => is_part(text, after),
        (Change::Clear { .. } | Change::Remove { .. }, None) => is_part(after, text),
        _ => true,
    };
    prop_assert!(stays, "{:?} of {:?}", after, text);
    Ok(())
}

/// The handle of the webhook before and after a change.
fn handles(change: &Change) -> (&str, &str) {
    match change {
        Change::Rename { from, to } => (from, to),
        other => (other.handle(), other.handle()),
    }
}

#[test]
fn a_random_change_to_a_random_document_changes_nothing_else() {
    let config = ProptestConfig {
        // More with `PROPTEST_CASES`.
        cases: ProptestConfig::default().cases.max(3_000),
        max_global_rejects: 100_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(bytes in prop::collection::vec(any::<u8>(), 0..160), choice in prop::collection::vec(any::<u8>(), 8))| {
        let text = document(&mut Dice(bytes.iter()));
        prop_assume!(parse(&text).is_some());
        holds(&text, &change(&mut Dice(choice.iter())))?;
    });
}
