//! A field above all webhooks.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "field-outside-webhook",
    level: Level::Error,
    summary: "a field of a webhook that stands outside of any webhook",
    docs: Docs {
        finds: "A key such as `trigger` or `method` at the top level of the file.",
        why: "It belongs to no webhook and has no effect.",
        example: r#"# at the top of the file
trigger = "create""#,
        mend: "Put it below a header such as `[webhooks.rsvp-to-cms]`.",
    },
    finder: Finder::Reader,
};
