//! The prepared request: `preview`.

use serde::Serialize;

use super::{Header, VERSION, document, line};
use crate::core::request::{ExplainedValue, Origin, PreparedRequest, ValuePlace};
use crate::core::secrets::{shown_field, shown_header, shown_url};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Preview<'a> {
    /// the version of this format
    version: u32,
    /// the handle
    webhook: &'a str,
    /// the method
    method: &'a str,
    /// where it would be sent
    url: &'a str,
    /// all headers, in the order in which they are sent
    headers: Vec<Header<'a>>,
    /// the body; `--format body` prints its bytes
    body: String,
    /// the values of the webhook's headers and body fields, and the payload URL if it contains variables of the environment
    values: Vec<Value<'a>>,
    /// the source of the element
    data: &'a str,
    /// the number of masked values; 0 if this is exactly what would be sent
    masked: usize,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Value<'a> {
    /// `payload_url`, `header` or `body`
    place: &'static str,
    /// the name of the header or body field; not for `payload_url`
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// the value as written
    template: String,
    /// whether it keeps its JSON type, as a single variable in a body field does
    keeps_type: bool,
    /// its parts
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Part<'a> {
    /// the text, or JSON if the value keeps its type
    text: String,
    /// `literal`, `variable`, `missing` (a variable that the element lacks, with `--allow-missing`), `environment` or `not_set` (an environment variable that is not set)
    origin: &'static str,
    /// the name of the variable or environment variable; not for `literal`
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<&'a str>,
    /// the source of the value: a file, `--set`, the built-in sample, the environment; only for `variable` and `environment`
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

/// The request. `data` is the source of the element.
pub fn preview_json(request: &PreparedRequest, data: &str, reveal: bool) -> String {
    document(&preview(request, data, reveal))
}

/// One of several requests, as a line.
pub fn preview_line(request: &PreparedRequest, data: &str) -> String {
    line(&preview(request, data, false))
}

fn preview<'a>(request: &'a PreparedRequest, data: &'a str, reveal: bool) -> Preview<'a> {
    let headers = request
        .headers
        .iter()
        .map(|header| Header { name: &header.name, value: request.shown_header_value(header, reveal) });
    Preview {
        version: VERSION,
        webhook: &request.webhook,
        method: request.method.as_str(),
        url: request.url_text(reveal),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&request.shown_body(reveal)).into_owned(),
        values: request.values.iter().map(|value| value_json(value, reveal)).collect(),
        data,
        masked: if reveal { 0 } else { request.masked_places() },
    }
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
