//! A setting under `[check]` that means nothing.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "check-setting",
    level: Level::Error,
    summary: "a line under `[check]` that names no rule or no level",
    docs: Docs {
        finds: "A key under `[check]` that is neither a rule nor `strict`, a level that is none of `off`, `note`, `warning` and `error`, and a level for what is always an error.",
        why: "The rule keeps its level, and whoever wrote the line believes otherwise.",
        example: r#"[check]
plain-htpp = "off""#,
        mend: "Use the code of a rule, as `hooks check --explain all` lists them.",
    },
    finder: Finder::Linter,
};
