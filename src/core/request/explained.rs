//! Where each value of a request comes from.

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
    /// Whether the whole value is one variable that keeps its JSON type, so that its text is JSON.
    pub keeps_type: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValuePlace {
    Url,
    /// In the header with this name, spelled as in the file.
    Header(String),
    Body(String),
}

/// A part of a value, all of it from one origin.
#[derive(Clone, PartialEq, Eq)]
pub struct ValuePart {
    /// The text that was inserted; for a whole body value that keeps its JSON type, its JSON.
    pub text: String,
    pub origin: Origin,
    /// What of the text is secret.
    pub secret: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The definition itself.
    Literal,
    /// A variable of the element.
    Variable {
        name: String,
        /// Where the element has it from, such as `answers.json` or `--set`.
        source: String,
    },
    /// A variable that the element lacks, sent as an empty string because that was allowed.
    Missing { name: String },
    /// A variable of the environment that is not set, in a request that is not sent.
    Unset { name: String },
    /// The environment; such a text is never shown.
    Environment {
        name: String,
        /// Where it was set, such as `the environment` or `.env`.
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

    /// A variable of the environment that is not set, shown as it is written.
    pub fn unset(name: &str) -> Self {
        Self::new(format!("${{{name}}}"), Origin::Unset { name: name.to_owned() })
    }

    pub fn is_from_environment(&self) -> bool {
        matches!(self.origin, Origin::Environment { .. })
    }

    pub fn is_unset(&self) -> bool {
        matches!(self.origin, Origin::Unset { .. })
    }

    /// The text as it may be shown, or, with `reveal`, as it is.
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
