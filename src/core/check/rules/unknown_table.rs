//! A top-level table that looks like a slip.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "unknown-table",
    level: Level::Error,
    summary: "a table that looks like a misspelled `webhooks`",
    docs: Docs {
        finds: "A table such as `[webhook.x]` or `[hooks.x]`. Tables that look like nothing of ours belong to other tools and are left alone.",
        why: "What stands in it defines nothing, and nobody would notice.",
        example: r#"[webhook.rsvp]
trigger = "create""#,
        mend: "Name it `[webhooks.HANDLE]`.",
    },
    finder: Finder::Reader,
};
