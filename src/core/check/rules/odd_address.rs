//! A URL that does not lead where it seems to.

use url::Host;

use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;
use crate::core::text::one_line;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Address, Subject};

pub(super) const RULE: Rule = Rule {
    code: "odd-address",
    level: Level::Warning,
    summary: "a URL that does not lead where it seems to",
    docs: Docs {
        finds: "A host with letters beyond ASCII, a number that is read as an IP address (`2130706433`, `0x7f.1`), the address `0.0.0.0`, a dot at the end, or a part that begins or ends with `-`. Segments `.` and `..` in the path.",
        why: "Such addresses lead elsewhere than a reader thinks: look-alike letters are a trick of phishing, and numbers hide the machine they mean.",
        example: r#"payload_url = "https://2130706433/hooks""#,
        mend: "Write the URL as it is used; the message shows it.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Address::Good(url) = &subject.address else { return };
    let host = url.host_str().unwrap_or_default();
    let value = &subject.url.value.value;
    let authority = value.split("//").nth(1).unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let written = authority.rsplit('@').next().unwrap_or_default();
    let is_same = written.get(..host.len()).is_some_and(|start| start.eq_ignore_ascii_case(host));
    let message = match url.host() {
        Some(Host::Ipv4(address)) if address.is_unspecified() => {
            format!("`{host}` is no machine: it stands for all addresses of a receiver")
        }
        Some(Host::Ipv6(address)) if address.is_unspecified() => {
            format!("`{host}` is no machine: it stands for all addresses of a receiver")
        }
        Some(Host::Ipv4(_)) if !is_same => format!("this host is the address `{host}`"),
        Some(Host::Domain(_)) if !is_same => format!("this host is looked up as `{host}`"),
        Some(Host::Domain(_)) if host.ends_with('.') => "the host ends with a dot".to_owned(),
        Some(Host::Domain(name)) if has_odd_hyphen(name) => {
            "a part of the host name begins or ends with `-`, which most name servers do not allow".to_owned()
        }
        _ if has_dot_segment(value) => {
            format!("`.` and `..` in the path are resolved: it becomes `{}`", one_line(url.path()))
        }
        _ => return,
    };
    let judgement = Judgement::warning(RULE.code, message, "write the URL as it is used");
    findings.on(judgement, &subject.url);
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
