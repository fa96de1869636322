//! JSON: a body, several of them, or objects that describe requests.

use std::borrow::Cow;
use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::json::{self, ContainerEnd, Kind, SyntaxError, Value};
use crate::core::text::{Source, Span};

use super::captured::{Captured, Format};
use super::parts::{Body, RequestParts, headers};
use super::{har, webhook_site};

/// Where a JSON object begins in a text, after other lines.
pub(super) fn start_after_prose(text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        line.trim_start().starts_with('{').then_some(start)
    })
}

/// The requests of a text of one or more JSON values, from this offset.
pub(super) fn parse(source: &Arc<Source>, start: usize) -> Result<Vec<Captured>, Diagnostic> {
    let text = source.text();
    let mut found = Vec::new();
    let mut at = start;
    while let Some(space) = text[at..].find(|c: char| !c.is_whitespace()) {
        at += space;
        let is_container = text[at..].starts_with(['{', '[']);
        let (end, next) = match json::container_end(text, at) {
            ContainerEnd::Closed(end) if is_container => {
                found.extend(parse_value(source, at..end)?);
                at = end;
                continue;
            }
            ContainerEnd::Cut(end, next) if is_container && json::completed(&text[at..end]).is_some() => {
                (end, next)
            }
            // Other text after the values, such as the end of a log.
            _ if at > start && !is_container => break,
            _ => (text.len(), text.len()),
        };
        found.push(parse_open(source, at..end)?);
        at = next;
    }
    Ok(found)
}

/// The requests of one list or object.
fn parse_value(source: &Arc<Source>, span: Span) -> Result<Vec<Captured>, Diagnostic> {
    let document =
        json::check(&source.text()[span.clone()]).map_err(|error| located(error, source, span.start))?;
    let root = document.part(span).root(source.text());
    let requests = requests_in(root, source);
    if har::is_archive(root) && requests.is_empty() {
        return Err(har::empty(source.name()));
    }
    Ok(requests)
}

/// The request of a value that is not a closed list or object: a truncated body, or a string that contains JSON.
fn parse_open(source: &Arc<Source>, span: Span) -> Result<Captured, Diagnostic> {
    let start = span.start;
    let text = source.text()[span].trim_end();
    let error = match json::check(text) {
        Ok(document) => return Ok(body_alone(document.root(text).to_text().into_owned(), source, start)),
        Err(error) => error,
    };
    let completed = json::completed(text).ok_or_else(|| located(error, source, start))?;
    if json::check(&completed).is_ok_and(|document| har::is_archive(document.root(&completed))) {
        return Err(har::truncated(source.name()));
    }
    Ok(body_alone(text, source, start))
}

/// An error in a part of a source that begins at this offset.
fn located(error: SyntaxError, source: &Arc<Source>, start: usize) -> Diagnostic {
    let span = start + error.span.start..start + error.span.end;
    SyntaxError { span, ..error }.into_diagnostic(source)
}

fn body_alone(body: impl Into<Vec<u8>>, source: &Source, start: usize) -> Captured {
    let parts = RequestParts { body: Body::new(body), ..RequestParts::default() };
    parts.captured(Format::Json, source.position(start).line)
}

fn requests_in(root: Value<'_>, source: &Source) -> Vec<Captured> {
    if let Some(found) = har::parse(root, source).or_else(|| webhook_site::parse(root, source)) {
        return found;
    }
    let items: Vec<Value<'_>> = match root.kind() {
        Kind::List => root.members().map(|(_, item)| item).collect(),
        _ => vec![root],
    };
    if items.is_empty() || items.iter().any(|item| item.kind() != Kind::Object) {
        return vec![body_alone(root.raw(), source, root.span().start)];
    }
    let captured = items.into_iter().map(|item| {
        let start = item.span().start;
        match described(item) {
            _ if webhook_site::is_request(item) => webhook_site::captured(item, source),
            Some(parts) => parts.captured(Format::Json, source.position(start).line),
            None => body_alone(item.raw(), source, start),
        }
    });
    captured.collect()
}

/// The names that tools use for the parts of a request.
const METHODS: [&str; 3] = ["method", "httpMethod", "http_method"];
const URLS: [&str; 6] = ["url", "webhookUrl", "uri", "path", "rawPath", "target"];
const BODIES: [&str; 5] = ["bodyRaw", "rawBody", "body", "content", "payload"];

/// A request that is described by an object, as written by `hooks listen --json`, workflow tools and serverless platforms.
fn described(object: Value<'_>) -> Option<RequestParts> {
    if object.get("element_data").is_some() {
        return None;
    }
    let headers = headers(object.get("headers")?)?;
    let text = |names: &[&str]| names.iter().find_map(|name| object.get(name)?.as_text());
    let body = BODIES.iter().find_map(|name| object.get(name));
    let is_base64 = object.get("isBase64Encoded").is_some_and(|flag| flag.raw() == "true");
    let encoded = object.get("body_base64").or(body.filter(|_| is_base64));
    let method = text(&METHODS).map(Cow::into_owned);
    if method.is_none() && body.is_none() && encoded.is_none() {
        return None;
    }
    let query = object.get("query").or_else(|| object.get("rawQueryString")).and_then(Value::as_text);
    let target = text(&URLS).map(|url| match query {
        Some(query) if !url.contains('?') && !query.is_empty() => format!("{url}?{query}"),
        _ => url.into_owned(),
    });
    let body = match (encoded, body) {
        (Some(encoded), _) => Body::from_base64(&encoded.to_text()),
        (None, Some(body)) => Body::new(body.as_text().unwrap_or(body.raw().into()).into_owned()),
        (None, None) => Body::default(),
    };
    Some(RequestParts { method, target, headers: Some(headers), body })
}
