//! A definitions file as it may be shown, whatever can or cannot be understood of it.

use toml::de::{DeTable, DeValue};

use crate::core::text::Span;

use super::secret::MASK;
use super::shown::{shown_field, shown_header, shown_url};
use super::words::is_credential_name;

/// The text with a mask for every literal that is a credential.
/// It has as many lines as before, so that both can be read side by side.
pub fn masked_text(text: &str) -> String {
    let mut masks = Vec::new();
    if let Ok(tree) = DeTable::parse(text) {
        collect("", tree.get_ref(), &mut masks);
    }
    masks.sort_by_key(|(span, _)| span.start);
    let mut masked = text.to_owned();
    for (span, shown) in masks.into_iter().rev() {
        let further_lines = text[span.clone()].matches('\n').count();
        let shown = shown.replace(['\r', '\n'], " ");
        masked.replace_range(span, &format!("\"{shown}\"{}", format!("\n{MASK}").repeat(further_lines)));
    }
    masked
}

/// Finds what is to be masked in a table, which has this name.
fn collect(name: &str, table: &DeTable<'_>, masks: &mut Vec<(Span, String)>) {
    // `{ key = "Authorization", value = "…" }` in a list of fields.
    let listed = table.get("value").and(table.get("key")).and_then(|key| key.get_ref().as_str());
    for (key, value) in table {
        let key = match (key.get_ref().as_ref(), listed) {
            ("value", Some(listed)) => listed,
            ("key", Some(_)) => "",
            (key, _) => key,
        };
        collect_value(name, key, value.get_ref(), value.span(), masks);
    }
}

fn collect_value(table: &str, key: &str, value: &DeValue<'_>, span: Span, masks: &mut Vec<(Span, String)>) {
    match value {
        DeValue::Table(own) => collect(key, own, masks),
        DeValue::Array(items) => {
            for item in items {
                collect_value(table, key, item.get_ref(), item.span(), masks);
            }
        }
        DeValue::String(text) => {
            let shown = match key {
                "payload_url" => shown_url(text, false),
                _ if is_header(table) => shown_header(key, text, false),
                _ => shown_field(key, text, false),
            };
            if shown != *text {
                masks.push((span, shown));
            }
        }
        _ if is_header(table) && is_credential_name(key) => masks.push((span, MASK.to_owned())),
        _ => {}
    }
}

fn is_header(table: &str) -> bool {
    matches!(table, "header" | "headers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_masked_wherever_they_stand() {
        for (text, masked) in [
            (
                "header = { Authorization = \"Bearer a\", X-Key = 'b' } # c",
                "header = { Authorization = \"Bearer ***\", X-Key = \"***\" } # c",
            ),
            (
                "[webhooks.x.header]\nAccept = \"a\"\nKey = 1\nToken = [\"a\"]",
                "[webhooks.x.header]\nAccept = \"a\"\nKey = \"***\"\nToken = [\"***\"]",
            ),
            ("payload_url = \"https://u:p@x.y/?token=a\"", "payload_url = \"https://***@x.y/?token=***\""),
            (
                "[webhooks.x.body]\napi_key = \"a\"\nkeyword = \"b\"",
                "[webhooks.x.body]\napi_key = \"***\"\nkeyword = \"b\"",
            ),
            ("header.Key = '''a\nb'''\nname = \"n\"", "header.Key = \"***\"\n***\nname = \"n\""),
            ("header.Key = \"${A} {{b}}\"", "header.Key = \"${A} {{b}}\""),
            ("header = { X-Author = \"Jane\" }", "header = { X-Author = \"Jane\" }"),
            ("header.X = ", "header.X = "),
            (
                "header = [{ key = \"X-Key\", value = \"a\" }, { value = \"b\", key = \"X-A\" }]",
                "header = [{ key = \"X-Key\", value = \"***\" }, { value = \"b\", key = \"X-A\" }]",
            ),
            (
                "[[w.a.body]]\nkey = \"token\"\nvalue = \"a\"",
                "[[w.a.body]]\nkey = \"token\"\nvalue = \"***\"",
            ),
        ] {
            assert_eq!(masked_text(text), masked);
        }
    }
}
