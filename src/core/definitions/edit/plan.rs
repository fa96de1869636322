//! From a change to the spans to replace. Nothing is decided here by looking at characters: what
//! exists is asked of the parsed tree, where it stands of the layout.

use toml::de::{DeTable, DeValue};

use crate::core::text::{Span, Spanned};

use super::layout::{Kind, Layout, is_same};
use super::{Change, EditError, FieldPath, Scalar, WEBHOOKS, add, clear, insert, literal};

/// A text to put in the place of a span.
pub(super) type Edit = Spanned<String>;

/// What is known of the text before the change.
pub(super) struct Plan<'l, 't> {
    pub(super) layout: &'l Layout<'t>,
    pub(super) tree: &'l DeTable<'t>,
}

impl<'t> Plan<'_, 't> {
    /// The replacements that make a change; none when it changes nothing.
    pub(super) fn edits(&self, change: &Change) -> Result<Vec<Edit>, EditError> {
        self.check_table(&[WEBHOOKS])?;
        match change {
            Change::Add { handle, fields } => {
                self.require_free(handle)?;
                let mut seen = std::collections::HashSet::new();
                if let Some((repeated, _)) = fields.iter().find(|(field, _)| !seen.insert(field)) {
                    let construct = format!("`{repeated}` is repeated, which needs a list");
                    return Err(EditError::Refused { construct, span: None });
                }
                Ok(add::edits(self, handle, fields))
            }
            Change::Set { handle, field, value } => self.set(handle, field, value),
            Change::Clear { handle, field } => {
                self.require(handle)?;
                clear::field(self, handle, field)
            }
            Change::Rename { from, to } => self.rename(from, to),
            Change::Remove { handle } => {
                self.require(handle)?;
                Ok(clear::below(self, handle, &[WEBHOOKS, handle]))
            }
            Change::Replace { handle, block } => self.replace(handle, block),
        }
    }

    /// The value at a path, where there is one.
    pub(super) fn value(&self, path: &[&str]) -> Option<&toml::Spanned<DeValue<'t>>> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.tree.get(*first)?, |value, name| value.get_ref().get(*name))
    }

    /// The number of keys of the table at a path.
    pub(super) fn keys(&self, path: &[&str]) -> usize {
        self.value(path).and_then(|value| value.get_ref().as_table()).map_or(0, toml::map::Map::len)
    }

    /// Fails when a path leads through anything but tables.
    pub(super) fn check_table(&self, path: &[&str]) -> Result<(), EditError> {
        for length in 1..=path.len() {
            match self.value(&path[..length]) {
                None => break,
                Some(value) if value.get_ref().is_table() => {}
                Some(value) if length == 3 && value.get_ref().is_array() => {
                    let construct = format!("`{}` of `{}` is written as a list", path[2], path[1]);
                    return Err(EditError::List {
                        construct,
                        handle: path[1].to_owned(),
                        span: Some(value.span()),
                    });
                }
                Some(value) => {
                    let construct = format!("`{}` is {}", path[..length].join("."), kind_of(value.get_ref()));
                    return Err(EditError::Refused { construct, span: Some(value.span()) });
                }
            }
        }
        Ok(())
    }

    fn require(&self, handle: &str) -> Result<(), EditError> {
        if self.value(&[WEBHOOKS, handle]).is_some() {
            return Ok(());
        }
        let known = self.value(&[WEBHOOKS]).and_then(|value| value.get_ref().as_table());
        let known = known.into_iter().flatten().map(|(key, _)| key.get_ref().to_string()).collect();
        Err(EditError::UnknownWebhook { handle: handle.to_owned(), known })
    }

    fn require_free(&self, handle: &str) -> Result<(), EditError> {
        let known = self.value(&[WEBHOOKS]).and_then(|value| value.get_ref().as_table());
        match known.and_then(|known| known.get_key_value(handle)) {
            None => Ok(()),
            Some((key, _)) => {
                Err(EditError::HandleTaken { handle: handle.to_owned(), span: Some(key.span()) })
            }
        }
    }

    fn set(&self, handle: &str, field: &FieldPath, value: &Scalar) -> Result<Vec<Edit>, EditError> {
        self.require(handle)?;
        let path = field.path(handle);
        self.check_table(&path[..path.len() - 1])?;
        let Some(old) = self.value(&path) else {
            return insert::field(self, handle, &path, &literal::scalar(value));
        };
        if literal::is_value(old.get_ref(), value) {
            return Ok(Vec::new());
        }
        let entry = self.layout.webhook(handle).and_then(|places| {
            places.entries.iter().map(|entry| &self.layout.entries[*entry]).find(|e| is_same(&e.path, &path))
        });
        match entry {
            Some(entry) if matches!(entry.kind, Kind::Text | Kind::Plain) => {
                let newline = self.layout.newline_at(entry.value.start);
                let text = literal::like(&self.layout.text[entry.value.clone()], value, newline);
                Ok(vec![Edit::new(text, entry.value.clone())])
            }
            _ => {
                let construct = format!("`{field}` is {}, not a single value", kind_of(old.get_ref()));
                Err(EditError::Refused { construct, span: Some(old.span()) })
            }
        }
    }

    fn rename(&self, from: &str, to: &str) -> Result<Vec<Edit>, EditError> {
        self.require(from)?;
        if from == to {
            return Ok(Vec::new());
        }
        self.require_free(to)?;
        let Some(places) = self.layout.webhook(from) else { return Ok(Vec::new()) };
        let sections =
            places.sections.iter().filter_map(|section| self.layout.sections[*section].keys.get(1));
        let entries = places.entries.iter().filter_map(|entry| {
            let entry = &self.layout.entries[*entry];
            1_usize.checked_sub(entry.depth()).and_then(|own| entry.keys.get(own))
        });
        Ok(sections.chain(entries).map(|key| Edit::new(literal::key(to), key.clone())).collect())
    }

    fn replace(&self, handle: &str, block: &str) -> Result<Vec<Edit>, EditError> {
        self.require(handle)?;
        let spans = self.layout.block(handle).unwrap_or_default();
        let Some(first) = spans.first().cloned() else { return Ok(Vec::new()) };
        if spans.len() > 1 && !self.layout.members(handle).is_empty() {
            let construct = format!("`{handle}` is written in several parts of an inline table");
            return Err(EditError::Refused { construct, span: Some(first) });
        }
        let old: String = spans.iter().map(|span| &self.layout.text[span.clone()]).collect();
        let mut block = block.to_owned();
        if !old.ends_with('\n') {
            // The last line of a file without a line break at its end, or a part of a line.
            let length = block.trim_end_matches(['\r', '\n']).len();
            block.truncate(length);
        } else if !block.is_empty() && !block.ends_with('\n') {
            block.push_str(self.layout.newline_at(first.start));
        }
        if block == old {
            return Ok(Vec::new());
        }
        let others =
            spans[1..].iter().map(|span| Edit::new(String::new(), self.layout.removal(span.clone())));
        Ok(std::iter::once(Edit::new(block, first.clone())).chain(others).collect())
    }
}

/// A place to put text, without taking any away.
pub(super) fn at(offset: usize, text: String) -> Edit {
    Edit::new(text, offset..offset)
}

/// A span to take away.
pub(super) fn without(span: Span) -> Edit {
    Edit::new(String::new(), span)
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => "an array of tables",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
        _ => "a single value",
    }
}
