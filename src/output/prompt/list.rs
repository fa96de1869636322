//! A question with a list to choose from, filtered by typing. `dialoguer::Select` has no filter; unlike
//! `dialoguer::FuzzySelect` this one also finds items by words that are not shown, says when nothing matches, and goes back
//! with Shift-Tab.

use console::{Key, truncate_str};

use crate::core::model::{Method, Trigger, TriggerElement, plain_word};
use crate::core::text::is_unsafe;

use super::screen::{CTRL_D, CTRL_U, NoAnswer, Screen, written};

const INDENT: usize = 2;

/// An item, safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub label: String,
    /// Other names that it is found by.
    pub names: Vec<&'static str>,
}

impl From<String> for Item {
    fn from(label: String) -> Self {
        Self { label, names: Vec::new() }
    }
}

impl From<Trigger> for Item {
    fn from(trigger: Trigger) -> Self {
        let label = match trigger {
            Trigger::Create => "create: something new",
            Trigger::Update => "update: something changed",
            Trigger::Delete => "delete: something was removed",
        };
        Self { label: label.to_owned(), names: trigger.names().to_vec() }
    }
}

impl From<Method> for Item {
    fn from(method: Method) -> Self {
        Self::from(method.to_string())
    }
}

impl From<TriggerElement> for Item {
    fn from(element: TriggerElement) -> Self {
        Self { label: format!("{element}: {}", element.meaning()), names: element.names().to_vec() }
    }
}

/// Asks until an item is chosen and returns its index.
pub(super) fn ask(screen: &Screen, prompt: &str, items: &[Item]) -> Result<usize, NoAnswer> {
    let (mut search, mut selected) = (String::new(), 0);
    let Screen { term, theme, can_go_back, .. } = screen;
    term.hide_cursor()?;
    loop {
        let found = matching(items, &search);
        let lines = lines(screen, prompt, items, &search, &found, selected)?;
        term.write_line(&lines.join("\n"))?;
        let key = term.read_key_raw()?;
        term.clear_last_lines(lines.len())?;
        match key {
            Key::Enter if !found.is_empty() => {
                let label = &items[found[selected]].label;
                term.write_line(&written(|text| theme.format_input_prompt_selection(text, prompt, label))?)?;
                return Ok(found[selected]);
            }
            Key::Escape | Key::CtrlC | Key::Char(CTRL_D) => {
                term.write_line("")?;
                return Err(NoAnswer::Cancelled);
            }
            Key::BackTab if *can_go_back => return Err(NoAnswer::Back),
            Key::ArrowUp if !found.is_empty() => selected = (selected + found.len() - 1) % found.len(),
            Key::ArrowDown | Key::Tab if !found.is_empty() => selected = (selected + 1) % found.len(),
            Key::Backspace => {
                search.pop();
                selected = 0;
            }
            Key::Char(CTRL_U) => (search, selected) = (String::new(), 0),
            Key::Char(c) if !is_unsafe(c) => {
                search.push(c);
                selected = 0;
            }
            _ => {}
        }
    }
}

/// The question and the items around the selected one.
fn lines(
    screen: &Screen,
    prompt: &str,
    items: &[Item],
    search: &str,
    found: &[usize],
    selected: usize,
) -> Result<Vec<String>, NoAnswer> {
    let Screen { theme, rows, columns, .. } = screen;
    let fit = |text: &str| truncate_str(text, columns.saturating_sub(1), "…").into_owned();
    let question = written(|text| theme.format_input_prompt(text, prompt, None))?;
    let mut lines = vec![fit(&format!("{question}{search}|"))];
    if found.is_empty() {
        lines.push(fit(&format!("  nothing matches `{search}`; Backspace deletes, Escape leaves")));
    }
    let first = (selected + 1).saturating_sub(*rows);
    for (index, item) in found.iter().enumerate().skip(first).take(*rows) {
        let label = truncate_str(&items[*item].label, columns.saturating_sub(INDENT + 1), "…");
        lines.push(written(|text| theme.format_select_prompt_item(text, &label, index == selected))?);
    }
    Ok(lines)
}

/// The indices of the items that match, the best first.
fn matching(items: &[Item], search: &str) -> Vec<usize> {
    let (search, word) = (search.trim().to_lowercase(), plain_word(search));
    let mut found: Vec<(u8, usize)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let label = item.label.to_lowercase();
        let is_name = |name: &&str| plain_word(name).starts_with(&word);
        if label.starts_with(&search) {
            found.push((0, index));
        } else if label.contains(&search) || item.names.iter().any(is_name) {
            found.push((1, index));
        } else if is_spread_over(&search, &label) {
            found.push((2, index));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

/// Whether the letters occur in a text in this order.
fn is_spread_over(letters: &str, text: &str) -> bool {
    let mut text = text.chars();
    letters.chars().all(|letter| text.any(|own| own == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_their_beginning_then_by_parts_and_names_then_by_letters() {
        let item =
            |label: &str, names: &[&'static str]| Item { label: label.to_owned(), names: names.to_vec() };
        let items = [
            item("create: something new", &["create", "new", "neu"]),
            item("update: something changed", &["update"]),
            item("delete: something was removed", &["delete", "löschen"]),
        ];
        for (search, found) in [
            ("", &[0, 1, 2][..]),
            ("neu", &[0]),
            (" LÖSCH ", &[2]),
            ("loesch", &[2]),
            ("thing", &[0, 1, 2]),
            ("new", &[0]),
            ("upd", &[1]),
            ("dlt", &[2]),
            ("xyz", &[]),
        ] {
            assert_eq!(matching(&items, search), found, "{search}");
        }
    }
}
