//! A `Content-Type` that is not JSON.

use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Home, Subject};

pub(super) const RULE: Rule = Rule {
    code: "content-type-not-json",
    level: Level::Warning,
    summary: "a `Content-Type` that is not JSON",
    docs: Docs {
        finds: "A header `Content-Type` whose literal value is neither `application/json` nor a type that ends in `+json`.",
        why: "The body is JSON whatever the header says; a receiver that believes the header cannot read it.",
        example: r#"header.Content-Type = "application/x-www-form-urlencoded""#,
        mend: "Take the header out: `application/json` is sent without it.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in &subject.header {
        let Home::Header(name) = part.home else { continue };
        let is_content_type = name.value.eq_ignore_ascii_case("content-type");
        if !is_content_type || !part.is_plain() || is_json(&part.value.value) {
            continue;
        }
        let message = "the body is JSON, and this says that it is something else";
        let help = "take it out: `application/json` is sent without it";
        findings.on(Judgement::warning(RULE.code, message, help), part);
    }
}

fn is_json(value: &str) -> bool {
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}
