//! `JUnit` XML: one test suite per file, one test case per finding.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::check::{CheckReport, CheckedFile, Finding};
use crate::core::definitions::edit::webhook_lines;
use crate::core::diagnostic::SourceSpan;
use crate::core::text::{Span, one_line};

use super::layout::ReportLayout;
use super::xml::{attribute, text};

pub(super) fn render(report: &CheckReport, layout: ReportLayout<'_>) -> String {
    let mut suites = String::new();
    let mut used = HashMap::new();
    let (mut tests, mut failures) = (0, 0);
    for file in &report.files {
        let path = layout.paths.of(file.source.name());
        let failed = file.findings.iter().filter(|finding| file.fails(finding.diagnostic.level)).count();
        let cases = file.findings.len().max(1);
        tests += cases;
        failures += failed;
        suites.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{cases}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">\n",
            attribute(path)
        ));
        if file.findings.is_empty() {
            suites.push_str(&format!(
                "    <testcase classname=\"{}\" name=\"no findings\"/>\n",
                attribute(path)
            ));
        } else {
            let handles = webhook_lines(file.source.text());
            for finding in &file.findings {
                let path = layout.paths.of_finding(file, finding);
                let name = unique(path, case_name(file, finding, &handles), &mut used);
                suites.push_str(&case(file, finding, path, &name));
            }
        }
        suites.push_str("  </testsuite>\n");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"hooks check\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n{suites}</testsuites>\n"
    )
}

/// The rule, and the webhook that the finding is in. Lines are left out: consumers compare test cases across runs by name.
fn case_name(file: &CheckedFile, finding: &Finding, handles: &[(Span, String)]) -> String {
    let code = finding.diagnostic.code;
    let place = finding.diagnostic.primary.as_ref().filter(|place| Arc::ptr_eq(&place.source, &file.source));
    let handle = place.and_then(|place| {
        let next = handles.partition_point(|(lines, _)| lines.end <= place.span.start);
        handles.get(next).filter(|(lines, _)| lines.start <= place.span.start)
    });
    handle.map_or_else(|| code.to_owned(), |(_, handle)| format!("{code} in {handle}"))
}

/// Numbers a name from its second use in a file on: consumers merge test cases with the same name.
fn unique(path: &str, name: String, used: &mut HashMap<(String, String), usize>) -> String {
    let uses = used.entry((path.to_owned(), name.clone())).or_insert(0);
    *uses += 1;
    if *uses == 1 { name } else { format!("{name} ({uses})") }
}

fn case(file: &CheckedFile, finding: &Finding, path: &str, name: &str) -> String {
    let diagnostic = &finding.diagnostic;
    let path = &*one_line(path);
    let place = diagnostic.primary.as_ref().map(SourceSpan::start);
    let at = place.map_or(path.to_owned(), |place| format!("{path}:{place}"));
    let line = place.map_or(String::new(), |place| format!(" line=\"{}\"", place.line));
    let level = diagnostic.level.as_str();
    let helps = diagnostic.helps.iter().map(|help| format!("help: {}\n", one_line(help)));
    let details = format!(
        "{level}[{}]: {}\nat {at}\n{}",
        diagnostic.code,
        one_line(&diagnostic.message),
        helps.collect::<String>()
    );
    let head = format!(
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\"{line}>\n",
        attribute(path),
        attribute(name),
        attribute(path),
    );
    let inner = if file.fails(diagnostic.level) {
        format!(
            "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
            diagnostic.code,
            attribute(&diagnostic.message),
            text(&details)
        )
    } else {
        format!("      <system-out>{}</system-out>\n", text(&details))
    };
    format!("{head}{inner}    </testcase>\n")
}
