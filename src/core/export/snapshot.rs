//! A request for comparison: only what its definition determines, one value per line.

use crate::core::json::{check, pretty};
use crate::core::model::Webhook;
use crate::core::request::{PreparedRequest, ValuePlace};
use crate::core::secrets::shown_url;
use crate::core::text::one_line;

/// The request in the format of `.http` files, with its secrets masked and a JSON body laid out over lines. Headers that are the
/// same for every request or follow from the body are left out, unless the webhook defines them.
pub fn snapshot(webhook: &Webhook, request: &PreparedRequest) -> String {
    let inactive = if webhook.active.value { "" } else { ", inactive" };
    let mut text = format!(
        "### {}: {} {}{inactive}\n",
        webhook.handle.value, webhook.trigger.value, webhook.trigger_element.value
    );
    // If the URL contains `${NAME}`, the request line has placeholders.
    if let Some(value) = request.values.iter().find(|value| value.place == ValuePlace::Url) {
        text.push_str(&format!("# payload_url: {}\n", one_line(&shown_url(&value.template, false))));
    }
    text.push_str(&format!("{} {} HTTP/1.1\n", request.method, request.target_text(false)));
    let is_defined = |name: &str| webhook.header.iter().any(|own| own.key.value.eq_ignore_ascii_case(name));
    let is_kept = |name: &str| matches!(name, "host" | "content-type") || is_defined(name);
    for header in request.headers.iter().filter(|header| is_kept(&header.name)) {
        text.push_str(&format!("{}: {}\n", header.name, request.shown_header_value(header, false)));
    }
    let body = request.shown_body(false);
    let body = String::from_utf8_lossy(&body);
    if !body.is_empty() {
        let laid_out = check(&body).map(|document| pretty(document.root(&body)));
        text.push('\n');
        text.push_str(laid_out.as_deref().unwrap_or(&body));
        text.push('\n');
    }
    text
}
