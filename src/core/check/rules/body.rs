//! Body fields and the method.

use std::collections::HashSet;

use crate::core::diagnostic::Level;
use crate::core::json;
use crate::core::request::validate;
use crate::core::template::reference;

use super::super::findings::Findings;
use super::super::parsed::ParsedWebhook;
use super::super::rule::{Finder, Rule};

pub(super) const VARIABLE_IN_BODY_KEY: Rule = Rule {
    code: "variable-in-body-key",
    level: Level::Warning,
    summary: "a `{{variable}}` or `${NAME}` in the key of a body field",
    finds: "Double braces, or `${`, in the key of a body field.",
    why: "The platform is assumed to replace variables only in values; the receiver would get the braces.",
    example: r#"body."{{status}}" = "1""#,
    fix: "Put the variable into the value.",
    finder: Finder::Webhook(body_keys),
};

pub(super) const ELEMENT_DATA_HIDDEN: Rule = Rule {
    code: "element-data-hidden",
    level: Level::Warning,
    summary: "a body field named `element_data`",
    finds: "A body field with the key `element_data`, under which the element is sent.",
    why: "hooks sends it in place of the element; what the platform sends is not documented.",
    example: r#"body.element_data = "{{status}}""#,
    fix: "Give the field another key.",
    finder: Finder::Webhook(body_keys),
};

pub(super) const BODY_FIELD_REPEATED: Rule = Rule {
    code: "body-field-repeated",
    level: Level::Warning,
    summary: "a repeated body field",
    finds: "Two body fields of a webhook with the same key, which is possible in list form.",
    why: "Both are sent, in order. Most receivers use the last one, some the first, and some reject the request.",
    example: r#"body = [{ key = "seats", value = "1" }, { key = "seats", value = "2" }]"#,
    fix: "Keep one, or give the other a different key.",
    finder: Finder::Webhook(body_field_repeated),
};

pub(super) const BODY_ON_GET: Rule = Rule {
    code: "body-on-get",
    level: Level::Warning,
    summary: "GET or DELETE with a body",
    finds: r#"A webhook with `method = "GET"` or `method = "DELETE"`. The platform is assumed to send the same body with every method."#,
    why: "Many servers, caches and firewalls drop the body of such requests or reject them.",
    example: r#"method = "GET""#,
    fix: "Use POST, PUT or PATCH if the receiver allows it.",
    finder: Finder::Webhook(body_on_get),
};

pub(super) const BODY_VALUE_JSON: Rule = Rule {
    code: "body-value-json",
    level: Level::Error,
    summary: "a body value that is not valid JSON",
    finds: r#"Invalid JSON in a body value such as `{ json = "null" }`. `check --env` also finds an environment variable that is not valid JSON, if the value is `{ json = "${NAME}" }`."#,
    why: "The value cannot be sent.",
    example: r#"body.tags = { json = "['a', 'b']" }"#,
    fix: r#"Correct the JSON: strings need double quotes. Text needs no JSON: `body.tag = "a"`."#,
    finder: Finder::Webhook(environment_json),
};

fn environment_json(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let Some(environment) = webhook.environment else { return };
    for value in webhook.body.iter().filter(|value| value.is_json) {
        let Some(name) = reference(value.text()) else { continue };
        let found = environment.get(&name);
        if found.is_some_and(|found| json::check(found.value.reveal()).is_err()) {
            findings.on(validate::environment_not_json(&name), value);
        }
    }
}

fn body_keys(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    for field in &webhook.definition.body {
        if let Some(problem) = validate::body_key(&field.key.value) {
            findings.at(problem, field.key.span.clone());
        }
    }
}

fn body_field_repeated(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let mut seen = HashSet::new();
    for field in &webhook.definition.body {
        if !seen.insert(&field.key.value) {
            findings.at(validate::body_field_repeated(&field.key.value), field.key.span.clone());
        }
    }
}

fn body_on_get(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    if let Some(odd) = validate::body_on(webhook.definition.method.value) {
        findings.at(odd, webhook.definition.method.span.clone());
    }
}
