//! Finds the webhook that matches a request.
//!
//! A request contains the element that it was rendered from. Each webhook is rendered from that element, and the result
//! is compared with the request.

use crate::core::json::Kind;
use crate::core::model::Webhook;
use crate::core::request::{
    CompiledWebhook, Destination, Element, Environment, ExplainedValue, Mismatch, Origin,
    PermissiveEnvironment, PreparedRequest, mismatches,
};
use crate::core::secrets::Redactor;
use crate::core::text::list;

use super::ReceivedRequest;
use super::actual_request::{ActualRequest, ELEMENT_DATA};
use super::coverage::{BodyCoverage, Coverage};
use super::difference::{Difference, MAX_DIFFERENCES, RequestPart, distance};
use super::expected_request::ExpectedRequest;

#[expect(missing_debug_implementations, reason = "it contains secrets")]
pub struct Matcher<'d> {
    pub(super) candidates: Vec<Candidate<'d>>,
    /// The handles of the webhooks that cannot be rendered.
    pub unusable: Vec<String>,
}

/// A webhook, and its request with the built-in sample.
pub(super) struct Candidate<'d> {
    pub(super) webhook: &'d Webhook,
    compiled: CompiledWebhook,
    pub(super) sample: ExpectedRequest,
}

/// The webhook that would send a request, or the closest one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BestMatch {
    pub webhook: Option<String>,
    /// Without a match, the webhook with the most similar request, if any.
    pub closest: Option<String>,
    /// How the request differs from that of the closest webhook.
    pub differences: Vec<Difference>,
}

/// The similarity of a request to a webhook, most important first: path, element, method.
pub(super) type Similarity = (bool, bool, bool);

impl<'d> Matcher<'d> {
    /// Prepares the comparison with these webhooks. Variables without a value in the environment match any text.
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

    /// A redactor for all values that the webhooks take from the environment.
    pub fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::default();
        for candidate in &self.candidates {
            redactor.extend(&candidate.sample.request().redactor);
        }
        redactor
    }

    /// The requests of the webhooks with the built-in samples.
    pub fn sample_requests(&self) -> impl Iterator<Item = (&'d Webhook, &ExpectedRequest)> {
        self.candidates.iter().map(|candidate| (candidate.webhook, &candidate.sample))
    }

    pub fn best_match(&self, received: &ReceivedRequest) -> BestMatch {
        let actual = ActualRequest::new(received, Coverage::FULL);
        let ranks: Vec<_> = self.candidates.iter().map(|own| own.similarity(&actual)).collect();
        let Some(best) = ranks.iter().flatten().max() else { return BestMatch::default() };
        let likely = self.candidates.iter().zip(&ranks).filter(|(_, rank)| rank.as_ref() == Some(best));
        let mut closest: Option<(&Candidate<'_>, Vec<Difference>)> = None;
        for (candidate, _) in likely {
            let differences = candidate.differences(&actual);
            if differences.is_empty() {
                return BestMatch { webhook: Some(candidate.handle()), ..BestMatch::default() };
            }
            if closest.as_ref().is_none_or(|(_, least)| distance(&differences) < distance(least)) {
                closest = Some((candidate, differences));
            }
        }
        closest.map_or_else(BestMatch::default, |(candidate, differences)| BestMatch {
            webhook: None,
            closest: Some(candidate.handle()),
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
        Some(Self { webhook, compiled, sample: ExpectedRequest::new(webhook, request) })
    }

    fn handle(&self) -> String {
        self.webhook.handle.value.clone()
    }

    /// The similarity to this webhook; none if neither path nor element match.
    pub(super) fn similarity(&self, actual: &ActualRequest<'_>) -> Option<Similarity> {
        let fits_path = self.sample.has_path_of(actual);
        let fits_kind = actual.kinds.contains(&self.webhook.trigger_element.value);
        (fits_path || fits_kind).then(|| (fits_path, fits_kind, self.sample.has_method_of(actual)))
    }

    pub(super) fn differences(&self, actual: &ActualRequest<'_>) -> Vec<Difference> {
        let mut differences = match &actual.element {
            None => differences_without_element(&self.sample, actual),
            Some(element) => {
                let values = self.compiled.explain(element);
                let expected = self.sample.with(&values);
                let mut differences = expected.outer_differences(actual, true);
                differences.extend(element_difference(self.webhook, element, actual));
                if actual.coverage.body == BodyCoverage::Complete {
                    differences.extend(missing_variables(&values));
                }
                differences.extend(expected.body_differences(actual, false));
                differences
            }
        };
        differences.truncate(MAX_DIFFERENCES);
        differences
    }
}

/// Without the element, only missing parts are known.
fn differences_without_element(sample: &ExpectedRequest, actual: &ActualRequest<'_>) -> Vec<Difference> {
    let mut differences = sample.outer_differences(actual, false);
    if actual.coverage.body != BodyCoverage::Complete {
        return differences;
    }
    match actual.root() {
        Ok(root) if root.kind() == Kind::Object => {
            differences.extend(sample.missing_fields(root));
            if let Some(data) = root.get(ELEMENT_DATA) {
                let part = RequestPart::Body(ELEMENT_DATA.to_owned());
                differences.push(Difference::new(part, Some("the element"), Some(data.kind().as_str())));
            }
        }
        _ => differences.extend(sample.body_differences(actual, true)),
    }
    differences
}

/// Why the webhook does not fire for an element: its kind, or its event.
fn element_difference(
    webhook: &Webhook,
    element: &Element,
    actual: &ActualRequest<'_>,
) -> Option<Difference> {
    let (kind, coverage) = (webhook.trigger_element.value, actual.coverage);
    if !actual.kinds.contains(&kind) {
        let names: Vec<&str> = actual.kinds.iter().map(|kind| kind.as_str()).collect();
        let found = if names.is_empty() { "no known element".to_owned() } else { list(&names, "or") };
        return Some(Difference::new(
            RequestPart::Element,
            Some(kind.as_str()),
            Some(&found.replace('`', "")),
        ));
    }
    let found = mismatches(webhook, webhook.trigger.value, kind, element);
    let (filter, prokey) = found.into_iter().find_map(|mismatch| match mismatch {
        Mismatch::Prokey { filter, actual } => Some((filter, actual)),
        _ => None,
    })?;
    let is_known = match &prokey {
        Some(prokey) => !coverage.is_masked(Some(prokey)),
        None => coverage.body == BodyCoverage::Complete,
    };
    is_known.then(|| Difference::new(RequestPart::ProkeyFilter, Some(&filter), prokey.as_deref()))
}

/// The variables that are missing in the element. `{{id}}` does not count: see [`Pattern::of`](super::wildcard::Pattern::of).
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
