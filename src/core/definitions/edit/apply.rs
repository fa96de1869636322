//! Applies changes to a text and proves each step.

use std::collections::HashSet;
use std::sync::Arc;

use toml::de::DeTable;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, Span};

use super::document::{Edit, TomlDocument};
use super::index::WEBHOOKS;
use super::insert::NewWebhook;
use super::{Change, change, verify};

/// Applies changes to a definitions file, in order, and returns the whole text.
///
/// All other bytes stay, including a byte-order mark, line breaks of either kind and a missing final line break. A change
/// without effect returns the identical text.
pub fn apply(source: &Arc<Source>, changes: &[Change]) -> Result<String, Diagnostic> {
    let mut current = Arc::clone(source);
    let mut made = 0;
    loop {
        let (next, count) = TomlDocument::read(&current)?.step(&changes[made..])?;
        let mark = &current.whole()[..current.whole().len() - current.text().len()];
        let next = next.map(|text| [mark, &text].concat());
        made += count;
        if made == changes.len() {
            return Ok(next.unwrap_or_else(|| current.whole().to_owned()));
        }
        if let Some(next) = next {
            current = Arc::new(Source::new(source.name(), next));
        }
    }
}

/// The spans of a webhook, including the comment directly above it. None if the webhook does not exist, or the text is not
/// valid TOML.
pub fn block(source: &Arc<Source>, handle: &str) -> Option<Vec<Span>> {
    TomlDocument::read(source).ok()?.block(handle)
}

impl TomlDocument<'_> {
    /// Applies as many changes as possible at once: those to different webhooks whose edits do not overlap. `enable --all`
    /// on ten thousand webhooks is one step, and so are consecutive additions. Returns the new text, if it differs, and the number of changes.
    fn step(&self, changes: &[Change]) -> Result<(Option<String>, usize), Diagnostic> {
        self.check_table(&[WEBHOOKS])?;
        let mut edits: Vec<Edit> = Vec::new();
        let mut made: Vec<&Change> = Vec::new();
        let mut handles = HashSet::new();
        let new = changes.iter().map_while(|change| match change {
            Change::Add { handle, fields } if handles.insert(handle.as_str()) => {
                Some((handle.as_str(), fields.as_slice()))
            }
            _ => None,
        });
        let new: Vec<NewWebhook<'_>> = new.collect();
        let others = if new.is_empty() {
            changes
        } else {
            edits = self.add(&new)?;
            made.extend(&changes[..new.len()]);
            &[]
        };
        for change in others {
            let is_alone = matches!(change, Change::Add { .. } | Change::Rename { .. });
            if !made.is_empty() && (is_alone || handles.contains(change.handle())) {
                break;
            }
            let more = self.edits(change)?;
            if more.iter().any(|new| edits.iter().any(|old| overlap(&old.span, &new.span))) {
                break;
            }
            edits.extend(more);
            made.push(change);
            handles.insert(change.handle());
            if is_alone {
                break;
            }
        }
        if edits.is_empty() {
            return Ok((None, made.len()));
        }
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let next = splice(self.text, &edits);
        self.prove(&next, &made, &edits)?;
        Ok((Some(next), made.len()))
    }

    /// The edits of a change; none if it has no effect.
    fn edits(&self, change: &Change) -> Result<Vec<Edit>, Diagnostic> {
        match change {
            Change::Add { handle, fields } => self.add(&[(handle, fields)]),
            Change::Set { handle, field, value } => self.set(handle, field, value),
            Change::Clear { handle, field } => self.clear(handle, field),
            Change::Rename { from, to } => self.rename(from, to),
            Change::Remove { handle } => {
                self.require(handle)?;
                Ok(self.without(&[WEBHOOKS, handle]))
            }
        }
    }

    fn rename(&self, from: &str, to: &str) -> Result<Vec<Edit>, Diagnostic> {
        self.require(from)?;
        if from == to {
            return Ok(Vec::new());
        }
        self.require_free(to)?;
        let Some(parts) = self.index.webhook(from) else { return Ok(Vec::new()) };
        let sections = parts.sections.iter().filter_map(|section| self.index.sections[*section].keys.get(1));
        let entries = parts.entries.iter().filter_map(|entry| {
            let entry = &self.index.entries[*entry];
            1_usize.checked_sub(entry.depth()).and_then(|own| entry.keys.get(own))
        });
        Ok(sections.chain(entries).map(|key| Edit::new(change::key(to), key.clone())).collect())
    }

    fn prove(&self, next: &str, made: &[&Change], edits: &[Edit]) -> Result<(), Diagnostic> {
        let is_proved = DeTable::parse(next).is_ok_and(|new| {
            verify::is_faithful(&self.tree, new.get_ref(), made)
                && verify::keeps_other_bytes(self, next, edits, made)
        });
        if is_proved {
            return Ok(());
        }
        let change = made.first().map(ToString::to_string).unwrap_or_default();
        let message = format!("could not {change} without changing something else");
        Err(Diagnostic::error("edit-unfaithful", message)
            .help("edit the file by hand, then run `hooks check`; the file is unchanged"))
    }
}

/// Whether two edits overlap or touch.
fn overlap(a: &Span, b: &Span) -> bool {
    if a.is_empty() || b.is_empty() {
        a.start <= b.end && b.start <= a.end
    } else {
        a.start < b.end && b.start < a.end
    }
}

fn splice(text: &str, edits: &[Edit]) -> String {
    let added: usize = edits.iter().map(|edit| edit.value.len()).sum();
    let mut result = String::with_capacity(text.len() + added);
    let mut done = 0;
    for edit in edits {
        result.push_str(&text[done..edit.span.start]);
        result.push_str(&edit.value);
        done = edit.span.end;
    }
    result.push_str(&text[done..]);
    result
}
