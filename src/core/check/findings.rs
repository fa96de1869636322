//! Where rules put what they find.

use std::sync::Arc;

use crate::core::definitions::edit::Change;
use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, Span};

use super::subject::{Part, Subject};

/// What was found, and the change that fixes it and does nothing else, if there is one.
#[derive(Debug, Clone)]
pub struct Finding {
    pub diagnostic: Diagnostic,
    pub fix: Option<Change>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, fix: None }
    }
}

impl Finding {
    /// Keeps its line from being shown, whatever that line says.
    pub(super) fn hide(&mut self) {
        if let Some(place) = &mut self.diagnostic.primary {
            place.is_hidden = true;
        }
    }

    /// The span that it is about, for sorting.
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
        let index = self.found.len();
        self.found.push(diagnostic.into());
        &mut self.found[index]
    }

    pub(super) fn at(&mut self, found: impl Into<Diagnostic>, span: Span) -> &mut Finding {
        self.push(found.into().at(self.source, span))
    }

    /// Adds a second place that explains it.
    pub(super) fn at_both(
        &mut self,
        found: impl Into<Diagnostic>,
        span: Span,
        other: Span,
        label: &'static str,
    ) -> &mut Finding {
        self.push(found.into().at(self.source, span).also(self.source, other, label))
    }

    /// About a value as a whole; its line is not shown if the value may be a secret.
    pub(super) fn on(&mut self, found: impl Into<Diagnostic>, part: &Part<'_>) -> &mut Finding {
        self.shown_unless_secret(found.into(), part, part.value.span.clone())
    }

    /// About a part of a value, in bytes of the value.
    pub(super) fn within(
        &mut self,
        found: impl Into<Diagnostic>,
        subject: &Subject<'_>,
        part: &Part<'_>,
        range: Span,
    ) -> &mut Finding {
        self.shown_unless_secret(found.into(), part, subject.webhook.place_within(part.value, range))
    }

    fn shown_unless_secret(&mut self, found: Diagnostic, part: &Part<'_>, span: Span) -> &mut Finding {
        self.push(if part.may_be_secret() {
            found.at_hidden(self.source, span)
        } else {
            found.at(self.source, span)
        })
    }
}
