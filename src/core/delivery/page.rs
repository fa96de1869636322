//! Builds `docs/failures.md` from the failure table.

use std::fmt::Write;
use std::net::Ipv4Addr;
use std::time::Duration;

use super::facts::{Facts, Location, Phase};
use super::failure_table::{Group, Row};
use super::failures::{FailureKind, NoteKind};

const GROUPS: [(Group, &str, &str); 7] = [
    (Group::Lookup, "Name lookup", ""),
    (Group::Connection, "Connection", ""),
    (Group::Tls, "TLS", ""),
    (Group::Exchange, "Sending and waiting for the response", ""),
    (Group::Response, "The receiver responded with an error", ""),
    (Group::Element, "Elements that cannot be sent", ELEMENTS),
    (Group::Note, "Notes", NOTES),
];

/// The page of all failures and notes, as Markdown.
pub fn failures_page() -> String {
    let mut page = String::from(HEAD);
    let rows =
        || FailureKind::ALL.iter().map(|kind| kind.row()).chain(NoteKind::ALL.iter().map(|kind| kind.row()));
    for (group, title, introduction) in GROUPS {
        let _ = write!(page, "\n## {title}\n{introduction}");
        for Row { name, what, next, .. } in rows().filter(|row| row.group == group) {
            let (what, next) = (example(what), example(next));
            let _ = write!(page, "\n### `{name}`\n\n{what}\n\n*What to do next:* {next}\n");
        }
    }
    page
}

/// A sentence with the facts of an example.
fn example(sentence: &str) -> String {
    let is_proxy = sentence.contains("{proxy}");
    let is_total = sentence.contains("{phase}") && sentence.contains("{elapsed}");
    let facts = Facts {
        host: "cms.example.com".to_owned(),
        port: 443,
        addresses: vec![(Ipv4Addr::new(203, 0, 113, 7), 443).into()],
        proxy: is_proxy.then(|| "proxy.example.com:3128".to_owned()),
        is_plain: true,
        phase: Some(if is_total { Phase::Connect } else { Phase::Wait }),
        elapsed: Some(Duration::from_secs(10)),
        reason: Some("…".to_owned()),
        date: Some(1_769_860_800),
        names: vec!["www.example.com".to_owned()],
        status: Some(
            if sentence.contains("{redirect}") { "302 Found" } else { "418 I'm a teapot" }.to_owned(),
        ),
        location: Location::Url("https://www.example.com/hooks".to_owned()),
        ..Facts::default()
    };
    // Most sentences are about one status, so the status in parentheses adds nothing.
    facts.fill(&sentence.replace(" ({status})", ""))
}

const HEAD: &str = "\
# Why a delivery failed

<!-- Generated from the table in src/core/delivery/failures.rs; a test checks that it is current.
     SNAPSHOTS=overwrite cargo test --test it failures_page writes it. -->

Each failure has a description, a next step and a stable name, which is used in text, in JSON and in the history. Hosts, times
and dates below are examples.

If the receiver responded with a status other than 2xx, the state is `failed` and the exit code 1. In all other cases the
exit code is 4, and the state is `not_sent` if the request certainly did not reach a receiver, or `in_doubt` if it may have. An
interrupted delivery exits with 130.
";

const ELEMENTS: &str = "
Only in `hooks backfill`, which sends the other elements, unless a file contains [invalid JSON or CSV](backfill.md#choose-the-elements).
The state is `not_sent` and the exit code 3 (1 for `prokey-filter` and `no-prokey`; `answer-gone` does not change it). The first five are
shown with their position (20 if the file is refused); `hooks preview` shows the problem of any element.
";

const NOTES: &str = "
Shown with the result; they change neither the state nor the exit code.
";
