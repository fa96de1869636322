//! A credential in plain sight.

use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;
use crate::core::secrets::{credentials, environment_name};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Home, Subject};

pub(super) const RULE: Rule = Rule {
    code: "literal-credential",
    level: Level::Warning,
    summary: "a literal credential in a header or a body field",
    docs: Docs {
        finds: "A header or a body field whose name indicates a credential (`Authorization`, `X-Api-Key`, `token`, `secret`, `password`, `pwd`, `jwt` …; only whole words count) or whose value looks like one (`Bearer …`, `ghp_…`), and whose value is written in the file.",
        why: "The file is shared and kept in a repository: whoever reads it can act in your name, for as long as its history exists.",
        example: r#"header.Authorization = "Bearer abc123""#,
        mend: "Write `${NAME}` and set `NAME` in the environment or in `.env`, as `hooks edit --to-env` does; then have the old credential replaced.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in subject.fields().filter(|part| part.is_plain()) {
        let value = &part.value.value;
        let (kind, key) = match part.home {
            Home::Header(key) => ("header", key),
            Home::Body(key) => ("body field", key),
            Home::Url => continue,
        };
        if let Some(span) = credentials(&key.value, value).into_iter().next() {
            let message = format!("the {kind} `{}` holds a credential in plain sight", key.value);
            let name = environment_name(&subject.webhook.handle.value, &key.value);
            let help = format!(
                "write `${{{name}}}` here and set `{name}` in the environment or in `.env`, as `hooks edit --to-env` does"
            );
            findings.within(Judgement::warning(RULE.code, message, help), subject, part, span).hide();
        }
    }
}
