//! Exports of webhook.site: the JSON of its API as documented, and its CSV by the names of its columns.

use std::sync::Arc;

use crate::core::csv::{Row, Rows};
use crate::core::json::{self, Kind, Value};
use crate::core::text::Source;

use super::body::Body;
use super::captured::{Captured, Format, LineCounter, RequestParts};

/// The requests of a page of the API, or a single one; none if the object is neither.
pub(super) fn parse(root: Value<'_>, lines: &mut LineCounter<'_>) -> Option<Vec<Captured>> {
    if let Some(data) = root.get("data").filter(|data| data.kind() == Kind::List) {
        let requests: Vec<Value<'_>> = data.members().map(|(_, request)| request).collect();
        let are_requests = !requests.is_empty() && requests.iter().all(|request| is_request(*request));
        let web = requests.into_iter().filter(|request| is_web(*request));
        return are_requests.then(|| web.map(|request| captured(request, lines)).collect());
    }
    is_request(root).then(|| {
        Some(root).filter(|root| is_web(*root)).map(|root| captured(root, lines)).into_iter().collect()
    })
}

/// Whether an object is a request of webhook.site.
pub(super) fn is_request(object: Value<'_>) -> bool {
    ["uuid", "token_id", "content"].iter().all(|name| object.get(name).is_some())
}

/// Whether it came over HTTP; the service receives mails, too.
fn is_web(request: Value<'_>) -> bool {
    request.get("type").and_then(Value::as_text).is_none_or(|kind| kind == "web")
}

pub(super) fn captured(request: Value<'_>, lines: &mut LineCounter<'_>) -> Captured {
    let text = |name: &str| request.get(name)?.as_text().map(std::borrow::Cow::into_owned);
    let headers = request.get("headers").filter(|headers| headers.kind() == Kind::Object).map(|headers| {
        let values = headers.members().flat_map(|(name, value)| {
            let name = name.into_owned();
            let values: Vec<Value<'_>> = match value.kind() {
                Kind::List => value.members().map(|(_, value)| value).collect(),
                _ => vec![value],
            };
            values.into_iter().map(move |value| (name.clone(), value.to_text().into_owned().into_bytes()))
        });
        values.collect()
    });
    let line = lines.at(request.span().start);
    parts(text("method"), text("url"), headers, text("content").unwrap_or_default())
        .captured(Format::WebhookSite, line)
}

fn parts(
    method: Option<String>,
    url: Option<String>,
    headers: Option<Vec<(String, Vec<u8>)>>,
    content: String,
) -> RequestParts {
    let length = headers.iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let announced = length.and_then(|(_, value)| std::str::from_utf8(value).ok()?.trim().parse().ok());
    RequestParts { method, target: url, headers, body: Body { announced, ..Body::new(content) } }
}

/// The requests of a CSV export; none if the first line does not have its columns.
pub(super) fn parse_csv(source: &Arc<Source>) -> Option<Vec<Captured>> {
    let text = source.text();
    let first = text.lines().next()?;
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(count)?;
    let mut rows = Rows::new(text.as_bytes(), delimiter, 0, usize::MAX);
    // Reading from memory does not fail.
    let mut rows = std::iter::from_fn(|| rows.next_row().ok().flatten());
    let header = rows.next()?;
    let columns: Vec<String> =
        header.fields.iter().map(|field| field.text.trim().to_ascii_lowercase()).collect();
    let has = |name: &str| columns.iter().any(|own| own == name);
    if !(has("content") && has("method") && (has("uuid") || has("token_id"))) {
        return None;
    }
    let requests = rows.map(|row| from_row(&columns, &row));
    Some(requests.collect())
}

fn from_row(columns: &[String], row: &Row) -> Captured {
    let fields = || columns.iter().zip(row.fields.iter().map(|field| field.text.as_str()));
    let field = |wanted: &str| {
        fields()
            .find(|(name, value)| *name == wanted && !value.is_empty())
            .map(|(_, value)| value.to_string())
    };
    let mut headers = Vec::new();
    for (name, value) in fields().filter(|(_, value)| !value.is_empty()) {
        if name == "headers" {
            headers.extend(headers_of_json(value));
        } else if let Some(header) = header_column(name) {
            headers.push((header.to_owned(), value.as_bytes().to_vec()));
        }
    }
    let has_headers = columns.iter().any(|name| name == "headers" || header_column(name).is_some());
    parts(field("method"), field("url"), has_headers.then_some(headers), field("content").unwrap_or_default())
        .captured(Format::WebhookSite, row.place.line)
}

/// The header that a column such as `headers.content-type.0` or `headers[content-type]` is about.
fn header_column(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("headers")?;
    let rest = rest.strip_prefix(['.', '[', '_', '/'])?.trim_end_matches("[0]").trim_end_matches(']');
    let number =
        rest.rfind(['.', '_', '/']).filter(|at| rest[at + 1..].bytes().all(|byte| byte.is_ascii_digit()));
    Some(number.map_or(rest, |at| &rest[..at])).filter(|header| !header.is_empty())
}

fn headers_of_json(text: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(document) = json::check(text) else { return Vec::new() };
    let members = document.root(text).members();
    let value = |value: Value<'_>| value.item(0).unwrap_or(value).to_text().into_owned().into_bytes();
    members.map(|(name, own)| (name.into_owned(), value(own))).collect()
}
