//! A word that the field does not know.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "unknown-value",
    level: Level::Error,
    summary: "a word that is no trigger, trigger element or method, or an `id` that is no number",
    docs: Docs {
        finds: "A value outside of the fixed list of its field.",
        why: "The platform refuses it, or the webhook never fires.",
        example: r#"method = "HEAD""#,
        mend: "Use one of the words that the message lists.",
    },
    finder: Finder::Reader,
};
