//! Values of `${NAME}` and `.env` files, with `--env`.

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::request::{MAX_FINDINGS, Unset, validate};
use crate::core::template::Segment;

use super::super::findings::Findings;
use super::super::parsed::ParsedWebhook;
use super::super::rule::{Finder, Rule};

pub(super) const ENVIRONMENT_MISSING: Rule = Rule {
    code: "environment-missing",
    level: Level::Error,
    summary: "an environment variable that is not set, with `--env`",
    finds: "A `${NAME}` that is set neither in the environment nor in `.env`. Checked only with `--env`, because secrets are rarely available where definitions are checked.",
    why: "Without the value, the webhook cannot be sent.",
    example: r#"header.Authorization = "Bearer ${CMS_TOKEN_THAT_IS_NOT_SET}""#,
    fix: "Set it in the environment, or add `NAME=value` to `.env` next to the file.",
    finder: Finder::Webhook(unusable_values),
};

pub(super) const ENVIRONMENT_EMPTY: Rule = Rule {
    code: "environment-empty",
    level: Level::Error,
    summary: "an environment variable that is empty, with `--env`",
    finds: "A `${NAME}` with a value that is empty or only spaces. Checked only with `--env`; `fire` and `preview` warn too.",
    why: "CI systems pass a missing secret as an empty string: the request is then sent without the credential, and the receiver rejects it.",
    example: r#"header.Authorization = "Bearer ${CMS_TOKEN_EMPTY}""#,
    fix: "Set a value, or remove `${NAME}` from the definition.",
    finder: Finder::Webhook(unusable_values),
};

pub(super) const ENVIRONMENT_ENCODING: Rule = Rule {
    code: "environment-encoding",
    level: Level::Error,
    summary: "an environment variable that is not UTF-8, with `--env`",
    finds: "A `${NAME}` that is set in the environment to bytes that are not UTF-8. Checked only with `--env`.",
    why: "The value cannot be sent in a JSON body or a header.",
    example: r#"header.Authorization = "Bearer ${LATIN_1_TOKEN}""#,
    fix: "Set the variable to UTF-8 text.",
    finder: Finder::Webhook(unusable_values),
};

pub(super) const ENVIRONMENT_NOT_RESOLVED: Rule = Rule {
    code: "environment-not-resolved",
    level: Level::Warning,
    summary: "a value in the syntax of another program, with `--env`",
    finds: "A value that is written for another program: a reference to a password manager (`op://…`), an encrypted value (`encrypted:…`, `ENC[…]`), a shell command (`$(…)`), or a reference to another variable (`${…}`). Only values that a definition uses are checked, and only with `--env`; commands that send warn too.",
    why: "hooks sends the text as it is, so the receiver gets the reference instead of the secret.",
    example: "CMS_TOKEN=op://vault/cms/token",
    fix: "Run hooks through that program, e.g. `op run --env-file=.env -- hooks …`, or write the value itself; in single quotes, `$` is plain text.",
    finder: Finder::Dotenv,
};

pub(super) const DOTENV_SYNTAX: Rule = Rule {
    code: "dotenv-syntax",
    level: Level::Warning,
    summary: "a line of `.env` that is not `NAME=value`, with `--env`",
    finds: "A line of `.env` that cannot be parsed: a name with characters other than letters, digits and `_`, a line without `=`, a quote that is not closed, or text after the closing quote. Checked only with `--env`; commands that read `.env` warn too.",
    why: "The line is skipped, so its variable is not set.",
    example: "MY-KEY=1",
    fix: "Write the line as `NAME=value`, with the whole value in quotes if it contains spaces.",
    finder: Finder::Dotenv,
};

fn unusable_values(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let Some(environment) = webhook.environment else { return };
    let problem = |name: &str| -> Option<Diagnostic> {
        let Some(found) = environment.get(name) else {
            return match environment.unset(name) {
                Unset::Missing => Some(validate::environment_missing(name, environment)),
                Unset::NotUtf8 => Some(validate::environment_encoding(name)),
                Unset::Shown | Unset::Ignored => None,
            };
        };
        let empty = found.value.reveal().trim().is_empty();
        let empty: Diagnostic = empty.then(|| validate::environment_empty(name, &found.source))?;
        Some(Diagnostic { level: ENVIRONMENT_EMPTY.level, ..empty })
    };
    for value in webhook.values() {
        let problems = value.segments().iter().filter_map(|segment| match segment {
            Segment::Environment(name) => Some((problem(&name.value)?, name.span.clone())),
            _ => None,
        });
        for (problem, span) in problems.take(MAX_FINDINGS) {
            findings.within(problem, webhook, value, span);
        }
    }
}
