//! Converts the rows of a CSV table to RSVP answers.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::catalog::{self, Variable, VariableType};
use crate::core::csv::CsvField;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::json;
use crate::core::model::TriggerElement;
use crate::core::text::{Source, Span, count, list, one_line};

const ELEMENT: TriggerElement = TriggerElement::RsvpAnswer;
/// The field for the values of the form.
const PAYLOAD: &str = "payload";

/// The columns of a table of RSVP answers.
#[derive(Debug, Clone)]
pub struct AnswerColumns(Vec<Column>);

#[derive(Debug, Clone)]
enum Column {
    Known(&'static Variable),
    /// A field of the form.
    Form(String),
    /// A column without a name, which must be empty.
    Unnamed,
}

impl Column {
    fn new(name: &str) -> Self {
        match (catalog::find(ELEMENT, name), name.split_once('.')) {
            (Some(variable), _) => Self::Known(variable),
            (None, Some((PAYLOAD, field))) => Self::Form(field.to_owned()),
            (None, _) if name.is_empty() => Self::Unnamed,
            (None, _) => Self::Form(name.to_owned()),
        }
    }

    /// The object that contains its field, if it is not the element itself, and the name of the field.
    fn path(&self) -> Option<(Option<&str>, &str)> {
        match self {
            Self::Known(variable) => Some(match variable.name.split_once('.') {
                Some((object, name)) => (Some(object), name),
                None => (None, variable.name),
            }),
            Self::Form(name) => Some((Some(PAYLOAD), name)),
            Self::Unnamed => None,
        }
    }
}

impl AnswerColumns {
    /// The columns of a header row, and a note about those that are not in the catalog.
    pub fn new(source: &Arc<Source>, header: &[CsvField]) -> Result<(Self, Option<Diagnostic>), Diagnostic> {
        let columns: Vec<Column> = header.iter().map(|field| Column::new(field.text.trim())).collect();
        let mut seen = HashSet::new();
        for (column, field) in columns.iter().zip(header) {
            let name = one_line(field.text.trim());
            let is_object = |kind| matches!(kind, VariableType::Object | VariableType::List);
            if matches!(column, Column::Known(variable) if is_object(variable.kind)) {
                return Err(Diagnostic::error("csv-header", format!("`{name}` cannot be a single column"))
                    .at(source, field.span.clone())
                    .help(format!("use a column for each field, such as `{name}.first_name`")));
            }
            if column.path().is_some_and(|path| !seen.insert(path)) {
                return Err(Diagnostic::error("csv-header", format!("duplicate column `{name}`"))
                    .at(source, field.span.clone())
                    .help("rename or remove one of them"));
            }
        }
        if !columns.iter().any(|column| matches!(column, Column::Known(_))) {
            let message = format!("the first row contains no field name of `{ELEMENT}`");
            let help = "it must contain column names such as `email` or `amount`; `hooks vars rsvp_answer` lists them";
            return Err(Diagnostic::error("csv-header", message)
                .at(source, 0..source.text().len())
                .help(help));
        }
        let note = note(source, &columns, header);
        Ok((Self(columns), note))
    }

    /// The answer in a row, as JSON.
    pub fn element(&self, source: &Arc<Source>, row: &[CsvField]) -> Result<String, Diagnostic> {
        if row.len() != self.0.len() {
            let message = format!(
                "the row has {}, but the table has {}",
                count(row.len(), "field"),
                count(self.0.len(), "column")
            );
            return Err(Diagnostic::error("csv-row", message)
                .at(source, 0..source.text().len())
                .help("put fields that contain the delimiter, a quote or a line break in double quotes"));
        }
        let (mut own, mut payload) = (Vec::new(), Vec::new());
        for (column, field) in self.0.iter().zip(row) {
            let value = match column {
                Column::Known(variable) => known_value(variable, &field.text),
                Column::Form(_) => Ok(json::quote(&field.text)),
                Column::Unnamed if field.text.trim().is_empty() => continue,
                Column::Unnamed => Err("no value, because the column has no name".to_owned()),
            };
            let value = value.map_err(|expected| {
                let message = format!("expected {expected}, found `{}`", one_line(&field.text));
                Diagnostic::error("csv-value", message)
                    .at(source, field.span.clone())
                    .help("change the value, or leave it empty")
            })?;
            match column.path() {
                Some((Some(_), name)) => payload.push(format!("{}:{value}", json::quote(name))),
                Some((None, name)) => own.push(format!("{}:{value}", json::quote(name))),
                None => {}
            }
        }
        if !payload.is_empty() {
            own.push(format!("\"{PAYLOAD}\":{{{}}}", payload.join(",")));
        }
        Ok(format!("{{{}}}", own.join(",")))
    }
}

/// A text as JSON of the variable's type, or what was expected.
fn known_value(variable: &Variable, text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok("null".to_owned());
    }
    match variable.kind {
        VariableType::Integer => {
            let is_json =
                || json::check(trimmed).is_ok() && !trimmed.contains(['.', 'e', 'E', '"', '[', '{']);
            let is_integer = trimmed.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && is_json();
            is_integer.then(|| trimmed.to_owned()).ok_or(format!("an integer for `{}`", variable.name))
        }
        // Spreadsheets write them in upper case, or in German.
        VariableType::Boolean => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "wahr" => Ok("true".to_owned()),
            "false" | "falsch" => Ok("false".to_owned()),
            _ => Err(format!("`true` or `false` for `{}`", variable.name)),
        },
        _ => Ok(json::quote(text)),
    }
}

