//! The payload URL.

use url::Host;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::request::{MAX_FINDINGS, is_this_machine, parse_target, validate};
use crate::core::secrets::{environment_name, url_credentials};
use crate::core::template::Segment;
use crate::core::text::one_line;

use super::super::findings::Findings;
use super::super::parsed::{ParsedWebhook, PayloadTarget};
use super::super::rule::{Finder, Rule};

pub(super) const VARIABLE_IN_URL: Rule = Rule {
    code: "variable-in-url",
    level: Level::Warning,
    summary: "a `{{variable}}` in the payload URL",
    finds: "Double braces in `payload_url`.",
    why: "The platform is assumed to replace variables only in header and body values, and to send to a URL with braces in it.",
    example: r#"payload_url = "https://cms.example.com/events/{{id}}""#,
    fix: "Send the value in a header or a body field. `${NAME}` from the environment is allowed in the URL.",
    finder: Finder::Webhook(variable_in_url),
};

pub(super) const PAYLOAD_URL: Rule = Rule {
    code: "payload-url",
    level: Level::Error,
    summary: "an invalid payload URL",
    finds: "A URL without a scheme or host, with a scheme other than `https` or `http`, or with spaces, backslashes or control characters.",
    why: "Every delivery would fail, or go to an unexpected host.",
    example: r#"payload_url = "cms.example.com/hooks""#,
    fix: "Write the whole URL: `https://cms.example.com/hooks`. `--fix` removes spaces around it.",
    finder: Finder::Webhook(payload_url),
};

pub(super) const CREDENTIALS_IN_URL: Rule = Rule {
    code: "credentials-in-url",
    level: Level::Warning,
    summary: "credentials in the payload URL",
    finds: "A user name or password before the host, a literal query parameter such as `token=`, `api_key=`, `sig=` or `code=`, or text that looks like a token of a known service.",
    why: "The file is shared and committed to a repository, and URLs are logged by servers and proxies.",
    example: r#"payload_url = "https://cms.example.com/hooks?token=abc123""#,
    fix: r#"Take it from the environment: `?token=${CMS_TOKEN}`, or better, send it in a header: `Authorization = "Bearer ${CMS_TOKEN}"`."#,
    finder: Finder::Webhook(credentials_in_url),
};

pub(super) const FRAGMENT_IN_URL: Rule = Rule {
    code: "fragment-in-url",
    level: Level::Warning,
    summary: "a part after `#` in the payload URL",
    finds: "A `#` and what follows it in `payload_url`.",
    why: "The part after `#` is never sent. A `#` that belongs to a value must be written as `%23`.",
    example: r#"payload_url = "https://cms.example.com/hooks#rsvp""#,
    fix: "Remove it, as `--fix` does, or write `%23`.",
    finder: Finder::Webhook(fragment_in_url),
};

pub(super) const PLAIN_HTTP: Rule = Rule {
    code: "plain-http",
    level: Level::Warning,
    summary: "plain `http://` to another machine",
    finds: "A payload URL that starts with `http://` and points to another machine.",
    why: "Anyone on the network path can read and change the names, email addresses and tokens that are sent.",
    example: r#"payload_url = "http://cms.example.com/hooks""#,
    fix: "Use `https://`. Plain HTTP is accepted for this machine, e.g. `http://localhost:4000`.",
    finder: Finder::Webhook(plain_http),
};

pub(super) const ODD_ADDRESS: Rule = Rule {
    code: "odd-address",
    level: Level::Warning,
    summary: "a misleading URL",
    finds: "A host with non-ASCII letters, a number that is read as an IP address (`2130706433`, `0x7f.1`), the address `0.0.0.0`, a trailing dot, or a label that begins or ends with `-`. Segments `.` and `..` in the path.",
    why: "The URL does not lead where a reader expects: look-alike letters are used for phishing, and numbers hide the host.",
    example: r#"payload_url = "https://2130706433/hooks""#,
    fix: "Write the URL that is actually used; the message shows it.",
    finder: Finder::Webhook(odd_address),
};

fn variable_in_url(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    for name in webhook.url.variables().take(MAX_FINDINGS) {
        findings.within(validate::variable_in_url(), webhook, &webhook.url, name.span.clone());
    }
}

