//! Header names and values.

use std::collections::HashMap;

use crate::core::definitions::edit::FieldPath;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::request::{MAX_HEADERS, validate};
use crate::core::secrets::{credentials, environment_name};

use super::super::findings::Findings;
use super::super::parsed::ParsedWebhook;
use super::super::rule::{Finder, Rule};

pub(super) const VARIABLE_IN_HEADER_NAME: Rule = Rule {
    code: "variable-in-header-name",
    level: Level::Error,
    summary: "a `{{variable}}` or `${NAME}` in the name of a header",
    finds: "Double braces, or `${`, in the key of a header field.",
    why: "Header names cannot contain braces (RFC 9110, 5.1), so servers reject the request.",
    example: r#"header."X-{{status}}" = "1""#,
    fix: "Put the variable into the value.",
    finder: Finder::Webhook(header_names),
};

pub(super) const HEADER_NAME: Rule = Rule {
    code: "header-name",
    level: Level::Error,
    summary: "an invalid header name",
    finds: "A header name that is empty, longer than 256 bytes, or contains anything but letters, digits and ``!#$%&'*+-.^_`|~`` (RFC 9110, 5.6.2).",
    why: "Servers reject the request.",
    example: r#"header."X Api Key" = "${CMS_KEY}""#,
    fix: "Use letters, digits and `-`: `X-Api-Key`.",
    finder: Finder::Webhook(header_names),
};

pub(super) const HEADER_FRAMING: Rule = Rule {
    code: "header-framing",
    level: Level::Error,
    summary: "a header that frames the message or belongs to the connection",
    finds: "One of `Content-Length`, `Transfer-Encoding`, `Connection`, `Host`, `Expect`, `Upgrade`, `TE`, `Trailer`, `Keep-Alive` and `Proxy-…`.",
    why: "They delimit and route the request; a wrong value breaks it or allows request smuggling.",
    example: r#"header.Content-Length = "12""#,
    fix: "Remove it: hooks sets such a header if the request needs it.",
    finder: Finder::Webhook(header_names),
};

pub(super) const HEADER_REPEATED: Rule = Rule {
    code: "header-repeated",
    level: Level::Error,
    summary: "a repeated header, ignoring letter case",
    finds: "Two headers of a webhook with the same name, ignoring letter case. It is an error for `Authorization` and `Content-Type`, which must not be repeated, and a warning for others, which are sent in order.",
    why: "Some receivers use the first one, some the last, and some join them.",
    example: r#"header.Authorization = "${CMS_TOKEN}"
header.authorization = "${CMS_TOKEN}""#,
    fix: "Remove one. If both have the same value, `--fix` removes the second, except in a list.",
    finder: Finder::Webhook(header_repeated),
};

pub(super) const TOO_MANY_HEADERS: Rule = Rule {
    code: "too-many-headers",
    level: Level::Error,
    summary: "a webhook with more than 256 headers",
    finds: "A webhook with more than 256 headers.",
    why: "Most servers accept about 100 headers and reject a request with more.",
    example: "header = [ … ] # 257 headers",
    fix: "Remove headers, or send the values as body fields.",
    finder: Finder::Webhook(too_many_headers),
};

pub(super) const HEADER_VALUE_INVALID: Rule = Rule {
    code: "header-value-invalid",
    level: Level::Error,
    summary: "a line break or another control character in a header value",
    finds: "A line feed, a carriage return, a NUL or another control character in the literal text of a header value.",
    why: "The text after a line break would be parsed as another header.",
    example: r#"header.X-Note = "two\nlines""#,
    fix: "Remove it, or send the value in a body field.",
    finder: Finder::Webhook(header_values),
};

pub(super) const HEADER_VALUE_TOO_LONG: Rule = Rule {
    code: "header-value-too-long",
    level: Level::Error,
    summary: "a header value of more than 8 KiB",
    finds: "Literal text of more than 8192 bytes in one header value.",
    why: "Most servers reject requests with such headers.",
    example: r#"header.X-Note = "…"   # and 8192 bytes more"#,
    fix: "Send the value in a body field.",
    finder: Finder::Webhook(header_values),
};

pub(super) const HEADER_NON_ASCII: Rule = Rule {
    code: "header-non-ascii",
    level: Level::Warning,
    summary: "a header value with non-ASCII characters",
    finds: "Umlauts, emoji or other non-ASCII characters in the literal text of a header value.",
    why: "hooks sends headers as UTF-8, but not every receiver decodes them as UTF-8, and how the platform encodes them is not documented.",
    example: r#"header.X-Greeting = "Grüß Gott""#,
    fix: "Send the value in a body field, which can contain any character.",
    finder: Finder::Webhook(header_values),
};

