//! The request that a webhook would send, compared with one that was received.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::core::json::{self, DiffEntry, Kind, Value};
use crate::core::model::Webhook;
use crate::core::request::{ExplainedValue, PreparedHeader, PreparedRequest, ValuePart, ValuePlace};
use crate::core::secrets::shown_url;

use super::ReceivedRequest;
use super::actual_request::{ActualRequest, ELEMENT_DATA};
use super::coverage::{BodyCoverage, Coverage};
use super::difference::{Difference, MAX_DIFFERENCES, RequestPart};
use super::wildcard::{Pattern, TargetPattern};

/// The request that a webhook would send. The host and the sender's own headers (`user-agent`, `accept`, …) are not
/// compared.
#[derive(Clone)]
pub struct ExpectedRequest {
    request: Arc<PreparedRequest>,
    target: Arc<TargetPattern>,
    headers: Vec<ExpectedHeader>,
    fields: Vec<ExpectedField>,
}

#[derive(Clone)]
struct ExpectedHeader {
    name: Arc<str>,
    values: Vec<Pattern>,
    is_secret: bool,
}

#[derive(Clone)]
struct ExpectedField {
    key: String,
    value: ExpectedValue,
    is_secret: bool,
}

#[derive(Clone)]
enum ExpectedValue {
    Text(Pattern),
    Json(String),
    /// The JSON of an environment variable that has no value.
    Any(Pattern),
}

/// Masks secrets.
impl fmt::Debug for ExpectedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExpectedRequest").field(&self.request).finish()
    }
}

impl ExpectedRequest {
    /// `request` is rendered from the webhook with a
    /// [`PermissiveEnvironment`](crate::core::request::PermissiveEnvironment).
    pub fn new(webhook: &Webhook, request: PreparedRequest) -> Self {
        let url = request.values.iter().find(|value| value.place == ValuePlace::Url);
        let url = url.filter(|url| url.parts.iter().any(ValuePart::is_unset));
        let target = match url {
            Some(url) => TargetPattern::of(&url.parts),
            None => TargetPattern::known(&request.url),
        };
        let is_configured =
            |name: &str| webhook.header.iter().any(|field| field.key.value.eq_ignore_ascii_case(name));
        let is_compared = |header: &&PreparedHeader| match &*header.name {
            "host" | "content-length" => false,
            "user-agent" | "accept" => is_configured(&header.name),
            _ => true,
        };
        let mut headers: Vec<ExpectedHeader> = Vec::new();
        for header in request.headers.iter().filter(is_compared) {
            let value = Pattern::from(&*header.value);
            match headers.last_mut().filter(|last| last.name == header.name) {
                Some(last) => {
                    last.values.push(value);
                    last.is_secret |= header.is_secret;
                }
                None => headers.push(ExpectedHeader {
                    name: header.name.clone(),
                    values: vec![value],
                    is_secret: header.is_secret,
                }),
            }
        }
        let expected =
            Self { target: Arc::new(target), headers, fields: Vec::new(), request: Arc::new(request) };
        expected.with(&expected.request.values)
    }

    /// The request of the same webhook with other values.
    pub(super) fn with(&self, values: &[ExplainedValue]) -> Self {
        let mut expected = self.clone();
        for header in &mut expected.headers {
            let own = values.iter().filter(|value| {
                matches!(&value.place, ValuePlace::Header(key) if key.eq_ignore_ascii_case(&header.name))
            });
            let own: Vec<Pattern> = own.map(|value| Pattern::of(&value.parts).trimmed()).collect();
            if !own.is_empty() {
                header.values = own;
            }
        }
        expected.fields.clear();
        for value in values {
            let ValuePlace::Body(key) = &value.place else { continue };
            let is_secret = value.parts.iter().any(ValuePart::is_from_environment);
            let value = match value.parts.as_slice() {
                [json] if value.keeps_type && json.is_unset() => {
                    ExpectedValue::Any(Pattern::of(&value.parts))
                }
                [json] if value.keeps_type => ExpectedValue::Json(json.text.clone()),
                parts => ExpectedValue::Text(Pattern::of(parts)),
            };
            // The last of repeated keys counts.
            match expected.fields.iter_mut().find(|field| field.key == *key) {
                Some(field) => {
                    field.value = value;
                    field.is_secret |= is_secret;
                }
                None => expected.fields.push(ExpectedField { key: key.clone(), value, is_secret }),
            }
        }
        expected
    }

