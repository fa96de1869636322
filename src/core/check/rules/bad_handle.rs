//! A handle that cannot be typed.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "bad-handle",
    level: Level::Error,
    summary: "a handle made of anything but letters, digits, `-` and `_`",
    docs: Docs {
        finds: "A handle with blanks, dots, letters beyond a-z or other characters.",
        why: "The handle is what commands, scripts and file names use.",
        example: r#"[webhooks."RSVP an CMS"]
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/hooks""#,
        mend: "Use letters a-z, digits, `-` and `_`; `name` takes any text. `hooks rename` changes a handle.",
    },
    finder: Finder::Reader,
};
