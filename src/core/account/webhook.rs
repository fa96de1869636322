//! A webhook as the API returns it (`api.md`, 3.1). It is parsed leniently, because most of it is documented only by example.

use serde_json::{Map, Value};

use super::failure::{AccountFailure, unexpected};

/// A webhook in the account. Triggers, trigger elements and methods that this version does not know are kept as text.
#[derive(Clone, PartialEq)]
pub struct AccountWebhook {
    pub id: u64,
    pub name: String,
    pub active: bool,
    pub trigger: String,
    pub trigger_element: String,
    pub prokey_filter: Option<String>,
    pub method: String,
    pub payload_url: String,
    /// In order; keys may repeat.
    pub header: Vec<AccountPair>,
    pub body: Vec<AccountPair>,
}

/// Hosts of integrations, which manage their own webhooks (`api.md`, 3.1).
const INTEGRATIONS: [(&str, &str); 2] = [("hooks.zapier.com", "Zapier"), ("m.pipedream.net", "Pipedream")];

/// A header or body field. A header's value is always text.
#[derive(Clone, PartialEq)]
#[expect(missing_debug_implementations, reason = "the value may be a secret")]
pub struct AccountPair {
    pub key: String,
    pub value: Value,
}

/// Without values, which may be secrets.
impl std::fmt::Debug for AccountWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountWebhook").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An entry in the list of all webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    pub id: u64,
    /// None if the list does not contain names.
    pub name: Option<String>,
}

/// The entries on a page of the list: bare ids, as numbers or text, or objects with an `id`.
pub fn entries(items: &[Value]) -> Result<Vec<ListEntry>, AccountFailure> {
    let entry = |item: &Value| {
        let id = id(item).or_else(|| id(item.get("id")?));
        let name = ["name", "label"].into_iter().find_map(|name| item.get(name)?.as_str());
        Some(ListEntry { id: id?, name: name.map(str::to_owned) })
    };
    let entries = items.iter().map(entry).collect::<Option<Vec<_>>>();
    entries.ok_or_else(|| unexpected("an entry of the list of webhooks has no `id`"))
}

impl AccountWebhook {
    /// Reads the response to a request for the webhook with this id.
    pub fn read(requested: u64, json: &Value) -> Result<Self, AccountFailure> {
        let fail = |what: String| unexpected(&format!("webhook {requested} {what}"));
        let Some(fields) = json.as_object() else { return Err(fail("is not an object".to_owned())) };
        let own = fields.get("id").map_or(Some(requested), id);
        if own != Some(requested) {
            return Err(fail("was returned with another `id`".to_owned()));
        }
        let text = |name: &str| text(fields, name).map_err(|kind| fail(format!("has {kind} as `{name}`")));
        let pairs = |name: &str| {
            pairs(fields, name).ok_or_else(|| fail(format!("has an unsupported format of `{name}`")))
        };
        let active = match fields.get("active") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(active)) => *active,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !matches!(text.as_str(), "false" | "0" | ""),
            Some(_) => return Err(fail("has an unsupported format of `active`".to_owned())),
        };
        let method = Some(text("method")?).filter(|method| !method.is_empty());
        let mut header = pairs("header")?;
        for pair in &mut header {
            pair.value = Value::String(
                plain(&pair.value)
                    .ok_or_else(|| fail("has a header whose value is a list or an object".to_owned()))?,
            );
        }
        Ok(Self {
            id: requested,
            name: text("name")?,
            active,
            trigger: text("trigger")?,
            trigger_element: text("trigger_element")?,
            prokey_filter: Some(text("prokey_filter")?).filter(|filter| !filter.is_empty()),
            // The official Pipedream app omits it, and its webhooks work.
            method: method.unwrap_or_else(|| "POST".to_owned()),
            payload_url: text("payload_url")?,
            header,
            body: pairs("body")?,
        })
    }
}

impl AccountWebhook {
    /// The integration that manages it, judging by the host (assumed).
    pub fn integration(&self) -> Option<&'static str> {
        let url = url::Url::parse(&self.payload_url).ok()?;
        let host = url.host_str()?.to_ascii_lowercase();
        let is_below =
            |own: &str| host == own || host.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'));
        INTEGRATIONS.iter().find(|(own, _)| is_below(own)).map(|(_, name)| *name)
    }
}

fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The id in the response to a create: at the top level or one level below, as a number or as text.
pub fn created_id(json: &Value) -> Option<u64> {
    let own = |json: &Value| json.get("id").and_then(id);
    let inner = || match json {
        Value::Object(fields) => fields.values().find_map(own),
        Value::Array(items) => items.iter().find_map(own),
        _ => None,
    };
    own(json).or_else(inner)
}

