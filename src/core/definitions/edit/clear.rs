//! Takes a field, a table or a whole webhook away, and nothing that belongs to others.

use super::insert::{Spot, on_own_lines, spot};
use super::layout::{Home, Layout, is_same};
use super::plan::{Edit, Plan, without};
use super::{EditError, FieldPath};
use crate::core::text::Span;

/// The replacements that take a field away, and its table where that becomes empty.
///
/// A table stays, empty, where a comment would go with it or where nothing else defines the webhook.
pub(super) fn field(plan: &Plan<'_, '_>, handle: &str, field: &FieldPath) -> Result<Vec<Edit>, EditError> {
    let layout = plan.layout;
    let path = field.path(handle);
    plan.check_table(&path[..path.len() - 1])?;
    if plan.value(&path).is_none() {
        return Ok(Vec::new());
    }
    let is_last = plan.keys(&path[..2]) == 1;
    let own = spot(layout, handle, &path[..2]);
    let is_alone = is_last && matches!(own, Spot::Dotted(_) | Spot::Nowhere);
    let empties = path.len() == 4 && plan.keys(&path[..3]) == 1;
    let group = spot(layout, handle, &path[..3]);
    if is_alone && (path.len() == 3 || (empties && matches!(group, Spot::Dotted(_)))) {
        let construct = format!("`{field}` is all that defines `{handle}`");
        return Err(EditError::Refused { construct, span: plan.value(&path).map(toml::Spanned::span) });
    }
    if empties && !is_alone {
        match group {
            Spot::Inline(owner) if !layout.text[layout.entries[owner].value.clone()].contains('#') => {
                return Ok(entry(layout, owner));
            }
            Spot::Section(section) if !has_comments(layout, section) => {
                return Ok(below(plan, handle, &path[..3]));
            }
            _ => {}
        }
    }
    match layout.entries_of(handle).find(|entry| is_same(&layout.entries[*entry].path, &path)) {
        Some(found) => Ok(entry(layout, found)),
        None => Ok(below(plan, handle, &path)),
    }
}

/// The replacements that take away everything at and below a path, comments that belong to it too.
pub(super) fn below(plan: &Plan<'_, '_>, handle: &str, top: &[&str]) -> Vec<Edit> {
    let layout = plan.layout;
    let rows = layout.rows_below(handle, top);
    let mut edits: Vec<Edit> =
        layout.extents(&rows).into_iter().map(|lines| without(layout.removal(lines))).collect();
    edits.extend(members(layout, &layout.nested_below(handle, top)));
    edits
}

fn entry(layout: &Layout<'_>, index: usize) -> Vec<Edit> {
    match layout.entries[index].home {
        Home::Section(_) => {
            let row = layout.row_of(index);
            vec![without(layout.rows[row].lines.clone())]
        }
        Home::Inline(_) => members(layout, &[index]),
    }
}

/// Takes members out of an inline table, with the commas that are then too many.
fn members(layout: &Layout<'_>, gone: &[usize]) -> Vec<Edit> {
    let Some(Home::Inline(owner)) = gone.first().map(|first| layout.entries[*first].home) else {
        return Vec::new();
    };
    let mut spans: Vec<Span> = gone.iter().map(|index| member(layout, *index)).collect();
    let (mut last, mut last_kept) = (None, None);
    for sibling in layout.members_of(owner) {
        last = Some(sibling);
        if !gone.contains(&sibling) {
            last_kept = Some(sibling);
        }
    }
    // Without a comma after the last member before, none is left after the last member now.
    let had_none = last.is_some_and(|last| layout.entries[last].comma.is_none());
    if let Some(comma) = last_kept.filter(|_| had_none).and_then(|kept| layout.entries[kept].comma) {
        spans.push(comma..comma + 1);
    }
    spans.sort_by_key(|span| span.start);
    spans.dedup_by(|next, previous| {
        let touches = next.start <= previous.end;
        if touches {
            previous.end = previous.end.max(next.end);
        }
        touches
    });
    if last_kept.is_none()
        && let Some(first) = spans.first_mut()
        && layout.text[first.end..].starts_with([' ', '\t'])
    {
        first.start = layout.text[..first.start].trim_end_matches([' ', '\t']).len();
    }
    spans.into_iter().map(without).collect()
}

fn member(layout: &Layout<'_>, index: usize) -> Span {
    let entry = &layout.entries[index];
    let start = entry.keys[0].start;
    let end = entry.comma.map_or(entry.value.end, |comma| comma + 1);
    if on_own_lines(layout, entry) {
        return layout.line_start(start)..layout.line_end(end);
    }
    if entry.comma.is_some() {
        let rest = &layout.text[end..];
        return start..end + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }
    layout.text[..start].trim_end_matches([' ', '\t']).len()..end
}

/// Whether a comment stands at, in or directly around a section.
fn has_comments(layout: &Layout<'_>, section: usize) -> bool {
    let section = &layout.sections[section];
    let (Some(first), Some(last)) = (section.row, section.last_row) else { return true };
    let header = &layout.rows[first].lines;
    let name_end = section.keys.last().map_or(header.start, |key| key.end);
    let mut gaps = vec![layout.lead_start(first)..header.start, name_end..header.end];
    gaps.extend((first..last).map(|row| layout.rows[row].lines.end..layout.rows[row + 1].lines.start));
    gaps.push(layout.rows[last].lines.end..layout.tail_end(last));
    gaps.into_iter().any(|gap| layout.text[gap].contains('#'))
}
