//! SARIF 2.1.0, the subset that is needed: relative URIs, positions from 1, rules with help.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::core::check::{CheckReport, CheckedFile, Finding, RULES, Rule, explanation};
use crate::core::diagnostic::SourceSpan;
use crate::core::text::{Position, count};
use crate::output::json::document;

use super::layout::{Fingerprints, Lazy, Paths, ReportLayout, message_and_helps, most_important};

/// The maximum number of results that GitHub accepts in one run.
const MAX_RESULTS: usize = 25_000;
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct SarifLog<'a, R> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [SarifRun<'a, R>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<'a, R> {
    tool: Value,
    column_kind: &'a str,
    invocations: [Value; 1],
    results: R,
}

pub(super) fn render(report: &CheckReport, layout: ReportLayout<'_>) -> String {
    let mut fingerprints = Fingerprints::default();
    let findings = report.findings().collect();
    let (findings, left_out) = most_important(findings, |(_, finding)| finding.diagnostic.level, MAX_RESULTS);
    let results = findings.into_iter().map(|(file, finding)| {
        let fingerprint = fingerprints.next(layout.paths.of_finding(file, finding), finding);
        result(file, finding, layout.paths, &fingerprint)
    });
    let mut invocation = json!({ "executionSuccessful": report.is_complete() });
    if left_out > 0 {
        let findings = count(left_out, "finding");
        let text =
            format!("{findings} left out: GitHub accepts {MAX_RESULTS} results; `--format json` lists all.");
        invocation["toolExecutionNotifications"] =
            json!([{ "level": "warning", "message": { "text": text } }]);
    }
    document(&SarifLog {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [SarifRun {
            tool: json!({ "driver": {
                "name": "hooks check",
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": RULES.iter().map(described).collect::<Vec<_>>(),
            }}),
            column_kind: "unicodeCodePoints",
            invocations: [invocation],
            results: Lazy::new(results),
        }],
    })
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.finds },
        "help": { "text": format!("{} {}", rule.why, rule.fix), "markdown": explanation(rule) },
        "defaultConfiguration": { "level": rule.level.as_str() },
    })
}

fn result(file: &CheckedFile, finding: &Finding, paths: &Paths, fingerprint: &str) -> Value {
    let found = &finding.diagnostic;
    let text = message_and_helps(found, ". ");
    // A finding about the whole file is at its beginning.
    let primary = found.primary.as_ref().map_or_else(
        || physical(file.source.name(), Position::START, Position::START, paths),
        |place| location(place, paths),
    );
    let mut result = Map::new();
    let mut put = |key: &str, value: Value| result.insert(key.to_owned(), value);
    put("ruleId", found.code.into());
    if let Some(index) = RULES.iter().position(|rule| rule.code == found.code) {
        put("ruleIndex", index.into());
    }
    put("level", found.level.as_str().into());
    put("message", json!({ "text": plain(&text) }));
    put("locations", json!([primary]));
    if !found.related.is_empty() {
        let related = found.related.iter().zip(1..).map(|(place, id)| {
            let mut related = location(place, paths);
            related["id"] = id.into();
            if !place.label.is_empty() {
                related["message"] = json!({ "text": plain(place.label) });
            }
            related
        });
        put("relatedLocations", related.collect());
    }
    put("partialFingerprints", json!({ "hooksFinding/v1": fingerprint }));
    Value::Object(result)
}

/// A message without embedded links (3.11.6): names from the file could look like one.
fn plain(message: &str) -> String {
    message.replace("](", "] (")
}

fn location(place: &SourceSpan, paths: &Paths) -> Value {
    physical(place.source.name(), place.start(), place.end(), paths)
}

fn physical(name: &str, start: Position, end: Position, paths: &Paths) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(paths.of(name)) },
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
    }})
}

/// A path as a URI reference (RFC 3986): relative paths stay relative.
fn uri(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    let encoded = percent_encoding::utf8_percent_encode(path, KEPT).to_string();
    if encoded.starts_with('/') { format!("file://{encoded}") } else { encoded }
}
