//! Plain `http://` to another machine.

use crate::core::diagnostic::Level;
use crate::core::request::is_this_machine;
use crate::core::request::judge::Judgement;
use crate::core::template::Segment;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Address, Subject};

pub(super) const RULE: Rule = Rule {
    code: "plain-http",
    level: Level::Warning,
    summary: "plain `http://` to another host than this machine",
    docs: Docs {
        finds: "A payload URL that begins with `http://` and leads to another machine.",
        why: "Everybody on the way can read the names, e-mail addresses and tokens that are sent, and change them.",
        example: r#"payload_url = "http://cms.example.com/hooks""#,
        mend: "Use `https://`. Addresses of this machine, such as `http://localhost:4000`, are fine.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Address::Good(url) | Address::Likely(url)) = &subject.address else { return };
    if url.scheme() != "http" {
        return;
    }
    let start = match subject.url.segments().first() {
        Some(Segment::Literal(start)) => start,
        _ => &subject.url.value.value,
    };
    let Some(rest) = start.get("http://".len()..) else { return };
    // Where the host comes from the environment, it may be this machine.
    let is_host_known = matches!(subject.address, Address::Good(_)) || rest.contains('/');
    if is_host_known && !is_this_machine(url) {
        let message = "what is sent can be read and changed on the way";
        let judgement = Judgement::warning(RULE.code, message, "use `https://`");
        findings.within(judgement, subject, &subject.url, 0.."http://".len());
    }
}
