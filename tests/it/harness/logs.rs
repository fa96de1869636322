//! What the log readers of CI systems take for a command.

/// Whether GitHub Actions or Azure Pipelines finds a command in a log.
pub(crate) fn holds_command(text: &str) -> bool {
    let holds_marker = |line: &str| {
        let mut behind = line.split("##").skip(1);
        behind.any(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('['))
    };
    text.lines().any(|line| line.trim_start().starts_with("::") || holds_marker(line))
}
