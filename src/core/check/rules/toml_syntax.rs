//! Text that is no TOML.

use crate::core::diagnostic::Level;

use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "toml-syntax",
    level: Level::Error,
    summary: "text that is not valid TOML",
    docs: Docs {
        finds: "Every place where the file is not TOML, in one run: a value without quotes, a quote or bracket that is never closed, an odd character.",
        why: "Nothing in the file can be relied on; every command refuses it.",
        example: "method = POST",
        mend: r#"Follow the message. Text stands in quotes: `method = "POST"`."#,
    },
    finder: Finder::Reader,
};
