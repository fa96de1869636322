//! The origin of each value of a request.

use std::borrow::Cow;
use std::fmt;

use crate::core::secrets::mask;
use crate::core::text::Span;

#[derive(Debug, Clone)]
pub struct ExplainedValue {
    pub place: ValuePlace,
    /// The value as written in the file.
    pub template: String,
    pub parts: Vec<ValuePart>,
    /// Whether the text is JSON: the value is not text, or a single variable, which keeps its JSON type.
    pub keeps_type: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValuePlace {
    Url,
    /// The name is spelled as in the file.
    Header(String),
    Body(String),
}

/// A part of a value that has one origin.
#[derive(Clone, PartialEq, Eq)]
pub struct ValuePart {
    /// The text, or JSON if the value keeps its type.
    pub text: String,
    pub origin: Origin,
    /// The secrets in the text.
    pub secret: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The definition.
    Literal,
    /// A variable of the element.
    Variable {
        name: String,
        /// Such as `answers.json` or `--set`.
        source: String,
    },
    /// A variable that the element lacks, with `--allow-missing`.
    Missing { name: String },
    /// An environment variable that is not set, in a request that is not sent.
    Unset { name: String },
    /// The environment: the text is secret.
    Environment {
        name: String,
        /// Such as `the environment` or `.env`.
        source: String,
    },
}

impl ValuePart {
    pub(super) fn new(text: String, origin: Origin) -> Self {
        Self { text, origin, secret: Vec::new() }
    }

    pub fn literal(text: &str) -> Self {
        Self::new(text.to_owned(), Origin::Literal)
    }

    /// An environment variable that is not set, shown as written.
    pub fn unset(name: &str) -> Self {
        Self::new(format!("${{{name}}}"), Origin::Unset { name: name.to_owned() })
    }

    pub fn is_from_environment(&self) -> bool {
        matches!(self.origin, Origin::Environment { .. })
    }

    pub fn is_unset(&self) -> bool {
        matches!(self.origin, Origin::Unset { .. })
    }

    /// The text, masked unless `reveal`.
    pub fn shown(&self, reveal: bool) -> Cow<'_, str> {
        if reveal || self.secret.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        Cow::Owned(mask(&self.text, self.secret.clone()))
    }
}

impl fmt::Debug for ValuePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValuePart").field("text", &self.shown(false)).field("origin", &self.origin).finish()
    }
}
