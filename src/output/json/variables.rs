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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Elements<'a> {
    /// the version of this shape
    version: u32,
    /// what `--trigger` said
    trigger: Option<&'a str>,
    /// the trigger elements that were asked for
    #[serde(rename = "elements")]
    each: Vec<Element<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Element<'a> {
    /// its name
    trigger_element: &'a str,
    /// its variables
    variables: Vec<Variable<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Variable<'a> {
    /// what to write between the braces
    name: &'a str,
    /// `text`, `integer`, `boolean`, `text or boolean`, `object` or `list`; with DATA the type of the value, which may also be `number` or `null`
    #[serde(rename = "type")]
    kind: &'a str,
    /// whether it may be null; null if unknown
    nullable: Option<bool>,
    /// whether an element may lack it; null if unknown
    optional: Option<bool>,
    /// what it tells; null if nobody knows
    meaning: Option<&'a str>,
    /// whether the name can be written between braces
    usable: bool,
    /// its value in the built-in sample; only without DATA, and only if the sample has it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    example: Option<Box<RawValue>>,
    /// its value in DATA; only with DATA
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
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
