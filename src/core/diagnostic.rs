//! What is wrong, where, and how to fix it: every finding, and every error about a file. `output::report` renders it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::core::text::{Position, Source, Span, Spanned};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It cannot be used.
    Error,
    /// It can be used, but is probably not what was meant.
    Warning,
    Note,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The setting that turns a rule off.
pub const OFF: &str = "off";

/// Parses the level of a rule in a configuration: `Some(None)` for `off`.
pub fn parse_level(word: &str) -> Option<Option<Level>> {
    if word == OFF {
        return Some(None);
    }
    Level::ALL.into_iter().find(|level| level.as_str() == word).map(Some)
}

/// Whether a finding is about TOML syntax. Its level cannot be configured, since invalid TOML cannot be read.
pub fn is_syntax(code: &str) -> bool {
    matches!(code, "toml-syntax" | "toml-duplicate-key")
}

/// The levels that a file configures, and the lines on which it ignores rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// None is off.
    by_code: BTreeMap<String, Option<Level>>,
    /// In the order of the file; two spans are equal or do not overlap.
    ignored: Vec<(String, Span)>,
}

impl Levels {
    /// Sets the level of a rule, if it can be configured; none turns it off.
    pub fn set(&mut self, code: &str, level: Option<Level>) {
        if !is_syntax(code) {
            self.by_code.insert(code.to_owned(), level);
        }
    }

    /// Ignores a rule on these lines. Calls must be in the order of the file.
    pub fn ignore(&mut self, code: &str, lines: Span) {
        self.ignored.push((code.to_owned(), lines));
    }

    /// The level of a rule, by default this one; none if the rule is off.
    pub fn of(&self, code: &str, default: Level) -> Option<Level> {
        self.by_code.get(code).copied().unwrap_or(Some(default))
    }

    pub fn is_off(&self, code: &str) -> bool {
        self.by_code.get(code) == Some(&None)
    }

    /// A finding about this file with its configured level; none if the rule is off or ignored there.
    pub fn apply(&self, finding: Diagnostic) -> Option<Diagnostic> {
        let is_ignored = self.ignored_by(&finding).next().is_some();
        (!is_ignored).then(|| self.apply_elsewhere(finding))?
    }

    /// A finding about another file, such as `.env`, with its configured level; none if the rule is off.
    pub fn apply_elsewhere(&self, finding: Diagnostic) -> Option<Diagnostic> {
        let level = self.of(finding.code, finding.level)?;
        Some(Diagnostic { level, ..finding })
    }

    /// The calls of [`Levels::ignore`] that apply to a finding, by index.
    pub fn ignored_by(&self, finding: &Diagnostic) -> impl Iterator<Item = usize> {
        let place = finding.primary.as_ref().filter(|_| !is_syntax(finding.code));
        let at = place.map(|place| place.span.start);
        let first = at.map(|at| self.ignored.partition_point(|(_, lines)| lines.end <= at));
        let later = self.ignored.iter().enumerate().skip(first.unwrap_or(self.ignored.len()));
        let here = later.take_while(move |(_, (_, lines))| at.is_some_and(|at| lines.start <= at));
        here.filter(|(_, (code, _))| code == finding.code).map(|(index, _)| index)
    }
}

/// With a source: `Diagnostic::error("code", "…").at(&source, span).help("…")`. A parser of one value returns a
/// `Spanned<Diagnostic>` with a span in that value; the caller translates the span and calls `at`. Errors about the
/// command line: `usage("…").help("…")` of `commands::error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub level: Level,
    /// A stable name in kebab-case; empty for an error about the command line.
    pub code: &'static str,
    /// What is wrong: a lower-case fragment without a full stop.
    pub message: String,
    /// Where it is.
    pub primary: Option<SourceSpan>,
    pub related: Vec<SourceSpan>,
    /// How to fix it: fragments in the imperative.
    pub helps: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct SourceSpan {
    pub source: Arc<Source>,
    /// In bytes of the source's text.
    pub span: Span,
    /// For a related place; may be empty.
    pub label: &'static str,
    /// Whether the source line must not be shown, because it may contain a secret.
    pub is_hidden: bool,
}

impl PartialEq for SourceSpan {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.span == other.span && self.label == other.label
    }
}

impl Eq for SourceSpan {}

impl SourceSpan {
    fn new(source: &Arc<Source>, span: Span, label: &'static str) -> Self {
        Self { source: Arc::clone(source), span, label, is_hidden: false }
    }

    pub fn start(&self) -> Position {
        self.source.position(self.span.start)
    }

    /// The position after it.
    pub fn end(&self) -> Position {
        self.source.position(self.span.end)
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

    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.primary = Some(SourceSpan::new(source, span, ""));
        self
    }

    /// Like [`Diagnostic::at`], but never shows the source line.
    #[must_use]
    pub fn at_hidden(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.primary = Some(SourceSpan { is_hidden: true, ..SourceSpan::new(source, span, "") });
        self
    }

    #[must_use]
    pub fn also(mut self, source: &Arc<Source>, span: Span, label: &'static str) -> Self {
        self.related.push(SourceSpan::new(source, span, label));
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

    /// The message and the helps, for an invalid argument or an invalid answer in a dialogue.
    pub fn on_one_line(&self) -> String {
        let helps = self.helps.iter().map(String::as_str);
        std::iter::once(self.message.as_str()).chain(helps).collect::<Vec<_>>().join("; ")
    }

    pub fn spanning(self, span: Span) -> Spanned<Self> {
        Spanned::new(self, span)
    }
}

impl fmt::Display for Diagnostic {
    /// Only the message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}
