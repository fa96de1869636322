//! A variable that is gone on delete.

use crate::core::diagnostic::Level;
use crate::core::model::Trigger;
use crate::core::request::{MOST_FINDINGS, judge};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "variable-on-delete",
    level: Level::Error,
    summary: "any variable but `id` on a delete trigger",
    docs: Docs {
        finds: r#"A variable other than `{{id}}` in a webhook with `trigger = "delete"`."#,
        why: "On delete the platform knows the `id` and nothing else; every other variable stays without a value.",
        example: r#"trigger = "delete"
body.user = "{{status}}""#,
        mend: "Use `{{id}}`; the whole element is sent as `element_data` all the same.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.webhook.trigger.value != Trigger::Delete {
        return;
    }
    for part in subject.fields() {
        for name in part.variables().filter(|name| name.value != "id").take(MOST_FINDINGS) {
            let judgement = judge::variable_on_delete(&name.value);
            findings.within(judgement, subject, part, name.span.clone());
        }
    }
}
