//! A key or table that stands twice.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "toml-duplicate-key",
    level: Level::Error,
    summary: "a key or a table that stands twice in the same place",
    docs: Docs {
        finds: "The second of two keys, or of two tables, with the same name: often a webhook that was copied and not given a handle of its own.",
        why: "TOML forbids it, because nobody could say which one counts. Every command refuses the file.",
        example: r#"method = "POST"
method = "PUT""#,
        mend: "Take one away, or give the copy its own handle.",
    },
    finder: Finder::Reader,
};
