//! Exports of webhook.site: the documented JSON of its API, and CSV, by the names of its columns.

use crate::core::csv::{CsvRow, Rows, delimiter};
use crate::core::json::{self, Kind, Value};
use crate::core::text::Source;

use super::captured::{Captured, Format};
use super::parts::{Body, Headers, RequestParts, headers, text_of};

/// The requests of a page of the API, or a single one; none if the object is neither.
pub(super) fn parse(root: Value<'_>, source: &Source) -> Option<Vec<Captured>> {
    let requests: Vec<Value<'_>> = match root.get("data").filter(|data| data.kind() == Kind::List) {
        Some(data) => data.members().map(|(_, request)| request).collect(),
        None => vec![root],
    };
    let are_requests = !requests.is_empty() && requests.iter().all(|request| is_request(*request));
    // The service also receives emails.
    let is_web = |request: &Value<'_>| text_of(*request, "type").is_none_or(|kind| kind == "web");
    are_requests
        .then(|| requests.into_iter().filter(is_web).map(|request| captured(request, source)).collect())
}

/// Whether an object is a request of webhook.site.
pub(super) fn is_request(object: Value<'_>) -> bool {
    ["uuid", "token_id", "content"].iter().all(|name| object.get(name).is_some())
}

pub(super) fn captured(request: Value<'_>, source: &Source) -> Captured {
    let text = |name: &str| text_of(request, name);
    let headers = request.get("headers").and_then(headers);
    parts(text("method"), text("url"), headers, text("content").unwrap_or_default())
        .captured(Format::WebhookSite, source.position(request.span().start).line)
}

fn parts(
    method: Option<String>,
    url: Option<String>,
    headers: Option<Headers>,
    content: String,
) -> RequestParts {
    let length = headers.iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let announced = length.and_then(|(_, value)| std::str::from_utf8(value).ok()?.trim().parse().ok());
    RequestParts { method, target: url, headers, body: Body { announced, ..Body::new(content) } }
}

/// The requests of a CSV export; none if columns are missing in the first line.
pub(super) fn parse_csv(text: &str) -> Option<Vec<Captured>> {
    let first = text.lines().next()?;
    let mut rows = Rows::new(text.as_bytes(), delimiter(first.as_bytes()), 0, usize::MAX);
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

fn from_row(columns: &[String], row: &CsvRow) -> Captured {
    let fields = || columns.iter().zip(row.fields.iter().map(|field| field.text.as_str()));
    let field = |wanted: &str| {
        fields()
            .find(|(name, value)| *name == wanted && !value.is_empty())
            .map(|(_, value)| value.to_string())
    };
    let mut headers = Vec::new();
    for (name, value) in fields().filter(|(_, value)| !value.is_empty()) {
        if name == "headers" {
            let document = json::check(value).ok();
            let all = document.and_then(|document| self::headers(document.root(value)));
            headers.extend(all.unwrap_or_default());
        } else if let Some(header) = header_column(name) {
            headers.push((header.to_owned(), value.as_bytes().to_vec()));
        }
    }
    let has_headers = columns.iter().any(|name| name == "headers" || header_column(name).is_some());
    parts(field("method"), field("url"), has_headers.then_some(headers), field("content").unwrap_or_default())
        .captured(Format::WebhookSite, row.place.line)
}

/// The header of a column such as `headers.content-type.0` or `headers[content-type]`.
fn header_column(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("headers")?;
    let rest = rest.strip_prefix(['.', '[', '_', '/'])?.trim_end_matches("[0]").trim_end_matches(']');
    let number =
        rest.rfind(['.', '_', '/']).filter(|at| rest[at + 1..].bytes().all(|byte| byte.is_ascii_digit()));
    Some(number.map_or(rest, |at| &rest[..at])).filter(|header| !header.is_empty())
}
