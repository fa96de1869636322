//! A comment that silences nothing.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "ignore-unused",
    level: Level::Note,
    summary: "a `# hooks: ignore[…]` that ignores nothing",
    docs: Docs {
        finds: "A comment `# hooks: ignore[code]` whose rule finds nothing on its line, or that names no rule.",
        why: "It hides nothing today and may hide something tomorrow.",
        example: r#"method = "POST"   # hooks: ignore[body-on-get]"#,
        mend: "Take the comment away, correct the code, or put it on the line or directly above it.",
    },
    finder: Finder::Linter,
};
