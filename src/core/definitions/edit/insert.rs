//! Sets a field. A new one goes next to its siblings, in their style.

use std::fmt::Write;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::list;

use super::super::json_value::json_literal;
use super::super::problems::TomlValue;
use super::change::key;
use super::document::{Edit, ListItem, TableForm, TomlDocument, is_blank, kind_of, text_in};
use super::index::{Container, KeyValue, ValueKind, WEBHOOKS, is_below, is_same};
use super::{FieldPath, Scalar};

/// The usual order of the fields of a webhook.
const FIELDS: [&str; 8] =
    ["name", "id", "active", "trigger", "trigger_element", "prokey_filter", "method", "payload_url"];

/// The usual order of the tables of a webhook; none is its own table.
const GROUPS: [Option<&str>; 3] = [None, Some("header"), Some("body")];

/// The handle and the fields of a webhook to add.
pub(super) type NewWebhook<'c> = (&'c str, &'c [(FieldPath, Scalar)]);

impl TomlDocument<'_> {
    /// Adds webhooks after the last one and before the tables of other tools.
    pub(super) fn add(&self, webhooks: &[NewWebhook<'_>]) -> Result<Vec<Edit>, Diagnostic> {
        let is_inline =
            |entry: &KeyValue<'_>| entry.kind == ValueKind::InlineTable && is_same(&entry.path, &[WEBHOOKS]);
        if self.index.entries.iter().any(is_inline) {
            return Err(self.refused(&format!("`{WEBHOOKS}` is an inline table"), None));
        }
        let index = &self.index;
        let is_ours = |line: &usize| index.line_path(*line).first().is_some_and(|first| first == WEBHOOKS);
        let last = (0..index.lines.len()).rfind(is_ours).map(|line| index.lines[line].section);
        let end = last.and_then(|section| index.sections[section].last_line).map(|line| self.tail_end(line));
        let end = end.unwrap_or(self.text.len());
        let newline = self.newline_at(end.saturating_sub(1));
        let blocks = webhooks.iter().map(|(handle, fields)| self.new_block(handle, fields, newline));
        let text = blocks.collect::<Result<Vec<_>, _>>()?.join(newline);
        Ok(vec![self.paragraph(end, &text)])
    }

    /// The lines of a new webhook.
    fn new_block(
        &self,
        handle: &str,
        fields: &[(FieldPath, Scalar)],
        newline: &str,
    ) -> Result<String, Diagnostic> {
        self.require_free(handle)?;
        let mut seen = std::collections::HashSet::new();
        if let Some((repeated, _)) = fields.iter().find(|(field, _)| !seen.insert(field)) {
            return Err(self.refused(&format!("`{repeated}` is repeated, which requires a list"), None));
        }
        let (indent, inner) = self.indents();
        let name = key(handle);
        let mut text = format!("{indent}[{WEBHOOKS}.{name}]{newline}");
        for group in GROUPS {
            let pairs = pairs_of(fields, group);
            if let (Some(group), false) = (group, pairs.is_empty()) {
                let _ = write!(text, "{newline}{indent}[{WEBHOOKS}.{name}.{group}]{newline}");
            }
            text.extend(pairs.into_iter().map(|pair| format!("{inner}{pair}{newline}")));
        }
        Ok(text)
    }

    /// Sets a field, whether or not it exists.
    pub(super) fn set(
        &self,
        handle: &str,
        field: &FieldPath,
        value: &Scalar,
    ) -> Result<Vec<Edit>, Diagnostic> {
        self.require(handle)?;
        let path = field.path(handle);
        if let Some(items) = field.group().and_then(|_| self.items(&path[..3])) {
            return self.set_item(&path[..3], field, &items, value);
        }
        self.check_table(&path[..path.len() - 1])?;
        match self.value(&path) {
            Some(old) => self.replace(field, old, value),
            None => self.insert(&path, &value.to_string()),
        }
    }

    fn replace(
        &self,
        field: &FieldPath,
        old: &TomlValue<'_>,
        value: &Scalar,
    ) -> Result<Vec<Edit>, Diagnostic> {
        if value.is(old.get_ref()) {
            return Ok(Vec::new());
        }
        let span = old.span();
        // `{ json = "…" }` is a value.
        let is_inline_json =
            json_literal(old.get_ref()).is_some() && self.text[span.clone()].starts_with('{');
        if (old.get_ref().is_table() && !is_inline_json) || old.get_ref().is_array() {
            let construct = format!("`{field}` is {}, not a single value", kind_of(old.get_ref()));
            return Err(self.refused(&construct, Some(span)));
        }
        let text = value.like(&self.text[span.clone()], self.newline_at(span.start));
        Ok(vec![Edit::new(text, span)])
    }

    /// Sets the item with that key in a header or body in list form, or appends one.
    fn set_item(
        &self,
        group: &[&str],
        field: &FieldPath,
        items: &[ListItem<'_, '_>],
        value: &Scalar,
    ) -> Result<Vec<Edit>, Diagnostic> {
        let own: Vec<_> =
            items.iter().filter(|(_, item)| text_in(item, "key") == Some(field.name())).collect();
        match own.as_slice() {
            [] => Ok(self.append_item(group, items, field.name(), value)),
            [(_, item)] => match item.get_ref().get("value") {
                Some(old) => self.replace(field, old, value),
                None => Err(self.refused(&format!("`{field}` has no `value`"), Some(item.span()))),
            },
            [(_, first), ..] => {
                let line = |item: &TomlValue<'_>| self.source.position(item.span().start).line.to_string();
                let lines: Vec<String> = own.iter().map(|(_, item)| line(item)).collect();
                let lines = list(&lines, "and").replace('`', "");
                let construct = format!("`{field}` is in the list {} times, on lines {lines}", own.len());
                Err(self.refused(&construct, Some(first.span())))
            }
        }
    }

    fn append_item(
        &self,
        group: &[&str],
        items: &[ListItem<'_, '_>],
        name: &str,
        value: &Scalar,
    ) -> Vec<Edit> {
        let key = Scalar::from(name);
        let Some(list) = self.list(group) else {
            let Some((Container::Section(last), _)) = items.last() else { return Vec::new() };
            let section = &self.index.sections[*last];
            let (Some(header), Some(last_line)) = (section.line, section.last_line) else {
                return Vec::new();
            };
            let end = self.tail_end(last_line);
            let newline = self.newline_at(end.saturating_sub(1));
            let indent = self.indent_of(header);
            let siblings = self.entries_in(group[1], Container::Section(*last));
            let inner = siblings.first().map_or(indent, |first| self.indent_at(self.start_of(*first)));
            let name = &self.text[section.keys[0].start..section.keys[2].end];
            let text = format!(
                "{indent}[[{name}]]{newline}{inner}key = {key}{newline}{inner}value = {value}{newline}"
            );
            return vec![self.paragraph(end, &text)];
        };
        let item = format!("{{ key = {key}, value = {value} }}");
        match self.index.members_of(list).last() {
            Some(last) => self.member_after(last, &item),
            None => vec![at(self.index.entries[list].value.start + 1, item)],
        }
    }

    /// Adds a field that the webhook does not have.
    fn insert(&self, path: &[&str], value: &str) -> Result<Vec<Edit>, Diagnostic> {
        let Some((name, table)) = path.split_last() else { return Ok(Vec::new()) };
        let key = key(name);
        match self.form(table) {
            TableForm::Inline(owner) => return Ok(self.in_inline(owner, name, &format!("{key} = {value}"))),
            TableForm::Section(section) => return Ok(self.in_section(section, name, &key, value)),
            TableForm::Dotted(sibling) => return Ok(self.after_dotted(sibling, table, name, &key, value)),
            TableForm::Implicit => {}
        }
        let [root, handle, group] = *table else {
            return Err(self.refused(&format!("`{}` has no table header", table.join(".")), None));
        };
        Ok(match self.form(&[root, handle]) {
            TableForm::Inline(owner) => {
                self.in_inline(owner, group, &format!("{group} = {{ {key} = {value} }}"))
            }
            TableForm::Dotted(sibling) => {
                self.after_dotted(sibling, &[root, handle], "", &format!("{group}.{key}"), value)
            }
            TableForm::Section(_) | TableForm::Implicit => self.sub_section(handle, group, &key, value),
        })
    }

    /// Inserts lines that end in a line break, with an empty line before them.
    fn paragraph(&self, offset: usize, lines: &str) -> Edit {
        let newline = self.newline_at(offset.saturating_sub(1));
        let (above, below) = self.text.split_at(offset);
        let is_compact = !below.is_empty() && !is_blank(&below[..self.line_end(offset) - offset]);
        let is_open = !above.is_empty() && !above.ends_with('\n');
        let mut text = if is_open { newline.to_owned() } else { String::new() };
        let last_line = &above[self.line_start(offset.saturating_sub(1))..];
        if !is_compact && !above.is_empty() && !is_blank(last_line) {
            text.push_str(newline);
        }
        text.push_str(lines);
        if is_open {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        at(offset, text)
    }

    /// Adds a key to a `[section]`: after the sibling that it usually follows, else directly below the header.
    fn in_section(&self, section: usize, name: &str, key: &str, value: &str) -> Vec<Edit> {
        let path = &self.index.sections[section].path;
        let siblings = self.entries_in(&path[1], Container::Section(section));
        if let Some(entry) = self.predecessor(&siblings, path.len(), name) {
            return vec![self.line_after(entry, &format!("{key}{}{value}", self.equals(entry)))];
        }
        let Some(line) = self.index.sections[section].line else { return Vec::new() };
        let (indent, equals) = match siblings.first() {
            Some(first) => (self.indent_at(self.start_of(*first)), self.equals(*first)),
            None => (self.indent_of(line), " = "),
        };
        vec![self.line_at(self.index.lines[line].span.end, &format!("{indent}{key}{equals}{value}"))]
    }

    /// Adds a dotted key directly after a sibling, with the same prefix.
    fn after_dotted(&self, sibling: usize, table: &[&str], name: &str, key: &str, value: &str) -> Vec<Edit> {
        let container = self.index.entries[sibling].container;
        let mut group = self.entries_in(table[1], container);
        group.retain(|index| {
            let path = &self.index.entries[*index].path;
            path.len() > table.len() && is_below(path, table)
        });
        let after = self.predecessor(&group, table.len(), name).unwrap_or(sibling);
        let entry = &self.index.entries[after];
        let prefix = &self.text[entry.span.start..entry.keys[table.len() - entry.depth()].start];
        match container {
            Container::Section(_) => {
                let line = format!("{prefix}{key}{}{value}", self.equals(after));
                vec![self.line_after(after, &line)]
            }
            Container::Entry(_) => self.member_after(after, &format!("{prefix}{key} = {value}")),
        }
    }

    /// Adds a member to an inline table.
    fn in_inline(&self, owner: usize, name: &str, member: &str) -> Vec<Edit> {
        let members: Vec<usize> = self.index.members_of(owner).collect();
        let depth = self.index.entries[owner].path.len();
        if let Some(after) = self.predecessor(&members, depth, name).or(members.last().copied()) {
            return self.member_after(after, member);
        }
        let inside = self.index.entries[owner].value.start + 1;
        let is_closed = self.text[inside..].starts_with('}');
        vec![at(inside, if is_closed { format!(" {member} ") } else { format!(" {member}") })]
    }

    fn member_after(&self, after: usize, member: &str) -> Vec<Edit> {
        let entry = &self.index.entries[after];
        if !self.has_own_lines(entry) {
            return vec![at(entry.span.end, format!(", {member}"))];
        }
        let indent = self.indent_at(entry.span.start);
        let end = self.line_end(entry.comma.unwrap_or(entry.span.end));
        match entry.comma {
            Some(_) => vec![self.line_at(end, &format!("{indent}{member},"))],
            None => vec![at(entry.span.end, ",".to_owned()), self.line_at(end, &format!("{indent}{member}"))],
        }
    }

    /// Adds `[webhooks.x.header]` or `[webhooks.x.body]`: the header before the body.
    fn sub_section(&self, handle: &str, group: &str, key: &str, value: &str) -> Vec<Edit> {
        let Some(parts) = self.index.webhook(handle) else { return Vec::new() };
        let goes_before = |section: &&usize| match self.index.sections[**section].path.get(2) {
            None => true,
            Some(below) => group == "body" && below == "header",
        };
        let after = parts.sections.iter().rfind(goes_before).or(parts.sections.last());
        let Some((after, last)) =
            after.and_then(|after| Some((*after, self.index.sections[*after].last_line?)))
        else {
            return Vec::new();
        };
        let indent = self.index.sections[after].line.map_or("", |line| self.indent_of(line));
        let keys = self.entries_in(handle, Container::Section(after));
        let inner = keys.last().map_or(indent, |key| self.indent_at(self.start_of(*key)));
        let end = self.tail_end(last);
        let newline = self.newline_at(end.saturating_sub(1));
        let name = self.name_of(after);
        let lines = format!("{indent}[{name}.{group}]{newline}{inner}{key} = {value}{newline}");
        vec![self.paragraph(end, &lines)]
    }

    /// The indentation of the header and of the keys of the last webhook.
    fn indents(&self) -> (&str, &str) {
        let sections = &self.index.sections;
        let Some(last) = sections.iter().rposition(|own| own.path.len() == 2 && own.path[0] == WEBHOOKS)
        else {
            return ("", "");
        };
        let indent = sections[last].line.map_or("", |line| self.indent_of(line));
        let first = self.index.entries.iter().find(|entry| entry.container == Container::Section(last));
        (indent, first.map_or(indent, |entry| self.indent_at(entry.span.start)))
    }

    /// `webhooks.x` as a header of the webhook writes it.
    fn name_of(&self, section: usize) -> &str {
        let keys = &self.index.sections[section].keys;
        &self.text[keys[0].start..keys[1].end]
    }

    /// The entries of a webhook in one container.
    fn entries_in(&self, handle: &str, container: Container) -> Vec<usize> {
        let is_in = |index: &usize| self.index.entries[*index].container == container;
        self.index.entries_of(handle).filter(is_in).collect()
    }

    /// The sibling that a field usually follows; the last one for a field without a usual place.
    fn predecessor(&self, siblings: &[usize], depth: usize, name: &str) -> Option<usize> {
        let rank = |name: &str| FIELDS.iter().position(|field| *field == name);
        let Some(own) = rank(name).filter(|_| depth == 2) else { return siblings.last().copied() };
        let ranked = siblings.iter().filter_map(|index| {
            let path = &self.index.entries[*index].path;
            let rank = rank(&path[depth]).filter(|rank| path.len() == depth + 1 && *rank < own)?;
            Some((rank, *index))
        });
        ranked.max().map(|(_, index)| index)
    }

    /// The equals sign in the style of a neighbour: with spaces, unless it has none.
    fn equals(&self, neighbour: usize) -> &'static str {
        let entry = &self.index.entries[neighbour];
        let written = entry.keys.last().map_or("", |key| &self.text[key.end..entry.value.start]);
        if written == "=" { "=" } else { " = " }
    }

    fn start_of(&self, entry: usize) -> usize {
        self.index.entries[entry].span.start
    }

    fn line_after(&self, entry: usize, line: &str) -> Edit {
        let indent = self.indent_at(self.start_of(entry));
        let end = self.line_end(self.index.entries[entry].span.end);
        self.line_at(end, &format!("{indent}{line}"))
    }

    /// Inserts a line after another. A file without a final line break still has none afterwards.
    fn line_at(&self, end: usize, line: &str) -> Edit {
        let newline = self.newline_at(end.saturating_sub(1));
        if self.text[..end].ends_with('\n') {
            at(end, format!("{line}{newline}"))
        } else {
            at(end, format!("{newline}{line}"))
        }
    }
}

fn at(offset: usize, text: String) -> Edit {
    Edit::new(text, offset..offset)
}

/// `key = value` for each field of one table of the webhook.
fn pairs_of(fields: &[(FieldPath, Scalar)], group: Option<&str>) -> Vec<String> {
    let of_group = fields.iter().filter(|(field, _)| field.group() == group);
    of_group.map(|(field, value)| format!("{} = {value}", key(field.name()))).collect()
}
