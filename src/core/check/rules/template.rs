//! The syntax of templates, and their variables.

use crate::core::catalog::{self, Suggestion};
use crate::core::definitions::edit::{Change, FieldPath};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::Trigger;
use crate::core::request::{MAX_FINDINGS, validate};
use crate::core::template::environment_name;
use crate::core::text::{Span, Spanned, fold, one_line};

use super::super::findings::Findings;
use super::super::parsed::{ParsedValue, ParsedWebhook};
use super::super::rule::{Finder, Rule};

pub(super) const UNCLOSED_VARIABLE: Rule = Rule {
    code: "unclosed-variable",
    level: Level::Error,
    summary: "`{{` that is not closed",
    finds: "`{{` without `}}`, in a header value, a body value or the payload URL.",
    why: "The platform would send the braces literally, or send nothing in their place.",
    example: r#"body.user = "{{email""#,
    fix: "Close it: `{{email}}`.",
    finder: Finder::Webhook(placeholders),
};

pub(super) const UNKNOWN_TEMPLATE_SYNTAX: Rule = Rule {
    code: "unknown-template-syntax",
    level: Level::Error,
    summary: "double braces around anything but a variable: blocks, helpers, filters, triple braces",
    finds: "Syntax of other template languages, which the platform does not support: `{{#if}}`, `{{{x}}}`, `{{ x | filter }}`, `{{f(x)}}`, empty braces, and characters that look like spaces.",
    why: "The platform replaces only variables; the receiver would get the braces, or nothing.",
    example: r#"body.user = "{{{email}}}""#,
    fix: "Write only the variable: `{{email}}`. `--fix` corrects triple braces around a variable and unusual spaces around its name.",
    finder: Finder::Webhook(placeholders),
};

pub(super) const UNCLOSED_ENVIRONMENT: Rule = Rule {
    code: "unclosed-environment",
    level: Level::Error,
    summary: "`${` that is not closed",
    finds: "`${` without `}`, in a header value, a body value or the payload URL.",
    why: "The variable cannot be looked up, so nothing is sent.",
    example: r#"header.Authorization = "Bearer ${CMS_TOKEN""#,
    fix: "Close it: `${CMS_TOKEN}`. For a literal `${` write `$${`.",
    finder: Finder::Webhook(placeholders),
};

pub(super) const BAD_ENVIRONMENT_NAME: Rule = Rule {
    code: "bad-environment-name",
    level: Level::Error,
    summary: "an invalid environment variable name in `${…}`",
    finds: "Characters other than letters, digits and `_` between `${` and `}`, or a digit at the start.",
    why: "No environment variable can have this name.",
    example: r#"header.Authorization = "Bearer ${CMS-TOKEN}""#,
    fix: "Use letters, digits and `_`: `${CMS_TOKEN}`. For a literal `${` write `$${`.",
    finder: Finder::Webhook(placeholders),
};

pub(super) const MISSING_BRACES: Rule = Rule {
    code: "missing-braces",
    level: Level::Warning,
    summary: "`{name}` or `$NAME` in place of `{{name}}` or `${NAME}`",
    finds: "A variable of the trigger element in single braces, in a header or body value. Also `$` before a name of at least four capital letters, digits and `_`, in a header value or the payload URL, or as a whole body value.",
    why: "The text is sent as it is: only `{{name}}` and `${NAME}` are replaced.",
    example: r#"body.user = "{email}""#,
    fix: "Write `{{email}}` for a variable of the element, `${CMS_TOKEN}` for an environment variable. If the text is meant as it is, ignore the rule on this line.",
    finder: Finder::Webhook(missing_braces),
};

pub(super) const VARIABLE_ON_DELETE: Rule = Rule {
    code: "variable-on-delete",
    level: Level::Error,
    summary: "a variable other than `id` on a delete trigger",
    finds: r#"A variable other than `{{id}}` in a webhook with `trigger = "delete"`."#,
    why: "On delete, the platform provides only the `id`; all other variables have no value.",
    example: r#"trigger = "delete"
body.user = "{{status}}""#,
    fix: "Use `{{id}}`; the whole element is still sent as `element_data`.",
    finder: Finder::Webhook(variable_on_delete),
};

pub(super) const VARIABLE_MISSING: Rule = Rule {
    code: "variable-missing",
    level: Level::Error,
    summary: "a variable that the trigger element does not have",
    finds: "A `{{variable}}` that the trigger element does not have. The message suggests the most similar one: by spelling, by meaning (`seats` for `amount`) or by nesting (`first_name` for `payload.first_name`). Everything below `payload` is accepted, since each form defines its own fields: a misspelled form field such as `{{payload.frist_name}}` is not found. To find one, preview the webhook with an answer from that form: `hooks preview WEBHOOK answer.json`. A name that is not similar to any variable is a warning, since the platform may have added it. Fields that `webhooks.fields.json` beside the file lists count as variables.",
    why: "The platform would send nothing in its place.",
    example: r#"body.user = "{{statuss}}""#,
    fix: "Use the variable that the message suggests, or one that `hooks vars ELEMENT` lists. If only letter case, `-` or `_` differ, `--fix` corrects it.",
    finder: Finder::Webhook(variable_missing),
};

fn placeholders(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    for value in webhook.values() {
        for problem in value.problems().iter().take(MAX_FINDINGS) {
            let found = findings.within(problem.value.clone(), webhook, value, problem.span.clone());
            if problem.value.code == UNKNOWN_TEMPLATE_SYNTAX.code {
                found.fix = variable_alone(webhook, value, problem.span.clone());
            }
        }
    }
}

