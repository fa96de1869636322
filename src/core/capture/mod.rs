//! Saved requests: a JSON body, an HTTP message, a curl command, a HAR file, or a webhook.site export. The format is
//! detected from the content.

mod captured;
mod curl;
mod har;
mod http;
mod json;
mod parts;
mod webhook_site;

use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};

use crate::core::diagnostic::Diagnostic;
use crate::core::text::Source;

pub use captured::{Captured, Format};
pub use parts::{Body, RequestParts};

pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Vec<Captured>, Diagnostic> {
    // PowerShell writes UTF-16 with a byte order mark.
    let encoding = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding).filter(|own| *own != UTF_8);
    let bytes = match encoding {
        Some(own) => own.decode(&bytes).0.into_owned().into_bytes(),
        None => bytes,
    };
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return parse_text(&Arc::new(Source::new(name, text))),
        Err(error) => error.into_bytes(),
    };
    // Only the body of an HTTP message may have another encoding.
    if http::is_http(&bytes) {
        return Ok(http::parse(&bytes));
    }
    Err(unknown(name))
}

fn parse_text(source: &Arc<Source>) -> Result<Vec<Captured>, Diagnostic> {
    let text = source.text();
    let found = if text.trim().is_empty() {
        return Err(Diagnostic::error("capture-empty", format!("{} is empty", source.name()))
            .help("pass a request: its JSON body, the HTTP message, a curl command or a HAR file"));
    } else if text.trim_start().starts_with(['{', '[', '"']) {
        json::parse(source, 0)?
    } else if let Some(found) = webhook_site::parse_csv(text) {
        found
    } else if curl::is_curl(text) {
        curl::parse(source)?
    } else if http::is_http(text.as_bytes()) {
        http::parse(text.as_bytes())
    } else if let Some(start) = json::start_after_prose(text) {
        json::parse(source, start)?
    } else {
        Vec::new()
    };
    match other_tool(text).filter(|_| found.is_empty()) {
        Some(tool) => {
            let message =
                format!("`{tool}` is not supported: {} contains no request in a known format", source.name());
            Err(Diagnostic::error("capture-unknown", message)
                .help("in the network panel of the browser, copy the request with \"Copy as cURL\""))
        }
        None if found.is_empty() => Err(unknown(source.name())),
        None => Ok(found),
    }
}

/// Other formats in which browsers copy a request.
fn other_tool(text: &str) -> Option<&'static str> {
    let tools = [("Invoke-WebRequest ", "Invoke-WebRequest"), ("Invoke-RestMethod ", "Invoke-RestMethod")];
    let starts = ["fetch(", "await fetch("].iter().any(|start| text.trim_start().starts_with(start));
    let named = tools.iter().find(|(call, _)| text.contains(call)).map(|(_, name)| *name);
    if starts { Some("fetch") } else { named }
}

fn unknown(name: &str) -> Diagnostic {
    Diagnostic::error("capture-unknown", format!("{name} contains no request in a known format"))
        .help("use a JSON body, an HTTP message, a curl command, a HAR file, or a webhook.site export")
}
