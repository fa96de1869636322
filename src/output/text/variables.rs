//! Variables: those that an element may have, or those of one element.

use crate::core::model::TriggerElement;
use crate::core::text::one_line;
use crate::output::json::VariableRow;
use crate::output::style::Style;

use super::table::{Cell, table};
use super::wrap::{shortened, wrapped};

const UNUSABLE: &str = "cannot be used between braces; it is sent as part of the element";

const LEARNED: &str = "found in the account";

/// The longest value that a table shows, in columns.
const MAX_VALUE_WIDTH: usize = 61;

pub fn variables_text(
    element: TriggerElement,
    rows: &[VariableRow],
    is_data: bool,
    width: Option<u16>,
    style: Style,
) -> String {
    let cells = |row: &VariableRow| {
        let null = if row.nullable == Some(true) && !is_data { " or null" } else { "" };
        let optional = if row.optional == Some(true) && !is_data { ", optional" } else { "" };
        let kind = format!("{}{null}{optional}", row.kind);
        let unknown = if row.is_learned { LEARNED } else { "" };
        let meaning = if row.is_usable { row.meaning.unwrap_or(unknown) } else { UNUSABLE };
        let meaning = Cell::from(meaning.to_owned());
        let value = row.value.as_ref().or(row.example.as_ref()).map_or("", |value| value.get());
        let value = Cell::to_be_cut(shortened(&one_line(value), MAX_VALUE_WIDTH));
        let [third, fourth] = if is_data { [value, meaning] } else { [meaning, value] };
        vec![Cell::from(one_line(&row.name).into_owned()), Cell::from(kind), third, fourth]
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
