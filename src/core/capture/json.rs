//! JSON: a body, several of them, or objects that describe requests.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::core::diagnostic::Diagnostic;
use crate::core::json::{self, Extent, Kind, Value};
use crate::core::text::{Source, Span};

use super::body::Body;
use super::captured::{Captured, Format, LineCounter, RequestParts};
use super::{har, webhook_site};

/// Where a JSON object or list begins in a text that has other lines before it.
pub(super) fn start_after_prose(text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        line.trim_start().starts_with('{').then_some(start)
    })
}

/// The requests of a text of one or more JSON values, from a place on.
pub(super) fn parse(source: &Arc<Source>, start: usize) -> Result<Vec<Captured>, Diagnostic> {
    let text = source.text();
    let mut lines = LineCounter::new(text.as_bytes());
    let mut found = Vec::new();
    let mut at = start;
    while let Some(next) = text[at..].find(|c: char| !c.is_whitespace()) {
        at += next;
        let is_container = text[at..].starts_with(['{', '[']);
        let extent = if is_container { json::extent(text, at) } else { Extent::Open };
        if let Extent::Cut(end, next) = extent
            && json::completed(&text[at..end]).is_some()
        {
            let line = lines.at(at);
            found.extend(single(source, at..end, line)?);
            at = next;
            continue;
        }
        let Extent::Closed(end) = extent else {
            if at > start && !is_container {
                // Values are followed by other text, such as the end of a log.
                break;
            }
            let line = lines.at(at);
            found.extend(single(source, at..text.len(), line)?);
            break;
        };
        let part = &text[at..end];
        match json::check(part) {
            Ok(document) => {
                let base = lines.at(at);
                let mut inner = LineCounter::new(part.as_bytes());
                let root = document.root(part);
                let values = of_value(root, &mut inner);
                if har::is_archive(root) && values.is_empty() {
                    return Err(har::empty(source.name()));
                }
                found.extend(values.into_iter().map(|own| Captured { line: own.line + base - 1, ..own }));
            }
            Err(wrong) => {
                let span = at + wrong.span.start..at + wrong.span.end;
                return Err(Diagnostic::error(wrong.code, wrong.message)
                    .at(source, span)
                    .maybe_help(wrong.help));
            }
        }
        at = end;
    }
    Ok(found)
}

/// A value that is no closed list or object: a body that is cut, or a string with JSON in it.
fn single(source: &Arc<Source>, span: Span, line: usize) -> Result<Vec<Captured>, Diagnostic> {
    let at = span.start;
    let text = source.text()[span].trim_end();
    if let Ok(document) = json::check(text) {
        let inner = document.root(text).to_text().into_owned();
        return Ok(vec![body_alone(inner, line)]);
    }
    if let Some(completed) = json::completed(text) {
        if json::check(&completed).is_ok_and(|document| har::is_archive(document.root(&completed))) {
            return Err(har::truncated(source.name()));
        }
        return Ok(vec![body_alone(text.to_owned(), line)]);
    }
    let wrong = json::check(text).err();
    let (code, message) =
        wrong.as_ref().map_or(("capture-unknown", "not JSON"), |own| (own.code, &own.message));
    let span = wrong.as_ref().map_or(at..at, |own| at + own.span.start..at + own.span.end);
    Err(Diagnostic::error(code, message).at(source, span).maybe_help(wrong.and_then(|own| own.help)))
}

fn body_alone(body: impl Into<Vec<u8>>, line: usize) -> Captured {
    RequestParts { body: Body::new(body), ..RequestParts::default() }.captured(Format::Json, line)
}

fn of_value(root: Value<'_>, lines: &mut LineCounter<'_>) -> Vec<Captured> {
    let known = har::parse(root, lines).or_else(|| webhook_site::parse(root, lines));
    if let Some(found) = known {
        return found;
    }
    let items: Vec<Value<'_>> = match root.kind() {
        Kind::List => root.members().map(|(_, item)| item).collect(),
        _ => vec![root],
    };
    let are_requests = !items.is_empty() && items.iter().all(|item| item.kind() == Kind::Object);
    if !are_requests {
        return vec![body_alone(root.raw(), lines.at(root.span().start))];
    }
    let captured = items.into_iter().map(|item| {
        if webhook_site::is_request(item) {
            return webhook_site::captured(item, lines);
        }
        let line = lines.at(item.span().start);
        match described(item) {
            Some(parts) => parts.captured(Format::Json, line),
            None => body_alone(item.raw(), line),
        }
    });
    captured.collect()
}

/// Names under which tools write the parts of a request.
const METHODS: [&str; 3] = ["method", "httpMethod", "http_method"];
const URLS: [&str; 6] = ["url", "webhookUrl", "uri", "path", "rawPath", "target"];
const BODIES: [&str; 5] = ["bodyRaw", "rawBody", "body", "content", "payload"];

/// A request that an object describes, as `hooks listen --json`, workflow tools and serverless platforms write it.
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
        (Some(encoded), _) => STANDARD
            .decode(encoded.to_text().as_bytes())
            .map_or_else(|_| Body::missing("the body cannot be read: it is not valid base64"), Body::new),
        (None, Some(body)) => Body::new(if body.kind() == Kind::Text {
            body.to_text().into_owned()
        } else {
            body.raw().to_owned()
        }),
        (None, None) => Body::default(),
    };
    Some(RequestParts { method, target, headers: Some(headers), body })
}

/// Headers as an object, or as a list of objects or pairs.
fn headers(value: Value<'_>) -> Option<Vec<(String, Vec<u8>)>> {
    let bytes = |value: Value<'_>| value.item(0).unwrap_or(value).to_text().into_owned().into_bytes();
    match value.kind() {
        Kind::Object => Some(value.members().map(|(name, own)| (name.into_owned(), bytes(own))).collect()),
        Kind::List => {
            let header = |(_, own): (_, Value<'_>)| {
                let name = own.get("name").or_else(|| own.get("key")).or_else(|| own.item(0))?;
                let value = own.get("value").or_else(|| own.item(1))?;
                Some((name.as_text()?.into_owned(), bytes(value)))
            };
            value.members().map(header).collect()
        }
        _ => None,
    }
}
