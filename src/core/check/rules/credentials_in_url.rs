//! Credentials in the payload URL.

use crate::core::diagnostic::Level;
use crate::core::request::judge::{self, Judgement};
use crate::core::secrets::{environment_name, url_credentials};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "credentials-in-url",
    level: Level::Warning,
    summary: "credentials in the payload URL",
    docs: Docs {
        finds: "A user name or password before the host, a literal query parameter such as `token=`, `api_key=`, `sig=` or `code=`, or text that looks like a token of a known service.",
        why: "The file is shared and kept in a repository, and addresses end up in the logs of every server and proxy on the way.",
        example: r#"payload_url = "https://cms.example.com/hooks?token=abc123""#,
        mend: r#"Put it into the environment: `?token=${CMS_TOKEN}`, or better into a header: `Authorization = "Bearer ${CMS_TOKEN}"`."#,
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let found = url_credentials(&subject.url.value.value);
    if found.iter().any(|found| found.is_user_info) {
        findings.on(judge::user_info(), &subject.url).hide();
    }
    if let Some(parameter) = found.into_iter().find(|found| !found.is_user_info) {
        let name = environment_name(&subject.webhook.handle.value, &parameter.name);
        let help = format!(
            "write `${{{name}}}` here and set `{name}` in the environment or in `.env`, as `hooks edit --to-env` does; or use a header"
        );
        let judgement = Judgement::warning(RULE.code, "the payload URL contains a literal credential", help);
        findings.within(judgement, subject, &subject.url, parameter.span).hide();
    }
}