pub(super) const CONTENT_TYPE_NOT_JSON: Rule = Rule {
    code: "content-type-not-json",
    level: Level::Warning,
    summary: "a `Content-Type` that is not JSON",
    finds: "A literal `Content-Type` header other than `application/json` or `…+json`.",
    why: "The body is always JSON; a receiver that relies on the header cannot parse it.",
    example: r#"header.Content-Type = "application/x-www-form-urlencoded""#,
    fix: "Remove the header: `application/json` is the default.",
    finder: Finder::Webhook(content_type_not_json),
};

pub(super) const LITERAL_CREDENTIAL: Rule = Rule {
    code: "literal-credential",
    level: Level::Warning,
    summary: "a literal credential in a header or a body field",
    finds: "A literal value in a header or a body field whose name indicates a credential (`Authorization`, `X-Api-Key`, `token`, `secret`, `password`, `pwd`, `jwt` …; only whole words count), or a value that looks like one (`Bearer …`, `ghp_…`).",
    why: "The file is shared and committed to a repository: anyone who can read it or its history can use the credential.",
    example: r#"header.Authorization = "Bearer abc123""#,
    fix: "Write `${NAME}` and set `NAME` in the environment or in `.env`, as `hooks edit --to-env` does; then revoke the old credential.",
    finder: Finder::Webhook(literal_credential),
};

fn header_names(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    for field in &webhook.definition.header {
        if let Some(problem) = validate::header_name(&field.key.value) {
            findings.at(problem, field.key.span.clone());
        }
    }
}

fn header_values(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    for value in &webhook.header {
        let FieldPath::Header(name) = &value.field else { continue };
        let literal = value.literal();
        let known = literal.trim_matches([' ', '\t']);
        let header = || format!("the header `{name}`");
        let problem = validate::header_value(known, header, |_| String::new());
        for problem in problem.into_iter().chain(validate::header_non_ascii(name, &literal)) {
            findings.on(problem, value);
        }
    }
}

fn header_repeated(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let header = &webhook.definition.header;
    if header.len() < 2 {
        return;
    }
    let mut seen = HashMap::with_capacity(header.len());
    for field in header {
        let first = *seen.entry(field.key.value.to_ascii_lowercase()).or_insert(field);
        // An invalid name is reported as such.
        if std::ptr::eq(first, field) || validate::header_name(&field.key.value).is_some() {
            continue;
        }
        let repeated = validate::header_repeated(&field.key.value.to_ascii_lowercase());
        let (own, other) = (field.key.span.clone(), first.key.span.clone());
        let finding = findings.at_both(repeated, own, other, "first defined here");
        if first.value.value == field.value.value {
            finding.fix = webhook.without_header(field);
        }
    }
}

fn too_many_headers(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let header = &webhook.definition.header;
    if let (Some(finding), Some(first)) = (validate::too_many_headers(header.len()), header.get(MAX_HEADERS))
    {
        findings.at(finding, first.key.span.clone());
    }
}

fn content_type_not_json(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    for value in &webhook.header {
        let is_content_type =
            matches!(&value.field, FieldPath::Header(name) if name.eq_ignore_ascii_case("content-type"));
        if !is_content_type || !value.is_plain() || is_json(value.text()) {
            continue;
        }
        let message = "the body is JSON, but the header declares another type";
        let help = "remove it: `application/json` is the default";
        findings.on(Diagnostic::warning(CONTENT_TYPE_NOT_JSON.code, message).help(help), value);
    }
}

fn is_json(value: &str) -> bool {
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

fn literal_credential(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    for value in webhook.fields().filter(|value| value.is_plain()) {
        let (kind, key) = match &value.field {
            FieldPath::Header(key) => ("header", key),
            FieldPath::Body(key) => ("body field", key),
            FieldPath::Field(_) | FieldPath::Id(_) => continue,
        };
        if let Some(span) = credentials(key, value.text()).into_iter().next() {
            let message = format!("the {kind} `{key}` contains a literal credential");
            let name = environment_name(&webhook.definition.handle.value, key);
            let help = format!(
                "write `${{{name}}}` here and set `{name}` in the environment or in `.env`, as `hooks edit --to-env` does"
            );
            let finding = Diagnostic::warning(LITERAL_CREDENTIAL.code, message).help(help);
            findings.within(finding, webhook, value, span).hide();
        }
    }
}
