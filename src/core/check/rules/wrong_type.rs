//! A value of the wrong type.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "wrong-type",
    level: Level::Error,
    summary: "a value of the wrong type",
    docs: Docs {
        finds: "A number or a list where text is needed, text where `true` or `false` is needed, and the like. Header and body values are text.",
        why: "What would be sent is not what was written.",
        example: r#"active = "yes"
header.X-Version = 2"#,
        mend: "Put text in quotes; write `true`, `false` and the `id` without them.",
    },
    finder: Finder::Reader,
};