/// A text field; empty if it is absent or null. The error is the type of the value.
fn text(fields: &Map<String, Value>, name: &str) -> Result<String, &'static str> {
    let value = fields.get(name).unwrap_or(&Value::Null);
    plain(value).ok_or(if value.is_array() { "a list" } else { "an object" })
}

/// The text of a value that is not a list or an object.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Headers or body fields: a list of pairs, or an object; none if they are absent, null or an empty text.
fn pairs(fields: &Map<String, Value>, name: &str) -> Option<Vec<AccountPair>> {
    match fields.get(name).unwrap_or(&Value::Null) {
        Value::Null => Some(Vec::new()),
        Value::String(text) if text.is_empty() => Some(Vec::new()),
        Value::Array(items) => items.iter().map(pair).collect(),
        Value::Object(fields) => {
            let pair =
                |(key, value): (&String, &Value)| AccountPair { key: key.clone(), value: value.clone() };
            Some(fields.iter().map(pair).collect())
        }
        _ => None,
    }
}

fn pair(item: &Value) -> Option<AccountPair> {
    let key = plain(item.get("key")?)?;
    Some(AccountPair { key, value: item.get("value").cloned().unwrap_or(Value::Null) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::account::AccountFailureKind;

    use super::*;

    fn example() -> Value {
        json!({
            "id": 311, "name": "Guests to CRM", "active": true, "method": "PUT",
            "payload_url": "https://crm.example.com/in", "trigger": "update", "trigger_element": "rsvp_answer",
            "prokey_filter": "5b0c", "header": [{"key": "X-Token", "value": "abc"}], "body": [],
            "date_created": "2026-02-01T09:00:00.000Z", "date_updated": null, "last_execution": null,
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut json = example();
        json[name] = value;
        json
    }

    #[test]
    fn null_empty_and_absent_fields_are_equal() {
        let plain = AccountWebhook::read(311, &example()).unwrap();
        let mut absent = example();
        absent.as_object_mut().unwrap().shift_remove("body");
        for other in [with("body", Value::Null), with("body", json!("")), with("body", json!({})), absent] {
            assert!(AccountWebhook::read(311, &other).unwrap() == plain, "{other}");
        }
        for none in [Value::Null, json!("")] {
            assert_eq!(AccountWebhook::read(311, &with("prokey_filter", none)).unwrap().prokey_filter, None);
        }
        assert_eq!(AccountWebhook::read(311, &with("method", Value::Null)).unwrap().method, "POST");
    }

    #[test]
    fn the_id_may_be_text_and_unknown_values_are_kept() {
        let plain = AccountWebhook::read(311, &example()).unwrap();
        assert!(AccountWebhook::read(311, &with("id", json!("311"))).unwrap() == plain);
        assert!(AccountWebhook::read(311, &with("retries", json!([1]))).unwrap() == plain);
        let unknown = AccountWebhook::read(311, &with("trigger_element", json!("badge"))).unwrap();
        assert_eq!(unknown.trigger_element, "badge");
        let typed = AccountWebhook::read(311, &with("body", json!([{"key": "n", "value": 2.50}]))).unwrap();
        assert_eq!(typed.body[0].value, json!(2.5));
    }

    #[test]
    fn another_webhook_or_another_shape_is_an_error() {
        for bad in [
            with("id", json!(312)),
            with("name", json!({})),
            with("header", json!([1])),
            json!("x"),
            json!([]),
        ] {
            let failure = AccountWebhook::read(311, &bad).unwrap_err();
            assert_eq!(failure.kind, AccountFailureKind::Unexpected, "{bad}");
        }
    }

    #[test]
    fn integrations_are_recognised_by_their_host() {
        let of =
            |url: &str| AccountWebhook::read(311, &with("payload_url", json!(url))).unwrap().integration();
        assert_eq!(of("https://hooks.zapier.com/hooks/standard/1"), Some("Zapier"));
        assert_eq!(of("https://eo1234.m.pipedream.net"), Some("Pipedream"));
        for own in
            ["https://example.com/hooks.zapier.com", "https://xm.pipedream.net", "hooks.zapier.com", ""]
        {
            assert_eq!(of(own), None, "{own}");
        }
    }

    #[test]
    fn list_entries_may_be_ids_or_objects() {
        let ids = |json: Value| {
            entries(json.as_array().unwrap()).map(|all| all.into_iter().map(|own| own.id).collect::<Vec<_>>())
        };
        for list in
            [json!([311, 312]), json!(["311", "312"]), json!([{"id": 311}, {"id": "312", "name": "x"}])]
        {
            assert_eq!(ids(list.clone()), Ok(vec![311, 312]), "{list}");
        }
        assert_eq!(entries(&[json!({"id": 1, "name": "x"})]).unwrap()[0].name.as_deref(), Some("x"));
        for bad in [json!([{}]), json!([null]), json!([-1])] {
            assert!(ids(bad.clone()).is_err(), "{bad}");
        }
    }
}
