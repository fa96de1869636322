//! Credentials in the payload URL.

use crate::core::diagnostic::Level;
use crate::core::request::judge::{self, Judgement};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Address, Subject};
use super::literal_credential::is_credential;

pub(super) const RULE: Rule = Rule {
    code: "credentials-in-url",
    level: Level::Warning,
    summary: "credentials in the payload URL",
    docs: Docs {
        finds: "A user name or password before the host, or a literal query parameter such as `token=` or `api_key=`.",
        why: "The file is shared and kept in a repository, and addresses end up in the logs of every server and proxy on the way.",
        example: r#"payload_url = "https://cms.example.com/hooks?token=abc123""#,
        mend: r#"Put it into the environment: `?token=${CMS_TOKEN}`, or better into a header: `Authorization = "Bearer ${CMS_TOKEN}"`."#,
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if let Address::Good(url) = &subject.address {
        for odd in judge::address_oddities(url).into_iter().filter(|odd| odd.code == RULE.code) {
            findings.on(odd, &subject.url).hide();
        }
    }
    let Some((_, query)) = subject.url.value.value.split_once('?') else { return };
    let parameters = query.split('#').next().unwrap_or_default().split('&');
    for (name, value) in parameters.filter_map(|parameter| parameter.split_once('=')) {
        if is_credential(name) && !value.is_empty() && !value.contains("${") {
            let message = "a parameter of the payload URL holds a credential";
            let help = "put the value into the environment and write `${NAME}` here, or use a header";
            findings.on(Judgement::warning(RULE.code, message, help), &subject.url).hide();
            return;
        }
    }
}
