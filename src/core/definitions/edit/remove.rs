//! Removes a field, a table or a webhook.

use crate::core::diagnostic::Diagnostic;
use crate::core::text::Span;

use super::FieldPath;
use super::document::{Edit, ListItem, TableForm, TomlDocument, is_blank, text_in};
use super::index::{Container, is_same};

impl TomlDocument<'_> {
    /// Removes a field, and its table if that becomes empty. An empty table stays if it contains a comment, or if nothing
    /// else defines the webhook.
    pub(super) fn clear(&self, handle: &str, field: &FieldPath) -> Result<Vec<Edit>, Diagnostic> {
        self.require(handle)?;
        let path = field.path(handle);
        if let Some(items) = field.group().and_then(|_| self.items(&path[..3])) {
            return self.clear_items(&path[..3], field, &items);
        }
        self.check_table(&path[..path.len() - 1])?;
        if self.value(&path).is_none() {
            return Ok(Vec::new());
        }
        let is_only_part = self.is_only_part(&path);
        let empties = path.len() == 4 && self.keys(&path[..3]) == 1;
        let group = self.form(&path[..3]);
        if is_only_part && (path.len() == 3 || (empties && matches!(group, TableForm::Dotted(_)))) {
            return Err(self.only_part(handle, field));
        }
        if empties && !is_only_part {
            match group {
                TableForm::Inline(owner) if !self.has_comment(owner) => return Ok(self.without_entry(owner)),
                TableForm::Section(section) if !self.is_commented(section) => {
                    return Ok(self.without(&path[..3]));
                }
                _ => {}
            }
        }
        match self.index.entries_of(handle).find(|entry| is_same(&self.index.entries[*entry].path, &path)) {
            Some(found) => Ok(self.without_entry(found)),
            None => Ok(self.without(&path)),
        }
    }

    /// Removes everything at or below a path of a webhook, with its comments.
    pub(super) fn without(&self, top: &[&str]) -> Vec<Edit> {
        let mut edits = self.without_lines(&self.lines_below(top));
        edits.extend(self.without_members(&self.members_below(top)));
        edits
    }

    /// Removes the items with a key from a header or body in list form, and the list with its last item.
    fn clear_items(
        &self,
        group: &[&str],
        field: &FieldPath,
        items: &[ListItem<'_, '_>],
    ) -> Result<Vec<Edit>, Diagnostic> {
        let (own, others): (Vec<&ListItem<'_, '_>>, Vec<_>) =
            items.iter().partition(|(_, item)| text_in(item, "key") == Some(field.name()));
        if others.is_empty() && !own.is_empty() {
            match self.list(group) {
                None if self.is_only_part(group) => return Err(self.only_part(group[1], field)),
                None => return Ok(self.without(group)),
                Some(list) if !self.is_only_part(group) && !self.has_comment(list) => {
                    return Ok(self.without_entry(list));
                }
                Some(_) => {}
            }
        }
        let (mut lines, mut members) = (Vec::new(), Vec::new());
        for (place, _) in own {
            match *place {
                Container::Entry(entry) => members.push(entry),
                Container::Section(section) => {
                    let section = &self.index.sections[section];
                    lines.extend(section.line.zip(section.last_line).into_iter().flat_map(|(a, b)| a..=b));
                }
            }
        }
        let mut edits = self.without_lines(&lines);
        edits.extend(self.without_members(&members));
        Ok(edits)
    }

    /// Whether the webhook is defined only by what is at this path.
    fn is_only_part(&self, path: &[&str]) -> bool {
        let is_last = self.keys(&path[..2]) == 1;
        is_last && matches!(self.form(&path[..2]), TableForm::Dotted(_) | TableForm::Implicit)
    }

    fn only_part(&self, handle: &str, field: &FieldPath) -> Diagnostic {
        let span = self.value(&field.path(handle)).map(toml::Spanned::span);
        self.refused(&format!("`{handle}` is defined only by `{field}`"), span)
    }

    fn without_lines(&self, lines: &[usize]) -> Vec<Edit> {
        let ranges = self.line_ranges(lines).into_iter();
        ranges.map(|lines| removal(self.with_empty_line(lines))).collect()
    }

    fn without_entry(&self, index: usize) -> Vec<Edit> {
        match self.index.entries[index].container {
            Container::Section(_) => vec![removal(self.index.lines[self.index.line_of(index)].span.clone())],
            Container::Entry(_) => self.without_members(&[index]),
        }
    }

    /// Removes members from an inline table or list, and their commas.
    fn without_members(&self, removed: &[usize]) -> Vec<Edit> {
        let entries = &self.index.entries;
        let Some(Container::Entry(owner)) = removed.first().map(|first| entries[*first].container) else {
            return Vec::new();
        };
        let mut spans: Vec<Span> = removed.iter().map(|index| self.member(*index)).collect();
        let last = self.index.members_of(owner).last();
        let last_kept = self.index.members_of(owner).filter(|member| !removed.contains(member)).last();
        // If the last member has no comma, neither has the new last member.
        let had_none = last.is_some_and(|last| entries[last].comma.is_none());
        if let Some(comma) = last_kept.filter(|_| had_none).and_then(|kept| entries[kept].comma) {
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
            && self.text[first.end..].starts_with([' ', '\t'])
        {
            first.start = self.text[..first.start].trim_end_matches([' ', '\t']).len();
        }
        spans.into_iter().map(removal).collect()
    }

    /// Lines to remove, with one of two empty lines around them.
    fn with_empty_line(&self, lines: Span) -> Span {
        let Span { start, end } = lines;
        let (mut above, mut blank_above) = (start, 0);
        while above > 0 && is_blank(&self.text[self.line_start(above - 1)..above]) {
            above = self.line_start(above - 1);
            blank_above += 1;
        }
        if end == self.text.len() {
            return if above == 0 { start } else { above }..end;
        }
        // The file must not start with an empty line.
        let spare = if above == 0 { usize::MAX } else { blank_above };
        let (mut below, mut taken) = (end, 0);
        while taken < spare && below < self.text.len() && is_blank(&self.text[below..self.line_end(below)]) {
            below = self.line_end(below);
            taken += 1;
        }
        start..below
    }

    fn has_comment(&self, entry: usize) -> bool {
        self.text[self.index.entries[entry].value.clone()].contains('#')
    }

    /// Whether there is a comment in a section or directly around it.
    fn is_commented(&self, section: usize) -> bool {
        let section = &self.index.sections[section];
        let lines = &self.index.lines;
        let (Some(first), Some(last)) = (section.line, section.last_line) else { return true };
        let header = &lines[first].span;
        let name_end = section.keys.last().map_or(header.start, |key| key.end);
        let mut gaps = vec![self.lead_start(first)..header.start, name_end..header.end];
        gaps.extend((first..last).map(|line| lines[line].span.end..lines[line + 1].span.start));
        gaps.push(lines[last].span.end..self.tail_end(last));
        gaps.into_iter().any(|gap| self.text[gap].contains('#'))
    }
}

fn removal(span: Span) -> Edit {
    Edit::new(String::new(), span)
}
