//! The prepared request: `preview`.

use crate::core::json;
use crate::core::request::{ExplainedValue, Origin, PreparedRequest, ValuePart, ValuePlace};
use crate::core::secrets::MASK;
use crate::core::text::{count, one_line, printable};
use crate::output::style::Style;

use super::message::laid_out;
use super::wrap::prose;

/// The longest body that is shown completely, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

pub fn preview_text(request: &PreparedRequest, reveal: bool, width: Option<u16>, style: Style) -> String {
    let url = one_line(request.url_text(reveal)).into_owned();
    let mut text = format!("{} {}\n\n", style.strong(request.method.as_str()), style.strong(&url));
    for header in &request.headers {
        let value = request.shown_header_value(header, reveal);
        text.push_str(&format!("{} {}\n", style.name(&format!("{}:", header.name)), one_line(&value)));
    }
    text.push('\n');
    text.push_str(&body_text(&request.shown_body(reveal), style));
    text.push_str(&values_text(&request.values, reveal, width, style));
    text
}

fn body_text(body: &[u8], style: Style) -> String {
    let body = String::from_utf8_lossy(body);
    let end = body.floor_char_boundary(MAX_BODY_BYTES);
    if end == body.len() {
        return format!("{}\n", printable(&laid_out(&body, MAX_BODY_BYTES)));
    }
    let left = count(body.len() - end, "more byte");
    let note = style.faint(&format!("… {left}; `--format body` prints all of it"));
    format!("{}\n{note}\n", printable(&body[..end]))
}

fn values_text(values: &[ExplainedValue], reveal: bool, width: Option<u16>, style: Style) -> String {
    if values.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", style.strong("Sources of the values"));
    for value in values {
        let place = match &value.place {
            ValuePlace::Url => "payload URL".to_owned(),
            ValuePlace::Header(name) => format!("header {}", one_line(name)),
            ValuePlace::Body(key) => format!("body {}", one_line(key)),
        };
        text.push_str(&format!("  {place}\n"));
        for part in &value.parts {
            let shown = one_line(&quoted_part(value, part, reveal)).into_owned();
            let origin = match origin_text(&part.origin) {
                origin if origin.is_empty() => style.faint("as written"),
                origin => style.faint(&origin),
            };
            text.push_str(&prose(&format!("    {shown}  {origin}"), width));
            text.push('\n');
        }
    }
    text
}

/// The text of a part in quotes, so that spaces at either end are visible; masks and JSON are not quoted.
fn quoted_part(value: &ExplainedValue, part: &ValuePart, reveal: bool) -> String {
    let shown = part.shown(reveal);
    let is_masked = shown == MASK && part.text != MASK;
    if is_masked || value.keeps_type { shown.into_owned() } else { json::quote(&shown) }
}

fn origin_text(origin: &Origin) -> String {
    match origin {
        Origin::Literal => String::new(),
        Origin::Variable { name, source } => format!("{{{{{}}}}} from {}", one_line(name), one_line(source)),
        Origin::Missing { name } => format!("{{{{{}}}}} is missing, sent as an empty string", one_line(name)),
        Origin::Unset { name } => format!("${{{name}}} is not set"),
        Origin::Environment { name, source } => format!("${{{name}}} from {}", one_line(source)),
    }
}
