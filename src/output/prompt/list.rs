//! A prompt with a list to select from, filtered by typing. Items are also found by words that are not shown.

use std::collections::BTreeSet;

use console::{Key, truncate_str};

use crate::core::model::{Method, Trigger, TriggerElement, plain_word};
use crate::core::text::is_unsafe;

use super::screen::{CTRL_U, NoAnswer, Question, Screen};

/// An item of a list, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub label: String,
    /// Other names that find it.
    pub names: Vec<&'static str>,
}

impl From<String> for Choice {
    fn from(label: String) -> Self {
        Self { label, names: Vec::new() }
    }
}

impl From<Trigger> for Choice {
    fn from(trigger: Trigger) -> Self {
        let label = match trigger {
            Trigger::Create => "create: something new",
            Trigger::Update => "update: something changed",
            Trigger::Delete => "delete: something was removed",
        };
        Self { label: label.to_owned(), names: trigger.names().to_vec() }
    }
}

impl From<Method> for Choice {
    fn from(method: Method) -> Self {
        Self::from(method.to_string())
    }
}

impl From<TriggerElement> for Choice {
    fn from(element: TriggerElement) -> Self {
        Self { label: format!("{element}: {}", element.meaning()), names: element.names().to_vec() }
    }
}

pub(super) struct ListPrompt<'a> {
    items: &'a [Choice],
    is_many: bool,
    search: String,
    /// The items that match the search.
    found: Vec<usize>,
    /// The position of the cursor in `found`.
    cursor: usize,
    marked: BTreeSet<usize>,
    note: &'static str,
}

impl<'a> ListPrompt<'a> {
    pub(super) fn new(items: &'a [Choice]) -> Self {
        let found = (0..items.len()).collect();
        let (search, marked) = (String::new(), BTreeSet::new());
        Self { items, is_many: false, search, found, cursor: 0, marked, note: "" }
    }

    pub(super) fn pick(mut self, screen: &Screen, prompt: &str) -> Result<usize, NoAnswer> {
        self.ask(screen, prompt, |list| list.found.get(list.cursor).copied(), |index| vec![*index])
    }

    pub(super) fn pick_many(mut self, screen: &Screen, prompt: &str) -> Result<Vec<usize>, NoAnswer> {
        self.is_many = true;
        let marked = |list: &Self| (!list.marked.is_empty()).then(|| list.marked.iter().copied().collect());
        self.ask(screen, prompt, marked, Vec::clone)
    }

    /// Asks until Enter confirms an answer, then shows the labels of its items.
    fn ask<T>(
        &mut self,
        screen: &Screen,
        prompt: &str,
        answer: impl Fn(&Self) -> Option<T>,
        indices: impl Fn(&T) -> Vec<usize>,
    ) -> Result<T, NoAnswer> {
        let question = screen.question(prompt, "")?;
        screen.term.hide_cursor()?;
        loop {
            let lines = self.lines(screen, &question);
            screen.term.write_line(&lines.join("\n"))?;
            let key = screen.key();
            screen.term.clear_last_lines(lines.len())?;
            match key {
                Ok(Key::Enter) => match answer(self) {
                    Some(answer) => {
                        let labels =
                            indices(&answer).into_iter().map(|index| self.items[index].label.as_str());
                        screen.answered(&question, &labels.collect::<Vec<_>>().join(", "))?;
                        return Ok(answer);
                    }
                    None if self.is_many => {
                        self.note = "nothing is selected: press Space to select, Escape to cancel";
                    }
                    None => {}
                },
                Ok(key) => self.press(&key),
                Err(reason) => {
                    screen.clear(&question)?;
                    return Err(reason);
                }
            }
        }
    }

    fn press(&mut self, key: &Key) {
        self.note = "";
        let count = self.found.len().max(1);
        match key {
            Key::ArrowUp => self.cursor = (self.cursor + count - 1) % count,
            Key::ArrowDown | Key::Tab => self.cursor = (self.cursor + 1) % count,
            Key::Char(' ') if self.is_many => {
                let index = self.found.get(self.cursor).copied();
                if let Some(index) = index.filter(|index| !self.marked.remove(index)) {
                    self.marked.insert(index);
                }
            }
            Key::Backspace => {
                let end = self.search.char_indices().next_back().map_or(0, |(end, _)| end);
                self.search_for(self.search[..end].to_owned());
            }
            Key::Char(CTRL_U) => self.search_for(String::new()),
            Key::Char(c) if !is_unsafe(*c) => self.search_for(format!("{}{c}", self.search)),
            _ => {}
        }
    }

    fn search_for(&mut self, search: String) {
        (self.found, self.cursor) = (matching(self.items, &search), 0);
        self.search = search;
    }

    /// The question and the items around the cursor.
    fn lines(&self, screen: &Screen, question: &Question<'_>) -> Vec<String> {
        let fit = |text: &str| truncate_str(text, screen.columns.saturating_sub(1), "…").into_owned();
        let mut lines = vec![fit(&format!("{}{}|", question.label, self.search))];
        let note = match self.note {
            "" if self.found.is_empty() => {
                format!("nothing matches `{}`: press Backspace to delete, Escape to cancel", self.search)
            }
            note => note.to_owned(),
        };
        if !note.is_empty() {
            lines.push(fit(&format!("  {note}")));
        }
        let first = (self.cursor + 1).saturating_sub(screen.rows);
        for (position, index) in self.found.iter().enumerate().skip(first).take(screen.rows) {
            let mark = match (self.is_many, self.marked.contains(index)) {
                (false, _) => "",
                (true, true) => "[x] ",
                (true, false) => "[ ] ",
            };
            let label = &self.items[*index].label;
            lines.push(if position == self.cursor {
                screen.style.name(&fit(&format!("> {mark}{label}")))
            } else {
                fit(&format!("  {mark}{label}"))
            });
        }
        lines
    }
}

/// The indices of the items that match, the best first.
fn matching(items: &[Choice], search: &str) -> Vec<usize> {
    let (search, word) = (search.trim().to_lowercase(), plain_word(search));
    let mut found: Vec<(u8, usize)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let label = item.label.to_lowercase();
        let is_name = |name: &&str| plain_word(name).starts_with(&word);
        if label.starts_with(&search) {
            found.push((0, index));
        } else if label.contains(&search) || item.names.iter().any(is_name) {
            found.push((1, index));
        } else if is_subsequence(&search, &label) {
            found.push((2, index));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

/// Whether the letters occur in the text in this order.
fn is_subsequence(letters: &str, text: &str) -> bool {
    let mut text = text.chars();
    letters.chars().all(|letter| text.any(|own| own == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_that_start_with_the_search_come_first_then_parts_and_names_then_letters() {
        let item =
            |label: &str, names: &[&'static str]| Choice { label: label.to_owned(), names: names.to_vec() };
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