fn payload_url(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let PayloadTarget::Invalid(error) = &webhook.target else { return };
    let value = &webhook.url;
    let finding = if error.span.len() == value.text().len() {
        findings.on(error.value.clone(), value)
    } else {
        findings.within(error.value.clone(), webhook, value, error.span.clone())
    };
    let trimmed = value.text().trim();
    if trimmed != value.text() && parse_target(trimmed).is_ok() {
        finding.fix = webhook.rewrite(value, trimmed);
    }
}

fn credentials_in_url(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let found = url_credentials(webhook.url.text());
    if found.iter().any(|found| found.is_user_info) {
        findings.on(validate::user_info(), &webhook.url).hide();
    }
    if let Some(parameter) = found.into_iter().find(|found| !found.is_user_info) {
        let name = environment_name(&webhook.definition.handle.value, &parameter.name);
        let help = format!(
            "write `${{{name}}}` here and set `{name}` in the environment or in `.env`, as `hooks edit --to-env` does; or use a header"
        );
        let finding =
            Diagnostic::warning(CREDENTIALS_IN_URL.code, "the payload URL contains a literal credential")
                .help(help);
        findings.within(finding, webhook, &webhook.url, parameter.span).hide();
    }
}

fn fragment_in_url(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let (PayloadTarget::Valid(url) | PayloadTarget::Possible(url)) = &webhook.target else { return };
    let Some(odd) =
        validate::payload_url_warnings(url).into_iter().find(|odd| odd.code == FRAGMENT_IN_URL.code)
    else {
        return;
    };
    let text = webhook.url.text();
    let Some(start) = text.find('#') else {
        findings.on(odd, &webhook.url);
        return;
    };
    let finding = findings.within(odd, webhook, &webhook.url, start..text.len());
    finding.fix = webhook.rewrite(&webhook.url, &text[..start]);
}

fn plain_http(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let (PayloadTarget::Valid(url) | PayloadTarget::Possible(url)) = &webhook.target else { return };
    if url.scheme() != "http" {
        return;
    }
    let start = match webhook.url.segments().first() {
        Some(Segment::Literal(start)) => start,
        _ => webhook.url.text(),
    };
    let Some(rest) = start.get("http://".len()..) else { return };
    // A host from the environment may be this machine.
    let is_host_known = matches!(webhook.target, PayloadTarget::Valid(_)) || rest.contains('/');
    if is_host_known && !is_this_machine(url) {
        let message = "plain HTTP can be read and changed in transit";
        let finding = Diagnostic::warning(PLAIN_HTTP.code, message).help("use `https://`");
        findings.within(finding, webhook, &webhook.url, 0.."http://".len());
    }
}

fn odd_address(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let PayloadTarget::Valid(url) = &webhook.target else { return };
    let host = url.host_str().unwrap_or_default();
    let text = webhook.url.text();
    let authority = text.split("//").nth(1).unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let written = authority.rsplit('@').next().unwrap_or_default();
    let is_same = written.get(..host.len()).is_some_and(|start| start.eq_ignore_ascii_case(host));
    let message = match url.host() {
        Some(Host::Ipv4(address)) if address.is_unspecified() => {
            format!("`{host}` is not a destination: it means all addresses of a machine")
        }
        Some(Host::Ipv6(address)) if address.is_unspecified() => {
            format!("`{host}` is not a destination: it means all addresses of a machine")
        }
        Some(Host::Ipv4(_)) if !is_same => format!("this host is the IP address `{host}`"),
        Some(Host::Domain(_)) if !is_same => format!("this host is looked up as `{host}`"),
        Some(Host::Domain(_)) if host.ends_with('.') => "the host ends with a dot".to_owned(),
        Some(Host::Domain(name)) if has_odd_hyphen(name) => {
            "a label of the host name begins or ends with `-`, which most name servers do not allow"
                .to_owned()
        }
        _ if has_dot_segment(text) => {
            format!("`.` and `..` in the path are resolved: it becomes `{}`", one_line(url.path()))
        }
        _ => return,
    };
    let finding = Diagnostic::warning(ODD_ADDRESS.code, message).help("write the URL that is actually used");
    findings.on(finding, &webhook.url);
}

fn has_odd_hyphen(host: &str) -> bool {
    host.split('.').any(|label| label.starts_with('-') || label.ends_with('-'))
}

/// Whether a segment of the path is `.` or `..`, also percent-encoded.
fn has_dot_segment(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let segments = path.split_once("://").map_or(path, |(_, rest)| rest).split('/').skip(1);
    segments
        .map(|segment| segment.to_ascii_lowercase().replace("%2e", "."))
        .any(|segment| matches!(&*segment, "." | ".."))
}
