//! GET or DELETE with a body.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "body-on-get",
    level: Level::Warning,
    summary: "GET or DELETE, which carry a body here",
    docs: Docs {
        finds: r#"A webhook with `method = "GET"` or `method = "DELETE"`. The platform is assumed to send the same body with every method."#,
        why: "Many servers, caches and firewalls drop the body of such requests, or reject them.",
        example: r#"method = "GET""#,
        mend: "Use POST, PUT or PATCH where the receiver allows it.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if let Some(odd) = judge::body_on(subject.webhook.method.value) {
        findings.at(odd, subject.webhook.method.span.clone());
    }
}
