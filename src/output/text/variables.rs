//! Variables: what an element may hold, or what one holds.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::core::model::TriggerElement;
use crate::core::text::one_line;
use crate::output::style::Style;

use super::table::{Cell, table};
use super::wrap::wrapped;
use super::{VERSION, document};

/// One variable with its example, or with the value that an element gives it.
#[derive(Debug, Clone)]
pub struct Row {
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

const UNUSABLE: &str = "cannot be used between braces; it is sent as a part of the element";

/// The longest value that a table shows, in characters.
const LONGEST_VALUE: usize = 60;

/// The variables of one element in a table.
pub fn variables_text(
    element: TriggerElement,
    rows: &[Row],
    is_data: bool,
    width: Option<u16>,
    style: Style,
) -> String {
    let cells = |row: &Row| {
        let null = if row.nullable == Some(true) && !is_data { " or null" } else { "" };
        let optional = if row.optional == Some(true) && !is_data { ", optional" } else { "" };
        let (name, kind) = (one_line(&row.name).into_owned(), format!("{}{null}{optional}", row.kind));
        let mut cells = vec![Cell::from(name), Cell::from(kind)];
        let meaning = if row.is_usable { row.meaning.to_string() } else { UNUSABLE.to_owned() };
        let meaning = Cell::from(meaning);
        let value = Cell::to_be_cut(row.value.as_deref().map(shortened).unwrap_or_default());
        cells.extend(if is_data { [value, meaning] } else { [meaning, value] });
        cells
    };
    let head = if is_data {
        ["Variable", "Type", "Value", "Meaning"]
    } else {
        ["Variable", "Type", "Meaning", "Example"]
    };
    let title = format!("{}  {}", style.strong(element.as_str()), style.faint(element.meaning()));
    let title = wrapped(&title, width.map_or(usize::MAX, usize::from), 0, 2);
    format!("{title}\n\n{}", table(&head, rows.iter().map(cells).collect(), width, style))
}

fn shortened(value: &str) -> String {
    let value = one_line(value);
    match value.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.into_owned(),
    }
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
    elements: &[(TriggerElement, Vec<Row>)],
    is_data: bool,
) -> String {
    let variable = |row: &'_ Row| {
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
