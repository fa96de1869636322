//! A prokey filter on something else than answers.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "misplaced-prokey-filter",
    level: Level::Error,
    summary: "a prokey filter on another element than `rsvp_answer`",
    docs: Docs {
        finds: "A `prokey_filter` on a webhook for events, groups, styles or templates.",
        why: "The platform filters nothing but RSVP answers: the webhook fires for every element, not only for the one that was meant.",
        example: r#"trigger_element = "event"
prokey_filter = "c6510c06-a277-4e1c-9baf-deec9c5507c7""#,
        mend: "Take the filter out, or make the trigger element `rsvp_answer`.",
    },
    finder: Finder::Reader,
};
