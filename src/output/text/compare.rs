//! Two deliveries side by side: `history diff`.

use similar::{ChangeTag, TextDiff};

use crate::core::record::{ChangedPart, Delivery, Recorded, differences};
use crate::core::text::one_line;
use crate::output::style::Style;

use super::message::BAR;

const CONTEXT_LINES: usize = 2;

/// What differs, for people.
pub fn compare_text(a: &Recorded<Delivery>, b: &Recorded<Delivery>, style: Style) -> String {
    let differences = differences(a, b);
    let mut text = format!(
        "{}\n{}\n",
        style.removed(&format!("- delivery {}", a.id)),
        style.added(&format!("+ delivery {}", b.id))
    );
    if differences.is_empty() {
        return text + "\nthe requests and the results are the same\n";
    }
    for ChangedPart { part, a, b } in &differences {
        text.push_str(&format!("\n{}\n", style.strong(&one_line(part))));
        text.push_str(&lines(a.as_deref().unwrap_or_default(), b.as_deref().unwrap_or_default(), style));
    }
    text
}

fn lines(before: &str, after: &str, style: Style) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if index > 0 {
            text.push_str(&style.faint(&format!("{BAR}  …\n")));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = one_line(change.value().trim_end_matches(['\n', '\r'])).into_owned();
            text.push_str(&match change.tag() {
                ChangeTag::Delete => style.removed(&format!("{BAR}- {line}")),
                ChangeTag::Insert => style.added(&format!("{BAR}+ {line}")),
                ChangeTag::Equal => style.faint(&format!("{BAR}  {line}")),
            });
            text.push('\n');
        }
    }
    text
}
