//! The defined webhooks: `list` and `show`.

use console::measure_text_width;

use crate::core::definitions::Definitions;
use crate::core::model::{DEFAULT_ACCOUNT, Webhook};
use crate::core::secrets::{shown_field, shown_header, shown_url};
use crate::core::text::{count, one_line};
use crate::output::json::{Pair, ShownValue, shown_pairs};
use crate::output::style::Style;

use super::table::{rows_of, table};
use super::wrap::wrapped;

pub fn list_text(definitions: &Definitions, width: Option<u16>, style: Style) -> String {
    let row = |webhook: &Webhook| {
        let on = if webhook.active.value { "yes" } else { "no" };
        vec![
            one_line(&webhook.handle.value).into_owned(),
            on.to_owned(),
            one_line(webhook.trigger_word()).into_owned(),
            trigger_element(webhook),
            one_line(webhook.method_word()).into_owned(),
            one_line(&shown_url(&webhook.payload_url.value, false)).into_owned(),
        ]
    };
    let rows = rows_of(definitions.all().map(row));
    let head = ["Webhook", "Active", "Trigger", "Trigger element", "Method", "Payload URL"];
    let inactive = definitions.all().filter(|webhook| !webhook.active.value).count();
    let total = count(definitions.all().count(), "webhook");
    let summary = if inactive == 0 { total } else { format!("{total}, {inactive} inactive") };
    format!("{}\n{}\n", table(&head, rows, width, style), style.faint(&summary))
}

fn trigger_element(webhook: &Webhook) -> String {
    let filtered = if webhook.prokey_filter.is_some() { " (one event)" } else { "" };
    format!("{}{filtered}", one_line(webhook.trigger_element_word()))
}

pub fn show_text(webhook: &Webhook, reveal: bool, width: Option<u16>, style: Style) -> String {
    const LABEL: usize = 16;
    let width = width.map_or(usize::MAX, usize::from);
    let place = webhook.source.position(webhook.handle.span.start);
    let mut lines = vec![
        style.strong(&one_line(&webhook.handle.value)),
        style.faint(&format!("{}:{place}", one_line(webhook.source.name()))),
        String::new(),
    ];
    let mut line =
        |label: &str, value: &str| lines.push(labelled(&format!("{label:<LABEL$}"), value, " ", width));
    line("name", webhook.label());
    for id in &webhook.ids.all {
        let account = &id.account.value;
        let of =
            if account == DEFAULT_ACCOUNT { String::new() } else { format!(" in the account {account}") };
        line("id", &format!("{}{of}", id.number.value));
    }
    line("active", if webhook.active.value { "yes" } else { "no: it does not fire" });
    let unknown = |word: &str| format!("{word}: unknown to this version");
    match &webhook.unknown.trigger {
        Some(word) => line("trigger", &unknown(word)),
        None => line("trigger", webhook.trigger.value.as_str()),
    }
    let element = webhook.trigger_element.value;
    match &webhook.unknown.trigger_element {
        Some(word) => line("trigger element", &unknown(word)),
        None => line("trigger element", &format!("{element}: {}", element.meaning())),
    }
    if let Some(filter) = &webhook.prokey_filter {
        line("prokey filter", &format!("{}: only answers to this event", filter.value));
    }
    match &webhook.unknown.method {
        Some(word) => line("method", &unknown(word)),
        None => line("method", webhook.method.value.as_str()),
    }
    line("payload URL", &shown_url(&webhook.payload_url.value, reveal));
    pairs(&mut lines, "header", &shown_pairs(&webhook.header, shown_header, reveal), width, style);
    pairs(&mut lines, "body", &shown_pairs(&webhook.body, shown_field, reveal), width, style);
    lines.join("\n") + "\n"
}

/// A label and a value, wrapped between words; the value is below the label if one of its words does not fit beside it.
fn labelled(label: &str, value: &str, between: &str, width: usize) -> String {
    const INDENT: usize = 4;
    let value = one_line(value);
    let at = measure_text_width(label) + between.len();
    let longest = value.split(' ').map(measure_text_width).max().unwrap_or_default();
    if at.saturating_add(longest) <= width {
        return format!("{label}{between}{}", wrapped(&value, width, at, at));
    }
    format!("{}\n{}{}", label.trim_end(), " ".repeat(INDENT), wrapped(&value, width, INDENT, INDENT))
}

/// The type of a JSON value that is not a string.
fn json_kind(json: &str) -> &'static str {
    match json.trim_start().bytes().next() {
        Some(b't' | b'f') => "boolean",
        Some(b'n' | b'[' | b'{') => "JSON",
        _ => "number",
    }
}

/// The longest key that the values are aligned with, in columns.
const MAX_KEY_WIDTH: usize = 30;

fn pairs(lines: &mut Vec<String>, label: &str, pairs: &[Pair<'_>], width: usize, style: Style) {
    if pairs.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(style.strong(label));
    let keys: Vec<_> = pairs.iter().map(|pair| one_line(pair.key)).collect();
    let widths = keys.iter().map(|key| measure_text_width(key));
    let widest = widths.filter(|width| *width <= MAX_KEY_WIDTH).max().unwrap_or_default();
    for (pair, key) in pairs.iter().zip(&keys) {
        let value = match &pair.value {
            ShownValue::Text(text) => text.clone(),
            ShownValue::Json(json) => format!("{} ({})", json.get(), json_kind(json.get())),
        };
        let padding = " ".repeat(widest.saturating_sub(measure_text_width(key)));
        lines.push(labelled(&format!("  {key}{padding}"), &value, "  ", width));
    }
}
