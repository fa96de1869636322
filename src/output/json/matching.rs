//! The webhooks that match a request: `match`.

use serde::Serialize;

use super::listen::{DifferenceShape, difference_shape};
use super::{VERSION, line};
use crate::core::capture::Captured;
use crate::core::model::TriggerElement;
use crate::core::received::{BodyCoverage, HostMatch, Ranked, Ranking, TriggerEvidence};

/// The maximum number of webhooks of one request.
const MAX_CANDIDATES: usize = 20;

/// A request and the webhooks with similar requests.
#[derive(Debug, Clone, Copy)]
pub struct Recognized<'a> {
    /// Its number in the input, from 1.
    pub number: usize,
    pub captured: &'a Captured,
    pub ranking: &'a Ranking<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Matched<'a> {
    /// the version of this format
    version: u32,
    /// its number in the input, from 1
    request: usize,
    /// the line of the input at which it begins, from 1
    line: usize,
    /// `json`, `http`, `curl`, `har`, `webhook-site` or `history`
    format: &'static str,
    /// the method; null if unknown
    method: Option<&'a str>,
    /// the URL, or path and query; null if unknown; values with credential names are masked unless `--reveal` is given
    url: Option<String>,
    /// `complete`, `truncated` or `missing`
    body: &'static str,
    /// the size of the known part of the body
    body_bytes: usize,
    /// why the body is missing or truncated, for people
    body_problem: Option<&'a str>,
    /// the number of masked values, which match any value
    masked: usize,
    /// the trigger elements that the data resembles
    elements: Vec<&'static str>,
    /// the trigger element, if the whole body is an element without `element_data` around it
    bare_element: Option<&'static str>,
    /// the trigger that `date_updated` indicates: `create` or `update-or-delete`; null if none
    trigger: Option<&'static str>,
    /// what is unknown: `method`, `url`, `headers`, `body`, `trigger`
    unknown: Vec<&'static str>,
    /// the handles of the webhooks that match, as far as known
    matches: Vec<&'a str>,
    /// the compared webhooks, best first; at most 20
    candidates: Vec<CandidateShape<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CandidateShape<'a> {
    /// the handle
    webhook: &'a str,
    /// whether it matches
    matches: bool,
    /// whether the webhook is active
    active: bool,
    /// its trigger
    trigger: &'static str,
    /// its trigger element
    trigger_element: &'static str,
    /// false if `date_updated` indicates another trigger
    trigger_fits: bool,
    /// the parts without a difference
    same: Vec<PartShape<'a>>,
    /// the differences; at most 50
    differences: Vec<DifferenceShape<'a>>,
    /// the hosts, if they differ; this does not count as a difference
    host: Option<HostShape<'a>>,
    /// the environment variables without a value, which match any value
    unset: &'a [String],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PartShape<'a> {
    /// as `part` of a difference
    part: &'static str,
    /// as `name` of a difference
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct HostShape<'a> {
    /// the host of the payload URL
    expected: &'a str,
    /// the host of the request
    actual: &'a str,
}

/// A request for scripts, on one line.
pub fn recognized_json(recognized: &Recognized<'_>, reveal: bool) -> String {
    let Recognized { number, captured, ranking } = *recognized;
    let coverage = captured.coverage;
    let request = &captured.request;
    let matches = ranking.candidates.iter().filter(|own| own.is_match());
    line(&Matched {
        version: VERSION,
        request: number,
        line: captured.line,
        format: captured.format.as_str(),
        method: coverage.method.then(|| request.head.method()),
        url: coverage.target.then(|| request.shown_target(reveal)),
        body: match coverage.body {
            BodyCoverage::Complete => "complete",
            BodyCoverage::Cut => "truncated",
            BodyCoverage::Missing => "missing",
        },
        body_bytes: captured.body_bytes,
        body_problem: captured.body_problem.as_deref(),
        masked: captured.masked,
        elements: ranking.kinds.iter().map(|kind| kind.as_str()).collect(),
        bare_element: ranking.bare_element.map(TriggerElement::as_str),
        trigger: match ranking.trigger {
            TriggerEvidence::Create => Some("create"),
            TriggerEvidence::UpdateOrDelete => Some("update-or-delete"),
            TriggerEvidence::None => None,
        },
        unknown: unknown_names(captured, ranking),
        matches: matches.map(|own| own.webhook.handle.value.as_str()).collect(),
        candidates: ranking.candidates.iter().take(MAX_CANDIDATES).map(|own| shape(own, reveal)).collect(),
    })
}

fn unknown_names(captured: &Captured, ranking: &Ranking<'_>) -> Vec<&'static str> {
    let coverage = captured.coverage;
    let parts = [
        ("method", coverage.method),
        ("url", coverage.target),
        ("headers", coverage.headers),
        ("body", coverage.body == BodyCoverage::Complete),
        ("trigger", ranking.trigger == TriggerEvidence::Create),
    ];
    parts.into_iter().filter_map(|(name, is_known)| (!is_known).then_some(name)).collect()
}

fn shape<'a>(own: &'a Ranked<'a>, reveal: bool) -> CandidateShape<'a> {
    CandidateShape {
        webhook: &own.webhook.handle.value,
        matches: own.is_match(),
        active: own.webhook.active.value,
        trigger: own.webhook.trigger.value.as_str(),
        trigger_element: own.webhook.trigger_element.value.as_str(),
        trigger_fits: !own.is_other_trigger,
        same: own.same.iter().map(|part| PartShape { part: part.as_str(), name: part.name() }).collect(),
        differences: own.differences.iter().map(|difference| difference_shape(difference, reveal)).collect(),
        host: match &own.host {
            HostMatch::Other { expected, actual } => Some(HostShape { expected, actual }),
            HostMatch::Same | HostMatch::Unknown => None,
        },
        unset: &own.unset,
    }
}
