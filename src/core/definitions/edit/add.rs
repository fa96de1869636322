//! Writes a whole new webhook.

use std::fmt::Write;

use super::insert::{into_inline, paragraph};
use super::layout::{Home, Kind, Layout, is_same};
use super::plan::{Edit, Plan};
use super::{FieldPath, Scalar, WEBHOOKS, literal};

/// A new webhook as it is written into a file of its own: its keys, its header, its body.
pub fn new_block(handle: &str, fields: &[(FieldPath, Scalar)]) -> String {
    Block { handle, fields, indent: "", inner: "", newline: "\n" }.to_text()
}

/// The replacements that define a new webhook, after the last one and before other tools' tables.
pub(super) fn edits(plan: &Plan<'_, '_>, handle: &str, fields: &[(FieldPath, Scalar)]) -> Vec<Edit> {
    let layout = plan.layout;
    let whole = layout.entries.iter().position(|entry| is_same(&entry.path, &[WEBHOOKS]));
    if let Some(owner) = whole.filter(|owner| layout.entries[*owner].kind == Kind::InlineTable) {
        return into_inline(layout, owner, handle, &literal::key(handle), &inline(fields));
    }
    let is_ours = |row: &usize| layout.row_path(*row).first().is_some_and(|first| first == WEBHOOKS);
    let last = (0..layout.rows.len()).rfind(is_ours).map(|row| layout.rows[row].section);
    let end = last.and_then(|section| layout.sections[section].last_row).map(|row| layout.tail_end(row));
    let end = end.unwrap_or(layout.text.len());
    let (indent, inner) = indents(layout);
    let newline = layout.newline_at(end.saturating_sub(1));
    vec![paragraph(layout, end, &Block { handle, fields, indent, inner, newline }.to_text())]
}

/// How far the last webhook's header and keys are indented.
fn indents<'l>(layout: &'l Layout<'_>) -> (&'l str, &'l str) {
    let is_own = |path: &[std::borrow::Cow<'_, str>]| path.len() == 2 && path[0] == WEBHOOKS;
    let Some(section) = layout.sections.iter().rposition(|section| is_own(&section.path)) else {
        return ("", "");
    };
    let indent = layout.sections[section].row.map_or("", |row| layout.indent_of(row));
    let key = layout.entries.iter().find(|entry| entry.home == Home::Section(section));
    (indent, key.map_or(indent, |entry| layout.indent_at(entry.keys[0].start)))
}

struct Block<'a> {
    handle: &'a str,
    fields: &'a [(FieldPath, Scalar)],
    indent: &'a str,
    inner: &'a str,
    newline: &'a str,
}

impl Block<'_> {
    fn to_text(&self) -> String {
        let Self { indent, newline, .. } = self;
        let name = literal::key(self.handle);
        let mut text = format!("{indent}[{WEBHOOKS}.{name}]{newline}");
        for group in GROUPS {
            let keys = group_of(self.fields, group);
            if let (Some(group), false) = (group, keys.is_empty()) {
                let _ = write!(text, "{newline}{indent}[{WEBHOOKS}.{name}.{group}]{newline}");
            }
            for (key, value) in keys {
                let _ = write!(text, "{}{key} = {value}{newline}", self.inner);
            }
        }
        text
    }
}

fn inline(fields: &[(FieldPath, Scalar)]) -> String {
    let mut members = Vec::new();
    for group in GROUPS {
        let keys: Vec<String> =
            group_of(fields, group).into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
        match group {
            Some(group) if !keys.is_empty() => members.push(format!("{group} = {{ {} }}", keys.join(", "))),
            Some(_) => {}
            None => members.extend(keys),
        }
    }
    if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) }
}

const GROUPS: [Option<&str>; 3] = [None, Some("header"), Some("body")];

/// The keys and values of one table of the webhook, as written.
fn group_of(fields: &[(FieldPath, Scalar)], group: Option<&str>) -> Vec<(String, String)> {
    let of_group = fields.iter().filter_map(|(field, value)| {
        let (own, name) = match field {
            FieldPath::Field(name) => (None, name),
            FieldPath::Header(name) => (Some("header"), name),
            FieldPath::Body(name) => (Some("body"), name),
        };
        (own == group).then(|| (literal::key(name), literal::scalar(value)))
    });
    of_group.collect()
}
