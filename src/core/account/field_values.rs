//! Values of header and body fields: as written in a definition, and as JSON in the account.

use serde_json::{Map, Number, Value};

use crate::core::json;
use crate::core::model::FieldValue;
use crate::core::request::Environment;
use crate::core::template::reference;

use super::template::{escaped, names, resolved};

/// The value that the account should have. The error lists environment variables that are not set or not valid JSON.
pub(super) fn to_json(written: &FieldValue, environment: &dyn Environment) -> Result<Value, Vec<String>> {
    match written {
        FieldValue::Text(text) => resolved(text, environment).map(Value::String),
        FieldValue::Json(json) => match reference(json) {
            None => Ok(parsed(json).unwrap_or_default()),
            Some(name) => {
                let own = environment.get(&name).and_then(|own| parsed(own.value.reveal()));
                own.ok_or_else(|| vec![name])
            }
        },
    }
}

fn parsed(json: &str) -> Option<Value> {
    serde_json::from_str(json).ok()
}

/// How a definition writes this value.
pub(super) fn to_written(value: &Value) -> FieldValue {
    match value {
        Value::String(text) => FieldValue::Text(escaped(text)),
        other => FieldValue::Json(other.to_string()),
    }
}

/// Whether a value contains `${NAME}`.
pub(super) fn is_from_environment(written: &FieldValue) -> bool {
    match written {
        FieldValue::Text(text) => !names(text).is_empty(),
        FieldValue::Json(json) => reference(json).is_some(),
    }
}

/// Whether two values are equal: numbers by value, objects in any order of members.
pub(super) fn is_same(a: &Value, b: &Value) -> bool {
    if a == b || a.is_string() || b.is_string() {
        return a == b;
    }
    let (a, b) = (a.to_string(), b.to_string());
    match (json::check(&a), json::check(&b)) {
        (Ok(first), Ok(second)) => json::diff(first.root(&a), second.root(&b), 1, &|a, b| a == b).is_empty(),
        _ => false,
    }
}

/// A text that is identical for values that are equal according to [`is_same`].
pub(super) fn normal_text(value: &Value) -> String {
    normal(value).to_string()
}

fn normal(value: &Value) -> Value {
    /// Up to this many digits, converting to `f64` loses nothing.
    const EXACT_DIGITS: usize = 15;
    match value {
        Value::Number(number) => {
            let digits = number.to_string().bytes().filter(u8::is_ascii_digit).count();
            let float = number.as_f64().filter(|_| digits <= EXACT_DIGITS).and_then(Number::from_f64);
            Value::Number(float.unwrap_or_else(|| number.clone()))
        }
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(key, value)| (key.clone(), normal(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_values_have_the_same_normal_text() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        for (a, b, same) in [
            ("1", "1.0", true),
            ("1e2", "100", true),
            ("12345678901234567890", "12345678901234567891", false),
            ("12345678901234567890", "12345678901234567890", true),
            ("1", "\"1\"", false),
            ("0", "false", false),
            ("null", "\"\"", false),
            (r#"{"a":[1.50,null],"b":2}"#, r#"{"b":2.0,"a":[1.5,null]}"#, true),
            ("[1,2]", "[2,1]", false),
        ] {
            assert_eq!(is_same(&value(a), &value(b)), same, "{a} {b}");
            assert_eq!(normal_text(&value(a)) == normal_text(&value(b)), same, "{a} {b}");
        }
        assert_eq!(to_written(&json!("${A}")), FieldValue::Text("$${A}".to_owned()));
        assert_eq!(
            to_written(&value("12345678901234567890.10")),
            FieldValue::Json("12345678901234567890.10".to_owned())
        );
    }
}
