//! Makes changes to a text and proves each step before it hands the text out.

use std::collections::HashSet;

use toml::de::DeTable;

use crate::core::text::Span;

use super::layout::Layout;
use super::plan::{Edit, Plan};
use super::{Change, EditError, proof};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Makes changes to the text of a definitions file, in order, each on the result of the one before.
///
/// Every byte that no change is about stays, and so do a byte-order mark, line breaks of either kind
/// and a missing one at the end of a last line that stays. A change that changes nothing gives back the identical text.
///
/// # Errors
/// When the text is no valid TOML, a change cannot be made in place, or the result would differ in
/// anything but what was asked for.
pub fn apply(text: &str, changes: &[Change]) -> Result<String, EditError> {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut result = String::from(&text[..text.len() - body.len()]);
    let mut current = body.to_owned();
    let mut rest = changes;
    while !rest.is_empty() {
        let (next, made) = step(&current, rest)?;
        current = next;
        rest = &rest[made..];
    }
    if changes.is_empty() {
        parse(body)?;
    }
    result.push_str(&current);
    Ok(result)
}

/// The text that belongs to one webhook, comment directly above it included: the spans of its parts in
/// the order of the text, which has no byte-order mark. None when there is no such webhook, or the
/// text is no valid TOML.
pub fn block(text: &str, handle: &str) -> Option<Vec<Span>> {
    parse(text).ok()?;
    Layout::read(text).block(handle)
}

/// Makes as many changes as one reading of the text allows: all that are about different webhooks and
/// different places. `enable --all` on ten thousand webhooks is one step.
fn step(text: &str, changes: &[Change]) -> Result<(String, usize), EditError> {
    let tree = parse(text)?;
    let layout = Layout::read(text);
    let plan = Plan { layout: &layout, tree: &tree };
    let mut edits: Vec<Edit> = Vec::new();
    let mut made: Vec<&Change> = Vec::new();
    let mut handles = HashSet::new();
    for change in changes {
        let stands_alone =
            matches!(change, Change::Add { .. } | Change::Rename { .. } | Change::Replace { .. });
        if !made.is_empty() && (stands_alone || handles.contains(change.handle())) {
            break;
        }
        let more = plan.edits(change)?;
        if more.iter().any(|new| edits.iter().any(|old| collide(&old.span, &new.span))) {
            break;
        }
        edits.extend(more);
        made.push(change);
        handles.insert(change.handle());
        if stands_alone {
            break;
        }
    }
    let count = made.len();
    if edits.is_empty() {
        return Ok((text.to_owned(), count));
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let next = splice(text, &edits);
    prove(&tree, &next, &made, &edits)?;
    Ok((next, count))
}

/// Whether two replacements, made for different changes, could disturb each other.
fn collide(a: &Span, b: &Span) -> bool {
    if a.is_empty() || b.is_empty() {
        a.start <= b.end && b.start <= a.end
    } else {
        a.start < b.end && b.start < a.end
    }
}

fn splice(text: &str, edits: &[Edit]) -> String {
    let mut result =
        String::with_capacity(text.len() + edits.iter().map(|edit| edit.value.len()).sum::<usize>());
    let mut done = 0;
    for edit in edits {
        result.push_str(&text[done..edit.span.start]);
        result.push_str(&edit.value);
        done = edit.span.end;
    }
    result.push_str(&text[done..]);
    result
}

fn prove(old: &DeTable<'_>, text: &str, made: &[&Change], edits: &[Edit]) -> Result<(), EditError> {
    let block = match made {
        [Change::Replace { handle, .. }] => {
            edits.first().map(|edit| (handle, edit.span.start..edit.span.start + edit.value.len()))
        }
        _ => None,
    };
    match (DeTable::parse(text), block) {
        (Ok(new), _) if proof::is_faithful(old, new.get_ref(), made) => Ok(()),
        (Ok(_), Some((handle, _))) => Err(EditError::OtherContent { handle: handle.clone() }),
        (Err(error), Some((_, place))) => Err(EditError::Block {
            message: error.message().to_owned(),
            span: error.span().and_then(|span| within(&span, &place)),
        }),
        (_, None) => Err(EditError::Unfaithful {
            change: made.first().map(|change| describe(change)).unwrap_or_default(),
        }),
    }
}

/// A span of the whole text as a span of the part that was put in.
fn within(span: &Span, place: &Span) -> Option<Span> {
    (place.contains(&span.start) || span.start == place.end)
        .then(|| span.start - place.start..span.end.min(place.end) - place.start)
}

fn describe(change: &Change) -> String {
    match change {
        Change::Add { handle, .. } => format!("add `{handle}`"),
        Change::Set { handle, field, .. } => format!("set `{field}` of `{handle}`"),
        Change::Clear { handle, field } => format!("clear `{field}` of `{handle}`"),
        Change::Rename { from, to } => format!("rename `{from}` to `{to}`"),
        Change::Remove { handle } => format!("remove `{handle}`"),
        Change::Replace { handle, .. } => format!("replace `{handle}`"),
    }
}

fn parse(text: &str) -> Result<DeTable<'_>, EditError> {
    match DeTable::parse(text) {
        Ok(tree) => Ok(tree.into_inner()),
        Err(error) => Err(EditError::Syntax { message: error.message().to_owned(), span: error.span() }),
    }
}
