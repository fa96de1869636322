//! A rule: a constant that documents it, and at most one function.

use crate::core::definitions::Definitions;
use crate::core::diagnostic::{Level, is_syntax};

use super::findings::Findings;
use super::parsed::ParsedWebhook;

/// One thing that is looked for in a definitions file. The texts are Markdown sentences, `summary` a fragment.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub code: &'static str,
    /// The level of its findings unless it is configured.
    pub level: Level,
    pub summary: &'static str,
    pub finds: &'static str,
    pub why: &'static str,
    /// TOML that breaks it.
    pub example: &'static str,
    pub fix: &'static str,
    pub(super) finder: Finder,
}

/// How a rule is looked for. A function that finds problems of several rules runs once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Finder {
    /// Found while the file, its settings and its comments are read.
    Reader,
    /// In each webhook by itself.
    Webhook(fn(&ParsedWebhook<'_>, &mut Findings<'_>)),
    /// In the file as a whole.
    File(fn(&Definitions, &mut Findings<'_>)),
}

impl Rule {
    /// Whether its level can be changed and its findings ignored: not for TOML syntax.
    pub fn can_be_changed(&self) -> bool {
        !is_syntax(self.code)
    }
}
