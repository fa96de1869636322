//! The webhooks that may have sent a saved request, best first.

use std::cmp::Reverse;

use crate::core::catalog::detect_bare_element;
use crate::core::json::{self, Kind};
use crate::core::model::{Trigger, TriggerElement, Webhook};
use crate::core::request::{Element, authority};

use super::ReceivedRequest;
use super::actual_request::ActualRequest;
use super::coverage::{BodyCoverage, Coverage};
use super::difference::{Difference, RequestPart, distance};
use super::matcher::{Candidate, Matcher};

/// What a request reveals, and the webhooks with similar requests, best first.
#[derive(Debug, Clone)]
pub struct Ranking<'d> {
    pub candidates: Vec<Ranked<'d>>,
    pub kinds: Vec<TriggerElement>,
    /// What its element indicates about the trigger.
    pub trigger: TriggerEvidence,
    /// The kind of the element, if the body is an element instead of a request with `element_data`.
    pub bare_element: Option<TriggerElement>,
}

#[derive(Debug, Clone)]
pub struct Ranked<'d> {
    pub webhook: &'d Webhook,
    /// The parts that were compared and are the same.
    pub same: Vec<RequestPart>,
    pub differences: Vec<Difference>,
    pub host: HostMatch,
    /// Whether the element excludes the trigger of the webhook.
    pub is_other_trigger: bool,
    /// The environment variables for which any value was accepted.
    pub unset: Vec<String>,
}

/// Whether the request went to the host of the payload URL. Another host is reported, but is not a difference: requests are
/// redirected to test receivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostMatch {
    Same,
    Other {
        expected: String,
        actual: String,
    },
    /// One of them is unknown.
    Unknown,
}

/// What `date_updated` of an element indicates about the trigger (`platform.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerEvidence {
    /// It is null: the element was created.
    Create,
    /// It is set, which this kind of element only has after a change.
    UpdateOrDelete,
    /// Nothing.
    None,
}

impl TriggerEvidence {
    fn of(element: Option<&Element>, kinds: &[TriggerElement]) -> Self {
        let value = element.and_then(|element| element.root().get("date_updated"));
        match (value.map(json::Value::kind), kinds) {
            (Some(Kind::Null), [_]) => Self::Create,
            (Some(Kind::String), [TriggerElement::Event | TriggerElement::EventGroup]) => {
                Self::UpdateOrDelete
            }
            _ => Self::None,
        }
    }

    fn excludes(self, trigger: Trigger) -> bool {
        match self {
            Self::Create => trigger != Trigger::Create,
            Self::UpdateOrDelete => trigger == Trigger::Create,
            Self::None => false,
        }
    }
}

impl Ranked<'_> {
    /// Whether the webhook would send this request, as far as known.
    pub fn is_match(&self) -> bool {
        self.differences.is_empty()
    }
}

impl<'d> Matcher<'d> {
    /// Compares a request with each similar webhook.
    pub fn rank(&self, received: &ReceivedRequest, coverage: Coverage) -> Ranking<'d> {
        let actual = ActualRequest::new(received, coverage);
        let bare_element = match (&actual.element, actual.root()) {
            (None, Ok(root)) => detect_bare_element(root),
            _ => None,
        };
        let trigger = TriggerEvidence::of(actual.element.as_ref(), &actual.kinds);
        let compared = self.candidates.iter().filter_map(|candidate| {
            Some((candidate.similarity(&actual)?, candidate.ranked(&actual, trigger)))
        });
        let mut compared: Vec<_> = compared.collect();
        compared.sort_by_key(|(similarity, own)| {
            let is_elsewhere = matches!(own.host, HostMatch::Other { .. });
            let doubts = (own.is_other_trigger, !own.webhook.active.value);
            (!own.is_match(), Reverse(*similarity), distance(&own.differences), is_elsewhere, doubts)
        });
        let candidates = compared.into_iter().map(|(_, own)| own).collect();
        Ranking { candidates, kinds: actual.kinds, trigger, bare_element }
    }
}

impl<'d> Candidate<'d> {
    fn ranked(&self, actual: &ActualRequest<'_>, trigger: TriggerEvidence) -> Ranked<'d> {
        let differences = self.differences(actual);
        let mut parts = self.sample.outer_parts(actual);
        if let (Some(_), Ok(root)) = (&actual.element, actual.root()) {
            parts.push(RequestPart::Element);
            parts.extend(self.webhook.prokey_filter.is_some().then_some(RequestPart::ProkeyFilter));
            // A truncated body may lack a field.
            let is_complete = actual.coverage.body == BodyCoverage::Complete;
            let keys = self.webhook.body.iter().map(|field| &field.key.value);
            let keys = keys.filter(|key| is_complete || root.get(key).is_some());
            parts.extend(keys.map(|key| RequestPart::Body(key.clone())));
        }
        let differs = |part: &RequestPart| differences.iter().any(|difference| is_of(&difference.part, part));
        let same = parts.into_iter().filter(|part| !differs(part)).collect();
        Ranked {
            webhook: self.webhook,
            same,
            differences,
            host: self.host(actual),
            is_other_trigger: trigger.excludes(self.webhook.trigger.value),
            unset: self.sample.unset_in(actual.coverage),
        }
    }

    fn host(&self, actual: &ActualRequest<'_>) -> HostMatch {
        let expected = authority(&self.sample.request().url);
        let found = actual.received.host().map(|host| host.to_ascii_lowercase());
        let Some(found) = found.filter(|_| !self.sample.has_unknown_host()) else {
            return HostMatch::Unknown;
        };
        let without_port = |host: &str| {
            let usual = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80"));
            usual.unwrap_or(host).to_owned()
        };
        if actual.coverage.agrees(&[&without_port(&expected)], &without_port(&found)) {
            HostMatch::Same
        } else {
            HostMatch::Other { expected, actual: found }
        }
    }
}

/// Whether a difference is in this part, or in all of the body.
fn is_of(difference: &RequestPart, part: &RequestPart) -> bool {
    match (difference, part) {
        (RequestPart::Body(path), RequestPart::Body(key)) => {
            path.is_empty()
                || path
                    .strip_prefix(key.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        _ => difference == part,
    }
}
