//! A key that is no field.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "unknown-key",
    level: Level::Error,
    summary: "a key that is not a field of a webhook",
    docs: Docs {
        finds: "A key that the platform does not know, with the field that was most likely meant.",
        why: "It has no effect: a misspelled `prokey_filter` would send every answer instead of those to one event.",
        example: r#"url = "https://cms.example.com/hooks""#,
        mend: "Write the field as the platform names it; the message suggests one.",
    },
    finder: Finder::Reader,
};