fn missing_braces(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let element = webhook.definition.trigger_element.value;
    let is_delete = webhook.definition.trigger.value == Trigger::Delete;
    let is_variable =
        |name: &str| if is_delete { name == "id" } else { webhook.learned.may_have(element, name) };
    for value in webhook.values().filter(|value| !value.is_json && value.problems().is_empty()) {
        let text = value.text();
        let variables = in_single_braces(text).filter(|(_, name)| is_variable(name));
        let variables = variables.map(|(span, name)| (span, format!("{{{{{name}}}}}")));
        let names = after_dollar(text).map(|(span, name)| (span, format!("${{{name}}}")));
        let found: Vec<(Span, String)> = match value.field {
            FieldPath::Header(_) => variables.chain(names).collect(),
            FieldPath::Body(_) => {
                variables.chain(names.filter(|(span, _)| span.len() == text.len())).collect()
            }
            FieldPath::Field(_) | FieldPath::Id(_) => names.collect(),
        };
        for (span, meant) in found.into_iter().take(MAX_FINDINGS) {
            let written = &text[span.clone()];
            // A literal credential may begin with `$`.
            let (written, help) = if written.starts_with('$') && value.may_be_secret() {
                ("$…".into(), "write `${NAME}` for an environment variable".to_owned())
            } else {
                (one_line(written), format!("did you mean `{meant}`?"))
            };
            let finding = Diagnostic::warning(MISSING_BRACES.code, format!("`{written}` is sent as it is"));
            findings.within(finding.help(help), webhook, value, span);
        }
    }
}

/// The names in single braces, with the span of the braces.
fn in_single_braces(text: &str) -> impl Iterator<Item = (Span, &str)> {
    text.match_indices('{').filter_map(|(start, _)| {
        let inner = &text[start + 1..];
        let (name, after) = inner.split_once('}')?;
        let is_single =
            !text[..start].ends_with(['{', '$']) && !inner.starts_with('{') && !after.starts_with('}');
        (is_single && catalog::is_usable(name.trim())).then(|| (start..start + name.len() + 2, name.trim()))
    })
}

/// The names in capitals after a `$`, with the span of both. Shorter names may be currencies.
fn after_dollar(text: &str) -> impl Iterator<Item = (Span, &str)> {
    const SHORTEST: usize = 4;
    text.match_indices('$').filter_map(|(start, _)| {
        let rest = &text[start + 1..];
        let is_in_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let name = &rest[..rest.find(|c| !is_in_name(c)).unwrap_or(rest.len())];
        let is_whole =
            !rest[name.len()..].starts_with(char::is_alphanumeric) && !text[..start].ends_with('$');
        let is_name = name.len() >= SHORTEST && name.starts_with(|c: char| c.is_ascii_uppercase());
        (is_name && is_whole).then(|| (start..start + 1 + name.len(), name))
    })
}

/// The change to a plain variable, if the text between the braces contains a known one.
fn variable_alone(webhook: &ParsedWebhook<'_>, value: &ParsedValue<'_>, span: Span) -> Option<Change> {
    let text = value.text();
    let inner = text[span.clone()].trim_matches(['{', '}']).trim();
    catalog::find(webhook.definition.trigger_element.value, inner)?;
    webhook.rewrite(value, format!("{}{{{{{inner}}}}}{}", &text[..span.start], &text[span.end..]))
}

fn variable_on_delete(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    if webhook.definition.trigger.value != Trigger::Delete {
        return;
    }
    for value in webhook.fields() {
        for name in value.variables().filter(|name| name.value != "id").take(MAX_FINDINGS) {
            findings.within(validate::variable_on_delete(&name.value), webhook, value, name.span.clone());
        }
    }
}

fn variable_missing(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    // On delete, `variable-on-delete` reports every variable but `id`.
    if webhook.definition.trigger.value == Trigger::Delete {
        return;
    }
    let element = webhook.definition.trigger_element.value;
    for value in webhook.fields() {
        let unknown = value.variables().filter(|name| !webhook.learned.may_have(element, &name.value));
        for name in unknown.take(MAX_FINDINGS) {
            let finding = findings.within(missing(webhook, &name.value), webhook, value, name.span.clone());
            finding.fix = respelled(webhook, value, name);
        }
    }
}

fn missing(webhook: &ParsedWebhook<'_>, name: &str) -> Diagnostic {
    let element = webhook.definition.trigger_element.value;
    let message = format!("`{element}` has no variable `{{{{{name}}}}}`");
    let list = match (catalog::other_owner(element, name), environment_name(name)) {
        (Some(owner), _) => {
            format!("it is a variable of `{owner}`; run `hooks vars {element}` to list those of `{element}`")
        }
        (None, Some(variable)) => format!("write `${{{variable}}}` for an environment variable"),
        (None, None) => format!("run `hooks vars {element}` to list the variables"),
    };
    let near = webhook.learned.suggest(element, name);
    let may_be_new = catalog::may_be_new(element, name, near.as_ref());
    let level = if may_be_new { Level::Warning } else { Level::Error };
    let help = near.as_ref().map_or(list, Suggestion::as_variable);
    Diagnostic::new(level, VARIABLE_MISSING.code, message).help(help)
}

/// The change to the only variable that differs just in letter case, `-` and `_`.
fn respelled(webhook: &ParsedWebhook<'_>, value: &ParsedValue<'_>, name: &Spanned<String>) -> Option<Change> {
    let folded = fold(&name.value);
    let known = catalog::variables(webhook.definition.trigger_element.value).iter();
    let mut same = known.filter(|variable| fold(variable.name) == folded);
    let (Some(only), None) = (same.next(), same.next()) else { return None };
    let (before, after) = (&value.text()[..name.span.start], &value.text()[name.span.end..]);
    webhook.rewrite(value, format!("{before}{{{{{}}}}}{after}", only.name))
}
