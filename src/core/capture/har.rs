//! HTTP archives (HAR 1.2), as browsers and proxies save them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::core::diagnostic::Diagnostic;
use crate::core::json::{Kind, Value};
use crate::core::text::one_line;

use super::body::Body;
use super::captured::{Captured, Format, LineCounter, RequestParts};

/// The requests of an archive; none if the object is not one.
pub(super) fn parse(root: Value<'_>, lines: &mut LineCounter<'_>) -> Option<Vec<Captured>> {
    let log = root.get("log").filter(|_| is_archive(root))?;
    let entries = log.get("entries").filter(|entries| entries.kind() == Kind::List);
    let requests = entries.into_iter().flat_map(Value::members).filter_map(|(_, entry)| {
        let request = entry.get("request")?;
        let line = lines.at(entry.span().start);
        Some(parts(request).captured(Format::Har, line))
    });
    Some(requests.collect())
}

/// Whether an object is an archive, even one that is truncated before its entries.
pub(super) fn is_archive(root: Value<'_>) -> bool {
    // A webhook's own body may have a `log`, too.
    let log = root.get("log").filter(|_| root.get("element_data").is_none());
    let log = log.filter(|log| log.kind() == Kind::Object);
    log.is_some_and(|log| ["entries", "creator"].iter().any(|name| log.get(name).is_some()))
}

pub(super) fn truncated(name: &str) -> Diagnostic {
    Diagnostic::error("capture-har", format!("the HAR file in {} is truncated", one_line(name)))
        .help("save it again, or copy the request from the browser with \"Copy as cURL\"")
}

pub(super) fn empty(name: &str) -> Diagnostic {
    Diagnostic::error("capture-har", format!("the HAR file in {} has no requests", one_line(name)))
        .help("open the network panel of the browser before the request is sent, then save the HAR file")
}

fn parts(request: Value<'_>) -> RequestParts {
    let text = |name: &str| request.get(name)?.as_text().map(std::borrow::Cow::into_owned);
    let headers = request.get("headers").map(|headers| {
        let header = |(_, own): (_, Value<'_>)| {
            let part = |name: &str| own.get(name)?.as_text().map(std::borrow::Cow::into_owned);
            let name = part("name")?;
            // Pseudo-headers of HTTP/2 say what the rest of the entry says.
            (!name.starts_with(':')).then(|| (name, part("value").unwrap_or_default().into_bytes()))
        };
        headers.members().filter_map(header).collect()
    });
    RequestParts { method: text("method"), target: text("url"), headers, body: body(request) }
}

fn body(request: Value<'_>) -> Body {
    let size = request.get("bodySize").and_then(|size| size.raw().parse::<i64>().ok()).unwrap_or(-1);
    let size = usize::try_from(size).ok();
    let Some(data) = request.get("postData").filter(|data| data.kind() == Kind::Object) else {
        return match size {
            Some(size) if size > 0 => {
                Body::missing(format!("the body is missing: the archive only has its size, {size} bytes"))
            }
            _ => Body::default(),
        };
    };
    let text = data.get("text").and_then(Value::as_text).unwrap_or_default();
    let encoding = ["encoding", "_encoding"].iter().find_map(|name| data.get(name)?.as_text());
    if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")) {
        return match STANDARD.decode(text.as_bytes()) {
            Ok(bytes) => Body::new(bytes),
            Err(_) => Body::missing("the body cannot be read: it is not valid base64"),
        };
    }
    // `bodySize` counts what was sent, which may have been compressed.
    let is_missing = text.is_empty() && size.is_some_and(|size| size > 0);
    Body { announced: size.filter(|_| is_missing), ..Body::new(text.into_owned()) }
}
