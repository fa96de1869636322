//! The spans of all headers, keys, values and commas of a TOML text, from the events of the parser that `toml` uses.

use std::borrow::Cow;
use std::collections::HashMap;
use std::iter::Peekable;
use std::vec::IntoIter;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

use crate::core::text::Span;

/// The table that holds the definitions.
pub(super) const WEBHOOKS: &str = "webhooks";

/// From the root of the document.
pub(super) type Path<'t> = Vec<Cow<'t, str>>;

pub(super) struct Index<'t> {
    pub(super) text: &'t str,
    /// The first is the part above all headers.
    pub(super) sections: Vec<Section<'t>>,
    /// Includes those in inline tables, and the items of a header or body in list form; not those in other arrays.
    pub(super) entries: Vec<KeyValue<'t>>,
    /// Headers and top-level entries, in the order of the text.
    pub(super) lines: Vec<IndexLine>,
    webhooks: HashMap<Cow<'t, str>, WebhookIndex>,
}

/// The sections, entries and lines of one webhook.
#[derive(Default)]
pub(super) struct WebhookIndex {
    pub(super) sections: Vec<usize>,
    pub(super) entries: Vec<usize>,
    pub(super) lines: Vec<usize>,
}

/// A header and everything up to the next one.
pub(super) struct Section<'t> {
    pub(super) path: Path<'t>,
    /// The parts of its name.
    pub(super) keys: Vec<Span>,
    /// The line of its header; none for the part above all headers.
    pub(super) line: Option<usize>,
    /// Its last line, which is the header if the section is empty.
    pub(super) last_line: Option<usize>,
}

/// One `key = value`, or an item of a list.
pub(super) struct KeyValue<'t> {
    pub(super) path: Path<'t>,
    /// The parts of its own key; their names are the last of `path`. An item has none.
    pub(super) keys: Vec<Span>,
    pub(super) container: Container,
    /// From the key to the end of the value.
    pub(super) span: Span,
    pub(super) value: Span,
    pub(super) kind: ValueKind,
    /// The offset of the comma after it, in an inline table or a list.
    pub(super) comma: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Section(usize),
    /// The entry with the inline table or the list as its value.
    Entry(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Scalar,
    Array,
    InlineTable,
}

/// A header or an entry with all of its lines.
pub(super) struct IndexLine {
    /// From the start of its first line to after the line end of its last.
    pub(super) span: Span,
    pub(super) section: usize,
    /// None for a header.
    pub(super) entry: Option<usize>,
}

impl KeyValue<'_> {
    /// How many parts of its path come from its container.
    pub(super) fn depth(&self) -> usize {
        self.path.len() - self.keys.len()
    }
}

/// Whether a path is at or below another.
pub(super) fn is_below(path: &[Cow<'_, str>], top: &[&str]) -> bool {
    path.len() >= top.len() && path.iter().zip(top).all(|(a, b)| a == b)
}

pub(super) fn is_same(path: &[Cow<'_, str>], other: &[&str]) -> bool {
    path.len() == other.len() && is_below(path, other)
}

impl<'t> Index<'t> {
    /// Indexes a valid text.
    pub(super) fn read(text: &'t str) -> Self {
        let source = Source::new(text);
        let mut events = Vec::new();
        parse_document(&source.lex().into_vec(), &mut events, &mut ());
        events.retain(|event: &Event| {
            use EventKind::{Comment, KeySep, Newline, Whitespace};
            !matches!(event.kind(), Whitespace | Comment | Newline | KeySep)
        });
        let root = Section { path: Vec::new(), keys: Vec::new(), line: None, last_line: None };
        let index = Self {
            text,
            sections: vec![root],
            entries: Vec::new(),
            lines: Vec::new(),
            webhooks: HashMap::new(),
        };
        let mut reader = IndexReader { source, events: events.into_iter().peekable(), index };
        reader.document();
        let mut index = reader.index;
        index.collect_webhooks();
        index
    }

    pub(super) fn webhook(&self, handle: &str) -> Option<&WebhookIndex> {
        self.webhooks.get(handle)
    }

    pub(super) fn entries_of(&self, handle: &str) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.webhook(handle).into_iter().flat_map(|parts| parts.entries.iter().copied())
    }

    /// The direct members of an inline table, or the items of a list.
    pub(super) fn members_of(&self, owner: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.entries[owner].value.end;
        (owner + 1..self.entries.len())
            .take_while(move |index| self.entries[*index].span.start < end)
            .filter(move |index| self.entries[*index].container == Container::Entry(owner))
    }

    /// The path of the header or entry of a line.
    pub(super) fn line_path(&self, line: usize) -> &[Cow<'t, str>] {
        let line = &self.lines[line];
        line.entry.map_or(&self.sections[line.section].path, |entry| &self.entries[entry].path)
    }

    /// The line that an entry is on, or that its inline table starts on.
    pub(super) fn line_of(&self, entry: usize) -> usize {
        let start = self.entries[entry].span.start;
        self.lines.partition_point(|line| line.span.start <= start).saturating_sub(1)
    }

    fn collect_webhooks(&mut self) {
        let mut webhooks: HashMap<Cow<'t, str>, WebhookIndex> = HashMap::new();
        let mut collect = |path: &[Cow<'t, str>], add: &dyn Fn(&mut WebhookIndex)| {
            if let [root, handle, ..] = path
                && root == WEBHOOKS
            {
                add(webhooks.entry(handle.clone()).or_default());
            }
        };
        for (index, section) in self.sections.iter().enumerate() {
            collect(&section.path, &|parts| parts.sections.push(index));
        }
        for (index, entry) in self.entries.iter().enumerate() {
            collect(&entry.path, &|parts| parts.entries.push(index));
        }
        for index in 0..self.lines.len() {
            collect(self.line_path(index), &|parts| parts.lines.push(index));
        }
        self.webhooks = webhooks;
    }
}

/// The lines of every webhook, in order: the span of each header or entry, and the handle that it belongs to.
pub fn webhook_lines(text: &str) -> Vec<(Span, String)> {
    let index = Index::read(text);
    let of_webhook = |line: usize| match index.line_path(line) {
        [root, handle, ..] if root == WEBHOOKS => Some((index.lines[line].span.clone(), handle.to_string())),
        _ => None,
    };
    (0..index.lines.len()).filter_map(of_webhook).collect()
}

struct IndexReader<'t> {
    source: Source<'t>,
    events: Peekable<IntoIter<Event>>,
    index: Index<'t>,
}

