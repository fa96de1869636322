//! A webhook without trigger, element or address.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "missing-field",
    level: Level::Error,
    summary: "a webhook without `trigger`, `trigger_element` or `payload_url`",
    docs: Docs {
        finds: "A webhook in which one of the three required fields is not there.",
        why: "The platform requires them: without them nobody knows when to send what, and where to.",
        example: r#"[webhooks.incomplete]
trigger = "create"
trigger_element = "event""#,
        mend: "Add the field; the message names the values it can have.",
    },
    finder: Finder::Reader,
};
