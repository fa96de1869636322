//! Variables: those that an element may have, or those of one element.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{VERSION, document};
use crate::core::model::TriggerElement;

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct VariableRow {
    /// the name to write between braces
    pub name: String,
    /// `string`, `integer`, `boolean`, `string or boolean`, `object` or `list`; with DATA the type of the value, which may also be `number` or `null`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// whether it may be null; null if unknown
    pub nullable: Option<bool>,
    /// whether an element may lack it; null if unknown
    pub optional: Option<bool>,
    /// the documented values; only if they are limited
    #[serde(rename = "allowed_values", skip_serializing_if = "<[_]>::is_empty")]
    pub allowed: &'static [&'static str],
    /// whether it is from `webhooks.fields.json`: elements of the account have it, but hooks does not know its meaning
    #[serde(rename = "learned")]
    pub is_learned: bool,
    /// what it means; null if unknown
    pub meaning: Option<&'static str>,
    /// whether the name can be written between braces
    #[serde(rename = "usable")]
    pub is_usable: bool,
    /// its value in the built-in sample; only without DATA, and only if the sample has it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub example: Option<Box<RawValue>>,
    /// its value in DATA; only with DATA
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub value: Option<Box<RawValue>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Variables<'a> {
    /// the version of this format
    version: u32,
    /// the value of `--trigger`, or the trigger of the webhook
    trigger: Option<&'a str>,
    /// the source of the element; null without DATA, `--id` and `--event`
    data: Option<&'a str>,
    /// the requested trigger elements
    elements: Vec<Element<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Element<'a> {
    /// its name
    trigger_element: &'a str,
    /// its variables
    variables: &'a [VariableRow],
}

/// `data` is the source of the element.
pub fn variables_json(
    trigger: Option<&str>,
    data: Option<&str>,
    elements: &[(TriggerElement, Vec<VariableRow>)],
) -> String {
    let elements = elements
        .iter()
        .map(|(kind, variables)| Element { trigger_element: kind.as_str(), variables })
        .collect();
    document(&Variables { version: VERSION, trigger, data, elements })
}
