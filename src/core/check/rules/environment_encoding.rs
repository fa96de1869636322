//! An environment variable whose value is not text.

use crate::core::diagnostic::Level;
use crate::core::request::{Unset, judge};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "environment-encoding",
    level: Level::Error,
    summary: "an environment variable that is not UTF-8, with `--env`",
    docs: Docs {
        finds: "A `${NAME}` that is set in the environment to bytes that are not UTF-8. Checked only with `--env`.",
        why: "The value cannot be part of a JSON body or of a header; nothing can be sent.",
        example: r#"header.Authorization = "Bearer ${LATIN_1_TOKEN}""#,
        mend: "Set the variable to UTF-8 text.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (part, name) in subject.unset(Unset::NotUtf8) {
        findings.within(judge::environment_encoding(&name.value), subject, part, name.span.clone());
    }
}
