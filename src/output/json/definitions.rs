//! The defined webhooks: `list` and `show`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{VERSION, document};
use crate::core::definitions::Definitions;
use crate::core::model::{Field, Webhook};
use crate::core::secrets::{shown_field, shown_header, shown_url};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct List<'a> {
    /// the version of this format
    version: u32,
    /// the definitions file
    file: &'a str,
    /// the webhooks, in the order of the file
    webhooks: Vec<Summary<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary<'a> {
    /// the name that commands use
    handle: &'a str,
    /// the display name; the handle if it has none
    name: &'a str,
    /// the id in each account, by account name; `default` is the account without a name
    ids: BTreeMap<&'a str, u64>,
    /// whether it fires
    active: bool,
    /// `create`, `update` or `delete`
    trigger: &'a str,
    /// `rsvp_answer`, `event`, `event_group`, `style`, `rsvp_template`, `cta_template` or `landingpage_template`
    trigger_element: &'a str,
    /// the prokey of the only event whose answers fire it; null for all events
    prokey_filter: Option<&'a str>,
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`
    method: &'a str,
    /// where it is sent, as written; literal credentials are masked
    payload_url: String,
    /// the line of the handle in the file, from 1
    line: usize,
    /// the column of the handle, from 1
    column: usize,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DefinitionDetail<'a> {
    /// the version of this format
    version: u32,
    /// the definitions file
    file: &'a str,
    #[serde(flatten)]
    summary: Summary<'a>,
    /// the headers, in the order of the file
    header: Vec<Pair<'a>>,
    /// the body fields, in the order of the file
    body: Vec<Pair<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::output) struct Pair<'a> {
    /// the name of the header or body field
    pub(in crate::output) key: &'a str,
    /// the value as written; for a body value that is not a string, its JSON; literal credentials are masked unless
    /// `--reveal` is given
    pub(in crate::output) value: ShownValue,
}

/// A value as it is shown; `${NAME}` in place of JSON is a string.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::output) enum ShownValue {
    Text(String),
    Json(#[cfg_attr(test, schemars(with = "serde_json::Value"))] Box<RawValue>),
}

fn summary(webhook: &Webhook, reveal: bool) -> Summary<'_> {
    let place = webhook.source.position(webhook.handle.span.start);
    Summary {
        handle: &webhook.handle.value,
        name: webhook.label(),
        ids: webhook.ids.all.iter().map(|id| (id.account.value.as_str(), id.number.value)).collect(),
        active: webhook.active.value,
        trigger: webhook.trigger_word(),
        trigger_element: webhook.trigger_element_word(),
        prokey_filter: webhook.prokey_filter.as_ref().map(|filter| filter.value.as_str()),
        method: webhook.method_word(),
        payload_url: shown_url(&webhook.payload_url.value, reveal),
        line: place.line,
        column: place.column,
    }
}

/// All webhooks for scripts.
pub fn list_json(definitions: &Definitions) -> String {
    let webhooks = definitions.all().map(|webhook| summary(webhook, false)).collect();
    document(&List { version: VERSION, file: definitions.source.name(), webhooks })
}

/// One webhook for scripts.
pub fn show_json(webhook: &Webhook, reveal: bool) -> String {
    document(&DefinitionDetail {
        version: VERSION,
        file: webhook.source.name(),
        summary: summary(webhook, reveal),
        header: shown_pairs(&webhook.header, shown_header, reveal),
        body: shown_pairs(&webhook.body, shown_field, reveal),
    })
}

/// The fields of a header or body, credentials masked.
pub(in crate::output) fn shown_pairs<'f>(
    fields: &'f [Field],
    shown: fn(&str, &str, bool) -> String,
    reveal: bool,
) -> Vec<Pair<'f>> {
    let pair = |field: &'f Field| {
        let (key, value) = (field.key.value.as_str(), &field.value.value);
        let text = shown(key, value.as_str(), reveal);
        let json = value.is_json() && text == value.as_str();
        let json = json.then(|| RawValue::from_string(text.clone()).ok()).flatten();
        Pair { key, value: json.map_or(ShownValue::Text(text), ShownValue::Json) }
    };
    fields.iter().map(pair).collect()
}
