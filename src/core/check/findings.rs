//! Where rules put what they find.

use std::sync::Arc;

use crate::core::definitions::edit::Change;
use crate::core::diagnostic::Diagnostic;
use crate::core::request::judge::Judgement;
use crate::core::text::{Source, Span};

use super::subject::{Part, Subject};

/// Something that was found, and the change that mends it where that is certain.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What is wrong, and where.
    pub diagnostic: Diagnostic,
    /// The change that mends it and does nothing else.
    pub fix: Option<Change>,
}

/// Collects findings.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    source: &'a Arc<Source>,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    /// None yet.
    pub(super) fn new(source: &'a Arc<Source>) -> Self {
        Self { source, found: Vec::new() }
    }

    /// Notes a finding as it is.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) -> &mut Finding {
        self.found.push(Finding { diagnostic, fix: None });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Notes a judgement at a place.
    pub(super) fn at(&mut self, judgement: Judgement, span: Span) -> &mut Finding {
        self.push(judgement.into_diagnostic().at(self.source, span))
    }

    /// Notes a judgement at a place and a second place that explains it.
    pub(super) fn at_both(
        &mut self,
        judgement: Judgement,
        span: Span,
        other: Span,
        label: &'static str,
    ) -> &mut Finding {
        self.push(judgement.into_diagnostic().at(self.source, span).also(self.source, other, label))
    }

    /// Notes a judgement about a value as a whole; the line is not shown when the value may be a secret.
    pub(super) fn on(&mut self, judgement: Judgement, part: &Part<'_>) -> &mut Finding {
        let span = part.value.span.clone();
        self.shown_unless_secret(judgement, part, span)
    }

    /// Notes a judgement about a part of a value, in bytes of the value.
    pub(super) fn within(
        &mut self,
        judgement: Judgement,
        subject: &Subject<'_>,
        part: &Part<'_>,
        range: Span,
    ) -> &mut Finding {
        let span = subject.webhook.place_within(part.value, range);
        self.shown_unless_secret(judgement, part, span)
    }

    fn shown_unless_secret(&mut self, judgement: Judgement, part: &Part<'_>, span: Span) -> &mut Finding {
        let finding = judgement.into_diagnostic();
        let finding = if part.may_be_secret() {
            finding.at_hidden(self.source, span)
        } else {
            finding.at(self.source, span)
        };
        self.push(finding)
    }

    /// All of them.
    pub(super) fn into_found(self) -> Vec<Finding> {
        self.found
    }
}

impl Finding {
    /// Names the change that fixes it, if there is one.
    pub(super) fn fix(&mut self, change: impl Into<Option<Change>>) {
        self.fix = change.into();
    }

    /// Keeps its line from being shown, whatever that line says.
    pub(super) fn hide(&mut self) {
        if let Some(place) = &mut self.diagnostic.primary {
            place.is_hidden = true;
        }
    }

    /// Where it begins in the text; none when it is about no place.
    pub(super) fn start(&self) -> Option<usize> {
        self.diagnostic.primary.as_ref().map(|place| place.span.start)
    }
}
