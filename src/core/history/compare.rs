//! What differs between two deliveries.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Delivery;
use crate::core::json;

/// A part of two deliveries that differs; `None` if a delivery does not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPart {
    pub part: String,
    pub a: Option<String>,
    pub b: Option<String>,
}

struct Part {
    name: String,
    text: String,
}

/// The parts of two deliveries that differ, except for times, in the order of an exchange.
pub fn differences(a: &Delivery, b: &Delivery) -> Vec<ChangedPart> {
    let (a, b) = (parts(a), parts(b));
    let mut seen = BTreeSet::new();
    let names: Vec<&str> =
        a.iter().chain(&b).map(|part| &*part.name).filter(|name| seen.insert(*name)).collect();
    // Headers of one name are one part.
    let text = |parts: &[Part], name: &str| {
        let own: Vec<&str> =
            parts.iter().filter(|part| part.name == name).map(|part| part.text.as_str()).collect();
        (!own.is_empty()).then(|| own.join("\n"))
    };
    let both = names.into_iter().map(|name| (name, text(&a, name), text(&b, name)));
    both.filter(|(_, a, b)| a != b).map(|(name, a, b)| ChangedPart { part: name.to_owned(), a, b }).collect()
}

/// Everything but times, in the order of an exchange.
fn parts(delivery: &Delivery) -> Vec<Part> {
    let part = |name: &str, text: &str| Part { name: name.to_owned(), text: text.to_owned() };
    let mut parts = vec![
        part("webhook", &delivery.webhook),
        part("method", delivery.method.as_str()),
        part("url", &delivery.url),
    ];
    parts.extend(delivery.headers.iter().map(|(name, value)| part(&format!("header {name}"), value)));
    parts.push(part("body", &pretty(&delivery.body.text)));
    parts.push(part("state", delivery.state().as_str()));
    let Some(exchange) = &delivery.exchange else { return parts };
    parts.extend(exchange.failure.as_ref().map(|failure| part("failure", failure.kind.name())));
    if let Some(response) = &exchange.response {
        parts.push(part("status", &response.status_line()));
        let headers = response.headers.iter().filter(|(name, _)| name != "date");
        parts.extend(headers.map(|(name, value)| part(&format!("response header {name}"), value)));
        parts.push(part("response body", &pretty(&response.decoded_body().all_text())));
    }
    parts
}

/// JSON with one value per line; other text is unchanged.
fn pretty(text: &str) -> Cow<'_, str> {
    match json::check(text) {
        Ok(document) => json::pretty(document.root(text)).into(),
        Err(_) => text.into(),
    }
}
