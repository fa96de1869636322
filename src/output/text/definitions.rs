//! Webhooks as they are defined: `list` and `show`.

use console::measure_text_width;
use serde::Serialize;

use crate::core::definitions::Definitions;
use crate::core::model::{Field, Webhook};
use crate::core::secrets::{shown_field, shown_header, shown_url};
use crate::core::text::{count, one_line};
use crate::output::style::Style;

use super::table::{rows_of, table};
use super::wrap::wrapped;
use super::{VERSION, document};

/// All webhooks in a table.
pub fn list_text(definitions: &Definitions, width: Option<u16>, style: Style) -> String {
    let row = |webhook: &Webhook| {
        let on = if webhook.active.value { "yes" } else { "no" };
        vec![
            one_line(&webhook.handle.value).into_owned(),
            on.to_owned(),
            webhook.trigger.value.to_string(),
            trigger_element(webhook),
            webhook.method.value.to_string(),
            one_line(&shown_url(&webhook.payload_url.value, false)).into_owned(),
        ]
    };
    let rows = rows_of(definitions.webhooks.iter().map(row));
    let head = ["Webhook", "Active", "Trigger", "Trigger element", "Method", "Payload URL"];
    let inactive = definitions.webhooks.iter().filter(|webhook| !webhook.active.value).count();
    let total = count(definitions.webhooks.len(), "webhook");
    let summary = if inactive == 0 { total } else { format!("{total}, {inactive} inactive") };
    format!("{}\n{}\n", table(&head, rows, width, style), style.faint(&summary))
}

fn trigger_element(webhook: &Webhook) -> String {
    let filtered = if webhook.prokey_filter.is_some() { " (one event)" } else { "" };
    format!("{}{filtered}", webhook.trigger_element.value)
}

/// One webhook in full.
pub fn show_text(webhook: &Webhook, reveal: bool, width: Option<u16>, style: Style) -> String {
    const LABEL: usize = 16;
    let width = width.map_or(usize::MAX, usize::from);
    let place = webhook.source.place(webhook.handle.span.start);
    let mut lines = vec![
        style.strong(&one_line(&webhook.handle.value)),
        style.faint(&format!("{}:{place}", one_line(webhook.source.name()))),
        String::new(),
    ];
    let mut line =
        |label: &str, value: &str| lines.push(labelled(&format!("{label:<LABEL$}"), value, " ", width));
    line("name", webhook.label());
    if let Some(id) = &webhook.id {
        line("id", &id.value.to_string());
    }
    line("active", if webhook.active.value { "yes" } else { "no: it never fires" });
    line("trigger", webhook.trigger.value.as_str());
    let element = webhook.trigger_element.value;
    line("trigger element", &format!("{element}: {}", element.meaning()));
    if let Some(filter) = &webhook.prokey_filter {
        line("prokey filter", &format!("{}: only answers to this event", filter.value));
    }
    line("method", webhook.method.value.as_str());
    line("payload URL", &shown_url(&webhook.payload_url.value, reveal));
    pairs(&mut lines, "header", &shown_pairs(&webhook.header, shown_header, reveal), width, style);
    pairs(&mut lines, "body", &shown_pairs(&webhook.body, shown_field, reveal), width, style);
    lines.join("\n") + "\n"
}

/// A value behind its label, wrapped between words; below the label if it has a word that does not fit behind it.
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

fn pairs(lines: &mut Vec<String>, label: &str, pairs: &[Pair<'_>], width: usize, style: Style) {
    if pairs.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(style.strong(label));
    let widest = pairs.iter().map(|pair| pair.key.chars().count()).max().unwrap_or(0).min(30);
    for pair in pairs {
        let key = one_line(pair.key).into_owned();
        lines.push(labelled(&format!("  {key:<widest$}"), &pair.value, "  ", width));
    }
}

#[derive(Serialize)]
struct List<'a> {
    version: u32,
    file: &'a str,
    webhooks: Vec<Summary<'a>>,
}

#[derive(Serialize)]
struct Summary<'a> {
    handle: &'a str,
    name: &'a str,
    id: Option<u64>,
    active: bool,
    trigger: &'a str,
    trigger_element: &'a str,
    prokey_filter: Option<&'a str>,
    method: &'a str,
    payload_url: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Whole<'a> {
    version: u32,
    file: &'a str,
    #[serde(flatten)]
    summary: Summary<'a>,
    header: Vec<Pair<'a>>,
    body: Vec<Pair<'a>>,
}

#[derive(Serialize)]
struct Pair<'a> {
    key: &'a str,
    value: String,
}

fn summary(webhook: &Webhook, reveal: bool) -> Summary<'_> {
    let place = webhook.source.place(webhook.handle.span.start);
    Summary {
        handle: &webhook.handle.value,
        name: webhook.label(),
        id: webhook.id.as_ref().map(|id| id.value),
        active: webhook.active.value,
        trigger: webhook.trigger.value.as_str(),
        trigger_element: webhook.trigger_element.value.as_str(),
        prokey_filter: webhook.prokey_filter.as_ref().map(|filter| filter.value.as_str()),
        method: webhook.method.value.as_str(),
        payload_url: shown_url(&webhook.payload_url.value, reveal),
        line: place.line,
        column: place.column,
    }
}

/// All webhooks for scripts.
pub fn list_json(definitions: &Definitions) -> String {
    let webhooks = definitions.webhooks.iter().map(|webhook| summary(webhook, false)).collect();
    document(&List { version: VERSION, file: definitions.source.name(), webhooks })
}

/// One webhook for scripts.
pub fn show_json(webhook: &Webhook, reveal: bool) -> String {
    document(&Whole {
        version: VERSION,
        file: webhook.source.name(),
        summary: summary(webhook, reveal),
        header: shown_pairs(&webhook.header, shown_header, reveal),
        body: shown_pairs(&webhook.body, shown_field, reveal),
    })
}

fn shown_pairs(fields: &[Field], shown: fn(&str, &str, bool) -> String, reveal: bool) -> Vec<Pair<'_>> {
    let pair = |field: &'_ Field| shown(&field.key.value, &field.value.value, reveal);
    fields.iter().map(|field| Pair { key: &field.key.value, value: pair(field) }).collect()
}
