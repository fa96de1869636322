//! Headers and body fields, as a table or as a list.

use toml::de::DeValue;

use crate::core::diagnostic::Diagnostic;
use crate::core::json;
use crate::core::model::{Field, FieldValue, span_in_literal};
use crate::core::template::reference;
use crate::core::text::{Spanned, nearest};

use super::json_value::{json_literal, scalar_as_json};
use super::problems::{Problems, TomlKey, TomlValue, article};
use super::values::text;

/// Reads the value of a header or body field with this path, such as `body.seats`.
type ReadValue = fn(&mut Problems<'_>, &str, &TomlValue<'_>) -> Option<Spanned<FieldValue>>;

pub(super) fn header_value(
    problems: &mut Problems<'_>,
    path: &str,
    value: &TomlValue<'_>,
) -> Option<Spanned<FieldValue>> {
    let text = text(problems, path, value)?;
    Some(Spanned::new(FieldValue::Text(text.value), text.span))
}

/// A string, a number, a boolean, or JSON in a table `{ json = "…" }`.
pub(super) fn body_value(
    problems: &mut Problems<'_>,
    path: &str,
    value: &TomlValue<'_>,
) -> Option<Spanned<FieldValue>> {
    if let Some(literal) = json_literal(value.get_ref()) {
        let written = text(problems, &format!("{path}.json"), literal)?;
        if reference(&written.value).is_none()
            && let Err(error) = json::check(&written.value)
        {
            let span = span_in_literal(problems.source.text(), &written.span, error.span.clone());
            let finding = Diagnostic::error("body-value-json", format!("invalid JSON: {}", error.message));
            problems.report(finding.at(problems.source, span).maybe_help(error.help));
            return None;
        }
        return Some(Spanned::new(FieldValue::Json(written.value), written.span));
    }
    if let Some(json) = scalar_as_json(value.get_ref()) {
        return Some(Spanned::new(FieldValue::Json(json), problems.span(value)));
    }
    let message = match value.get_ref() {
        DeValue::String(_) | DeValue::Datetime(_) => return header_value(problems, path, value),
        DeValue::Integer(_) => format!("`{path}` is an integer of more than 64 bits"),
        DeValue::Float(_) => format!("`{path}` is a number that JSON cannot represent"),
        other => {
            let kind = article(other.type_str());
            format!("`{path}` must be a string, a number, a boolean or `{{ json = \"…\" }}`, not {kind}")
        }
    };
    let help = "write it as JSON: `{ json = '…' }`";
    problems.error("wrong-type", message, problems.span(value), help);
    None
}

pub(super) fn pairs(
    problems: &mut Problems<'_>,
    field: &str,
    value: &TomlValue<'_>,
    read: ReadValue,
) -> Vec<Field> {
    if let Some(items) = value.get_ref().as_array() {
        return items.iter().filter_map(|value| item(problems, field, value, read)).collect();
    }
    let Some(table) = value.get_ref().as_table() else {
        let help = format!("write `[webhooks.HANDLE.{field}]`, then lines such as `Name = \"value\"`");
        problems.wrong_type(&format!("`{field}` must be a table of names and values"), value, help);
        return Vec::new();
    };
    let pair = |(key, value): (&TomlKey<'_>, &TomlValue<'_>)| {
        let name = format!("{field}.{}", key.get_ref());
        let value = read(problems, &name, value)?;
        let key = Spanned::new(key.get_ref().clone().into_owned(), problems.span(key));
        Some(Field { key, value, is_item: false })
    };
    table.iter().filter_map(pair).collect()
}

/// An item of the list form, in which keys may be repeated: `{ key = "…", value = "…" }`.
fn item(problems: &mut Problems<'_>, field: &str, value: &TomlValue<'_>, read: ReadValue) -> Option<Field> {
    const KEYS: [&str; 2] = ["key", "value"];
    const HELP: &str = "write `{ key = \"…\", value = \"…\" }`";
    let Some(table) = value.get_ref().as_table() else {
        problems.wrong_type(&format!("an item of `{field}` must be a table"), value, HELP);
        return None;
    };
    let mut meant = Vec::new();
    for (key, _) in table.iter().filter(|(key, _)| !KEYS.contains(&&**key.get_ref())) {
        let message = format!("unknown key `{}` in an item of `{field}`", key.get_ref());
        let near = nearest(key.get_ref(), KEYS).filter(|near| !table.contains_key(*near));
        let help =
            near.map_or("an item has `key` and `value`".to_owned(), |near| format!("did you mean `{near}`?"));
        problems.error("unknown-key", message, problems.span(key), help);
        meant.extend(near);
    }
    // A misspelled key is reported as such.
    if let Some(missing) = KEYS.iter().find(|key| !table.contains_key(**key) && !meant.contains(*key)) {
        let message = format!("an item of `{field}` has no `{missing}`");
        let finding = Diagnostic::error("missing-field", message);
        problems.report_missing(finding.at(problems.source, problems.span(value)).help(HELP));
        return None;
    }
    let key = text(problems, &format!("{field}.key"), table.get("key")?);
    let value = read(problems, &format!("{field}.value"), table.get("value")?);
    Some(Field { key: key?, value: value?, is_item: true })
}
