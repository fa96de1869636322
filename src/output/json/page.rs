//! Generates the tables of the documentation from the shapes.

use std::path::Path;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::{
    account, account_diff, account_pull, account_push, backfill, change, definitions, delivery, emulate,
    history, listen, matching, preview, received, variables,
};

/// The page, the heading and the rows of each documented shape.
fn tables() -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("json.md", "list", table::<definitions::List<'_>>()),
        ("json.md", "show", table::<definitions::DefinitionDetail<'_>>()),
        ("json.md", "vars", table::<variables::Variables<'_>>()),
        ("json.md", "preview", table::<preview::Preview<'_>>()),
        ("json.md", "match", table::<matching::Matched<'_>>()),
        ("json.md", "fire", table::<delivery::Fired<'_>>()),
        ("json.md", "replay", table::<delivery::ToSend<'_>>()),
        ("json.md", "trigger", table::<delivery::Triggered<'_>>()),
        ("json.md", "export", table::<crate::core::export::JsonlDocument<'_>>()),
        ("json.md", "listen ready", table::<listen::Ready<'_>>()),
        ("json.md", "listen request", table::<listen::Request<'_>>()),
        ("json.md", "listen refused", table::<listen::RefusedShape<'_>>()),
        ("json.md", "listen end", table::<listen::EndShape<'_>>()),
        ("json.md", "account", table::<account::Status<'_>>()),
        ("json.md", "pull", table::<account_pull::PullShape<'_>>()),
        ("json.md", "push", table::<account_push::PushShape<'_>>()),
        ("json.md", "diff", table::<account_diff::DiffShape<'_>>()),
        ("json.md", "emulate ready", table::<emulate::Ready<'_>>()),
        ("json.md", "emulate request", table::<emulate::Call<'_>>()),
        ("json.md", "emulate change", table::<emulate::Change<'_>>()),
        ("json.md", "emulate delivery", table::<emulate::EmulatedDelivery<'_>>()),
        ("json.md", "emulate dropped", table::<emulate::Dropped<'_>>()),
        ("json.md", "emulate end", table::<emulate::End>()),
        ("json.md", "init", table::<change::Created<'_>>()),
        ("json.md", "changes", table::<change::Shape<'_>>()),
        ("history.md", "JSON of `hooks history`", table::<history::Row<'_>>()),
        ("history.md", "JSON of `hooks history ID`", table::<history::DeliveryDetail<'_>>()),
        ("history.md", "JSON of `hooks history diff A B`", table::<history::Comparison<'_>>()),
        ("history.md", "JSON of `hooks history --received`", table::<received::Row<'_>>()),
        ("history.md", "JSON of `hooks history r12`", table::<received::ReceptionDetail<'_>>()),
        ("backfill.md", "JSON of an element", table::<backfill::ElementShape<'_>>()),
        ("backfill.md", "The last line of JSON", table::<backfill::EndShape>()),
        ("backfill.md", "JSON of `hooks backfill list` and `show`", table::<backfill::RunShape<'_>>()),
    ]
}

fn table<T: JsonSchema>() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|own| own.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    let mut table = "| field | type | meaning |\n|---|---|---|\n".to_owned();
    write_fields(&mut table, "", &schema);
    table
}

/// A row for each field, and below it the rows of its own fields.
fn write_fields(table: &mut String, prefix: &str, schema: &Value) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let meaning =
            field["description"].as_str().unwrap_or_else(|| panic!("`{prefix}{name}` is undocumented"));
        let (own, is_nullable) = own_schema(field);
        let kind = match own["type"].as_str().or_else(|| own["type"][0].as_str()) {
            Some("string") => "string",
            Some("array") => "list",
            Some(kind) => kind,
            None => "any",
        };
        // A field that is omitted instead of being null is never null.
        let or_null = if is_nullable && required.contains(&name.as_str().into()) { " or null" } else { "" };
        table.push_str(&format!("| `{prefix}{name}` | {kind}{or_null} | {} |\n", meaning.replace('\n', " ")));
        write_fields(table, &format!("{prefix}{name}."), own);
        write_fields(table, &format!("{prefix}{name}[]."), &own["items"]);
    }
}

/// The schema of a field without the null of an option, and whether it had one. A field of several types has its own schema,
/// which names no type.
fn own_schema(field: &Value) -> (&Value, bool) {
    let is_null = |own: &&Value| own["type"] == "null";
    match field["anyOf"].as_array() {
        Some(any) => {
            let types: Vec<&Value> = any.iter().filter(|own| !is_null(own)).collect();
            let own = if let [only] = types[..] { only } else { field };
            (own, types.len() < any.len())
        }
        None => (field, field["type"].as_array().is_some_and(|kinds| kinds.contains(&"null".into()))),
    }
}

/// The page with the first table below a heading replaced.
fn replaced(page: &str, heading: &str, table: &str) -> String {
    let start = page.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section `{heading}`"));
    let first = start + page[start..].find("\n|").unwrap_or_else(|| panic!("no table in `{heading}`")) + 1;
    let end = page[first..].find("\n\n").map_or(page.len(), |end| first + end + 1);
    format!("{}{table}{}", &page[..first], &page[end..])
}

#[test]
fn the_tables_of_the_documentation_are_up_to_date() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for name in ["json.md", "history.md", "backfill.md"] {
        let path = docs.join(name);
        let page = std::fs::read_to_string(&path).unwrap();
        let own = tables().into_iter().filter(|(page, ..)| *page == name);
        let fresh = own.fold(page, |page, (_, heading, table)| replaced(&page, heading, &table));
        snapbox::assert_data_eq!(fresh, snapbox::Data::read_from(&path, None).raw());
    }
}