impl<'t> IndexReader<'t> {
    fn document(&mut self) {
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => self.header(event),
                EventKind::SimpleKey => {
                    let section = self.index.sections.len() - 1;
                    let path = self.index.sections[section].path.clone();
                    let index = self.entry(event, path, Container::Section(section));
                    let span = self.index.entries[index].span.clone();
                    self.line(span, section, Some(index));
                }
                _ => {}
            }
        }
    }

    fn header(&mut self, open: Event) {
        let (mut path, mut keys, mut end) = (Vec::new(), Vec::new(), open.span().end());
        while let Some(event) = self.events.next() {
            end = event.span().end();
            if event.kind() != EventKind::SimpleKey {
                break;
            }
            self.key(event, &mut path, &mut keys);
        }
        let section = self.index.sections.len();
        self.index.sections.push(Section { path, keys, line: None, last_line: None });
        self.line(open.span().start()..end, section, None);
        self.index.sections[section].line = self.index.sections[section].last_line;
    }

    fn line(&mut self, span: Span, section: usize, entry: Option<usize>) {
        let text = self.index.text;
        let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
        self.index.sections[section].last_line = Some(self.index.lines.len());
        self.index.lines.push(IndexLine { span: start..end, section, entry });
    }

    fn key(&self, event: Event, path: &mut Path<'t>, keys: &mut Vec<Span>) {
        let mut name = Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut name, &mut ());
        }
        path.push(name);
        keys.push(event.span().start()..event.span().end());
    }

    /// Reads an entry from its first key on; the members of its value follow it in the index.
    fn entry(&mut self, first: Event, mut path: Path<'t>, container: Container) -> usize {
        let mut keys = Vec::new();
        self.key(first, &mut path, &mut keys);
        while let Some(event) = self.events.next_if(|event| event.kind() == EventKind::SimpleKey) {
            self.key(event, &mut path, &mut keys);
        }
        self.events.next_if(|event| event.kind() == EventKind::KeyValSep);
        match self.events.next() {
            Some(value) => self.value(value, path, keys, container),
            // Impossible in a valid text.
            None => self.value(first, path, keys, container),
        }
    }

    /// Reads a value from its first event on and adds its entry.
    fn value(&mut self, first: Event, path: Path<'t>, keys: Vec<Span>, container: Container) -> usize {
        let (start, end) = (first.span().start(), first.span().end());
        let kind = match first.kind() {
            EventKind::ArrayOpen => ValueKind::Array,
            EventKind::InlineTableOpen => ValueKind::InlineTable,
            _ => ValueKind::Scalar,
        };
        let begin = keys.first().map_or(start, |key| key.start);
        let index = self.index.entries.len();
        let is_list = matches!(&path[..], [root, _, group] if root == WEBHOOKS && is_group(group));
        let span = begin..end;
        self.index.entries.push(KeyValue {
            path,
            keys,
            container,
            span,
            value: start..end,
            kind,
            comma: None,
        });
        let end = match kind {
            ValueKind::InlineTable => self.members(index),
            ValueKind::Array if is_list => self.members(index),
            ValueKind::Array => self.array(),
            ValueKind::Scalar => end,
        };
        self.index.entries[index].span.end = end;
        self.index.entries[index].value.end = end;
        index
    }

    /// Skips an array and returns its end.
    fn array(&mut self) -> usize {
        let mut open = 1;
        for event in self.events.by_ref() {
            match event.kind() {
                EventKind::ArrayOpen => open += 1,
                EventKind::ArrayClose => open -= 1,
                _ => {}
            }
            if open == 0 {
                return event.span().end();
            }
        }
        self.index.text.len()
    }

    /// Reads the members of an inline table, or the items of a list, and returns its end.
    fn members(&mut self, owner: usize) -> usize {
        let (mut last, mut number) = (None, 0);
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::InlineTableClose | EventKind::ArrayClose => return event.span().end(),
                EventKind::ValueSep => {
                    if let Some(entry) = last {
                        let entry: &mut KeyValue<'_> = &mut self.index.entries[entry];
                        entry.comma = Some(event.span().start());
                    }
                }
                EventKind::SimpleKey => {
                    let path = self.index.entries[owner].path.clone();
                    last = Some(self.entry(event, path, Container::Entry(owner)));
                }
                _ => {
                    let mut path = self.index.entries[owner].path.clone();
                    path.push(Cow::Owned(number.to_string()));
                    number += 1;
                    last = Some(self.value(event, path, Vec::new(), Container::Entry(owner)));
                }
            }
        }
        self.index.text.len()
    }
}

fn is_group(name: &str) -> bool {
    matches!(name, "header" | "body")
}
