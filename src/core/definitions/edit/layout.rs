//! Where everything stands in a TOML text: headers, keys, values and commas as byte spans. Read from
//! the events of the parser that `toml` itself uses, so that the two never disagree.

use std::borrow::Cow;
use std::collections::HashMap;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

use crate::core::text::Span;

use super::WEBHOOKS;

/// The places of one text, which must be valid TOML.
pub(super) struct Layout<'t> {
    pub(super) text: &'t str,
    /// The first is the part above all headers.
    pub(super) sections: Vec<Section<'t>>,
    /// Those in inline tables too; those inside arrays are left out.
    pub(super) entries: Vec<Entry<'t>>,
    /// Header lines and the entries that are no part of another, in the order of the text.
    pub(super) rows: Vec<Row>,
    webhooks: HashMap<Cow<'t, str>, Places>,
}

/// What belongs to one webhook, as indices into a [`Layout`].
#[derive(Default)]
pub(super) struct Places {
    pub(super) sections: Vec<usize>,
    pub(super) entries: Vec<usize>,
    pub(super) rows: Vec<usize>,
}

/// A header and what follows up to the next.
pub(super) struct Section<'t> {
    pub(super) path: Vec<Cow<'t, str>>,
    /// The parts of the header's name.
    pub(super) keys: Vec<Span>,
    /// The row of its header; none for the part above all headers.
    pub(super) row: Option<usize>,
    /// Its last row, which is the header when the section is empty.
    pub(super) last_row: Option<usize>,
}

/// One `key = value`.
pub(super) struct Entry<'t> {
    /// From the root of the document, whatever header and inline tables it stands in.
    pub(super) path: Vec<Cow<'t, str>>,
    /// The parts of its own key; their names are the last of `path`.
    pub(super) keys: Vec<Span>,
    pub(super) home: Home,
    pub(super) value: Span,
    pub(super) kind: Kind,
    /// The comma after it, in an inline table.
    pub(super) comma: Option<usize>,
}

/// What an entry stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Section(usize),
    /// The entry whose value is the inline table.
    Inline(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A number, a boolean or a date.
    Plain,
    Array,
    InlineTable,
}

/// One or more whole lines.
pub(super) struct Row {
    /// From the start of its first line to after the line end of its last.
    pub(super) lines: Span,
    pub(super) section: usize,
    /// None for a header.
    pub(super) entry: Option<usize>,
}

impl Entry<'_> {
    /// From the key to the end of the value.
    pub(super) fn span(&self) -> Span {
        self.keys[0].start..self.value.end
    }

    /// How many parts of its path come from its surroundings.
    pub(super) fn depth(&self) -> usize {
        self.path.len() - self.keys.len()
    }
}

impl<'t> Layout<'t> {
    /// Reads a text that the parser has accepted.
    pub(super) fn read(text: &'t str) -> Self {
        let source = Source::new(text);
        let mut events = Vec::new();
        parse_document(&source.lex().into_vec(), &mut events, &mut ());
        events.retain(|event: &Event| {
            use EventKind::{Comment, KeySep, Newline, Whitespace};
            !matches!(event.kind(), Whitespace | Comment | Newline | KeySep)
        });
        let mut reader = Reader { source, events: events.into_iter().peekable(), layout: Self::empty(text) };
        reader.document();
        let mut layout = reader.layout;
        layout.index();
        layout
    }

    /// What belongs to the webhook of that handle.
    pub(super) fn webhook(&self, handle: &str) -> Option<&Places> {
        self.webhooks.get(handle)
    }

    /// The entries of a webhook.
    pub(super) fn entries_of(&self, handle: &str) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.webhook(handle).into_iter().flat_map(|places| places.entries.iter().copied())
    }

    /// The direct members of an inline table.
    pub(super) fn members_of(&self, owner: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.entries[owner].value.end;
        (owner + 1..self.entries.len())
            .take_while(move |index| self.entries[*index].keys[0].start < end)
            .filter(move |index| self.entries[*index].home == Home::Inline(owner))
    }

    /// The path of a row: that of its header or its entry.
    pub(super) fn row_path(&self, row: usize) -> &[Cow<'t, str>] {
        let row = &self.rows[row];
        row.entry.map_or(&self.sections[row.section].path, |entry| &self.entries[entry].path)
    }

    /// The row of an entry that stands on lines of its own; the row around it for one in an inline table.
    pub(super) fn row_of(&self, entry: usize) -> usize {
        let start = self.entries[entry].keys[0].start;
        self.rows.partition_point(|row| row.lines.start <= start).saturating_sub(1)
    }

    fn empty(text: &'t str) -> Self {
        let root = Section { path: Vec::new(), keys: Vec::new(), row: None, last_row: None };
        Self { text, sections: vec![root], entries: Vec::new(), rows: Vec::new(), webhooks: HashMap::new() }
    }

    fn index(&mut self) {
        let mut webhooks: HashMap<Cow<'t, str>, Places> = HashMap::new();
        let mut place = |path: &[Cow<'t, str>], note: &dyn Fn(&mut Places)| {
            if let [root, handle, ..] = path
                && root == WEBHOOKS
            {
                note(webhooks.entry(handle.clone()).or_default());
            }
        };
        for (index, section) in self.sections.iter().enumerate() {
            place(&section.path, &|places| places.sections.push(index));
        }
        for (index, entry) in self.entries.iter().enumerate() {
            place(&entry.path, &|places| places.entries.push(index));
        }
        for index in 0..self.rows.len() {
            place(self.row_path(index), &|places| places.rows.push(index));
        }
        self.webhooks = webhooks;
    }
}

