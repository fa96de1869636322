//! Puts a new field where a careful person would: beside its siblings, in their style.

use super::layout::{Entry, Home, Kind, Layout, is_below, is_same};
use super::plan::{Edit, Plan, at};
use super::{EditError, FIELDS, extent, literal};

/// How a table came to be, and so where a new key of it can go.
pub(super) enum Spot {
    /// It is the inline table that is this entry's value.
    Inline(usize),
    /// It has a header.
    Section(usize),
    /// It exists through dotted keys, such as this entry's.
    Dotted(usize),
    /// It has no place of its own: it is not there, or only tables below it are.
    Nowhere,
}

/// Where keys of the table at a path of a webhook stand.
pub(super) fn spot(layout: &Layout<'_>, handle: &str, table: &[&str]) -> Spot {
    let Some(places) = layout.webhook(handle) else { return Spot::Nowhere };
    let is_table = |entry: &&usize| {
        let entry = &layout.entries[**entry];
        entry.kind == Kind::InlineTable && is_same(&entry.path, table)
    };
    if let Some(entry) = places.entries.iter().find(is_table) {
        return Spot::Inline(*entry);
    }
    if let Some(section) = places.sections.iter().find(|s| is_same(&layout.sections[**s].path, table)) {
        return Spot::Section(*section);
    }
    let is_dotted = |entry: &&usize| {
        let entry = &layout.entries[**entry];
        entry.depth() < table.len() && entry.path.len() > table.len() && is_below(&entry.path, table)
    };
    places.entries.iter().rfind(is_dotted).map_or(Spot::Nowhere, |entry| Spot::Dotted(*entry))
}

/// The replacements that give a webhook a field it does not have.
pub(super) fn field(
    plan: &Plan<'_, '_>,
    handle: &str,
    path: &[&str],
    value: &str,
) -> Result<Vec<Edit>, EditError> {
    let layout = plan.layout;
    let Some((name, table)) = path.split_last() else { return Ok(Vec::new()) };
    let key = literal::key(name);
    match spot(layout, handle, table) {
        Spot::Inline(owner) => return Ok(into_inline(layout, owner, name, &key, value)),
        Spot::Section(section) => return Ok(into_section(layout, handle, section, name, &key, value)),
        Spot::Dotted(sibling) => return Ok(beside(layout, sibling, table, name, &key, value)),
        Spot::Nowhere => {}
    }
    let [root, handle, group] = table else {
        return own_section(plan, handle, &key, value);
    };
    let group = *group;
    Ok(match spot(layout, handle, &[root, handle]) {
        Spot::Inline(owner) => into_inline(layout, owner, group, group, &format!("{{ {key} = {value} }}")),
        Spot::Dotted(sibling) => {
            beside(layout, sibling, &[root, handle], "", &format!("{group}.{key}"), value)
        }
        Spot::Section(_) | Spot::Nowhere => sub_section(layout, handle, group, &key, value),
    })
}

