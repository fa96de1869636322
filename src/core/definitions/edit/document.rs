//! A text to edit: the parsed tree says what exists, the index says where. Only comments and empty lines are found by
//! looking at the text.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, Span, Spanned};

use super::super::handle::unknown_webhook;
use super::super::problems::TomlValue;
use super::index::{Container, Index, KeyValue, ValueKind, WEBHOOKS, is_below, is_same};

/// A replacement for a span.
pub(super) type Edit = Spanned<String>;

/// A valid text before a change.
pub(super) struct TomlDocument<'t> {
    pub(super) source: &'t Arc<Source>,
    pub(super) text: &'t str,
    pub(super) tree: DeTable<'t>,
    pub(super) index: Index<'t>,
}

/// An item of a header or body in list form: its entry or its section, and its value.
pub(super) type ListItem<'d, 't> = (Container, &'d TomlValue<'t>);

/// How a table is written, which decides where a new key goes.
pub(super) enum TableForm {
    /// As an inline table, the value of this entry.
    Inline(usize),
    /// With a header.
    Section(usize),
    /// With dotted keys, such as that of this entry.
    Dotted(usize),
    /// Not at all, or only by tables below it.
    Implicit,
}

impl<'t> TomlDocument<'t> {
    pub(super) fn read(source: &'t Arc<Source>) -> Result<Self, Diagnostic> {
        let text = source.text();
        match DeTable::parse(text) {
            Ok(tree) => Ok(Self { source, text, tree: tree.into_inner(), index: Index::read(text) }),
            Err(error) => {
                let finding = Diagnostic::error("toml-syntax", format!("invalid TOML: {}", error.message()))
                    .help("fix the file, then try again");
                let span = error.span().unwrap_or(text.len()..text.len());
                Err(finding.at(source, span))
            }
        }
    }