/// Whether a path is, or leads below, another.
pub(super) fn is_below(path: &[Cow<'_, str>], top: &[&str]) -> bool {
    path.len() >= top.len() && path.iter().zip(top).all(|(a, b)| a == b)
}

/// Whether two paths are the same.
pub(super) fn is_same(path: &[Cow<'_, str>], other: &[&str]) -> bool {
    path.len() == other.len() && is_below(path, other)
}

struct Reader<'t> {
    source: Source<'t>,
    events: std::iter::Peekable<std::vec::IntoIter<Event>>,
    layout: Layout<'t>,
}

impl<'t> Reader<'t> {
    fn document(&mut self) {
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => self.header(event),
                EventKind::SimpleKey => {
                    let section = self.layout.sections.len() - 1;
                    let path = self.layout.sections[section].path.clone();
                    let index = self.entry(event, path, Home::Section(section));
                    let span = self.layout.entries[index].span();
                    self.row(span, section, Some(index));
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
        let section = self.layout.sections.len();
        self.layout.sections.push(Section { path, keys, row: None, last_row: None });
        self.row(open.span().start()..end, section, None);
        self.layout.sections[section].row = self.layout.sections[section].last_row;
    }

    fn row(&mut self, span: Span, section: usize, entry: Option<usize>) {
        let text = self.layout.text;
        let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
        self.layout.sections[section].last_row = Some(self.layout.rows.len());
        self.layout.rows.push(Row { lines: start..end, section, entry });
    }

    fn key(&self, event: Event, path: &mut Vec<Cow<'t, str>>, keys: &mut Vec<Span>) {
        let mut name = Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut name, &mut ());
        }
        path.push(name);
        keys.push(event.span().start()..event.span().end());
    }

    /// Reads an entry from its first key on, the entries of its inline table after it.
    fn entry(&mut self, first: Event, mut path: Vec<Cow<'t, str>>, home: Home) -> usize {
        let mut keys = Vec::new();
        self.key(first, &mut path, &mut keys);
        while let Some(event) = self.events.next_if(|event| event.kind() == EventKind::SimpleKey) {
            self.key(event, &mut path, &mut keys);
        }
        self.events.next_if(|event| event.kind() == EventKind::KeyValSep);
        let end = keys.last().map_or(0, |key| key.end);
        let index = self.layout.entries.len();
        self.layout.entries.push(Entry { path, keys, home, value: end..end, kind: Kind::Plain, comma: None });
        let (value, kind) = self.value(index);
        self.layout.entries[index].value = value;
        self.layout.entries[index].kind = kind;
        index
    }

    fn value(&mut self, owner: usize) -> (Span, Kind) {
        let Some(event) = self.events.next() else {
            return (self.layout.text.len()..self.layout.text.len(), Kind::Plain);
        };
        let start = event.span().start();
        match event.kind() {
            EventKind::ArrayOpen => (start..self.array(), Kind::Array),
            EventKind::InlineTableOpen => (start..self.inline_table(owner), Kind::InlineTable),
            _ => {
                let kind = if event.encoding().is_some() { Kind::Text } else { Kind::Plain };
                (start..event.span().end(), kind)
            }
        }
    }

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
        self.layout.text.len()
    }

    fn inline_table(&mut self, owner: usize) -> usize {
        let mut last = None;
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::InlineTableClose => return event.span().end(),
                EventKind::ValueSep => {
                    if let Some(entry) = last {
                        let entry: &mut Entry<'_> = &mut self.layout.entries[entry];
                        entry.comma = Some(event.span().start());
                    }
                }
                EventKind::SimpleKey => {
                    let path = self.layout.entries[owner].path.clone();
                    last = Some(self.entry(event, path, Home::Inline(owner)));
                }
                _ => {}
            }
        }
        self.layout.text.len()
    }
}
