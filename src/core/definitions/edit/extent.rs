//! Which lines belong to a webhook: its rows, the comment directly above the first, and comments
//! directly below the last. A comment set off by a blank line belongs to nobody, and one that starts
//! on the first line of the file belongs to the file.

use crate::core::text::Span;

use super::WEBHOOKS;
use super::layout::{Home, Layout, is_below};

impl Layout<'_> {
    /// The line break used around an offset.
    pub(super) fn newline_at(&self, offset: usize) -> &'static str {
        let (above, below) = self.text.as_bytes().split_at(offset);
        let here = below.iter().position(|byte| *byte == b'\n').map(|at| offset + at);
        match here.or_else(|| above.iter().rposition(|byte| *byte == b'\n')) {
            Some(feed) if self.text.as_bytes()[..feed].ends_with(b"\r") => "\r\n",
            _ => "\n",
        }
    }

    /// What stands between the start of a line and an offset in it, where that is white space.
    pub(super) fn indent_at(&self, offset: usize) -> &str {
        let line = &self.text[self.line_start(offset)..offset];
        if is_blank(line) { line } else { "" }
    }

    /// The white space at the start of a row.
    pub(super) fn indent_of(&self, row: usize) -> &str {
        let line = &self.text[self.rows[row].lines.clone()];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// Where the line of an offset starts.
    pub(super) fn line_start(&self, offset: usize) -> usize {
        self.text.as_bytes()[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
    }

    /// Where the line of an offset ends, its line break included.
    pub(super) fn line_end(&self, offset: usize) -> usize {
        let feed = self.text.as_bytes()[offset..].iter().position(|byte| *byte == b'\n');
        feed.map_or(self.text.len(), |at| offset + at + 1)
    }

    /// Where the comment directly above a row starts, or the row.
    pub(super) fn lead_start(&self, row: usize) -> usize {
        let floor = if row == 0 { 0 } else { self.rows[row - 1].lines.end };
        let own = self.rows[row].lines.start;
        let mut start = own;
        while start > floor && is_comment(&self.text[self.line_start(start - 1)..start]) {
            start = self.line_start(start - 1);
        }
        if start == 0 { own } else { start }
    }

    /// Where the comment directly below a row ends, or the row; one that is directly above the next
    /// row belongs to that.
    pub(super) fn tail_end(&self, row: usize) -> usize {
        let own = self.rows[row].lines.end;
        let ceiling = self.rows.get(row + 1).map(|next| next.lines.start);
        let mut end = own;
        while end < ceiling.unwrap_or(self.text.len()) && is_comment(&self.text[end..self.line_end(end)]) {
            end = self.line_end(end);
        }
        if ceiling == Some(end) { own } else { end }
    }

    /// The lines of some rows with their comments, one span for each run of neighbours.
    pub(super) fn extents(&self, rows: &[usize]) -> Vec<Span> {
        rows.chunk_by(|a, b| a + 1 == *b)
            .filter_map(|run| Some(self.lead_start(*run.first()?)..self.tail_end(*run.last()?)))
            .collect()
    }

    /// The span to delete so that whole lines go, with one of two blank lines around them.
    pub(super) fn removal(&self, lines: Span) -> Span {
        let Span { start, end } = lines;
        let (mut above, mut blank_above) = (start, 0);
        while above > 0 && is_blank(&self.text[self.line_start(above - 1)..above]) {
            above = self.line_start(above - 1);
            blank_above += 1;
        }
        if end == self.text.len() {
            return if above == 0 { start } else { above }..end;
        }
        // At the top of the file no blank line is wanted at all.
        let spare = if above == 0 { usize::MAX } else { blank_above };
        let (mut below, mut taken) = (end, 0);
        while taken < spare && below < self.text.len() && is_blank(&self.text[below..self.line_end(below)]) {
            below = self.line_end(below);
            taken += 1;
        }
        start..below
    }

    /// The entries of a `webhooks = { … }` that belong to a webhook.
    pub(super) fn members(&self, handle: &str) -> Vec<usize> {
        self.nested_below(handle, &[WEBHOOKS, handle])
    }

    /// The topmost entries at or below a path that stand in an inline table.
    pub(super) fn nested_below(&self, handle: &str, top: &[&str]) -> Vec<usize> {
        let entries = self.webhook(handle).map_or(&[][..], |places| &places.entries);
        let is_top = |entry: &usize| {
            let entry = &self.entries[*entry];
            let outside = |owner: usize| self.entries[owner].path.len() < top.len();
            matches!(entry.home, Home::Inline(owner) if outside(owner)) && is_below(&entry.path, top)
        };
        entries.iter().copied().filter(is_top).collect()
    }

    /// The rows at or below a path.
    pub(super) fn rows_below(&self, handle: &str, top: &[&str]) -> Vec<usize> {
        let rows = self.webhook(handle).map_or(&[][..], |places| &places.rows);
        rows.iter().copied().filter(|row| is_below(self.row_path(*row), top)).collect()
    }

    /// The text that belongs to a webhook.
    pub(super) fn block(&self, handle: &str) -> Option<Vec<Span>> {
        let places = self.webhook(handle)?;
        let mut spans = self.extents(&places.rows);
        spans.extend(self.members(handle).into_iter().map(|entry| self.entries[entry].span()));
        Some(spans)
    }
}

pub(super) fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).starts_with('#')
}
