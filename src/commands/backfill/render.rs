//! Renders the request of each element, or reports why it is invalid.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::commands::args::DataArgs;
use crate::core::backfill::failure_name;
use crate::core::catalog::LearnedFields;
use crate::core::delivery::FailureKind;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::json;
use crate::core::model::Webhook;
use crate::core::request::{
    CompiledWebhook, Destination, Element, Mismatch, OTHER_ELEMENT, PreparedRequest, mismatches,
};

use super::input::{NoText, Text};

pub(super) struct Renderer {
    pub(super) webhook: Webhook,
    pub(super) compiled: CompiledWebhook,
    pub(super) destination: Destination,
    pub(super) data: DataArgs,
    pub(super) force: bool,
    pub(super) learned: Arc<LearnedFields>,
    /// How often each warning applied.
    pub(super) warnings: BTreeMap<&'static str, u64>,
}

/// Why an element cannot be sent.
pub(super) struct Invalid {
    pub(super) id: Option<String>,
    pub(super) failure: &'static str,
    pub(super) findings: Vec<Diagnostic>,
}

impl Invalid {
    fn new(id: Option<String>, findings: Vec<Diagnostic>) -> Self {
        let first = findings.iter().find(|finding| finding.level == Level::Error);
        let failure = failure_name(first.map_or("", |finding| finding.code));
        Self { id, failure, findings }
    }
}

impl From<Diagnostic> for Invalid {
    fn from(finding: Diagnostic) -> Self {
        Self::new(None, vec![finding])
    }
}

impl From<&NoText> for Invalid {
    fn from(reason: &NoText) -> Self {
        match reason {
            NoText::Invalid(finding) => finding.clone().into(),
            NoText::Gone => Self { id: None, failure: FailureKind::AnswerGone.name(), findings: Vec::new() },
        }
    }
}

impl Renderer {
    /// Renders the request of an element, and returns the element's id: its own, or that of the `answer` in the account, which the
    /// element does not contain. Each warning is added to `warnings` the first time it applies.
    pub(super) fn request(
        &mut self,
        element: u64,
        text: &Text,
        answer: Option<&str>,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<(PreparedRequest, Option<String>), Invalid> {
        let rendered = self.render(element, text, answer, warnings);
        rendered.map_err(|invalid| Invalid { id: answer.map(str::to_owned).or(invalid.id), ..invalid })
    }

    fn render(
        &mut self,
        element: u64,
        text: &Text,
        answer: Option<&str>,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<(PreparedRequest, Option<String>), Invalid> {
        let kind = self.webhook.trigger_element.value;
        let source = Arc::clone(text.as_ref().map_err(Invalid::from)?);
        let (mut own, notices) = match answer {
            Some(id) => (Element::exact(source)?.with_own_id(&json::quote(id)), Vec::new()),
            None => Element::parse(source)?,
        };
        own = own.with_learned(Arc::clone(&self.learned));
        self.data.change(&mut own, kind)?;
        let id = answer.map(str::to_owned).or_else(|| id(&own));
        if let Some(other) = self.looks_like_another(element, &own) {
            self.warn(other, warnings);
        }
        if let Some(fault) = self.excluded(&own) {
            return Err(Invalid { id, failure: fault.name(), findings: Vec::new() });
        }
        match self.compiled.render(&own) {
            Ok((request, more)) => {
                notices.into_iter().chain(more).for_each(|warning| self.warn(warning, warnings));
                Ok((request, id))
            }
            Err(findings) => Err(Invalid::new(id, findings)),
        }
    }

    /// A file with another kind of element is recognised by its beginning; checking every element would waste time.
    fn looks_like_another(&self, element: u64, own: &Element) -> Option<Diagnostic> {
        const FIRST: u64 = 100;
        let is_checked = element <= FIRST || self.warnings.contains_key(OTHER_ELEMENT);
        is_checked.then(|| own.looks_like_another(self.webhook.trigger_element.value)).flatten()
    }

    fn warn(&mut self, warning: Diagnostic, warnings: &mut Vec<Diagnostic>) {
        let count = self.warnings.entry(warning.code).or_default();
        *count += 1;
        if *count == 1 {
            warnings.push(warning);
        }
    }

    /// Why the platform would not send this element.
    fn excluded(&self, element: &Element) -> Option<FailureKind> {
        if self.force || self.webhook.prokey_filter.is_none() {
            return None;
        }
        let (trigger, kind) = (self.webhook.trigger.value, self.webhook.trigger_element.value);
        mismatches(&self.webhook, trigger, kind, element).iter().find_map(|reason| match reason {
            Mismatch::Prokey { actual: None, .. } => Some(FailureKind::NoProkey),
            Mismatch::Prokey { .. } => Some(FailureKind::ProkeyFilter),
            _ => None,
        })
    }
}

/// What identifies an element for people: its `id`, else its prokey.
fn id(element: &Element) -> Option<String> {
    let root = element.root();
    let value = root.get("id").or_else(|| root.get("prokey"))?;
    Some(value.as_text().map_or_else(|| value.raw().to_owned(), Cow::into_owned))
}
