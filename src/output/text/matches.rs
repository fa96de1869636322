//! Which webhooks a trigger fires, and why not the others: `trigger`.

use serde::Serialize;

use crate::core::model::Webhook;
use crate::core::request::{Mismatch, PreparedRequest};
use crate::core::text::one_line;
use crate::output::style::Style;

use super::{VERSION, line};

/// One webhook that does not fire, with its reasons.
pub fn mismatch_line(webhook: &Webhook, reasons: &[Mismatch], style: Style) -> String {
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    format!(
        "{} {}: {}\n",
        style.faint("not fired"),
        one_line(&webhook.handle.value),
        one_line(&reasons.join("; "))
    )
}

/// One webhook that would fire.
pub fn would_fire_line(request: &PreparedRequest, style: Style) -> String {
    format!(
        "{} {}: {} {}\n",
        style.good("would fire"),
        request.webhook,
        request.method,
        one_line(&request.shown_url)
    )
}

#[derive(Serialize)]
struct ToSend<'a> {
    version: u32,
    webhook: Option<&'a str>,
    method: &'static str,
    url: &'a str,
}

/// One request that would be sent, for scripts.
pub fn would_send_json(request: &PreparedRequest) -> String {
    let webhook = Some(&*request.webhook).filter(|webhook| !webhook.is_empty());
    line(&ToSend { version: VERSION, webhook, method: request.method.as_str(), url: &request.shown_url })
}

#[derive(Serialize)]
struct Match<'a> {
    version: u32,
    webhook: &'a str,
    matches: bool,
    reasons: Vec<Reason>,
}

#[derive(Serialize)]
struct Reason {
    name: &'static str,
    what: String,
}

/// One webhook for scripts: whether it matches, and if not, why.
pub fn match_json(webhook: &Webhook, reasons: &[Mismatch]) -> String {
    let reasons: Vec<Reason> =
        reasons.iter().map(|reason| Reason { name: reason.code(), what: reason.to_string() }).collect();
    line(&Match { version: VERSION, webhook: &webhook.handle.value, matches: reasons.is_empty(), reasons })
}
