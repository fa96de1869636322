//! What is wrong, where, and the way out: the one value that every finding and every error about a
//! file becomes. How it looks is decided by `output::report`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::core::text::{Place, Source, Span, Spanned};

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

impl Level {
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// Its name in a configuration and in every report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The word of a configuration that turns a rule off.
pub const OFF: &str = "off";

/// The level that a word means in a configuration: `Some(None)` for `off`.
pub fn configured_level(word: &str) -> Option<Option<Level>> {
    if word == OFF {
        return Some(None);
    }
    Level::ALL.into_iter().find(|level| level.as_str() == word).map(Some)
}

/// Whether a finding is about syntax, which no configuration changes: without valid TOML it cannot be read.
pub fn is_syntax(code: &str) -> bool {
    matches!(code, "toml-syntax" | "toml-duplicate-key")
}

/// The levels that a file gives to findings, and the lines on which it ignores them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// None is off.
    by_code: BTreeMap<String, Option<Level>>,
    /// In the order of the file; two spans are the same or apart.
    ignored: Vec<(String, Span)>,
}

impl Levels {
    /// Gives a level to the findings of a rule that can be configured; none turns it off.
    pub fn set(&mut self, code: &str, level: Option<Level>) {
        if !is_syntax(code) {
            self.by_code.insert(code.to_owned(), level);
        }
    }

    /// Ignores a rule on the lines in this span, which is not before those of the last call.
    pub fn ignore(&mut self, code: &str, lines: Span) {
        self.ignored.push((code.to_owned(), lines));
    }

    /// The level of a finding that has one of its own; none if the rule is off.
    pub fn of(&self, code: &str, own: Level) -> Option<Level> {
        self.by_code.get(code).copied().unwrap_or(Some(own))
    }

    pub fn is_off(&self, code: &str) -> bool {
        self.by_code.get(code) == Some(&None)
    }

    /// A finding about this file with its configured level; none if it is off or ignored.
    pub fn apply(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        if self.ignored_by(&finding).next().is_some() {
            return None;
        }
        finding.level = self.of(finding.code, finding.level)?;
        Some(finding)
    }

    /// Which calls of [`Levels::ignore`] are about a finding, from 0.
    pub fn ignored_by(&self, finding: &Diagnostic) -> impl Iterator<Item = usize> {
        let place = finding.primary.as_ref().filter(|_| !is_syntax(finding.code));
        let at = place.map(|place| place.span.start);
        let first = at.map(|at| self.ignored.partition_point(|(_, lines)| lines.end <= at));
        let later = self.ignored.iter().enumerate().skip(first.unwrap_or(self.ignored.len()));
        let here = later.take_while(move |(_, (_, lines))| at.is_some_and(|at| lines.start <= at));
        here.filter(|(_, (code, _))| code == finding.code).map(|(index, _)| index)
    }
}

/// What is wrong, with the ways out and, if it is about a text, its place.
///
/// Where the source is at hand: `Diagnostic::error("code", "…").at(&source, span).help("…")`. A parser that knows only
/// the text of one value returns a `Spanned<Diagnostic>`, with a span in that text; the caller translates the span and
/// calls `at`. About the command line: `usage("…").help("…")` of `commands::error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub level: Level,
    /// A stable kebab-case name; empty for an error about the command line.
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

#[derive(Debug, Clone)]
pub struct Location {
    pub source: Arc<Source>,
    /// In bytes of the source's text.
    pub span: Span,
    /// What to say at a related place; may be empty.
    pub label: &'static str,
    /// Whether the line itself must not be shown, because it may hold a secret.
    pub is_hidden: bool,
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.span == other.span && self.label == other.label
    }
}

impl Eq for Location {}

impl Location {
    fn new(source: &Arc<Source>, span: Span, label: &'static str) -> Self {
        Self { source: Arc::clone(source), span, label, is_hidden: false }
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
    pub fn new(level: Level, code: &'static str, message: impl Into<String>) -> Self {
        Self { level, code, message: message.into(), primary: None, related: Vec::new(), helps: Vec::new() }
    }

    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Level::Error, code, message)
    }

    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, message)
    }

    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Level::Note, code, message)
    }

    /// An error without a code: about the command line, or from the operating system.
    pub fn unnamed(message: impl Into<String>) -> Self {
        Self::error("", message)
    }

    /// Puts it at its place.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.primary = Some(Location::new(source, span, ""));
        self
    }

    /// Puts it at a place whose line must not be shown.
    #[must_use]
    pub fn at_hidden(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.primary = Some(Location { is_hidden: true, ..Location::new(source, span, "") });
        self
    }

    #[must_use]
    pub fn also(mut self, source: &Arc<Source>, span: Span, label: &'static str) -> Self {
        self.related.push(Location::new(source, span, label));
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    #[must_use]
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// The message and the ways out, as the reason why an argument or an answer is refused.
    pub fn on_one_line(&self) -> String {
        let helps = self.helps.iter().map(String::as_str);
        std::iter::once(self.message.as_str()).chain(helps).collect::<Vec<_>>().join("; ")
    }

    /// Puts it at a span of a value whose source is not known yet.
    pub fn spanning(self, span: Span) -> Spanned<Self> {
        Spanned::new(self, span)
    }
}

impl fmt::Display for Diagnostic {
    /// The message alone, without the ways out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}
