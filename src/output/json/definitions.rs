//! Webhooks as they are defined: `list` and `show`.

use serde::Serialize;

use super::{VERSION, document};
use crate::core::definitions::Definitions;
use crate::core::model::{Field, Webhook};
use crate::core::secrets::{shown_field, shown_header, shown_url};

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
pub(in crate::output) struct Pair<'a> {
    pub(in crate::output) key: &'a str,
    pub(in crate::output) value: String,
}

fn summary(webhook: &Webhook, reveal: bool) -> Summary<'_> {
    let place = webhook.source.position(webhook.handle.span.start);
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

/// The fields of a header or body, credentials masked.
pub(in crate::output) fn shown_pairs(
    fields: &[Field],
    shown: fn(&str, &str, bool) -> String,
    reveal: bool,
) -> Vec<Pair<'_>> {
    let pair = |field: &'_ Field| shown(&field.key.value, &field.value.value, reveal);
    fields.iter().map(|field| Pair { key: &field.key.value, value: pair(field) }).collect()
}