    pub(super) fn value(&self, path: &[&str]) -> Option<&TomlValue<'t>> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.tree.get(*first)?, |value, name| value.get_ref().get(*name))
    }

    /// The number of keys of the table at a path.
    pub(super) fn keys(&self, path: &[&str]) -> usize {
        self.value(path).and_then(|value| value.get_ref().as_table()).map_or(0, toml::map::Map::len)
    }

    /// The items of a header or body in list form.
    pub(super) fn items(&self, group: &[&str]) -> Option<Vec<ListItem<'_, 't>>> {
        let items = self.value(group)?.get_ref().as_array()?;
        let places: Vec<Container> = match self.list(group) {
            Some(owner) => self.index.members_of(owner).map(Container::Entry).collect(),
            None => self.sections(group).map(Container::Section).collect(),
        };
        Some(places.into_iter().zip(items).collect())
    }

    /// The entry with the list as its value, unless the items are sections.
    pub(super) fn list(&self, group: &[&str]) -> Option<usize> {
        self.index.entries_of(group[1]).find(|index| {
            let entry = &self.index.entries[*index];
            entry.kind == ValueKind::Array && is_same(&entry.path, group)
        })
    }

    /// The sections with that header.
    pub(super) fn sections(&self, path: &[&str]) -> impl Iterator<Item = usize> {
        let sections = self.index.webhook(path[1]).map_or(&[][..], |parts| &parts.sections);
        sections.iter().copied().filter(|section| is_same(&self.index.sections[*section].path, path))
    }

    /// How the table at a path of a webhook is written.
    pub(super) fn form(&self, table: &[&str]) -> TableForm {
        let entries = || self.index.entries_of(table[1]);
        let is_inline = |index: &usize| {
            let entry = &self.index.entries[*index];
            entry.kind == ValueKind::InlineTable && is_same(&entry.path, table)
        };
        if let Some(entry) = entries().find(is_inline) {
            return TableForm::Inline(entry);
        }
        if let Some(section) = self.sections(table).next() {
            return TableForm::Section(section);
        }
        let is_dotted = |index: &usize| {
            let entry = &self.index.entries[*index];
            entry.depth() < table.len() && entry.path.len() > table.len() && is_below(&entry.path, table)
        };
        entries().rfind(is_dotted).map_or(TableForm::Implicit, TableForm::Dotted)
    }

    /// The span of a member of an inline table or list with its comma; whole lines if nothing else is on them.
    pub(super) fn member(&self, index: usize) -> Span {
        let entry = &self.index.entries[index];
        let start = entry.span.start;
        let end = entry.comma.map_or(entry.span.end, |comma| comma + 1);
        if self.has_own_lines(entry) {
            return self.line_start(start)..self.line_end(end);
        }
        if entry.comma.is_some() {
            let rest = &self.text[end..];
            return start..end + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        self.text[..start].trim_end_matches([' ', '\t']).len()..end
    }

    /// Whether a member of an inline table or list has its lines to itself.
    pub(super) fn has_own_lines(&self, entry: &KeyValue<'_>) -> bool {
        let start = entry.span.start;
        let end = entry.comma.map_or(entry.span.end, |comma| comma + 1);
        let between = entry.comma.map_or("", |comma| &self.text[entry.span.end..comma]);
        let rest = self.text[end..self.line_end(end)].trim_start_matches([' ', '\t']);
        is_blank(&self.text[self.line_start(start)..start])
            && !between.contains('\n')
            && (rest.starts_with('#') || is_blank(rest))
    }

    /// Fails unless every part of a path that exists is a table.
    pub(super) fn check_table(&self, path: &[&str]) -> Result<(), Diagnostic> {
        for length in 1..=path.len() {
            match self.value(&path[..length]) {
                None => break,
                Some(value) if value.get_ref().is_table() => {}
                Some(value) => {
                    let construct = format!("`{}` is {}", path[..length].join("."), kind_of(value.get_ref()));
                    return Err(self.refused(&construct, Some(value.span())));
                }
            }
        }
        Ok(())
    }

    pub(super) fn require(&self, handle: &str) -> Result<(), Diagnostic> {
        if self.value(&[WEBHOOKS, handle]).is_some() {
            return Ok(());
        }
        let known = self.value(&[WEBHOOKS]).and_then(|value| value.get_ref().as_table());
        let known: Vec<&str> = known.into_iter().flatten().map(|(key, _)| &**key.get_ref()).collect();
        Err(unknown_webhook(self.source.name(), handle, known.into_iter()))
    }

    pub(super) fn require_free(&self, handle: &str) -> Result<(), Diagnostic> {
        let known = self.value(&[WEBHOOKS]).and_then(|value| value.get_ref().as_table());
        match known.and_then(|known| known.get_key_value(handle)) {
            None => Ok(()),
            Some((key, _)) => {
                Err(Diagnostic::error("handle-taken", format!("the handle `{handle}` is already in use"))
                    .at(self.source, key.span())
                    .help("choose another handle"))
            }
        }
    }

    pub(super) fn refused(&self, construct: &str, span: Option<Span>) -> Diagnostic {
        let finding = Diagnostic::error("edit-refused", format!("cannot edit in place: {construct}"))
            .help("edit the file by hand, then run `hooks check`; the file is unchanged");
        match span {
            // The lines may contain credentials.
            Some(span) => finding.at_hidden(self.source, span),
            None => finding,
        }
    }
}

