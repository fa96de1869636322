//! Checkstyle XML, which reviewdog and Azure DevOps extensions read: one `file` per file, one `error` per finding.

use crate::core::check::{CheckReport, Finding};
use crate::core::diagnostic::{Level, SourceSpan};
use crate::core::text::Position;

use super::layout::{ReportLayout, message_and_helps};
use super::xml::attribute;

pub(super) fn render(report: &CheckReport, layout: ReportLayout<'_>) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n".to_owned();
    for file in &report.files {
        // A finding may be in another file than the one that was checked.
        let paths = file.findings.iter().map(|finding| layout.paths.of_finding(file, finding));
        for (path, findings) in grouped(paths.zip(&file.findings)) {
            xml.push_str(&format!("  <file name=\"{}\">\n", attribute(path)));
            xml.extend(findings.into_iter().map(error));
            xml.push_str("  </file>\n");
        }
    }
    xml.push_str("</checkstyle>\n");
    xml
}

/// The findings of each path, in the order of the first one.
fn grouped<'a>(findings: impl Iterator<Item = (&'a str, &'a Finding)>) -> Vec<(&'a str, Vec<&'a Finding>)> {
    let mut groups: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for (path, finding) in findings {
        match groups.iter_mut().find(|(own, _)| *own == path) {
            Some((_, group)) => group.push(finding),
            None => groups.push((path, vec![finding])),
        }
    }
    groups
}

fn error(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let Position { line, column } = diagnostic.primary.as_ref().map_or(Position::START, SourceSpan::start);
    let severity = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "info",
    };
    format!(
        "    <error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" message=\"{}\" source=\"hooks.{}\"/>\n",
        attribute(&message_and_helps(diagnostic, "; ")),
        attribute(diagnostic.code)
    )
}
