//! Checks the fields of a request against the table of its resource, and converts their values to the stored form.

use serde_json::Value;

use crate::core::catalog::{Acceptance, ValueFormat, Variable, VariableType};
use crate::core::text::{list, one_line};

use super::assumptions::UnknownField;
use super::format::{self, expected_format};
use super::{ApiError, Assumptions, Record, Resource};

/// The fields directly below a path in a table, by the last step of their names.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableLevel {
    table: &'static [Variable],
    /// Empty, or the path of a container followed by a dot, e.g. `dates.0.`.
    prefix: &'static str,
}

impl TableLevel {
    pub(super) fn of(resource: Resource) -> Self {
        Self { table: resource.fields(), prefix: "" }
    }

    /// The fields of the objects in a list.
    pub(super) fn of_item(resource: Resource, prefix: &'static str) -> Self {
        Self { table: resource.fields(), prefix }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = (&'static str, &'static Variable)> {
        let step = move |field: &'static Variable| Some((field.name.strip_prefix(self.prefix)?, field));
        self.table.iter().filter_map(step).filter(|(step, _)| !step.is_empty() && !step.contains('.'))
    }

    pub(super) fn get(self, step: &str) -> Option<&'static Variable> {
        self.iter().find(|(own, _)| *own == step).map(|(_, field)| field)
    }

    fn named(self, name: &str) -> Option<&'static Variable> {
        self.table.iter().find(|field| field.name == name)
    }

    /// The fields below a field.
    fn below(self, field: &'static Variable) -> Self {
        let prefix = self.table.iter().find_map(|other| {
            let rest = other.name.strip_prefix(field.name)?;
            rest.starts_with('.').then(|| &other.name[..=field.name.len()])
        });
        // Without fields below it, the level is empty.
        Self { table: if prefix.is_some() { self.table } else { &[] }, prefix: prefix.unwrap_or_default() }
    }
}

/// Whether an object must have its required fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Complete,
    /// Any field may be missing or null, because the object is merged into a stored one.
    Partial,
}

/// Converts values, and remembers ignored fields.
#[derive(Debug)]
pub(super) struct Conversion {
    unknown_field: UnknownField,
    /// The paths of fields that were ignored.
    pub(super) ignored: Vec<String>,
}

impl Conversion {
    pub(super) fn new(assumptions: &Assumptions) -> Self {
        Self { unknown_field: assumptions.unknown_field, ignored: Vec::new() }
    }

    /// Ignores or refuses a field that is not accepted.
    pub(super) fn unknown(&mut self, path: String) -> Result<(), ApiError> {
        if self.unknown_field == UnknownField::Refuse {
            return Err(ApiError::field(&path, "unknown or read-only field; leave it out"));
        }
        self.ignored.push(path);
        Ok(())
    }

    /// Converts a value to its stored form.
    pub(super) fn value(
        &mut self,
        fields: TableLevel,
        field: &'static Variable,
        path: &str,
        value: &Value,
    ) -> Result<Value, ApiError> {
        let wrong_type = || {
            ApiError::field(path, format!("expected {}, found {}", expected(field), found(field.kind, value)))
        };
        match (field.kind, value) {
            (VariableType::Any, _)
            | (VariableType::Boolean | VariableType::StringOrBoolean, Value::Bool(_)) => Ok(value.clone()),
            (_, Value::Null) if field.nullable => Ok(Value::Null),
            // Assumed: null clears a list.
            (VariableType::List, Value::Null) if field.default == Some("[]") => Ok(Value::Array(Vec::new())),
            (_, Value::Null) => {
                Err(ApiError::field(path, format!("must not be null; expected {}", expected(field))))
            }
            (VariableType::String | VariableType::StringOrBoolean, Value::String(text)) => {
                check_text(field, path, text).map(|()| value.clone())
            }
            (VariableType::Integer, _) => integer(field, value).ok_or_else(wrong_type),
            // Assumed: where the allowed strings are digits, a number is accepted.
            (VariableType::String, Value::Number(number))
                if field.allowed.contains(&number.to_string().as_str()) =>
            {
                Ok(Value::String(number.to_string()))
            }
            (VariableType::Object, Value::Object(object)) if field.open => open_object(path, object),
            (VariableType::Object, Value::Object(object)) => {
                self.object(fields.below(field), path, object, Presence::Complete).map(Value::Object)
            }
            (VariableType::List, Value::Array(items)) => self.items(fields, field, path, items),
            _ => Err(wrong_type()),
        }
    }

