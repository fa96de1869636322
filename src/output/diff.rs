//! Line differences of two texts.

use similar::{Change, ChangeTag, TextDiff};

use crate::core::secrets::masked_text;
use crate::core::text::one_line;

use super::style::Style;

/// The number of equal lines shown around changes.
const CONTEXT_LINES: usize = 2;

/// The changed lines, with a few around them, each after a prefix.
pub(super) fn diff(before: &str, after: &str, prefix: &str, style: Style) -> String {
    lines(before, after, prefix, style, |change| change.value().to_owned())
}

/// The same for a definitions file, with every credential masked.
pub(super) fn masked_diff(before: &str, after: &str, prefix: &str, style: Style) -> String {
    let masked = [masked_text(before), masked_text(after)];
    let masked = [&masked[0], &masked[1]].map(|text| text.split('\n').collect::<Vec<_>>());
    lines(before, after, prefix, style, |change| {
        let (side, number) = match change.tag() {
            ChangeTag::Delete => (0, change.old_index()),
            ChangeTag::Insert | ChangeTag::Equal => (1, change.new_index()),
        };
        number.and_then(|number| masked[side].get(number)).copied().unwrap_or_default().to_owned()
    })
}

fn lines(
    before: &str,
    after: &str,
    prefix: &str,
    style: Style,
    shown: impl Fn(&Change<&str>) -> String,
) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if index > 0 {
            text.push_str(&style.faint(&format!("{prefix}  …\n")));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = shown(&change);
            let line = format!("{prefix}{} {}", change.tag(), one_line(line.trim_end_matches(['\n', '\r'])));
            let styled = match change.tag() {
                ChangeTag::Delete => style.removed(&line),
                ChangeTag::Insert => style.added(&line),
                ChangeTag::Equal => style.faint(&line),
            };
            text.push_str(styled.trim_end());
            text.push('\n');
        }
    }
    text
}
