//! A request that arrived next to the one that a webhook would send.

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::core::body::Content;
use crate::core::json::{self, Deviation, Kind, Value, deviations};
use crate::core::model::Webhook;
use crate::core::request::{
    Origin, PreparedHeader, PreparedRequest, RenderedPart, RenderedPlace, RenderedValue,
};
use crate::core::secrets::{MASK, shown_url};
use crate::core::text::one_line;

use super::Received;
use super::coverage::{BodyCoverage, Coverage};
use super::unset::{unknown, unset_names, without_marks};

/// How many differences of one request are told.
pub const MOST_DIFFERENCES: usize = 50;

/// The element in a body.
pub(super) const ELEMENT_DATA: &str = "element_data";

/// Where a request differs from the expected one, and in what.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    /// The part.
    pub part: Part,
    /// What was expected, JSON in a body; none when nothing was.
    pub expected: Option<String>,
    /// What came, JSON in a body; none when nothing did.
    pub actual: Option<String>,
    /// Whether the two are not to be shown.
    pub is_secret: bool,
}

/// A part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The method.
    Method,
    /// The path.
    Path,
    /// The query.
    Query,
    /// The header of this name, in lower case.
    Header(String),
    /// The kind of the element.
    Element,
    /// The event of the element, which the webhook's prokey filter does not let through.
    ProkeyFilter,
    /// The value at this path in the body; the whole body when the path is empty.
    Body(String),
}

impl Part {
    /// Its name in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::Query => "query",
            Self::Header(_) => "header",
            Self::Element => "element",
            Self::ProkeyFilter => "prokey_filter",
            Self::Body(_) => "body",
        }
    }

    /// The name of the header, or the path in the body.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Header(name) | Self::Body(name) => Some(name),
            _ => None,
        }
    }
}

/// Shows where, and what only if it may be shown.
impl std::fmt::Debug for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |text: &Option<String>| match text {
            Some(_) if self.is_secret => MASK.to_owned(),
            Some(text) => text.clone(),
            None => "-".to_owned(),
        };
        write!(f, "{:?}: {} {}", self.part, shown(&self.expected), shown(&self.actual))
    }
}

impl Difference {
    pub(super) fn new(part: Part, expected: Option<&str>, actual: Option<&str>) -> Self {
        let own = |text: &str| without_marks(text).into_owned();
        Self { part, expected: expected.map(own), actual: actual.map(str::to_owned), is_secret: false }
    }

    fn hidden_if(self, is_secret: bool) -> Self {
        Self { is_secret, ..self }
    }
}

/// The request that a webhook would send, to be compared with one that came. What goes to the host and the
/// sender's own headers (`user-agent`, `accept`, …) is not compared.
#[derive(Debug, Clone)]
pub struct Expectation {
    request: PreparedRequest,
    /// The names of the headers to look at.
    headers: Arc<[Arc<str>]>,
    /// The body fields of which a part is from the environment, and known.
    from_environment: Arc<[String]>,
    /// How much of the URL is known.
    base: Base,
}

/// How the URL begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// With a known host, or one that is a part of the URL only.
    Known,
    /// With an unset variable, which may hold a part of the path as well.
    Unset,
    /// It is an unset variable and nothing else.
    All,
}

impl Expectation {
    /// Of this webhook, from the request that was prepared of it with a [`Lenient`](super::Lenient)
    /// environment.
    pub fn new(webhook: &Webhook, request: PreparedRequest) -> Self {
        Self::with_base(webhook, request, Base::Known)
    }

    /// The same for a URL that begins in this way.
    pub(super) fn with_base(webhook: &Webhook, request: PreparedRequest, base: Base) -> Self {
        let is_configured =
            |name: &str| webhook.header.iter().any(|field| field.key.value.eq_ignore_ascii_case(name));
        let is_compared = |header: &&PreparedHeader| match &*header.name {
            "host" | "content-length" => false,
            "user-agent" | "accept" => is_configured(&header.name),
            _ => true,
        };
        let mut headers: Vec<Arc<str>> =
            request.headers.iter().filter(is_compared).map(|header| header.name.clone()).collect();
        headers.dedup();
        let from_environment = request.values.iter().filter_map(from_environment).collect();
        Self { request, headers: headers.into(), from_environment, base }
    }

    /// The same for another element of the same webhook.
    pub(super) fn with(&self, request: PreparedRequest) -> Self {
        let (headers, from_environment) = (self.headers.clone(), self.from_environment.clone());
        Self { request, headers, from_environment, base: self.base }
    }

    /// The request that is expected.
    pub fn request(&self) -> &PreparedRequest {
        &self.request
    }

    /// The names that the environment does not hold, so that what stands for them is not compared.
    pub fn unset(&self) -> Vec<String> {
        self.unset_in(Coverage::FULL)
    }