    fn items(
        &mut self,
        fields: TableLevel,
        field: &'static Variable,
        path: &str,
        items: &[Value],
    ) -> Result<Value, ApiError> {
        let Some(item_field) = fields.named(&format!("{}.0", field.name)) else {
            return Ok(Value::Array(items.to_vec()));
        };
        let convert = |(index, item)| self.value(fields, item_field, &format!("{path}.{index}"), item);
        items.iter().enumerate().map(convert).collect::<Result<_, _>>().map(Value::Array)
    }

    /// Converts an object to its stored form, with fields in the order of the table.
    pub(super) fn object(
        &mut self,
        fields: TableLevel,
        path: &str,
        object: &Record,
        presence: Presence,
    ) -> Result<Record, ApiError> {
        for key in object.keys().filter(|key| fields.get(key).is_none()) {
            self.unknown(format!("{path}.{}", one_line(key)))?;
        }
        let mut stored = Record::new();
        for (step, field) in fields.iter() {
            let path = format!("{path}.{step}");
            let value = match object.get(step) {
                Some(Value::Null) if presence == Presence::Partial => Value::Null,
                Some(value) => self.value(fields, field, &path, value)?,
                None if presence == Presence::Partial => continue,
                None if field.acceptance == Acceptance::Required => return Err(missing(field, &path)),
                None => match default(field) {
                    Some(value) => value,
                    None => continue,
                },
            };
            stored.insert(step.to_owned(), value);
        }
        Ok(stored)
    }
}

/// 400 for a missing required field.
pub(super) fn missing(field: &Variable, path: &str) -> ApiError {
    ApiError::field(path, format!("required; expected {}", expected(field)))
}

/// The stored value if a create lacks the field.
pub(super) fn default(field: &Variable) -> Option<Value> {
    serde_json::from_str(field.default?).ok()
}

/// Documented: labels and design values are strings.
fn open_object(path: &str, object: &Record) -> Result<Value, ApiError> {
    match object.iter().find(|(_, value)| !value.is_string()) {
        Some((key, value)) => {
            let problem = format!("expected a string, found {}", found(VariableType::String, value));
            Err(ApiError::field(&format!("{path}.{}", one_line(key)), problem))
        }
        None => Ok(Value::Object(object.clone())),
    }
}

/// An integer. The id of an element may also be a string, as in the response to a create.
fn integer(field: &Variable, value: &Value) -> Option<Value> {
    let number = match value {
        Value::String(digits)
            if field.refers_to.is_some() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            digits.parse().ok()?
        }
        _ => value.as_i64()?,
    };
    let least = if field.format == ValueFormat::Positive { 1 } else { i64::MIN };
    (number >= least).then(|| Value::from(number))
}

fn check_text(field: &Variable, path: &str, text: &str) -> Result<(), ApiError> {
    let is_allowed = field.allowed.is_empty() || field.allowed.contains(&text);
    if is_allowed && format::accepts(field.format, text) {
        return Ok(());
    }
    let expected = expected(field);
    // A URL may contain credentials.
    let problem = match field.format {
        ValueFormat::Url => format!("invalid URL; expected {expected}"),
        _ => format!("invalid value `{}`; expected {expected}", shortened(text)),
    };
    Err(ApiError::field(path, problem))
}

/// The beginning of a value, for a message.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    let line = one_line(text);
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.into_owned(),
    }
}

/// The allowed values of a field, for a message.
fn expected(field: &Variable) -> String {
    let value = match (field.allowed, expected_format(field.format)) {
        ([], Some(format)) => format.to_owned(),
        ([], None) => match field.kind {
            VariableType::String if let Some(to) = field.refers_to => format!("a prokey from `/{to}/all`"),
            VariableType::String => "a string".to_owned(),
            VariableType::Integer if field.refers_to == Some("custom-domains") => {
                "an id from `/custom-domains`".to_owned()
            }
            VariableType::Integer if let Some(to) = field.refers_to => format!("an id from `/{to}/all`"),
            VariableType::Integer => "an integer".to_owned(),
            VariableType::Boolean => "true or false".to_owned(),
            VariableType::StringOrBoolean => "a string, true or false".to_owned(),
            VariableType::Object => "an object".to_owned(),
            VariableType::List => "a list".to_owned(),
            VariableType::Any => "a value".to_owned(),
        },
        (allowed, _) => list(allowed, "or"),
    };
    if field.nullable { format!("{value}, or null") } else { value }
}

/// What was sent instead, for a message. The value itself is shown only where a number or boolean is expected: elsewhere it may be
/// a secret, e.g. in a header.
fn found(kind: VariableType, value: &Value) -> String {
    let is_shown =
        matches!(kind, VariableType::Integer | VariableType::Boolean | VariableType::StringOrBoolean);
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) if is_shown => value.to_string(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(number) if is_shown => number.to_string(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) if is_shown => format!("the string `{}`", shortened(text)),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
