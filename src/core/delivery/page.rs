//! `docs/failures.md`, made from the catalogue so that it cannot say anything else.

use std::fmt::Write;

use super::catalogue::{FailureKind, Group, NoteKind};
use super::element_fault::ElementFault;

/// The page of all failures and notes, as Markdown.
pub fn failures_page() -> String {
    let mut page = String::from(HEAD);
    for group in Group::ALL {
        let _ = write!(page, "\n## {}\n", group.title());
        for kind in FailureKind::ALL.iter().filter(|kind| kind.group() == group) {
            entry(&mut page, kind.name(), kind.what(), kind.next());
        }
        if group == Group::Element {
            page.push_str(ELEMENTS);
            for kind in ElementFault::ALL {
                entry(&mut page, kind.name(), kind.what(), kind.next());
            }
        }
    }
    page.push_str(NOTES);
    for kind in NoteKind::ALL {
        entry(&mut page, kind.name(), kind.what(), kind.next());
    }
    page
}

fn entry(page: &mut String, name: &str, what: &str, next: &str) {
    let _ = write!(page, "\n### `{name}`\n\n{}\n\n*What to do next:* {}\n", shown(what), shown(next));
}

/// A sentence with its placeholders as words that a reader recognises as such.
fn shown(sentence: &str) -> String {
    let mut shown = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        shown.push_str(before);
        shown.push_str(match name {
            "host" => "cms.example.com",
            "target" => "cms.example.com:443",
            "addresses" => "203.0.113.7:443",
            "proxy" => "proxy.example.com:3128",
            "phase" if sentence.contains("whole delivery") => "connecting",
            "phase" => "waiting for the response",
            "elapsed" => "10 s",
            "reason" => "…",
            "date" => "2026-01-31 12:00 UTC",
            "setting" => "`payload_url`",
            "https" => "If this port expects TLS, write `https://` in `payload_url`. ",
            "names" => "it is for `www.example.com`",
            "use_names" => {
                "Use one of those names in `payload_url`, or have a certificate issued for `cms.example.com`."
            }
            "status" => STATUS,
            "points" => "points to `https://www.example.com/hooks`",
            "change" => {
                "Set `payload_url` to `https://www.example.com/hooks`: webhooks do not follow redirects. If that is a login page, the receiver wants credentials instead."
            }
            // Whole sentences that are there only if the response says so.
            _ => "",
        });
        rest = after;
    }
    shown.push_str(rest);
    // Most sentences are about one status and only repeat it in brackets.
    let shown = shown.replace(&format!(" ({STATUS})"), "");
    let shown = shown.replace(&format!("answered {STATUS} and"), "answered 302 Found and");
    shown.replace(STATUS, "418 I'm a teapot")
}

const STATUS: &str = "{status}";

const HEAD: &str = "\
# Why a delivery failed

<!-- Made from the catalogue in src/core/delivery/catalogue.rs; a test proves it fresh.
     SNAPSHOTS=overwrite cargo test --test it failures_page writes it anew. -->

Every failure has a name that stays the same, in words, in `--format json` and in the history; a sentence on
what happened, and one on what to do next. Hosts, times and dates below stand for those of the delivery.

Where a receiver answered, and the response is other than 2xx, the exit code is 1 and the state `failed`. In all
other cases it is 4: the state is `not_sent` if the request certainly did not reach a receiver, and
`in_doubt` if it may have. An interrupted delivery ends with 130.
";

const ELEMENTS: &str = "
Only with `hooks backfill`: the others are sent. The state is `not_sent`, the exit code 3, with `prokey-filter` 1. What exactly
is wrong, and where, is shown for the first 20; `hooks preview` tells it of each.
";

const NOTES: &str = "
## Worth knowing

Said beside the result; they change neither state nor exit code.
";
