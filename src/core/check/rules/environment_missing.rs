//! An environment variable that is not set.

use crate::core::diagnostic::Level;
use crate::core::request::{Unset, judge};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "environment-missing",
    level: Level::Error,
    summary: "an environment variable that is not set, with `--env`",
    docs: Docs {
        finds: "A `${NAME}` that is neither in the environment nor in `.env` beside the file. Looked for with `--env` only: where definitions are checked, secrets are seldom at hand.",
        why: "Without the value nothing can be sent.",
        example: r#"header.Authorization = "Bearer ${CMS_TOKEN_THAT_NOBODY_SET}""#,
        mend: "Set it in the environment, or write `NAME=value` into `.env` beside the file.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(environment) = subject.environment else { return };
    for (part, name) in subject.unset(Unset::Missing) {
        let judgement = judge::environment_missing(&name.value, environment);
        findings.within(judgement, subject, part, name.span.clone());
    }
}
