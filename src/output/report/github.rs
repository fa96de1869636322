//! Annotations for GitHub Actions: one workflow command per finding, escaped for the runner.

use crate::core::check::CheckReport;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::text::{escape_markers, one_line};

use super::layout::{ReportLayout, message_and_helps};

pub(super) fn render(report: &CheckReport, layout: ReportLayout<'_>) -> String {
    let path = |file, finding| layout.paths.of_finding(file, finding);
    report.findings().map(|(file, finding)| line(path(file, finding), &finding.diagnostic)).collect()
}

fn line(file: &str, finding: &Diagnostic) -> String {
    let command = match finding.level {
        Level::Note => "notice",
        level => level.as_str(),
    };
    let mut properties = vec![("file", file.to_owned())];
    if let Some(place) = &finding.primary {
        let (start, end) = (place.start(), place.end());
        properties.push(("line", start.line.to_string()));
        properties.push(("endLine", end.line.to_string()));
        if start.line == end.line {
            // The runner accepts columns only within one line.
            properties.push(("col", start.column.to_string()));
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    properties.push(("title", finding.code.to_owned()));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{command} {}::{}\n", properties.join(","), data(&message_and_helps(finding, "\n")))
}

/// Escapes what follows the second `::`, including the markers of other CI systems.
fn data(text: &str) -> String {
    escape_markers(text, "\\#").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&one_line(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_a_workflow_command_are_escaped() {
        assert_eq!(data("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25\\n");
    }
}
