//! Collects what rules find.

use std::sync::Arc;

use crate::core::definitions::edit::Change;
use crate::core::diagnostic::Diagnostic;
use crate::core::model::span_in_literal;
use crate::core::text::{Source, Span};

use super::parsed::{ParsedValue, ParsedWebhook};

#[derive(Debug, Clone)]
pub struct Finding {
    pub diagnostic: Diagnostic,
    /// The change that fixes it and does nothing else.
    pub fix: Option<Change>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, fix: None }
    }
}

impl Finding {
    /// Never shows the source line, whatever it contains.
    pub(super) fn hide(&mut self) {
        if let Some(place) = &mut self.diagnostic.primary {
            place.is_hidden = true;
        }
    }

    /// Where it is, for sorting.
    pub(super) fn span(&self) -> Option<(usize, usize)> {
        self.diagnostic.primary.as_ref().map(|place| (place.span.start, place.span.end))
    }
}

pub(super) struct Findings<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(source: &'a Arc<Source>) -> Self {
        Self { source, found: Vec::new() }
    }

    fn push(&mut self, diagnostic: Diagnostic) -> &mut Finding {
        self.found.push_mut(diagnostic.into())
    }

    pub(super) fn at(&mut self, found: Diagnostic, span: Span) -> &mut Finding {
        self.push(found.at(self.source, span))
    }

    /// Adds a finding with a second position that explains it.
    pub(super) fn at_both(
        &mut self,
        found: Diagnostic,
        span: Span,
        other: Span,
        label: &'static str,
    ) -> &mut Finding {
        self.push(found.at(self.source, span).also(self.source, other, label))
    }

    /// Adds a finding about a whole value.
    pub(super) fn on(&mut self, found: Diagnostic, value: &ParsedValue<'_>) -> &mut Finding {
        self.at_value(found, value, value.span.clone())
    }

    /// Adds a finding about part of a value, in bytes of the value.
    pub(super) fn within(
        &mut self,
        found: Diagnostic,
        webhook: &ParsedWebhook<'_>,
        value: &ParsedValue<'_>,
        range: Span,
    ) -> &mut Finding {
        self.at_value(found, value, span_in_literal(webhook.definition.source.text(), value.span, range))
    }

    /// Does not show the source line if the value may be a secret.
    fn at_value(&mut self, found: Diagnostic, value: &ParsedValue<'_>, span: Span) -> &mut Finding {
        self.push(if value.may_be_secret() {
            found.at_hidden(self.source, span)
        } else {
            found.at(self.source, span)
        })
    }
}
