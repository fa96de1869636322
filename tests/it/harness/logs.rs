//! Which log lines CI systems interpret as commands.

/// Whether GitHub Actions or Azure Pipelines finds a command in a log.
pub(crate) fn holds_command(text: &str) -> bool {
    let holds_marker = |line: &str| {
        let mut behind = line.split("##").skip(1);
        behind.any(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('['))
    };
    // GitHub's runner also needs the `::` after the name: the `:::` of an excerpt is not a command.
    let is_command =
        |line: &str| line.trim_start().strip_prefix("::").is_some_and(|rest| rest.contains("::"));
    text.lines().any(|line| is_command(line) || holds_marker(line))
}
