//! Variables: what an element may hold, or what one holds.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{VERSION, document};
use crate::core::model::TriggerElement;

/// One variable with its example, or with the value that an element gives it.
#[derive(Debug, Clone)]
pub struct VariableRow {
    /// The name to write in braces.
    pub name: String,
    /// The JSON type.
    pub kind: &'static str,
    /// Whether it may be `null`; unknown for fields that the platform does not document.
    pub nullable: Option<bool>,
    /// Whether an element may lack it; unknown for fields that the platform does not document.
    pub optional: Option<bool>,
    /// What it tells.
    pub meaning: Cow<'static, str>,
    /// Whether the name can be written between braces.
    pub is_usable: bool,
    /// The value as JSON, where it has one.
    pub value: Option<String>,
}

#[derive(Serialize)]
struct Elements<'a> {
    version: u32,
    trigger: Option<&'a str>,
    #[serde(rename = "elements")]
    each: Vec<Element<'a>>,
}

#[derive(Serialize)]
struct Element<'a> {
    trigger_element: &'a str,
    variables: Vec<Variable<'a>>,
}

#[derive(Serialize)]
struct Variable<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    nullable: Option<bool>,
    optional: Option<bool>,
    meaning: Option<&'a str>,
    usable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
}

/// The variables of elements for scripts: with `example`, or with `value` when they are those of data.
pub fn variables_json(
    trigger: Option<&str>,
    elements: &[(TriggerElement, Vec<VariableRow>)],
    is_data: bool,
) -> String {
    let variable = |row: &'_ VariableRow| {
        let raw = row.value.clone().and_then(|value| RawValue::from_string(value).ok());
        let (example, value) = if is_data { (None, raw) } else { (raw, None) };
        (example, value)
    };
    let elements = elements.iter().map(|(element, rows)| Element {
        trigger_element: element.as_str(),
        variables: rows
            .iter()
            .map(|row| {
                let (example, value) = variable(row);
                let meaning = Some(&*row.meaning).filter(|meaning| !meaning.is_empty());
                let (nullable, optional) = (row.nullable, row.optional);
                let (name, kind, usable) = (&*row.name, row.kind, row.is_usable);
                Variable { name, kind, nullable, optional, meaning, usable, example, value }
            })
            .collect(),
    });
    document(&Elements { version: VERSION, trigger, each: elements.collect() })
}