/// Reports the columns that are sent below `payload` because the catalog does not contain them.
fn note(source: &Arc<Source>, columns: &[Column], header: &[CsvField]) -> Option<Diagnostic> {
    const MAX_COLUMNS: usize = 5;
    let is_unknown = |(column, field): &(&Column, &CsvField)| matches!(column, Column::Form(name) if *name == field.text.trim());
    let unknown: Vec<&CsvField> =
        columns.iter().zip(header).filter(is_unknown).map(|(_, field)| field).collect();
    let first: Span = unknown.first()?.span.clone();
    let names: Vec<_> = unknown.iter().take(MAX_COLUMNS).map(|field| one_line(field.text.trim())).collect();
    let more = unknown.len().saturating_sub(MAX_COLUMNS);
    let more = if more > 0 { format!(" (and {})", count(more, "other")) } else { String::new() };
    let verb = if unknown.len() == 1 { "is" } else { "are" };
    let message = format!("{}{more} {verb} sent below `payload`, as text", list(&names, "and"));
    let suggestions = unknown.iter().filter_map(|field| {
        let near = catalog::suggest(ELEMENT, field.text.trim())?;
        Some(format!("`{}`: {}", one_line(field.text.trim()), near.question(|name| format!("`{name}`"))))
    });
    let note = Diagnostic::new(Level::Note, "csv-form-columns", message).at(source, first);
    Some(suggestions.take(MAX_COLUMNS).fold(note, Diagnostic::help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::csv::Rows;

    /// The answers in a table, or code and position of the errors; and the note.
    fn answers(text: &str) -> (Vec<String>, Option<String>) {
        let mut rows = Rows::new(text.as_bytes(), b',', 0, 1 << 20);
        let mut next = || {
            let row = rows.next_row().unwrap()?;
            let source = Source::decode_part("x.csv", row.raw, row.place, row.offset).unwrap();
            Some((Arc::new(source), row.fields))
        };
        let shown = |error: Diagnostic| format!("{} {}", error.code, error.primary.unwrap().start());
        let (source, header) = next().unwrap();
        let (columns, note) = match AnswerColumns::new(&source, &header) {
            Ok(columns) => columns,
            Err(error) => return (vec![shown(error)], None),
        };
        let rows = std::iter::from_fn(next);
        let rows = rows.map(|(source, row)| columns.element(&source, &row).unwrap_or_else(shown)).collect();
        (rows, note.map(|note| note.message))
    }

    #[test]
    fn known_columns_have_their_type_and_others_are_text_below_payload() {
        let text = "email,amount,Men\u{fc},payload.first_name,payload.required_check,date_updated,payload.shoe size\n\
                    a@example.com,2,\"a \"\"b\"\"\n,c\",Jane,TRUE,,042\n\
                    b@example.com, 12345678901234567890,,,,x,\n";
        let (rows, note) = answers(text);
        assert_eq!(
            rows,
            [
                "{\"email\":\"a@example.com\",\"amount\":2,\"date_updated\":null,\"payload\":{\"Men\u{fc}\":\"a \\\"b\\\"\\n,c\",\
                 \"first_name\":\"Jane\",\"required_check\":true,\"shoe size\":\"042\"}}",
                "{\"email\":\"b@example.com\",\"amount\":12345678901234567890,\"date_updated\":\"x\",\"payload\":{\"Men\u{fc}\":\"\",\
                 \"first_name\":null,\"required_check\":null,\"shoe size\":\"\"}}",
            ]
        );
        assert_eq!(note.unwrap(), "`Men\u{fc}` is sent below `payload`, as text");
        assert!(rows.iter().all(|row| json::check(row).is_ok()));
    }

    #[test]
    fn values_that_cannot_be_converted_are_errors_with_a_position() {
        let text = "email,amount,payload.required_check,\n\
                    a,2 seats,true,\n\"\u{e4}\nb\",2.5,true,\nc,07,true,\nd,2,yes,\ne,2,true,x\nf,2\ng,null,,\n";
        assert_eq!(
            answers(text).0,
            [
                "csv-value 2:3",
                "csv-value 4:4",
                "csv-value 5:3",
                "csv-value 6:5",
                "csv-value 7:10",
                "csv-row 8:1",
                "csv-value 9:3"
            ]
        );
    }

    #[test]
    fn a_header_without_fields_or_with_duplicates_is_refused() {
        for (text, place) in [
            ("a@example.com,2\n", "csv-header 1:1"),
            ("email,status,email\n", "csv-header 1:14"),
            ("email,first_name,payload.first_name\n", "csv-header 1:18"),
            ("email,payload\n", "csv-header 1:7"),
        ] {
            assert_eq!(answers(text).0, [place], "{text}");
        }
    }
}
