//! Which of the defined webhooks a request is from.
//!
//! The body of a request holds the element that it was made from. So each webhook is rendered once more,
//! from that element, and the result compared with what came: it is from the webhook that leaves no
//! difference.

use std::sync::Arc;

use crate::core::catalog::detect_element;
use crate::core::json::Kind;
use crate::core::model::{TriggerElement, Webhook};
use crate::core::request::{
    CompiledWebhook, Destination, Element, Environment, ExplainedValue, Mismatch, Origin,
    PermissiveEnvironment, PreparedRequest, mismatches,
};
use crate::core::secrets::Redactor;
use crate::core::text::{Source, list};

use super::Received;
use super::coverage::{BodyCoverage, Coverage};
use super::difference::{Difference, MOST_DIFFERENCES, RequestPart, checked_body, distance};
use super::expectation::{ELEMENT_DATA, Expectation};

#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Matcher<'d> {
    pub(super) candidates: Vec<Candidate<'d>>,
    /// The webhooks that no request can be made of, by handle.
    pub unusable: Vec<String>,
}

/// A webhook, and its request with the built-in sample.
pub(super) struct Candidate<'d> {
    pub(super) webhook: &'d Webhook,
    compiled: CompiledWebhook,
    pub(super) outline: Expectation,
}

/// The webhook that would send a request, or the closest one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BestMatch {
    pub webhook: Option<String>,
    /// Otherwise the one that would send the most similar, if any is similar at all.
    pub nearest: Option<String>,
    /// In what it differs from that.
    pub differences: Vec<Difference>,
}

/// What a body shows before any webhook is compared. Answers are delivered without the id that `{{id}}` takes,
/// so that it may be anything.
pub(super) struct Body {
    pub(super) element: Option<Element>,
    pub(super) kinds: Vec<TriggerElement>,
}

/// The similarity of a request to a webhook, most important first: path, element, method.
pub(super) type Likeness = (bool, bool, bool);

impl<'d> Matcher<'d> {
    /// Prepares to recognise the requests of these webhooks. What the environment lacks may be anything.
    pub fn new(webhooks: &'d [Webhook], environment: &'d dyn Environment) -> Self {
        let mut unusable = Vec::new();
        let candidates = webhooks.iter().filter_map(|webhook| {
            let candidate = Candidate::new(webhook, environment);
            if candidate.is_none() {
                unusable.push(webhook.handle.value.clone());
            }
            candidate
        });
        let candidates = candidates.collect();
        Self { candidates, unusable }
    }

    /// Finds everything that the webhooks took from the environment.
    pub fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::default();
        for candidate in &self.candidates {
            redactor.extend(&candidate.outline.request().redactor);
        }
        redactor
    }

    /// The requests that the webhooks send with their samples, each with its webhook.
    pub fn outlines(&self) -> impl Iterator<Item = (&'d Webhook, &Expectation)> {
        self.candidates.iter().map(|candidate| (candidate.webhook, &candidate.outline))
    }

    pub fn best_match(&self, received: &Received) -> BestMatch {
        let body = Body::of(received);
        let likeness = |candidate: &Candidate<'_>| candidate.likeness(received, &body, Coverage::FULL);
        let ranks: Vec<_> = self.candidates.iter().map(likeness).collect();
        let Some(best) = ranks.iter().flatten().max() else { return BestMatch::default() };
        let likely = self.candidates.iter().zip(&ranks).filter(|(_, rank)| rank.as_ref() == Some(best));
        let mut nearest: Option<(&Candidate<'_>, Vec<Difference>)> = None;
        for (candidate, _) in likely {
            let differences = candidate.differences(received, &body, Coverage::FULL);
            if differences.is_empty() {
                return BestMatch { webhook: Some(candidate.handle()), ..BestMatch::default() };
            }
            if nearest.as_ref().is_none_or(|(_, least)| distance(&differences) < distance(least)) {
                nearest = Some((candidate, differences));
            }
        }
        nearest.map_or_else(BestMatch::default, |(candidate, differences)| BestMatch {
            webhook: None,
            nearest: Some(candidate.handle()),
            differences,
        })
    }
}

impl<'d> Candidate<'d> {
    fn new(webhook: &'d Webhook, environment: &dyn Environment) -> Option<Self> {
        let environment = PermissiveEnvironment::for_comparison(environment);
        let destination = Destination::Defined;
        let (compiled, _) = CompiledWebhook::compile(webhook, &environment, &destination, true).ok()?;
        let sample = Element::sample(webhook.trigger_element.value, webhook.trigger.value);
        let (request, _) = compiled.render(&sample).ok()?;
        let request = PreparedRequest { values: compiled.explain(&sample), ..request };
        Some(Self { webhook, compiled, outline: Expectation::new(webhook, request) })
    }

