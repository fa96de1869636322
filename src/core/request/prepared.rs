//! The prepared request itself.

use bytes::Bytes;
use url::Url;

use crate::core::model::Method;
use crate::core::text::{Redactor, Span};

/// Everything that goes over the wire, and where each rendered value in it came from.
#[derive(Debug, Clone)]
pub struct PreparedRequest {
    /// The handle of the webhook it was made from.
    pub webhook: String,
    /// The method.
    pub method: Method,
    /// Where it goes: normalised, without user info and fragment.
    pub url: Url,
    /// The URL as it may be shown: without what came from the environment or names itself a credential.
    pub shown_url: String,
    /// All headers in the order in which they are sent, `host` and `content-length` included; names
    /// are in lower case, as they are on the wire.
    pub headers: Vec<PreparedHeader>,
    /// The body, byte for byte.
    pub body: Bytes,
    /// The parts of the body that came from the environment.
    pub body_secrets: Vec<Span>,
    /// Each header and body value of the definition, as rendered.
    pub values: Vec<RenderedValue>,
    /// Finds every value that came from the environment in any text.
    pub redactor: Redactor,
}

/// One header line.
#[derive(Clone, PartialEq, Eq)]
pub struct PreparedHeader {
    /// The name in lower case.
    pub name: String,
    /// The value's bytes, UTF-8, without blanks at either end.
    pub value: String,
    /// Whether the value is masked when shown.
    pub is_secret: bool,
}

/// A value of the definition after rendering.
#[derive(Debug, Clone)]
pub struct RenderedValue {
    /// Where it is used.
    pub place: RenderedPlace,
    /// The value as written in the file.
    pub template: String,
    /// Its pieces in order.
    pub parts: Vec<RenderedPart>,
    /// Whether the whole value is one variable whose JSON type is kept, so that its text is JSON.
    pub keeps_type: bool,
}

/// Where a rendered value is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenderedPlace {
    /// In the payload URL.
    Url,
    /// In the header with this name, spelled as in the file.
    Header(String),
    /// In the body field with this key.
    Body(String),
}

/// A piece of a rendered value.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedPart {
    /// The text that was put in; for a whole body value that kept its JSON type, its JSON.
    pub text: String,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a piece of a rendered value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The definition itself.
    Literal,
    /// A variable of the element.
    Variable {
        /// Its name as written in the braces.
        name: String,
        /// Where the element has it from, such as `answers.json` or `--set`.
        source: String,
    },
    /// A variable that the element lacks, sent as an empty text because that was allowed.
    Missing {
        /// Its name as written in the braces.
        name: String,
    },
    /// The environment; such a text is never shown.
    Environment {
        /// The name of the environment variable.
        name: String,
        /// Where it was set, such as `the environment` or `.env`.
        source: String,
    },
}

impl std::fmt::Debug for PreparedHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = if self.is_secret { crate::core::text::MASK } else { &self.value };
        write!(f, "{}: {value}", self.name)
    }
}

impl std::fmt::Debug for RenderedPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secret = matches!(self.origin, Origin::Environment { .. });
        let text = if secret { crate::core::text::MASK } else { &self.text };
        f.debug_struct("RenderedPart").field("text", &text).field("origin", &self.origin).finish()
    }
}
