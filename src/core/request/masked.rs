//! A definitions file as it may be shown, whatever can or cannot be understood of it.

use toml::de::{DeTable, DeValue};

use crate::core::text::{MASK, Span};

use super::credential::body_credential;
use super::is_harmless_header;
use super::shown::{shown_header, shown_url};

/// The text with a mask for every literal that is a credential, or may be one as the value of a header.
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
    for (key, value) in table {
        collect_value(name, key.get_ref(), value.get_ref(), value.span(), masks);
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
            let shown = shown(table, key, text);
            if shown != *text {
                masks.push((span, shown));
            }
        }
        _ if is_header(table) && !is_harmless_header(key) => masks.push((span, MASK.to_owned())),
        _ => {}
    }
}

fn is_header(table: &str) -> bool {
    matches!(table, "header" | "headers")
}

fn shown(table: &str, key: &str, value: &str) -> String {
    if is_header(table) {
        return shown_header(key, value, false);
    }
    if key == "payload_url" {
        return shown_url(value, false);
    }
    let mut shown = value.to_owned();
    if let Some(secret) = body_credential(key, value) {
        shown.replace_range(secret, MASK);
    }
    shown
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
                "[webhooks.x.header]\nAccept = \"a\"\nX = 1\nY = [\"a\"]",
                "[webhooks.x.header]\nAccept = \"a\"\nX = \"***\"\nY = [\"***\"]",
            ),
            ("payload_url = \"https://u:p@x.y/?token=a\"", "payload_url = \"https://***@x.y/?token=***\""),
            (
                "[webhooks.x.body]\napi_key = \"a\"\nkeyword = \"b\"",
                "[webhooks.x.body]\napi_key = \"***\"\nkeyword = \"b\"",
            ),
            ("header.X = '''a\nb'''\nname = \"n\"", "header.X = \"***\"\n***\nname = \"n\""),
            ("header.X = \"${A} {{b}}\"", "header.X = \"${A} {{b}}\""),
            ("header.X = ", "header.X = "),
        ] {
            assert_eq!(masked_text(text), masked);
        }
    }
}
