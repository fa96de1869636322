//! A credential in a header, in plain sight.

use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Home, Subject};

pub(super) const RULE: Rule = Rule {
    code: "literal-credential",
    level: Level::Warning,
    summary: "a literal credential in a header value",
    docs: Docs {
        finds: "A header whose name says that it holds a credential (`Authorization`, `X-Api-Key`, and names with `token`, `secret`, `password`, `signature` or `cookie`) and whose value is written out.",
        why: "The file is shared and kept in a repository: whoever reads it can act in your name, for as long as its history exists.",
        example: r#"header.Authorization = "Bearer abc123""#,
        mend: "Write `${NAME}` and set `NAME` in the environment or in `.env`; then have the old credential replaced.",
    },
    finder: Finder::Webhook(look),
};

/// What a credential's name holds, in lower case and without separators.
const NAMES: [&str; 12] = [
    "authorization",
    "token",
    "secret",
    "password",
    "passwd",
    "apikey",
    "accesskey",
    "authkey",
    "subscriptionkey",
    "credential",
    "signature",
    "cookie",
];
/// Schemes that stand before a credential and say nothing about it.
const SCHEMES: [&str; 5] = ["bearer", "basic", "token", "digest", "apikey"];

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in &subject.header {
        let Home::Header(name) = part.home else { continue };
        if part.is_from_environment() || !is_credential(&name.value) {
            continue;
        }
        let literal = part.literal();
        let secret = literal.trim();
        if secret.is_empty() || SCHEMES.iter().any(|scheme| secret.eq_ignore_ascii_case(scheme)) {
            continue;
        }
        let message = format!("the header `{}` holds a credential in plain sight", name.value);
        let help = "write `${NAME}` here and set `NAME` in the environment or in `.env`";
        findings.on(Judgement::warning(RULE.code, message, help), part).hide();
    }
}

/// Whether the name of a header or a query parameter says that it holds a credential.
pub(super) fn is_credential(name: &str) -> bool {
    let name = name.to_lowercase().replace(['-', '_', '.'], "");
    NAMES.iter().any(|known| name.contains(known))
        || matches!(name.as_str(), "key" | "xkey" | "auth" | "xauth" | "pass")
}
