//! HTTP archives (HAR 1.2), as browsers and proxies save them.

use crate::core::diagnostic::Diagnostic;
use crate::core::json::{Kind, Value};
use crate::core::text::{Source, one_line};

use super::captured::{Captured, Format};
use super::parts::{Body, RequestParts, headers, text_of};

/// The requests of an archive; none if the object is not one.
pub(super) fn parse(root: Value<'_>, source: &Source) -> Option<Vec<Captured>> {
    let log = root.get("log").filter(|_| is_archive(root))?;
    let entries = log.get("entries").filter(|entries| entries.kind() == Kind::List);
    let requests = entries.into_iter().flat_map(Value::members).filter_map(|(_, entry)| {
        let request = entry.get("request")?;
        let parts = RequestParts {
            method: text_of(request, "method"),
            target: text_of(request, "url"),
            headers: request.get("headers").and_then(headers),
            body: body(request),
        };
        Some(parts.captured(Format::Har, source.position(entry.span().start).line))
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
        .help("export it again, or copy the request from the browser with \"Copy as cURL\"")
}

pub(super) fn empty(name: &str) -> Diagnostic {
    Diagnostic::error("capture-har", format!("the HAR file in {} has no requests", one_line(name)))
        .help("open the network panel of the browser before the request is sent, then export the HAR file")
}

fn body(request: Value<'_>) -> Body {
    let size = request.get("bodySize").and_then(|size| size.raw().parse::<usize>().ok()).unwrap_or(0);
    let Some(data) = request.get("postData").filter(|data| data.kind() == Kind::Object) else {
        return match size {
            0 => Body::default(),
            _ => Body::missing(format!(
                "the body is missing: the archive only contains its size, {size} bytes"
            )),
        };
    };
    let text = text_of(data, "text").unwrap_or_default();
    let encoding = ["encoding", "_encoding"].iter().find_map(|name| text_of(data, name));
    if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")) {
        return Body::from_base64(&text);
    }
    // `bodySize` counts what was sent, which may have been compressed.
    Body { announced: Some(size).filter(|_| text.is_empty()), ..Body::new(text) }
}
