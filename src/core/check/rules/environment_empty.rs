//! An environment variable that is empty.

use crate::core::diagnostic::Level;
use crate::core::request::{MOST_FINDINGS, judge};
use crate::core::template::Segment;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "environment-empty",
    level: Level::Error,
    summary: "an environment variable that is empty, with `--env`",
    docs: Docs {
        finds: "A `${NAME}` whose value in the environment or in `.env` is empty or consists of spaces. Checked only with `--env`; `fire` and `preview` warn too.",
        why: "CI systems pass a missing secret as an empty string: the request is sent without the credential, and the receiver rejects it.",
        example: r#"header.Authorization = "Bearer ${CMS_TOKEN_EMPTY}""#,
        mend: "Set a value, or remove `${NAME}` from the definition if nothing is to be sent.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(environment) = subject.environment else { return };
    for part in subject.parts() {
        let names = part.segments().iter().filter_map(|segment| match segment {
            Segment::Environment(name) => Some(name),
            _ => None,
        });
        let empty = names.filter_map(|name| {
            let found = environment.get(&name.value)?;
            found.value.reveal().trim().is_empty().then_some((name, found.source))
        });
        for (name, source) in empty.take(MOST_FINDINGS) {
            let judgement = judge::environment_empty(&name.value, &source);
            let judgement = judge::Judgement { level: RULE.level, ..judgement };
            findings.within(judgement, subject, part, name.span.clone());
        }
    }
}