    /// The same in the parts that are known.
    pub(super) fn unset_in(&self, coverage: Coverage) -> Vec<String> {
        let compared = self.request.headers.iter().filter(|header| self.headers.contains(&header.name));
        let headers = compared.filter(|_| coverage.headers).map(|header| Cow::Borrowed(&*header.value));
        let url = match self.base {
            Base::Known => self.request.target_text(true),
            Base::Unset | Base::All => self.request.url.as_str(),
        };
        let target = coverage.target.then_some(Cow::Borrowed(url));
        let body =
            (coverage.body != BodyCoverage::Missing).then(|| String::from_utf8_lossy(&self.request.body));
        let texts = headers.chain(target).chain(body);
        let mut names: Vec<String> = texts.flat_map(|text| unset_names(&text)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether the path is the expected one.
    pub(super) fn has_path_of(&self, received: &Received, coverage: Coverage) -> bool {
        let path = self.request.url.path();
        let expected = match self.base {
            Base::Known => Cow::Borrowed(path),
            Base::Unset => Cow::Owned(format!("{}{path}", unknown(""))),
            // Any URL is possible, which says nothing.
            Base::All => return false,
        };
        coverage.target && is_same_encoded(&expected, received.path(), coverage)
    }

    /// Whether the method is the expected one.
    pub(super) fn has_method_of(&self, received: &Received, coverage: Coverage) -> bool {
        coverage.method && self.request.method.as_str() == received.head.method()
    }

    /// All differences.
    pub fn differences(&self, received: &Received) -> Vec<Difference> {
        let mut differences = self.outer_differences(received, true, Coverage::FULL);
        differences.extend(self.body_differences(received, true, Coverage::FULL));
        differences.truncate(MOST_DIFFERENCES);
        differences
    }

    /// The parts outside of the body that are compared.
    pub(super) fn outer_parts(&self, received: &Received, coverage: Coverage) -> Vec<Part> {
        let has_query = received.query().or(self.request.url.query()).is_some_and(|query| !query.is_empty());
        let mut parts = Vec::new();
        parts.extend(coverage.method.then_some(Part::Method));
        if coverage.target && self.base != Base::All {
            parts.push(Part::Path);
            parts.extend(has_query.then_some(Part::Query));
        }
        if coverage.headers {
            parts.extend(self.headers.iter().map(|name| Part::Header(name.to_string())));
        }
        parts
    }

    /// Differences in method, path, query and headers, as far as these are known; of headers only whether they are
    /// there unless `with_values`.
    pub(super) fn outer_differences(
        &self,
        received: &Received,
        with_values: bool,
        coverage: Coverage,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        if coverage.method && !self.has_method_of(received, coverage) {
            let expected = self.request.method.as_str();
            differences.push(Difference::new(Part::Method, Some(expected), Some(received.head.method())));
        }
        if coverage.target {
            differences.extend(self.target_differences(received, coverage));
        }
        if coverage.headers {
            for name in &*self.headers {
                differences.extend(self.header_difference(name, received, with_values, coverage));
            }
        }
        differences
    }

    fn target_differences(&self, received: &Received, coverage: Coverage) -> Vec<Difference> {
        let mut differences = Vec::new();
        let expected = self.request.url.path();
        let is_masked = self.request.target_text(true) != self.request.target_text(false);
        if self.base != Base::All && !self.has_path_of(received, coverage) {
            let difference = Difference::new(Part::Path, Some(expected), Some(received.path()));
            differences.push(difference.hidden_if(is_masked && unset_names(expected).is_empty()));
        }
        let (expected, actual) = (self.request.url.query(), received.query());
        let is_same = match (expected, actual) {
            (Some(expected), Some(actual)) => is_same_encoded(expected, actual, coverage),
            (expected, actual) => expected.unwrap_or_default() == actual.unwrap_or_default(),
        };
        if !is_same && self.base != Base::All {
            let tells = |query: &str| shown_url(&format!("?{query}"), false)[1..] != *query;
            let is_secret = is_masked || expected.is_some_and(tells) || actual.is_some_and(tells);
            differences.push(Difference::new(Part::Query, expected, actual).hidden_if(is_secret));
        }
        differences
    }

    fn header_difference(
        &self,
        name: &str,
        received: &Received,
        with_values: bool,
        coverage: Coverage,
    ) -> Option<Difference> {
        let expected: Vec<&PreparedHeader> =
            self.request.headers.iter().filter(|header| *header.name == *name).collect();
        let actual: Vec<Cow<'_, str>> = received.header(name).collect();
        let is_secret = expected.iter().any(|header| header.is_secret);
        let is_there = |wanted: &&PreparedHeader| {
            actual.iter().any(|own| {
                let own = own.trim_matches([' ', '\t']);
                coverage.agrees(&wanted.value, own)
                    || name == "content-type" && is_same_type(&wanted.value, own)
            })
        };
        let is_same = if with_values { expected.iter().all(is_there) } else { !actual.is_empty() };
        (!is_same).then(|| {
            let wanted = expected.iter().map(|header| &*header.value).collect::<Vec<_>>().join(", ");
            let came = (!actual.is_empty()).then(|| actual.join(", "));
            let part = Part::Header(name.to_owned());
            Difference::new(part, Some(&wanted), came.as_deref()).hidden_if(is_secret)
        })
    }

    /// Differences in the body; the element is looked at only if `with_element`.
    pub(super) fn body_differences(
        &self,
        received: &Received,
        with_element: bool,
        coverage: Coverage,
    ) -> Vec<Difference> {
        if self.request.body == received.body || coverage.body == BodyCoverage::Missing {
            return Vec::new();
        }
        let wanted = String::from_utf8_lossy(&self.request.body);
        let Ok(expected) = json::check(&wanted) else { return Vec::new() };
        let came = match checked_body(received) {
            Ok(came) => came,
            Err(difference) => return vec![difference],
        };
        let (text, document) = &came;
        let (expected, actual) = (expected.root(&wanted), document.root(text));
        if actual.kind() != Kind::Object {
            let kind = format!("a {}", actual.kind().as_str());
            return vec![Difference::new(Part::Body(String::new()), Some("an object"), Some(&kind))];
        }
        let is_looked_at = |at: &Deviation| {
            let is_of_element = at.path == ELEMENT_DATA || at.path.starts_with("element_data.");
            let is_cut_off = coverage.body == BodyCoverage::Cut && at.actual.is_none();
            let is_masked =
                coverage.is_masked(at.actual.as_deref()) || coverage.is_masked(at.expected.as_deref());
            (with_element || !is_of_element) && !is_cut_off && !is_masked
        };
        let most = if with_element && coverage == Coverage::FULL { MOST_DIFFERENCES } else { usize::MAX };
        let agree = |expected: &str, actual: &str| coverage.agrees(expected, actual);
        let found = deviations(expected, actual, most, &agree).into_iter().filter(is_looked_at);
        found
            .take(MOST_DIFFERENCES)
            .map(|Deviation { path, expected, actual }| {
                let is_secret = self.is_from_environment(&path);
                Difference::new(Part::Body(path), expected.as_deref(), actual.as_deref()).hidden_if(is_secret)
            })
            .collect()
    }

    /// The body fields that are not there, whatever the values of the others.
    pub(super) fn missing_fields(&self, body: Value<'_>) -> Vec<Difference> {
        let wanted = String::from_utf8_lossy(&self.request.body);
        let Ok(expected) = json::check(&wanted) else { return Vec::new() };
        let lacking = expected.root(&wanted).members().filter(|(key, _)| body.get(key).is_none());
        lacking
            .map(|(key, value)| {
                let shown = if key == ELEMENT_DATA { "the element".to_owned() } else { value.to_compact() };
                let is_secret = self.is_from_environment(&key);
                Difference::new(Part::Body(key.into_owned()), Some(&shown), None).hidden_if(is_secret)
            })
            .collect()
    }

    /// Whether a part of this body field is from the environment, and known.
    fn is_from_environment(&self, key: &str) -> bool {
        self.from_environment.iter().any(|own| own == key)
    }
}

/// The body field that a value goes into, if a part of it is from the environment, and known.
fn from_environment(value: &RenderedValue) -> Option<String> {
    let RenderedPlace::Body(key) = &value.place else { return None };
    let is_known_environment = |part: &RenderedPart| {
        matches!(part.origin, Origin::Environment { .. }) && unset_names(&part.text).is_empty()
    };
    value.parts.iter().any(is_known_environment).then(|| key.clone())
}

/// How far a request with these differences is from the expected one: another path says more than a field.
pub fn distance(differences: &[Difference]) -> usize {
    let weight = |difference: &Difference| match &difference.part {
        Part::Path => 1000,
        Part::Element => 300,
        Part::Method => 200,
        Part::Body(path) if path.is_empty() => 100,
        _ => 1,
    };
    differences.iter().map(weight).sum()
}

/// The body as JSON, or that it is none.
pub(super) fn checked_body(received: &Received) -> Result<(Cow<'_, str>, json::Document), Difference> {
    let whole = |actual: &str| {
        Difference::new(Part::Body(String::new()), Some("JSON"), Some(actual).filter(|text| !text.is_empty()))
    };
    if received.body.is_empty() {
        return Err(whole(""));
    }
    let decoded = received.decoded_body();
    let note = decoded.note();
    let text = match decoded.content {
        Content::Text(text) if !decoded.is_incomplete => text,
        Content::Parts(_) => return Err(whole("a form in parts")),
        Content::Escaped(_, expected) => return Err(whole(&format!("invalid {expected}"))),
        _ => return Err(whole(&note.unwrap_or_default())),
    };
    let document =
        json::check(&text).map_err(|error| whole(&format!("no JSON ({})", one_line(&error.message))))?;
    Ok((text, document))
}

/// Whether two paths or queries are the same, however much of them is percent-encoded.
fn is_same_encoded(expected: &str, actual: &str, coverage: Coverage) -> bool {
    let decode = |text| percent_decode_str(text).decode_utf8_lossy();
    coverage.agrees(expected, actual) || coverage.agrees(&decode(expected), &decode(actual))
}

/// Whether two values of `content-type` name the same type, whatever parameters such as `charset` say.
fn is_same_type(expected: &str, actual: &str) -> bool {
    let kind = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    !expected.contains(';') && kind(expected) == kind(actual)
}
