//! Annotations for GitHub Actions: one line a finding, escaped as the runner unescapes it.

use crate::core::check::Verdict;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::text::{escape_markers, one_line};

use super::layout::Layout;

/// A workflow command for each finding.
pub(super) fn render(verdict: &Verdict, layout: Layout<'_>) -> String {
    let path = |file, finding| layout.paths.of_finding(file, finding);
    verdict.findings().map(|(file, finding)| line(path(file, finding), &finding.diagnostic)).collect()
}

fn line(file: &str, finding: &Diagnostic) -> String {
    let command = match finding.level {
        Level::Note => "notice",
        level => level.as_str(),
    };
    let mut properties = vec![("file", file.to_owned())];
    if let Some(place) = &finding.primary {
        let (start, end) = (place.place(), place.end());
        properties.push(("line", start.line.to_string()));
        properties.push(("endLine", end.line.to_string()));
        if start.line == end.line {
            // The runner takes columns on one line only.
            properties.push(("col", start.column.to_string()));
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    properties.push(("title", finding.code.to_owned()));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let helps = finding.helps.iter().map(|help| format!("\n{}", one_line(help)));
    let message = one_line(&finding.message).into_owned() + &helps.collect::<String>();
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// Escapes what follows the second `::`. Other runners than GitHub's find their markers in it too.
fn data(text: &str) -> String {
    escape_markers(text, "\\#").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(&one_line(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_part_is_escaped() {
        assert_eq!(data("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25\\n");
    }
}
