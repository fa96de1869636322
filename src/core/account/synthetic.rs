//! Replaces possibly personal data in an element with synthetic values, so that a sample can be shared.
//!
//! Equal values get equal synthetic values: each is derived from a keyed digest of the original, which cannot be found out
//! without the key.

use serde_json::Value;

use crate::core::catalog::{Variable, find};
use crate::core::model::TriggerElement;

use super::base::DigestKey;
use super::synthetic_text::{synthetic_number, synthetic_text};

/// Replaces personal values of an element: the fields that the catalog marks as personal, and all fields that it does not know.
/// Types, formats, field names, booleans and nulls are kept.
pub fn replace_personal_values(key: &DigestKey, kind: TriggerElement, element: &mut Value) {
    let root = Place { kind, path: String::new(), field: None, is_personal: true };
    root.replace(key, element);
}

/// A place in an element.
struct Place {
    kind: TriggerElement,
    path: String,
    /// None if the catalog does not know it.
    field: Option<&'static Variable>,
    is_personal: bool,
}

impl Place {
    fn replace(&self, key: &DigestKey, value: &mut Value) {
        match value {
            Value::String(text) if self.is_personal => *text = synthetic_text(key, text),
            Value::Number(number) if self.is_personal => *number = synthetic_number(key, number),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Number(_) => {}
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.below(&index.to_string()).replace(key, item);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    self.below(name).replace(key, field);
                }
            }
        }
    }

    /// A field that the catalog does not know is personal, unless its container is a setting whose fields differ from element to
    /// element.
    fn below(&self, step: &str) -> Self {
        let path = if self.path.is_empty() { step.to_owned() } else { format!("{}.{step}", self.path) };
        // A dot in a field name would be taken for a path separator.
        let may_be_known = !step.contains('.') && (self.field.is_some() || self.path.is_empty());
        let field = may_be_known.then(|| find(self.kind, &path)).flatten();
        let is_personal = match (field, self.field) {
            (Some(field), _) => field.personal,
            (None, Some(container)) => container.personal || !container.open,
            (None, None) => self.is_personal,
        };
        Self { kind: self.kind, path, field, is_personal }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::core::catalog::{sample, variables};
    use crate::core::model::Trigger;

    use super::*;

    fn key() -> DigestKey {
        DigestKey::new(&[7; DigestKey::BYTES])
    }

    fn replaced(kind: TriggerElement, mut element: Value) -> Value {
        replace_personal_values(&key(), kind, &mut element);
        element
    }

    fn parsed(kind: TriggerElement) -> Value {
        serde_json::from_str(&sample(kind, Trigger::Update)).unwrap()
    }

    /// Every value that is not a container, with its path.
    fn leaves(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), found));
            }
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| leaves(value, &format!("{path}/{index}"), found));
            }
            leaf => found.push((path.to_owned(), leaf.clone())),
        }
    }

    fn all_leaves(value: &Value) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        leaves(value, "", &mut found);
        found
    }

    #[test]
    fn a_redacted_answer_keeps_its_shape_but_no_personal_text() {
        let answer = json!({
            "status": "confirmed", "date_created": "2023-12-07T08:58:47.510Z", "date_updated": null,
            "email": "Jane.Doe@mail.example.org", "prokey": "c6510c06-a277-4e1c-9baf-deec9c5507c7", "amount": 2,
            "payload": {
                "first_name": "Jane", "phone": "+49 (0)171 5550123", "born": "1985-03-12", "agreed": true, "vegan": null,
                "second_email": "jane.doe@MAIL.example.org", "customer": "0b9e3f5c-8d41-4c6b-9a57-1f2e3d4c5b6a",
                "member": 48151, "rate": 2.5, "since": "12.03.2019 14:45", "code": "AB-1234-x",
                "site": "https://jane.example.net/me?x=1", "about": "I am Jane\nand I like cake", "empty": "",
            },
            "waitlist": {"note": "call Jane", "position": 7},
        });
        let other = replaced(TriggerElement::RsvpAnswer, answer.clone());
        for same in ["status", "date_created", "date_updated", "prokey", "amount"] {
            assert_eq!(other[same], answer[same], "{same}");
        }
        let payload = &other["payload"];
        for same in ["agreed", "vegan", "empty"] {
            assert_eq!(payload[same], answer["payload"][same], "{same}");
        }
        assert_eq!(other["email"], payload["second_email"], "the same person has the same address");
        let is = |value: &Value, pattern: &str| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert!(regex::Regex::new(&format!("^{pattern}$")).unwrap().is_match(&text), "{text}: {pattern}");
        };
        is(&other["email"], r"person-[0-9a-f]{12}@example\.com");
        is(&payload["first_name"], "[A-Z][a-z]+");
        is(&payload["phone"], r"\+[1-9]\d \(\d\)\d{3} \d{7}");
        is(&payload["born"], r"(19[5-9]\d|20[0-2]\d)-(0[1-9]|1[0-2])-(0[1-9]|1[0-2])");
        is(&payload["since"], r"(0[1-9]|1[0-2])\.(0[1-9]|1[0-2])\.(19|20)\d\d ([01]\d|2[0-3]):[0-5]\d");
        is(&payload["customer"], "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        is(&payload["member"], r"[1-9]\d{4}");
        is(&payload["rate"], r"[1-9]\.\d");
        is(&payload["code"], r"[A-Z]{2}-\d{4}-[a-z]");
        is(&payload["site"], "https://example.com/[0-9a-f]{12}");
        is(&payload["about"], "[A-Z][a-z]+( [a-zA-Z][a-z]+){6}");
        is(&other["waitlist"]["position"], "[1-9]");
        assert!(!other.to_string().to_lowercase().contains("jane"), "{other}");
    }

    #[test]
    fn settings_dates_and_references_are_kept_in_every_element() {
        for kind in TriggerElement::ALL {
            let element = parsed(kind);
            let other = replaced(kind, element.clone());
            for ((path, before), (_, after)) in all_leaves(&element).iter().zip(&all_leaves(&other)) {
                let name = path[1..].replace('/', ".");
                let field = find(kind, &name).unwrap_or_else(|| panic!("{kind}: {name}"));
                let is_replaced = field.personal && before.as_str().is_some_and(|text| !text.is_empty());
                assert_eq!(before != after, is_replaced, "{kind}: {name}: {before} {after}");
            }
        }
        let style = json!({"styleDark": {"--btn-background": "#222"}, "customLabels": {"modal.button": "Save, Jane"}});
        let other = replaced(TriggerElement::Style, style.clone());
        assert_eq!(other["styleDark"], style["styleDark"]);
        assert_ne!(other["customLabels"], style["customLabels"]);
    }

    #[test]
    fn an_unknown_field_of_a_date_is_replaced() {
        let event = json!({"dates": [{"startDate": "2026-01-01", "room": "Jane's office"}]});
        let other = replaced(TriggerElement::Event, event.clone());
        assert_eq!(other["dates"][0]["startDate"], event["dates"][0]["startDate"]);
        assert_ne!(other["dates"][0]["room"], event["dates"][0]["room"]);
    }

    #[test]
    fn another_key_gives_other_synthetic_values() {
        let mut other = json!({"email": "jane@example.org"});
        replace_personal_values(
            &DigestKey::new(&[8; DigestKey::BYTES]),
            TriggerElement::RsvpAnswer,
            &mut other,
        );
        assert_ne!(other, replaced(TriggerElement::RsvpAnswer, json!({"email": "jane@example.org"})));
    }

    /// Texts of each format; no synthetic value contains `Zq`.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "Zq[a-zA-Z ,.'-]{0,30}Zq",
            "Zq[a-z]{1,8}@[a-z]{1,8}\\.org",
            "\\PC{1,20}Zq",
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}",
            "https://Zq[a-z]{1,8}\\.example/[a-z?=&]{0,9}",
            "<p>Zq[a-z <>/]{0,20}</p>",
            "20[0-2][0-9]-0[1-9]-1[0-9]",
            "[0-2][0-9]:[0-5][0-9]",
            "\\+?[0-9][0-9 ()-]{3,14}",
            "[A-Z]{2}[0-9]{3}Zq",
            "#[0-9a-f]{6}",
        ]
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            text().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter_map("JSON has no infinity", |number| serde_json::Number::from_f64(number)
                    .map(Value::Number)),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec(("[a-z_.]{0,9}", inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// An element with arbitrary values in its personal and unknown fields.
    fn element() -> impl Strategy<Value = (TriggerElement, Value)> {
        let kinds = proptest::sample::select(TriggerElement::ALL.to_vec());
        (kinds, proptest::collection::vec(("[a-z_.]{1,12}", any_json(), any_json()), 1..6)).prop_map(
            |(kind, values)| {
                let mut element = parsed(kind);
                let fields = element.as_object_mut().unwrap();
                let mut personal = variables(kind)
                    .iter()
                    .filter(|field| field.personal && !field.name.contains('.'))
                    .cycle();
                for (name, unknown, own) in values {
                    if let Some(field) = personal.next().filter(|field| fields.contains_key(field.name)) {
                        fields.insert(field.name.to_owned(), own);
                    }
                    if find(kind, &name).is_none() {
                        fields.insert(name, unknown);
                    }
                }
                (kind, element)
            },
        )
    }

    fn same_type(before: &Value, after: &Value) -> bool {
        match (before, after) {
            (Value::Number(before), Value::Number(after)) => before.is_f64() == after.is_f64(),
            (Value::Bool(before), Value::Bool(after)) => before == after,
            (Value::String(_), Value::String(_)) | (Value::Null, Value::Null) => true,
            (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => before == after,
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn every_personal_or_unknown_value_is_replaced_and_shape_and_types_are_kept((kind, element) in element()) {
            let other = replaced(kind, element.clone());
            let (before, after) = (all_leaves(&element), all_leaves(&other));
            prop_assert_eq!(before.len(), after.len());
            for ((path, before), (other_path, after)) in before.iter().zip(&after) {
                prop_assert_eq!(path, other_path);
                prop_assert!(same_type(before, after), "{path}: {before} {after}");
                let steps: Vec<&str> = path[1..].split('/').collect();
                let known = steps.iter().all(|step| !step.contains('.')).then(|| find(kind, &steps.join("."))).flatten();
                if known.is_none_or(|field| field.personal) && !path.starts_with("/style") {
                    let is_replaced = before.is_number() || before.as_str().is_some_and(|text| !text.trim().is_empty());
                    prop_assert_eq!(is_replaced, before != after, "{}: {} {}", path, before, after);
                    prop_assert!(!after.to_string().contains("Zq"), "{path}: {before} {after}");
                } else {
                    prop_assert_eq!(before, after);
                }
            }
            prop_assert_eq!(replaced(kind, element), other, "the same input has the same synthetic values");
        }

        #[test]
        fn a_synthetic_value_has_the_format_of_the_original(text in text()) {
            let before = json!({ "note": text });
            let after = replaced(TriggerElement::RsvpAnswer, before.clone());
            prop_assert_eq!(form(&after["note"]), form(&before["note"]), "{}: {}", before, after);
        }
    }

    fn form(text: &Value) -> &'static str {
        let text = text.as_str().unwrap().trim();
        let forms = [
            ("email address", r"^[^@\s<>(),;:\x22]+@[^@\s<>(),;:\x22]+\.[^@\s<>(),;:\x22]+$"),
            ("uuid", "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"),
            ("url", "^https://[a-zA-Z.]+/"),
            ("html", "<[a-zA-Z/](?s).*>"),
            ("date", r"^\d{4}-(0\d|1[012])-[0-3]\d$"),
            ("time", r"^[0-2]\d:[0-5]\d$"),
            ("color", "^#[0-9a-f]{6}$"),
            ("digits", r"^[-+()\d ]*\d[-+()\d ]*$"),
        ];
        forms
            .iter()
            .find(|(_, pattern)| regex::Regex::new(pattern).unwrap().is_match(text))
            .map_or("text", |(name, _)| name)
    }
}
