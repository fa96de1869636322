//! What is wrong, where, and the way out: the one value that every finding and every error about a
//! file becomes. How it looks is decided by `face::report`.

use std::sync::Arc;

use crate::core::text::{Place, Source, Span};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Cannot be used as it stands.
    Error,
    /// Can be used, and is probably not what was meant.
    Warning,
    /// Worth knowing.
    Note,
}

/// One finding about a file, or about the surroundings.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// How much it matters.
    pub level: Level,
    /// Its stable kebab-case name.
    pub code: &'static str,
    /// What is wrong: a lower-case fragment without a full stop.
    pub message: String,
    /// The place that must change.
    pub primary: Option<Location>,
    /// Other places that explain it.
    pub related: Vec<Location>,
    /// The ways out, each a fragment.
    pub helps: Vec<String>,
}

/// A place in a source, with a few words about it.
#[derive(Debug, Clone)]
pub struct Location {
    /// The text it is in.
    pub source: Arc<Source>,
    /// Where, in bytes.
    pub span: Span,
    /// What to say at the carets; may be empty.
    pub label: String,
    /// Whether the line itself must not be shown, because it may hold a secret.
    pub is_hidden: bool,
}

impl Location {
    fn new(source: &Arc<Source>, span: Span, label: impl Into<String>) -> Self {
        Self { source: Arc::clone(source), span, label: label.into(), is_hidden: false }
    }

    /// The line and column at which it starts.
    pub fn place(&self) -> Place {
        self.source.place(self.span.start)
    }

    /// The line and column just after it.
    pub fn end(&self) -> Place {
        self.source.place(self.span.end)
    }
}

impl Diagnostic {
    /// A finding of any level, without a place yet.
    pub fn new(level: Level, code: &'static str, message: impl Into<String>) -> Self {
        Self { level, code, message: message.into(), primary: None, related: Vec::new(), helps: Vec::new() }
    }

    /// A finding that forbids going on.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Level::Error, code, message)
    }

    /// A finding to go on with, after saying it.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, message)
    }

    /// Puts it at its place.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Span, label: impl Into<String>) -> Self {
        self.primary = Some(Location::new(source, span, label));
        self
    }

    /// Puts it at a place whose line must not be shown.
    #[must_use]
    pub fn at_hidden(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.primary = Some(Location { is_hidden: true, ..Location::new(source, span, "") });
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn also(mut self, source: &Arc<Source>, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Location::new(source, span, label));
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Adds a way out, where there is one.
    #[must_use]
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }
}
