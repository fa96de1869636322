//! The prepared request: `preview`.

use serde::Serialize;

use super::{Header, VERSION, document};
use crate::core::request::{ExplainedValue, Origin, PreparedRequest, ValuePlace};
use crate::core::secrets::{shown_field, shown_header, shown_url};

#[derive(Serialize)]
struct Preview<'a> {
    version: u32,
    webhook: &'a str,
    method: &'a str,
    url: &'a str,
    headers: Vec<Header<'a>>,
    body: String,
    values: Vec<Value<'a>>,
    data: &'a str,
    masked: usize,
}

#[derive(Serialize)]
struct Value<'a> {
    place: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    template: String,
    keeps_type: bool,
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    text: String,
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

/// The request for scripts. `data` says where the element is from.
pub fn preview_json(request: &PreparedRequest, data: &str, reveal: bool) -> String {
    let headers = request
        .headers
        .iter()
        .map(|header| Header { name: &header.name, value: request.shown_header_value(header, reveal) });
    document(&Preview {
        version: VERSION,
        webhook: &request.webhook,
        method: request.method.as_str(),
        url: request.url_text(reveal),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&request.shown_body(reveal)).into_owned(),
        values: request.values.iter().map(|value| value_json(value, reveal)).collect(),
        data,
        masked: if reveal { 0 } else { request.masked_places() },
    })
}

fn value_json(value: &ExplainedValue, reveal: bool) -> Value<'_> {
    let (place, name, template) = match &value.place {
        ValuePlace::Url => ("payload_url", None, shown_url(&value.template, reveal)),
        ValuePlace::Header(name) => {
            ("header", Some(name.as_str()), shown_header(name, &value.template, reveal))
        }
        ValuePlace::Body(key) => ("body", Some(key.as_str()), shown_field(key, &value.template, reveal)),
    };
    let parts = value.parts.iter().map(|own| {
        let (origin, variable, source) = match &own.origin {
            Origin::Literal => ("literal", None, None),
            Origin::Variable { name, source } => ("variable", Some(name.as_str()), Some(source.as_str())),
            Origin::Missing { name } => ("missing", Some(name.as_str()), None),
            Origin::Unset { name } => ("not_set", Some(name.as_str()), None),
            Origin::Environment { name, source } => {
                ("environment", Some(name.as_str()), Some(source.as_str()))
            }
        };
        Part { text: own.shown(reveal).into_owned(), origin, variable, source }
    });
    Value { place, name, template, keeps_type: value.keeps_type, parts: parts.collect() }
}
