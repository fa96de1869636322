//! A file without anything in it.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "definitions-empty",
    level: Level::Error,
    summary: "a definitions file with nothing in it",
    docs: Docs {
        finds: "A file that holds nothing but blanks.",
        why: "It was most likely cut off, or is the wrong file.",
        example: "",
        mend: "Define a webhook with `hooks add`, or write a block `[webhooks.HANDLE]`.",
    },
    finder: Finder::Reader,
};