    pub fn request(&self) -> &PreparedRequest {
        &self.request
    }

    /// Whether the host contains a variable without a value.
    pub(super) fn has_unknown_host(&self) -> bool {
        self.target.has_unknown_host
    }

    /// The environment variables without a value, which match any text.
    pub fn unset(&self) -> Vec<String> {
        self.unset_in(Coverage::FULL)
    }

    /// Those of them that are in the known parts.
    pub(super) fn unset_in(&self, coverage: Coverage) -> Vec<String> {
        let target = self.target.unset().filter(|_| coverage.target);
        let headers = self.headers.iter().filter(|_| coverage.headers).flat_map(|header| &header.values);
        let fields = self.fields.iter().filter(|_| coverage.body != BodyCoverage::Missing);
        let fields = fields.filter_map(|field| match &field.value {
            ExpectedValue::Text(pattern) | ExpectedValue::Any(pattern) => Some(pattern),
            ExpectedValue::Json(_) => None,
        });
        let mut names: Vec<String> =
            headers.chain(fields).flat_map(Pattern::unset).chain(target).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(super) fn has_path_of(&self, actual: &ActualRequest<'_>) -> bool {
        let path = self.target.path.as_ref().filter(|_| actual.coverage.target);
        path.is_some_and(|path| is_same_encoded(path, actual.received.path(), actual.coverage))
    }

    pub(super) fn has_method_of(&self, actual: &ActualRequest<'_>) -> bool {
        actual.coverage.method && self.request.method.as_str() == actual.received.head.method()
    }

    pub fn differences(&self, received: &ReceivedRequest) -> Vec<Difference> {
        let actual = ActualRequest::new(received, Coverage::FULL);
        let mut differences = self.outer_differences(&actual, true);
        differences.extend(self.body_differences(&actual, true));
        differences.truncate(MAX_DIFFERENCES);
        differences
    }

    /// The parts outside of the body that are compared.
    pub(super) fn outer_parts(&self, actual: &ActualRequest<'_>) -> Vec<RequestPart> {
        let ActualRequest { received, coverage, .. } = actual;
        let has_query =
            self.target.query.is_some() || received.query().is_some_and(|query| !query.is_empty());
        let mut parts = Vec::new();
        parts.extend(coverage.method.then_some(RequestPart::Method));
        if coverage.target && self.target.path.is_some() {
            parts.push(RequestPart::Path);
            parts.extend(has_query.then_some(RequestPart::Query));
        }
        if coverage.headers {
            parts.extend(self.headers.iter().map(|header| RequestPart::Header(header.name.to_string())));
        }
        parts
    }

    /// Differences in method, path, query and headers, as far as these are known. Unless `with_values`, headers only
    /// differ if they are missing.
    pub(super) fn outer_differences(&self, actual: &ActualRequest<'_>, with_values: bool) -> Vec<Difference> {
        let ActualRequest { received, coverage, .. } = actual;
        let mut differences = Vec::new();
        if coverage.method && !self.has_method_of(actual) {
            let (expected, method) = (self.request.method.as_str(), received.head.method());
            differences.push(Difference::new(RequestPart::Method, Some(expected), Some(method)));
        }
        if coverage.target {
            differences.extend(self.target_differences(actual));
        }
        if coverage.headers {
            let headers = self.headers.iter();
            differences.extend(headers.filter_map(|own| own.difference(received, with_values, *coverage)));
        }
        differences
    }

    fn target_differences(&self, actual: &ActualRequest<'_>) -> Vec<Difference> {
        let mut differences = Vec::new();
        let Some(path) = &self.target.path else { return differences };
        let is_masked = self.request.target_text(true) != self.request.target_text(false);
        if !self.has_path_of(actual) {
            let actual = actual.received.path();
            let difference = Difference::new(RequestPart::Path, Some(&path.shown()), Some(actual));
            differences.push(difference.hidden_if(is_masked));
        }
        let (expected, query) = (self.target.query.as_ref(), actual.received.query());
        let is_same = match (expected, query) {
            (Some(expected), Some(query)) => is_same_encoded(expected, query, actual.coverage),
            (Some(expected), None) => *expected == Pattern::from(""),
            (None, query) => query.unwrap_or_default().is_empty(),
        };
        if !is_same {
            let expected = expected.map(Pattern::shown);
            let has_credential = |query: &str| shown_url(&format!("?{query}"), false)[1..] != *query;
            let is_secret = expected.as_deref().into_iter().chain(query).any(has_credential);
            let difference = Difference::new(RequestPart::Query, expected.as_deref(), query);
            differences.push(difference.hidden_if(is_masked || is_secret));
        }
        differences
    }

    /// Differences in the body; in the element only if `with_element`.
    pub(super) fn body_differences(&self, actual: &ActualRequest<'_>, with_element: bool) -> Vec<Difference> {
        let coverage = actual.coverage;
        if with_element && self.request.body == actual.received.body || coverage.body == BodyCoverage::Missing
        {
            return Vec::new();
        }
        let root = match actual.root() {
            Ok(root) if root.kind() == Kind::Object => root,
            Ok(root) => {
                let part = RequestPart::Body(String::new());
                return vec![Difference::new(part, Some("an object"), Some(root.kind().with_article()))];
            }
            Err(difference) => return vec![difference.clone()],
        };
        let mut found = if with_element { self.diff_element(root, coverage) } else { Vec::new() };
        for field in self.fields.iter().filter(|field| with_element || field.key != ELEMENT_DATA) {
            found.extend(field.diff(root.get(&field.key), coverage));
        }
        let mut unexpected: Vec<Cow<'_, str>> = root.members().map(|(key, _)| key).collect();
        unexpected.retain(|key| key != ELEMENT_DATA && !self.fields.iter().any(|field| field.key == **key));
        let mut seen = HashSet::new();
        for key in unexpected.into_iter().filter(|key| seen.insert(key.clone())) {
            let value = root.get(&key).map(Value::to_compact);
            found.push(DiffEntry { path: key.into_owned(), expected: None, actual: value });
        }
        let is_counted = |entry: &DiffEntry| {
            let is_cut_off = coverage.body == BodyCoverage::Cut && entry.actual.is_none();
            let sides = [entry.actual.as_deref(), entry.expected.as_deref()];
            !is_cut_off && !sides.into_iter().any(|side| coverage.is_masked(side))
        };
        let difference = |DiffEntry { path, expected, actual }: DiffEntry| {
            let is_secret = self.fields.iter().any(|field| field.key == path && field.is_secret);
            let part = RequestPart::Body(path);
            Difference::new(part, expected.as_deref(), actual.as_deref()).hidden_if(is_secret)
        };
        found.into_iter().filter(is_counted).take(MAX_DIFFERENCES).map(difference).collect()
    }

    /// Differences in the element that the expected request contains.
    fn diff_element(&self, actual: Value<'_>, coverage: Coverage) -> Vec<DiffEntry> {
        let body = String::from_utf8_lossy(&self.request.body);
        let Ok(document) = json::check(&body) else { return Vec::new() };
        let is_own = self.fields.iter().any(|field| field.key == ELEMENT_DATA);
        let Some(element) = document.root(&body).get(ELEMENT_DATA).filter(|_| !is_own) else {
            return Vec::new();
        };
        diff_below(ELEMENT_DATA, element, actual.get(ELEMENT_DATA), coverage)
    }

    /// The fields of the body that are missing.
    pub(super) fn missing_fields(&self, body: Value<'_>) -> Vec<Difference> {
        let is_own = self.fields.iter().any(|field| field.key == ELEMENT_DATA);
        let element = Difference::new(RequestPart::Body(ELEMENT_DATA.to_owned()), Some("the element"), None);
        let element = (!is_own && body.get(ELEMENT_DATA).is_none()).then_some(element);
        let lacking = self.fields.iter().filter(|field| body.get(&field.key).is_none());
        let fields = lacking.map(|field| {
            let part = RequestPart::Body(field.key.clone());
            Difference::new(part, Some(&field.value.shown()), None).hidden_if(field.is_secret)
        });
        element.into_iter().chain(fields).collect()
    }
}

impl ExpectedHeader {
    fn difference(
        &self,
        received: &ReceivedRequest,
        with_values: bool,
        coverage: Coverage,
    ) -> Option<Difference> {
        let actual: Vec<Cow<'_, str>> = received.header(&self.name).collect();
        let is_present = |wanted: &Pattern| {
            actual.iter().any(|own| {
                let own = own.trim_matches([' ', '\t']);
                coverage.agrees(&wanted.literals(), own)
                    || &*self.name == "content-type" && is_same_type(&wanted.shown(), own)
            })
        };
        let is_same = if with_values { self.values.iter().all(is_present) } else { !actual.is_empty() };
        (!is_same).then(|| {
            let wanted = self.values.iter().map(Pattern::shown).collect::<Vec<_>>().join(", ");
            let found = (!actual.is_empty()).then(|| actual.join(", "));
            let part = RequestPart::Header(self.name.to_string());
            Difference::new(part, Some(&wanted), found.as_deref()).hidden_if(self.is_secret)
        })
    }
}

impl ExpectedField {
    fn diff(&self, actual: Option<Value<'_>>, coverage: Coverage) -> Vec<DiffEntry> {
        if let ExpectedValue::Json(text) = &self.value
            && let Ok(document) = json::check(text)
        {
            return diff_below(&self.key, document.root(text), actual, coverage);
        }
        if let (ExpectedValue::Any(_), Some(_)) = (&self.value, actual) {
            return Vec::new();
        }
        if let (ExpectedValue::Text(pattern), Some(actual)) = (&self.value, actual.and_then(Value::as_text))
            && coverage.agrees(&pattern.literals(), &actual)
        {
            return Vec::new();
        }
        let (path, expected) = (self.key.clone(), Some(self.value.shown()));
        vec![DiffEntry { path, expected, actual: actual.map(Value::to_compact) }]
    }
}

impl ExpectedValue {
    /// As JSON.
    fn shown(&self) -> String {
        match self {
            Self::Text(pattern) => json::quote(&pattern.shown()),
            Self::Any(pattern) => pattern.shown().into_owned(),
            Self::Json(text) => text.clone(),
        }
    }
}

/// The differences of a value at a path of the body.
fn diff_below(
    path: &str,
    expected: Value<'_>,
    actual: Option<Value<'_>>,
    coverage: Coverage,
) -> Vec<DiffEntry> {
    let Some(actual) = actual else {
        let expected = Some(expected.to_compact());
        return vec![DiffEntry { path: path.to_owned(), expected, actual: None }];
    };
    let most = if coverage == Coverage::FULL { MAX_DIFFERENCES } else { usize::MAX };
    let agree = |expected: &str, actual: &str| coverage.agrees(&[expected], actual);
    let found = json::diff(expected, actual, most, &agree).into_iter();
    found
        .map(|own| {
            let path = if own.path.is_empty() { path.to_owned() } else { format!("{path}.{}", own.path) };
            DiffEntry { path, ..own }
        })
        .collect()
}

/// Whether a path or query is the expected one, however it is percent-encoded.
fn is_same_encoded(expected: &Pattern, actual: &str, coverage: Coverage) -> bool {
    let decoded = percent_decode_str(actual).decode_utf8_lossy();
    coverage.agrees(&expected.literals(), actual)
        || coverage.agrees(&expected.percent_decoded().literals(), &decoded)
}

/// Whether two values of `content-type` have the same type, apart from parameters such as `charset`.
fn is_same_type(expected: &str, actual: &str) -> bool {
    let kind = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    !expected.contains(';') && kind(expected) == kind(actual)
}
