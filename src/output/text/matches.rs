//! Which webhooks a trigger fires, and why not the others: `trigger`.

use crate::core::model::Webhook;
use crate::core::request::{Mismatch, PreparedRequest};
use crate::core::text::one_line;
use crate::output::style::Style;

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
