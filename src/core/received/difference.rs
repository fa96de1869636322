//! Differences between a received request and the expected one.

use crate::core::secrets::MASK;

/// The maximum number of differences of one request.
pub const MAX_DIFFERENCES: usize = 50;

/// A part that differs.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    pub part: RequestPart,
    /// JSON in a body; none if unexpected.
    pub expected: Option<String>,
    /// JSON in a body; none if missing.
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
    /// The prokey of the event, which the prokey filter of the webhook excludes.
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

/// Masks secret values.
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

/// The total weight of these differences: a different path counts more than a field.
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