/// The lines of a webhook: its headers and entries, and comments directly above the first and directly below the last. A
/// comment with an empty line in between belongs to no webhook, nor does one that starts on the first line of the file.
impl TomlDocument<'_> {
    /// The lines of a webhook, and its members in an inline table.
    pub(super) fn block(&self, handle: &str) -> Option<Vec<Span>> {
        let parts = self.index.webhook(handle)?;
        let mut spans = self.line_ranges(&parts.lines);
        let members = self.members_below(&[WEBHOOKS, handle]);
        spans.extend(members.into_iter().map(|entry| self.index.entries[entry].span.clone()));
        Some(spans)
    }

    /// The lines of everything at or below a path of a webhook.
    pub(super) fn lines_below(&self, top: &[&str]) -> Vec<usize> {
        let lines = self.index.webhook(top[1]).map_or(&[][..], |parts| &parts.lines);
        lines.iter().copied().filter(|line| is_below(self.index.line_path(*line), top)).collect()
    }

    /// The topmost entries at or below a path of a webhook that are in an inline table.
    pub(super) fn members_below(&self, top: &[&str]) -> Vec<usize> {
        let is_top = |index: &usize| {
            let entry = &self.index.entries[*index];
            let is_outside = |owner: usize| self.index.entries[owner].path.len() < top.len();
            matches!(entry.container, Container::Entry(owner) if is_outside(owner))
                && is_below(&entry.path, top)
        };
        self.index.entries_of(top[1]).filter(is_top).collect()
    }

    /// Lines with their comments: one span per run of consecutive lines.
    pub(super) fn line_ranges(&self, lines: &[usize]) -> Vec<Span> {
        lines
            .chunk_by(|a, b| a + 1 == *b)
            .filter_map(|run| Some(self.lead_start(*run.first()?)..self.tail_end(*run.last()?)))
            .collect()
    }

    /// The start of the comment directly above a line, or of the line.
    pub(super) fn lead_start(&self, line: usize) -> usize {
        let floor = if line == 0 { 0 } else { self.index.lines[line - 1].span.end };
        let own = self.index.lines[line].span.start;
        let mut start = own;
        while start > floor && is_comment(&self.text[self.line_start(start - 1)..start]) {
            start = self.line_start(start - 1);
        }
        if start == 0 { own } else { start }
    }

    /// The end of the comment directly below a line, or of the line. A comment directly above the next line belongs to that
    /// line.
    pub(super) fn tail_end(&self, line: usize) -> usize {
        let own = self.index.lines[line].span.end;
        let ceiling = self.index.lines.get(line + 1).map(|next| next.span.start);
        let mut end = own;
        while end < ceiling.unwrap_or(self.text.len()) && is_comment(&self.text[end..self.line_end(end)]) {
            end = self.line_end(end);
        }
        if ceiling == Some(end) { own } else { end }
    }

    /// The start of the line of an offset.
    pub(super) fn line_start(&self, offset: usize) -> usize {
        self.text.as_bytes()[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
    }

    /// The end of the line of an offset, after its line break.
    pub(super) fn line_end(&self, offset: usize) -> usize {
        let feed = self.text.as_bytes()[offset..].iter().position(|byte| *byte == b'\n');
        feed.map_or(self.text.len(), |at| offset + at + 1)
    }

    /// The line break used around an offset.
    pub(super) fn newline_at(&self, offset: usize) -> &'static str {
        let (above, below) = self.text.as_bytes().split_at(offset);
        let here = below.iter().position(|byte| *byte == b'\n').map(|at| offset + at);
        match here.or_else(|| above.iter().rposition(|byte| *byte == b'\n')) {
            Some(feed) if self.text.as_bytes()[..feed].ends_with(b"\r") => "\r\n",
            _ => "\n",
        }
    }

    /// The text between the start of a line and an offset in it, if it is whitespace.
    pub(super) fn indent_at(&self, offset: usize) -> &str {
        let line = &self.text[self.line_start(offset)..offset];
        if is_blank(line) { line } else { "" }
    }

    /// The whitespace at the start of a line.
    pub(super) fn indent_of(&self, line: usize) -> &str {
        let line = &self.text[self.index.lines[line].span.clone()];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }
}

pub(super) fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).starts_with('#')
}

/// A string in a list item, such as its `key`.
pub(super) fn text_in<'d>(item: &'d TomlValue<'_>, name: &str) -> Option<&'d str> {
    item.get_ref().get(name)?.get_ref().as_str()
}

pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => "an array of tables",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
        _ => "a single value",
    }
}
