//! A header that frames the message.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "header-framing",
    level: Level::Error,
    summary: "a header that frames the message or belongs to the connection",
    docs: Docs {
        finds: "`Content-Length`, `Transfer-Encoding`, `Connection`, `Host`, `Expect`, `Upgrade`, `TE`, `Trailer`, `Keep-Alive` and `Proxy-…`.",
        why: "They say where a request ends and where it goes; set by hand, they break it, or smuggle a second one in.",
        example: r#"header.Content-Length = "12""#,
        mend: "Take it out: it is set for every request.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for field in &subject.webhook.header {
        if let Some(problem) = judge::header_name(&field.key.value).filter(|it| it.code == RULE.code) {
            findings.at(problem, field.key.span.clone());
        }
    }
}
