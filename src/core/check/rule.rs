//! What a rule is: a constant that says everything about it, and at most one function.

use crate::core::definitions::Definitions;
use crate::core::diagnostic::{Level, is_syntax};

use super::findings::Findings;
use super::subject::Subject;

/// One thing that is looked for in a definitions file.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its stable kebab-case name.
    pub code: &'static str,
    /// How much its findings matter when nobody says otherwise.
    pub level: Level,
    /// What it looks for: a fragment.
    pub summary: &'static str,
    /// Its documentation.
    pub docs: Docs,
    /// How it is looked for.
    pub(super) finder: Finder,
}

/// The documentation of a rule, in fixed headings: Markdown sentences.
#[derive(Debug, Clone, Copy)]
pub struct Docs {
    /// What it finds.
    pub finds: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// TOML that breaks it.
    pub example: &'static str,
    /// How to mend it.
    pub mend: &'static str,
}

/// How a rule is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Finder {
    /// Whoever reads the file comes across it.
    Reader,
    /// In each webhook by itself.
    Webhook(fn(&Subject<'_>, &mut Findings<'_>)),
    /// In the file as a whole.
    File(fn(&Definitions, &mut Findings<'_>)),
    /// In what the file tells this linter, once all findings are known.
    Linter,
}

impl Rule {
    /// Whether its level can be changed and its findings ignored: without valid TOML there is nothing to
    /// go by.
    pub fn can_be_changed(&self) -> bool {
        !is_syntax(self.code)
    }
}