    fn handle(&self) -> String {
        self.webhook.handle.value.clone()
    }

    /// The similarity to this webhook; none if neither path nor element match.
    pub(super) fn likeness(&self, received: &Received, body: &Body, coverage: Coverage) -> Option<Likeness> {
        let fits_path = self.outline.has_path_of(received, coverage);
        let fits_kind = body.kinds.contains(&self.webhook.trigger_element.value);
        let fits_method = self.outline.has_method_of(received, coverage);
        (fits_path || fits_kind).then_some((fits_path, fits_kind, fits_method))
    }

    pub(super) fn differences(
        &self,
        received: &Received,
        body: &Body,
        coverage: Coverage,
    ) -> Vec<Difference> {
        let Some(element) = &body.element else {
            return without_element(&self.outline, received, coverage);
        };
        let values = self.compiled.explain(element);
        let expected = self.outline.with(&values);
        let mut differences = expected.outer_differences(received, true, coverage);
        differences.extend(element_differences(self.webhook, element, &body.kinds, coverage));
        if coverage.body == BodyCoverage::Complete {
            differences.extend(missing_variables(&values));
        }
        differences.extend(expected.body_differences(received, false, coverage));
        differences.truncate(MOST_DIFFERENCES);
        differences
    }
}

impl Body {
    pub(super) fn of(received: &Received) -> Self {
        let mut body = Self { element: None, kinds: Vec::new() };
        let Ok((text, document)) = checked_body(received) else { return body };
        let data = document.root(&text).get(ELEMENT_DATA).filter(|data| data.kind() == Kind::Object);
        if let Some(data) = data {
            body.kinds = detect_element(data);
            let source = Arc::new(Source::new("the request", &*text));
            body.element = Element::parse(source).ok().map(|(element, _)| element);
        }
        body
    }
}

/// Without the element that it was made from, no more can be said of a request than what it lacks.
fn without_element(outline: &Expectation, received: &Received, coverage: Coverage) -> Vec<Difference> {
    let mut differences = outline.outer_differences(received, false, coverage);
    match coverage.body {
        BodyCoverage::Complete => {}
        BodyCoverage::Cut | BodyCoverage::Missing => return differences,
    }
    match checked_body(received) {
        Ok((text, document)) if document.root(&text).kind() == Kind::Object => {
            let root = document.root(&text);
            differences.extend(outline.missing_fields(root));
            if let Some(data) = root.get(ELEMENT_DATA) {
                let part = RequestPart::Body(ELEMENT_DATA.to_owned());
                let came = data.kind().as_str();
                differences.push(Difference::new(part, Some("the element"), Some(came)));
            }
        }
        _ => differences.extend(outline.body_differences(received, true, coverage)),
    }
    differences.truncate(MOST_DIFFERENCES);
    differences
}

fn element_differences(
    webhook: &Webhook,
    element: &Element,
    kinds: &[TriggerElement],
    coverage: Coverage,
) -> Vec<Difference> {
    let kind = webhook.trigger_element.value;
    if !kinds.contains(&kind) {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let came = if names.is_empty() { "no known element".to_owned() } else { list(&names, "or") };
        let came = came.replace('`', "");
        return vec![Difference::new(RequestPart::Element, Some(kind.as_str()), Some(&came))];
    }
    let found = mismatches(webhook, webhook.trigger.value, kind, element);
    let filter = found.into_iter().find_map(|mismatch| match mismatch {
        Mismatch::Prokey { filter, actual } => Some((filter, actual)),
        _ => None,
    });
    let is_known = coverage.body == BodyCoverage::Complete;
    let filter = filter.filter(|(_, actual)| match actual {
        Some(actual) => !coverage.is_masked(Some(actual)),
        None => is_known,
    });
    let difference = |(filter, actual): (String, Option<String>)| {
        Difference::new(RequestPart::ProkeyFilter, Some(&filter), actual.as_deref())
    };
    filter.map(difference).into_iter().collect()
}

/// The variables that are inserted, but missing in the element. `{{id}}` is not counted: see
/// [`Pattern::of`](super::wildcard::Pattern::of).
fn missing_variables(values: &[ExplainedValue]) -> Vec<Difference> {
    let parts = values.iter().flat_map(|value| &value.parts);
    let mut names: Vec<&str> = parts
        .filter_map(|part| match &part.origin {
            Origin::Missing { name } if name != "id" => Some(name.as_str()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    let difference = |name: &str| {
        let path = format!("{ELEMENT_DATA}.{name}");
        Difference::new(RequestPart::Body(path), Some(&format!("a value for {{{{{name}}}}}")), None)
    };
    names.into_iter().map(difference).collect()
}
