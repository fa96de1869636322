//! Two deliveries side by side: `history diff`.

use std::collections::BTreeSet;

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::core::body::header_text;
use crate::core::record::{Delivery, Recorded};
use crate::core::text::one_line;
use crate::output::style::Style;

use super::message::{BAR, laid_out};
use super::{VERSION, document};

const CONTEXT_LINES: usize = 2;

/// A part of a delivery with its text.
struct Part {
    name: String,
    text: String,
}

/// A part in which two deliveries differ; nothing where one of them lacks it.
#[derive(Serialize)]
struct Difference {
    part: String,
    a: Option<String>,
    b: Option<String>,
}

#[derive(Serialize)]
struct Comparison {
    version: u32,
    a: i64,
    b: i64,
    differences: Vec<Difference>,
}

/// What differs, for people.
pub fn compare_text(a: &Recorded<Delivery>, b: &Recorded<Delivery>, style: Style) -> String {
    let differences = differences(a, b);
    let mut text = format!(
        "{}\n{}\n",
        style.removed(&format!("- delivery {}", a.id)),
        style.added(&format!("+ delivery {}", b.id))
    );
    if differences.is_empty() {
        return text + "\nrequest, outcome and answer are the same\n";
    }
    for Difference { part, a, b } in &differences {
        text.push_str(&format!("\n{}\n", style.strong(&one_line(part))));
        text.push_str(&lines(a.as_deref().unwrap_or_default(), b.as_deref().unwrap_or_default(), style));
    }
    text
}

/// What differs, for scripts.
pub fn compare_json(a: &Recorded<Delivery>, b: &Recorded<Delivery>) -> String {
    document(&Comparison { version: VERSION, a: a.id, b: b.id, differences: differences(a, b) })
}

fn differences(a: &Recorded<Delivery>, b: &Recorded<Delivery>) -> Vec<Difference> {
    let (a, b) = (parts(a), parts(b));
    let mut seen = BTreeSet::new();
    let names: Vec<&str> =
        a.iter().chain(&b).map(|part| &*part.name).filter(|name| seen.insert(*name)).collect();
    // A header may stand several times: all of them are one part.
    let text = |parts: &[Part], name: &str| {
        let own: Vec<&str> =
            parts.iter().filter(|part| part.name == name).map(|part| part.text.as_str()).collect();
        (!own.is_empty()).then(|| own.join("\n"))
    };
    let both = names.into_iter().map(|name| (name, text(&a, name), text(&b, name)));
    both.filter(|(_, a, b)| a != b).map(|(name, a, b)| Difference { part: name.to_owned(), a, b }).collect()
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
    parts.push(part("body", &laid_out(&delivery.body.text, usize::MAX)));
    parts.push(part("state", delivery.state().as_str()));
    let Some(exchange) = &delivery.exchange else { return parts };
    parts.extend(exchange.failure.as_ref().map(|failure| part("failure", failure.kind.name())));
    if let Some(answer) = &exchange.answer {
        parts.push(part("status", &answer.status_line()));
        let headers = answer.headers.iter().filter(|(name, _)| name != "date");
        parts
            .extend(headers.map(|(name, value)| part(&format!("answer header {name}"), &header_text(value))));
        parts.push(part("answer body", &laid_out(&answer.decoded_body().all_text(), usize::MAX)));
    }
    parts
}

fn lines(before: &str, after: &str, style: Style) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if index > 0 {
            text.push_str(&style.faint(&format!("{BAR}  …\n")));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = one_line(change.value().trim_end_matches(['\n', '\r'])).into_owned();
            text.push_str(&match change.tag() {
                ChangeTag::Delete => style.removed(&format!("{BAR}- {line}")),
                ChangeTag::Insert => style.added(&format!("{BAR}+ {line}")),
                ChangeTag::Equal => style.faint(&format!("{BAR}  {line}")),
            });
            text.push('\n');
        }
    }
    text
}