/// Puts lines of their own after a place, set off by blank lines; they end in a line break.
pub(super) fn paragraph(layout: &Layout<'_>, offset: usize, lines: &str) -> Edit {
    let newline = layout.newline_at(offset.saturating_sub(1));
    let (above, below) = layout.text.split_at(offset);
    let is_compact = !below.is_empty() && !extent::is_blank(&below[..layout.line_end(offset) - offset]);
    let mut text = String::new();
    if !above.is_empty() && !above.ends_with('\n') {
        text.push_str(newline);
    }
    let last_line = &above[layout.line_start(offset.saturating_sub(1))..];
    if !is_compact && !above.is_empty() && !extent::is_blank(last_line) {
        text.push_str(newline);
    }
    text.push_str(lines);
    if !above.is_empty() && !above.ends_with('\n') {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    at(offset, text)
}

/// A key of a `[section]`: after the sibling it follows by custom, else directly below the header.
fn into_section(
    layout: &Layout<'_>,
    handle: &str,
    section: usize,
    name: &str,
    key: &str,
    value: &str,
) -> Vec<Edit> {
    let home = Home::Section(section);
    let depth = layout.sections[section].path.len();
    let siblings = entries_in(layout, handle, home);
    if let Some(entry) = predecessor(layout, &siblings, depth, name) {
        return vec![line_after(layout, entry, &format!("{key}{}{value}", equals(layout, entry)))];
    }
    let Some(row) = layout.sections[section].row else { return Vec::new() };
    let header = layout.rows[row].lines.clone();
    let (indent, equals) = match siblings.first() {
        Some(first) => (layout.indent_at(layout.entries[*first].keys[0].start), equals(layout, *first)),
        None => (layout.indent_of(row), " = "),
    };
    vec![line_at(layout, header.end, &format!("{indent}{key}{equals}{value}"))]
}

/// A key spelled like a dotted sibling, directly after it.
fn beside(
    layout: &Layout<'_>,
    sibling: usize,
    table: &[&str],
    name: &str,
    key: &str,
    value: &str,
) -> Vec<Edit> {
    let home = layout.entries[sibling].home;
    let mut group = entries_in(layout, table[1], home);
    group.retain(|index| {
        let path = &layout.entries[*index].path;
        path.len() > table.len() && is_below(path, table)
    });
    let after = predecessor(layout, &group, table.len(), name).unwrap_or(sibling);
    let entry = &layout.entries[after];
    let prefix = &layout.text[entry.keys[0].start..entry.keys[table.len() - entry.depth()].start];
    match home {
        Home::Section(_) => {
            let line = format!("{prefix}{key}{}{value}", equals(layout, after));
            vec![line_after(layout, after, &line)]
        }
        Home::Inline(_) => member_after(layout, after, &format!("{prefix}{key} = {value}")),
    }
}

/// A member of an inline table.
pub(super) fn into_inline(
    layout: &Layout<'_>,
    owner: usize,
    name: &str,
    key: &str,
    value: &str,
) -> Vec<Edit> {
    let member = format!("{key} = {value}");
    let members: Vec<usize> = layout.members_of(owner).collect();
    let depth = layout.entries[owner].path.len();
    let after = predecessor(layout, &members, depth, name).or(members.last().copied());
    if let Some(after) = after {
        return member_after(layout, after, &member);
    }
    let inside = layout.entries[owner].value.start + 1;
    let is_closed = layout.text[inside..].starts_with('}');
    vec![at(inside, if is_closed { format!(" {member} ") } else { format!(" {member}") })]
}

fn member_after(layout: &Layout<'_>, after: usize, member: &str) -> Vec<Edit> {
    let entry = &layout.entries[after];
    if !on_own_lines(layout, entry) {
        return vec![at(entry.value.end, format!(", {member}"))];
    }
    let indent = layout.indent_at(entry.keys[0].start);
    let end = layout.line_end(entry.comma.unwrap_or(entry.value.end));
    match entry.comma {
        Some(_) => vec![line_at(layout, end, &format!("{indent}{member},"))],
        None => {
            vec![at(entry.value.end, ",".to_owned()), line_at(layout, end, &format!("{indent}{member}"))]
        }
    }
}

/// Whether a member of an inline table shares its lines with no other and with no brace.
pub(super) fn on_own_lines(layout: &Layout<'_>, entry: &Entry<'_>) -> bool {
    let start = entry.keys[0].start;
    let end = entry.comma.map_or(entry.value.end, |comma| comma + 1);
    let between = entry.comma.map_or("", |comma| &layout.text[entry.value.end..comma]);
    let rest = layout.text[end..layout.line_end(end)].trim_start_matches([' ', '\t']);
    extent::is_blank(&layout.text[layout.line_start(start)..start])
        && !between.contains('\n')
        && (rest.starts_with('#') || extent::is_blank(rest))
}

/// `[webhooks.x]` for a webhook of which only tables below exist, above the first of these.
fn own_section(plan: &Plan<'_, '_>, handle: &str, key: &str, value: &str) -> Result<Vec<Edit>, EditError> {
    let layout = plan.layout;
    let first = layout.webhook(handle).and_then(|places| places.sections.first().copied());
    let Some((section, row)) = first.and_then(|first| Some((first, layout.sections[first].row?))) else {
        let construct = format!("`{handle}` has no place of its own");
        return Err(EditError::Refused { construct, span: None });
    };
    let start = layout.rows[row].lines.start;
    let newline = layout.newline_at(start);
    let indent = layout.indent_of(row);
    let name = name_of(layout, section);
    let lines = format!("{indent}[{name}]{newline}{indent}{key} = {value}{newline}{newline}");
    Ok(vec![at(start, lines)])
}

/// `[webhooks.x.header]` or `[webhooks.x.body]`: the header first, the body after it.
fn sub_section(layout: &Layout<'_>, handle: &str, group: &str, key: &str, value: &str) -> Vec<Edit> {
    let Some(places) = layout.webhook(handle) else { return Vec::new() };
    let goes_before = |section: &&usize| match layout.sections[**section].path.get(2) {
        None => true,
        Some(below) => group == "body" && below == "header",
    };
    let after = places.sections.iter().rfind(goes_before).or(places.sections.last());
    let Some((after, last)) = after.and_then(|after| Some((*after, layout.sections[*after].last_row?)))
    else {
        return Vec::new();
    };
    let indent = layout.sections[after].row.map_or("", |row| layout.indent_of(row));
    let keys = entries_in(layout, handle, Home::Section(after));
    let inner = keys.last().map_or(indent, |key| layout.indent_at(layout.entries[*key].keys[0].start));
    let end = layout.tail_end(last);
    let newline = layout.newline_at(end.saturating_sub(1));
    let name = name_of(layout, after);
    let lines = format!("{indent}[{name}.{group}]{newline}{inner}{key} = {value}{newline}");
    vec![paragraph(layout, end, &lines)]
}

/// `webhooks.x` as a header of the webhook spells it.
fn name_of<'l>(layout: &'l Layout<'_>, section: usize) -> &'l str {
    let keys = &layout.sections[section].keys;
    &layout.text[keys[0].start..keys[1].end]
}

/// The entries of a webhook that stand in the same place.
fn entries_in(layout: &Layout<'_>, handle: &str, home: Home) -> Vec<usize> {
    layout.entries_of(handle).filter(|index| layout.entries[*index].home == home).collect()
}

/// The last sibling that comes before a field by custom; the last of all for a field without custom.
fn predecessor(layout: &Layout<'_>, siblings: &[usize], depth: usize, name: &str) -> Option<usize> {
    let rank = |name: &str| FIELDS.iter().position(|field| *field == name);
    let Some(own) = rank(name).filter(|_| depth == 2) else { return siblings.last().copied() };
    let ranked = siblings.iter().filter_map(|index| {
        let path = &layout.entries[*index].path;
        let rank = rank(&path[depth]).filter(|rank| path.len() == depth + 1 && *rank < own)?;
        Some((rank, *index))
    });
    ranked.max().map(|(_, index)| index)
}

/// The equals sign as the neighbour has it: with blanks, unless it has none.
fn equals(layout: &Layout<'_>, neighbour: usize) -> &'static str {
    let entry = &layout.entries[neighbour];
    let written = entry.keys.last().map_or("", |key| &layout.text[key.end..entry.value.start]);
    if written == "=" { "=" } else { " = " }
}

fn line_after(layout: &Layout<'_>, entry: usize, line: &str) -> Edit {
    let indent = layout.indent_at(layout.entries[entry].keys[0].start);
    let end = layout.line_end(layout.entries[entry].value.end);
    line_at(layout, end, &format!("{indent}{line}"))
}

/// A line of its own at the end of another; a file without a line break at its end stays so.
fn line_at(layout: &Layout<'_>, end: usize, line: &str) -> Edit {
    let newline = layout.newline_at(end.saturating_sub(1));
    if layout.text[..end].ends_with('\n') {
        at(end, format!("{line}{newline}"))
    } else {
        at(end, format!("{newline}{line}"))
    }
}
