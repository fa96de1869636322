//! A variable that the trigger element has not.

use crate::core::catalog::{self, Suggestion};
use crate::core::definitions::edit::Change;
use crate::core::diagnostic::Level;
use crate::core::model::Trigger;
use crate::core::request::MOST_FINDINGS;
use crate::core::request::judge::Judgement;
use crate::core::text::Spanned;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Part, Subject};

pub(super) const RULE: Rule = Rule {
    code: "variable-missing",
    level: Level::Error,
    summary: "a variable that the trigger element does not have",
    docs: Docs {
        finds: "A `{{variable}}` that the trigger element does not have, with the name that was probably meant: by spelling, by meaning (`seats` for `amount`) or by nested name (`first_name` for `payload.first_name`). A form has fields of its own: everything below `payload` is accepted. An unknown name that resembles no known one is a warning: the platform may have added it.",
        why: "The platform would put in nothing, and the receiver would wait for a value that never comes.",
        example: r#"body.user = "{{statuss}}""#,
        mend: "Use the name that the message suggests, or one that `hooks vars ELEMENT` lists. Where only letter case, `-` or `_` differ, `--fix` mends it.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // On delete it is another rule's: there is one variable only.
    if subject.webhook.trigger.value == Trigger::Delete {
        return;
    }
    let element = subject.webhook.trigger_element.value;
    for part in subject.fields() {
        let unknown = part.variables().filter(|name| !catalog::may_have(element, &name.value));
        for name in unknown.take(MOST_FINDINGS) {
            let finding = findings.within(judgement(subject, &name.value), subject, part, name.span.clone());
            finding.fix = respelled(subject, part, name);
        }
    }
}

fn judgement(subject: &Subject<'_>, name: &str) -> Judgement {
    let element = subject.webhook.trigger_element.value;
    let message = format!("`{element}` has no variable `{{{{{name}}}}}`");
    let list = match catalog::other_owner(element, name) {
        Some(owner) => format!("`{owner}` has it; `hooks vars {element}` lists the variables of `{element}`"),
        None => format!("`hooks vars {element}` lists the variables"),
    };
    let help = catalog::suggest(element, name).as_ref().map_or(list, Suggestion::as_variable);
    if catalog::may_be_new(element, name) {
        return Judgement::warning(RULE.code, message, help);
    }
    Judgement::error(RULE.code, message, help)
}

/// The change to the one variable that differs in letter case, `-` and `_` only.
fn respelled(subject: &Subject<'_>, part: &Part<'_>, name: &Spanned<String>) -> Option<Change> {
    let fold = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let folded = fold(&name.value);
    let known = catalog::variables(subject.webhook.trigger_element.value).iter();
    let mut same = known.filter(|variable| fold(variable.name) == folded);
    let (Some(only), None) = (same.next(), same.next()) else { return None };
    let value = &part.value.value;
    let (before, after) = (&value[..name.span.start], &value[name.span.end..]);
    subject.rewrite(part, format!("{before}{{{{{}}}}}{after}", only.name))
}
