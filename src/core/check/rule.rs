//! A rule: a constant with its documentation, and at most one function.

use crate::core::definitions::Definitions;
use crate::core::diagnostic::{Level, is_syntax};

use super::findings::Findings;
use super::parsed::ParsedWebhook;

/// The texts are sentences in Markdown, `summary` is a fragment.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub code: &'static str,
    /// The default level.
    pub level: Level,
    pub summary: &'static str,
    pub finds: &'static str,
    pub why: &'static str,
    /// TOML or `.env` lines that break it.
    pub example: &'static str,
    pub fix: &'static str,
    pub(super) finder: Finder,
}

/// How a rule is checked. A function that several rules share runs once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Finder {
    /// Found while the file, its settings and its comments are read.
    Reader,
    /// Found in a `.env` file, with `--env`.
    Dotenv,
    /// In each webhook.
    Webhook(fn(&ParsedWebhook<'_>, &mut Findings<'_>)),
    /// In the file as a whole.
    File(fn(&Definitions, &mut Findings<'_>)),
}

impl Rule {
    /// Whether its level can be configured and its findings ignored: not for TOML syntax.
    pub fn can_be_changed(&self) -> bool {
        !is_syntax(self.code)
    }
}
