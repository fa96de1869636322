//! SARIF 2.1.0, as far as it is needed: relative URIs, places from 1, rules with help.

use serde::Serialize;

use crate::core::check::{Checked, Finding, RULES, Rule, Verdict, explanation};
use crate::core::diagnostic;
use crate::core::text::{count, one_line};
use crate::output::json::document;

use super::fingerprint::Fingerprints;
use super::layout::{Layout, Paths, most_important};

/// The maximum number of results that GitHub accepts in one run.
const MOST_RESULTS: usize = 25_000;
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'a str,
    invocations: [Invocation; 1],
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    information_uri: &'a str,
    semantic_version: &'a str,
    rules: Vec<Described<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Described<'a> {
    id: &'a str,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration<'a>,
}

#[derive(Serialize)]
struct Configuration<'a> {
    level: &'a str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'a str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprint,
}

#[derive(Serialize)]
struct Fingerprint {
    #[serde(rename = "hooksFinding/v1")]
    finding: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    place: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

pub(super) fn render(verdict: &Verdict, layout: Layout<'_>) -> String {
    let mut fingerprints = Fingerprints::default();
    let findings: Vec<_> = verdict.findings().collect();
    let (findings, left_out) =
        most_important(findings, |(_, finding)| finding.diagnostic.level, MOST_RESULTS);
    let results = findings
        .into_iter()
        .map(|(file, finding)| {
            let fingerprint = fingerprints.next(layout.paths.of_finding(file, finding), finding);
            outcome(file, finding, layout.paths, fingerprint)
        })
        .collect();
    document(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "hooks check",
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: RULES.iter().map(described).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: verdict.is_complete(),
                tool_execution_notifications: notifications(left_out),
            }],
            results,
        }],
    })
}

fn notifications(left_out: usize) -> Vec<Notification> {
    if left_out == 0 {
        return Vec::new();
    }
    let findings = count(left_out, "finding");
    let text =
        format!("{findings} left out: GitHub takes {MOST_RESULTS} results; `--format json` lists all.");
    vec![Notification { level: "warning", message: Message { text } }]
}

fn described(rule: &Rule) -> Described<'_> {
    let markdown = explanation(rule);
    Described {
        id: rule.code,
        short_description: Message { text: rule.summary.to_owned() },
        full_description: Message { text: rule.finds.to_owned() },
        help: Help { text: format!("{} {}", rule.why, rule.fix), markdown },
        default_configuration: Configuration { level: rule.level.as_str() },
    }
}

fn outcome<'a>(file: &Checked, finding: &'a Finding, paths: &Paths, fingerprint: String) -> Outcome<'a> {
    let found = &finding.diagnostic;
    let helps = found.helps.iter().map(|help| format!(". {}", one_line(help)));
    let related = found.related.iter().enumerate().map(|(index, place)| Location {
        id: Some(index + 1),
        message: (!place.label.is_empty()).then(|| Message { text: plain(place.label) }),
        place: physical(place, paths),
    });
    let place =
        found.primary.iter().map(|place| Location { id: None, message: None, place: physical(place, paths) });
    let locations: Vec<Location> = place.collect();
    Outcome {
        rule_id: found.code,
        rule_index: RULES.iter().position(|rule| rule.code == found.code),
        level: found.level.as_str(),
        message: Message {
            text: plain(&(one_line(&found.message).into_owned() + &helps.collect::<String>())),
        },
        locations: if locations.is_empty() { vec![whole(file, paths)] } else { locations },
        related_locations: related.collect(),
        partial_fingerprints: Fingerprint { finding: fingerprint },
    }
}

/// A message in which nothing reads as an embedded link (3.11.6): names in it come from outside.
fn plain(message: &str) -> String {
    message.replace("](", "] (")
}

/// The beginning of a file, for what is about all of it.
fn whole(file: &Checked, paths: &Paths) -> Location {
    let region = Region { start_line: 1, start_column: 1, end_line: 1, end_column: 1 };
    let artifact_location = Artifact { uri: uri(paths.of(file.source.name())) };
    Location { id: None, place: PhysicalLocation { artifact_location, region }, message: None }
}

fn physical(place: &diagnostic::Location, paths: &Paths) -> PhysicalLocation {
    let (start, end) = (place.place(), place.end());
    PhysicalLocation {
        artifact_location: Artifact { uri: uri(paths.of(place.source.name())) },
        region: Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        },
    }
}

/// A path as a URI reference (RFC 3986): relative paths stay relative.
fn uri(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    let encoded = percent_encoding::utf8_percent_encode(path, KEPT).to_string();
    if encoded.starts_with('/') { format!("file://{encoded}") } else { encoded }
}
