//! Converts a webhook that was created through the API, so that it fires like those in `webhooks.toml`.

use std::sync::Arc;

use serde_json::Value;

use crate::core::diagnostic::Levels;
use crate::core::model::{
    AccountId, AccountIds, DEFAULT_ACCOUNT, Field, FieldValue, Method, Trigger, TriggerElement, UnknownWords,
    Webhook,
};
use crate::core::text::{Source, Spanned, one_line};

use super::Record;

/// The handle of a webhook created through the API, for the log and the history. It contains a space, which handles in a file
/// cannot.
pub fn handle(id: u64) -> String {
    format!("webhook {id}")
}

/// The webhook, or why it cannot fire. `${NAME}` in its values is literal text.
pub fn webhook(record: &Record) -> Result<Webhook, String> {
    let id = record.get("id").and_then(Value::as_u64).unwrap_or_default();
    let source = Arc::new(Source::new(handle(id), ""));
    let filter = text(record, "prokey_filter").filter(|filter| !filter.trim().is_empty());
    let trigger_element = term(record, "trigger_element", TriggerElement::ALL, TriggerElement::as_str)?;
    Ok(Webhook {
        source,
        levels: Arc::new(Levels::default()),
        handle: spanned(handle(id)),
        name: text(record, "name").map(|name| spanned(name.to_owned())),
        // An emulated account is the default account.
        ids: AccountIds {
            is_table: false,
            all: vec![AccountId { account: spanned(DEFAULT_ACCOUNT.to_owned()), number: spanned(id) }],
        },
        active: spanned(record.get("active").and_then(Value::as_bool).unwrap_or(true)),
        trigger: spanned(term(record, "trigger", Trigger::ALL, Trigger::as_str)?),
        trigger_element: spanned(trigger_element),
        // Documented: has an effect only for RSVP answers.
        prokey_filter: filter
            .filter(|_| trigger_element == TriggerElement::RsvpAnswer)
            .map(|filter| spanned(filter.to_owned())),
        method: spanned(term(record, "method", Method::ALL, Method::as_str)?),
        unknown: UnknownWords::default(),
        payload_url: spanned(literal(text(record, "payload_url").unwrap_or_default())),
        header: pairs(record, "header")?,
        body: pairs(record, "body")?,
    })
}

/// Values that were not written in a file have no span.
fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, 0..0)
}

fn text<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    record.get(field).and_then(Value::as_str)
}

/// Text as a file contains it, where `${` starts a reference to the environment.
fn literal(text: &str) -> String {
    text.replace("${", "$${")
}

fn term<T: Copy, const N: usize>(
    record: &Record,
    field: &str,
    all: [T; N],
    name: fn(T) -> &'static str,
) -> Result<T, String> {
    let text = text(record, field).unwrap_or_default();
    let unknown = || format!("unknown {} `{}`", field.replace('_', " "), one_line(text));
    all.into_iter().find(|own| name(*own) == text).ok_or_else(unknown)
}

fn pairs(record: &Record, field: &str) -> Result<Vec<Field>, String> {
    let items = record.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let pair = |item: &Value| {
        let key = item["key"].as_str().unwrap_or_default();
        let value = match &item["value"] {
            Value::String(text) => FieldValue::Text(literal(text)),
            other if field == "body" => FieldValue::Json(other.to_string()),
            _ => return Err(format!("the value of `{}` in `{field}` is not a string", one_line(key))),
        };
        Ok(Field { key: spanned(key.to_owned()), value: spanned(value), is_item: true })
    };
    items.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::request::{Destination, Element, EmptyEnvironment, Rendering, prepare};

    fn record(changes: &Value) -> Record {
        let mut record = json!({
            "id": 311, "name": "Guests to CRM", "active": true, "method": "PUT",
            "payload_url": "http://127.0.0.1:3000/in", "trigger": "update", "trigger_element": "rsvp_answer",
            "prokey_filter": null, "header": [], "body": [], "date_created": "2026-02-01T09:00:00.000Z",
            "date_updated": null, "last_execution": null,
        });
        for (key, value) in changes.as_object().unwrap() {
            record[key] = value.clone();
        }
        record.as_object().unwrap().clone()
    }

    #[test]
    fn values_are_literal_and_variables_are_replaced() {
        let record = record(&json!({
            "payload_url": "http://127.0.0.1:3000/${HOME}?$${X}",
            "header": [{ "key": "X-A", "value": "$${HOME} ${HOME {{email}}" }],
            "body": [{ "key": "seats", "value": "{{amount}}" }, { "key": "seats", "value": "${" }, { "key": "n", "value": {"a": [1.50, null, "{{id}} ${X}"]} }],
        }));
        let webhook = webhook(&record).unwrap();
        let element = Element::sample(TriggerElement::RsvpAnswer, Trigger::Update);
        let rendering = Rendering {
            element: &element,
            environment: &EmptyEnvironment,
            allow_missing: false,
            destination: &Destination::Defined,
        };
        let (request, _) = prepare(&webhook, rendering).unwrap();
        assert_eq!(request.url.as_str(), "http://127.0.0.1:3000/$%7BHOME%7D?$${X}");
        let email = element.variable(TriggerElement::RsvpAnswer, "email").unwrap().as_text().unwrap();
        assert_eq!(request.header("x-a").unwrap(), format!("$${{HOME}} ${{HOME {email}"));
        let body = String::from_utf8_lossy(&request.body);
        assert!(body.ends_with(r#","seats":2,"seats":"${","n":{"a":[1.5,null,"{{id}} ${X}"]}}"#), "{body}");
        assert_eq!((&*request.webhook, request.method), ("webhook 311", Method::Put));
    }

    #[test]
    fn a_webhook_with_unknown_values_says_why_it_cannot_fire() {
        for (changes, why) in [
            (json!({ "trigger": "publish" }), "unknown trigger `publish`"),
            (json!({ "trigger_element": "team" }), "unknown trigger element `team`"),
            (json!({ "method": "HEAD" }), "unknown method `HEAD`"),
            (
                json!({ "header": [{ "key": "n", "value": 5 }] }),
                "the value of `n` in `header` is not a string",
            ),
        ] {
            assert_eq!(webhook(&record(&changes)).unwrap_err(), why);
        }
    }

    #[test]
    fn a_prokey_filter_has_an_effect_only_for_rsvp_answers() {
        let filter = |changes: Value| webhook(&record(&changes)).unwrap().prokey_filter.is_some();
        assert!(filter(json!({ "prokey_filter": "x" })));
        assert!(!filter(json!({ "prokey_filter": " " })));
        assert!(!filter(json!({ "prokey_filter": "x", "trigger_element": "event" })));
    }
}
