//! Syntax of other template languages.

use crate::core::catalog;
use crate::core::diagnostic::Level;
use crate::core::template::Problem;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Part, Subject};
use super::template_problems_with;

pub(super) const RULE: Rule = Rule {
    code: "unknown-template-syntax",
    level: Level::Error,
    summary: "braces that hold anything but a variable: blocks, helpers, filters, three braces",
    docs: Docs {
        finds: "What other template languages have and the platform has not: `{{#if}}`, `{{{x}}}`, `{{ x | filter }}`, `{{f(x)}}`, empty braces, and blanks that only look like blanks.",
        why: "The platform puts in fields of the element and does nothing else; the receiver would get the braces, or nothing.",
        example: r#"body.user = "{{{email}}}""#,
        mend: "Name the variable alone: `{{email}}`. Three braces around a variable, and odd blanks beside its name, are mended by `--fix`.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    template_problems_with(RULE.code, subject, findings, |part, problem| {
        mended(subject, part, problem).and_then(|text| subject.rewrite(part, text))
    });
}

/// The value with the plain variable that was surely meant, where there is one.
fn mended(subject: &Subject<'_>, part: &Part<'_>, problem: &Problem) -> Option<String> {
    let value = &part.value.value;
    let inner = value[problem.span.clone()].trim_matches(['{', '}']).trim();
    let element = subject.webhook.trigger_element.value;
    let is_variable = catalog::find(element, inner).is_some();
    is_variable
        .then(|| format!("{}{{{{{inner}}}}}{}", &value[..problem.span.start], &value[problem.span.end..]))
}
