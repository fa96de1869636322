//! Differences between a received request and the expected one.

use crate::core::secrets::MASK;

/// The maximum number of differences of one request.
pub const MOST_DIFFERENCES: usize = 50;

/// Where a request differs from the expected one, and in what.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    pub part: RequestPart,
    /// JSON in a body; none if nothing was expected.
    pub expected: Option<String>,
    /// What was received, JSON in a body; none if nothing was.
    pub actual: Option<String>,
    pub is_secret: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestPart {
    Method,
    Path,
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

impl RequestPart {
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
    pub(super) fn new(part: RequestPart, expected: Option<&str>, actual: Option<&str>) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Self { part, expected: own(expected), actual: own(actual), is_secret: false }
    }

    pub(super) fn hidden_if(self, is_secret: bool) -> Self {
        Self { is_secret, ..self }
    }
}

/// How far a request with these differences is from the expected one: another path counts more than a field.
pub fn distance(differences: &[Difference]) -> usize {
    let weight = |difference: &Difference| match &difference.part {
        RequestPart::Path => 1000,
        RequestPart::Element => 300,
        RequestPart::Method => 200,
        RequestPart::Body(path) if path.is_empty() => 100,
        _ => 1,
    };
    differences.iter().map(weight).sum()
}
