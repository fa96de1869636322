//! Replaces parts of the output that differ from run to run.

use std::sync::LazyLock;

use regex::Regex;

use super::Project;

/// Ports, durations and the version. In a column, the spaces before a duration are replaced too: their number depends on it.
static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"(127\.0\.0\.1|localhost|\[::1\]):\d{2,5}\b", "$1:[PORT]"),
        (r#"("\w+_ms": ?)\d+(\.\d+)?"#, "$1[TIME]"),
        (r" {2,}\d+(\.\d+)? ?(ns|µs|us|ms)\b| {2,}\d+\.\d+ ?s\b", "  [TIME]"),
        (r"\b\d+(\.\d+)? ?(ns|µs|us|ms)\b|\b\d+\.\d+ ?s\b", "[TIME]"),
    ]
    .map(|(pattern, placeholder)| (Regex::new(pattern).unwrap(), placeholder))
    .into()
});

/// The output as snapshots compare it. Bytes that are not UTF-8 become U+FFFD.
pub(crate) fn redact(output: &[u8], project: &Project) -> String {
    let mut text = String::from_utf8_lossy(output).into_owned();
    for (folder, placeholder) in [(project.path(), "[PROJECT]"), (project.home(), "[HOME]")] {
        // The canonical path may contain the other, so it is replaced first.
        for name in [folder.canonicalize().unwrap(), folder] {
            text = text.replace(name.to_str().unwrap(), placeholder);
        }
    }
    for (pattern, placeholder) in PATTERNS.iter() {
        text = pattern.replace_all(&text, *placeholder).into_owned();
    }
    for name in ["hooks/", "hooks "] {
        text = text.replace(&format!("{name}{}", env!("CARGO_PKG_VERSION")), &format!("{name}[VERSION]"));
    }
    text
}

#[test]
fn only_parts_that_differ_from_run_to_run_are_replaced() {
    let project = Project::new();
    let text = format!(
        "{}/a.toml {} http://127.0.0.1:41234/x localhost:80 [::1]:9000\n  dns     0.31 ms\n  total  12 ms 1.5 s 350µs\n\
         {{\"total_ms\": 12.5,\"amount\":12}} after 30 s at 10:25, hooks/{} 127.0.0.1 items",
        project.path().display(),
        project.home().display(),
        env!("CARGO_PKG_VERSION"),
    );
    assert_eq!(
        redact(text.as_bytes(), &project),
        "[PROJECT]/a.toml [HOME] http://127.0.0.1:[PORT]/x localhost:[PORT] [::1]:[PORT]\n  dns  [TIME]\n  total  [TIME] \
         [TIME] [TIME]\n{\"total_ms\": [TIME],\"amount\":12} after 30 s at 10:25, hooks/[VERSION] 127.0.0.1 items"
    );
}
