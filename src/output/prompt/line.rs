//! A prompt for one line of input: text, a secret, a path, yes or no. An invalid answer can be edited, and Tab completes.

use console::{Key, measure_text_width, truncate_str};

use crate::core::text::{is_unsafe, one_line};

use super::screen::{CTRL_U, NoAnswer, Screen};

pub(super) struct LinePrompt<'a> {
    pub(super) prompt: &'a str,
    /// What follows the prompt, such as `[y/N]`.
    pub(super) choices: &'a str,
    pub(super) start: &'a str,
    pub(super) is_hidden: bool,
    pub(super) complete: &'a dyn Fn(&str) -> Option<String>,
}

impl LinePrompt<'_> {
    pub(super) const EMPTY: Self =
        Self { prompt: "", choices: "", start: "", is_hidden: false, complete: &|_| None };

    /// Asks until `check` accepts the line and converts it to an answer, which `shown` formats.
    pub(super) fn ask<T>(
        &self,
        screen: &Screen,
        check: impl Fn(&str) -> Result<T, String>,
        shown: impl Fn(&T) -> String,
    ) -> Result<T, NoAnswer> {
        let term = &screen.term;
        let mut question = screen.question(self.prompt, self.choices)?;
        let width = screen.columns.saturating_sub(measure_text_width(&question.label) + 2).max(1);
        let mut line = Input { before: self.start.to_owned(), after: String::new() };
        loop {
            let (before, after) = if self.is_hidden { Default::default() } else { line.window(width) };
            term.clear_line()?;
            term.write_str(&format!("{}{before}{after}", question.label))?;
            term.move_cursor_left(measure_text_width(&after))?;
            match screen.key() {
                Ok(Key::Enter) => match check(&line.text()) {
                    Ok(answer) => {
                        screen.answered(&question, &shown(&answer))?;
                        return Ok(answer);
                    }
                    Err(reason) => screen.rejected(&mut question, &reason)?,
                },
                Ok(Key::Tab) => line.before = (self.complete)(&line.before).unwrap_or(line.before),
                Ok(key) => line.press(&key),
                Err(NoAnswer::Back) => {
                    screen.clear(&question)?;
                    return Err(NoAnswer::Back);
                }
                Err(reason) => return Err(reason),
            }
        }
    }
}

/// A line with the cursor between its two parts.
struct Input {
    before: String,
    after: String,
}

impl Input {
    fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    fn press(&mut self, key: &Key) {
        match key {
            Key::Char(CTRL_U) => *self = Self { before: String::new(), after: String::new() },
            Key::Char(c) if !is_unsafe(*c) => self.before.push(*c),
            Key::Backspace => drop(self.before.pop()),
            Key::Del if !self.after.is_empty() => drop(self.after.remove(0)),
            Key::ArrowLeft => self.before.pop().into_iter().for_each(|c| self.after.insert(0, c)),
            Key::ArrowRight if !self.after.is_empty() => self.before.push(self.after.remove(0)),
            Key::Home => *self = Self { before: String::new(), after: self.text() },
            Key::End => *self = Self { before: self.text(), after: String::new() },
            _ => {}
        }
    }

    /// As much text around the cursor as fits, preferring what is before it.
    fn window(&self, width: usize) -> (String, String) {
        let before = end_of(&one_line(&self.before), width);
        let left = width - measure_text_width(&before).min(width);
        let after = truncate_str(&one_line(&self.after), left, if left > 0 { "…" } else { "" }).into_owned();
        (before, after)
    }
}

/// As much of the end of a text as fits.
fn end_of(text: &str, width: usize) -> String {
    if measure_text_width(text) <= width {
        return text.to_owned();
    }
    let mut starts = text.char_indices().map(|(start, _)| start);
    let end = starts.find(|start| measure_text_width(&text[*start..]) < width);
    format!("…{}", &text[end.unwrap_or(text.len())..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(before: &str, after: &str) -> Input {
        Input { before: before.to_owned(), after: after.to_owned() }
    }

    #[test]
    fn a_long_line_is_shown_around_the_cursor() {
        let shown = |before: &str, after: &str, width| {
            let (before, after) = line(before, after).window(width);
            format!("{before}|{after}")
        };
        assert_eq!(shown("answer.json", "", 11), "answer.json|");
        assert_eq!(shown("data/answer.json", "", 11), "…nswer.json|");
        assert_eq!(shown("データ.json", "", 8), "…タ.json|");
        assert_eq!(shown("ab", "", 1), "…|");
        assert_eq!(shown("", "data/answer.json", 11), "|data/answe…");
        assert_eq!(shown("data/", "answer.json", 11), "data/|answe…");
        assert_eq!(shown("data/answer.json", "x", 11), "…nswer.json|");
    }

    #[test]
    fn keys_change_the_line_at_the_cursor() {
        let mut line = line("data/añswer", "");
        let mut after = |keys: &[Key]| {
            for key in keys {
                line.press(key);
            }
            format!("{}|{}", line.before, line.after)
        };
        assert_eq!(after(&[const { Key::ArrowLeft }; 4]), "data/añ|swer");
        assert_eq!(after(&[Key::Backspace, Key::Char('n')]), "data/an|swer");
        assert_eq!(after(&[Key::ArrowRight, Key::Del]), "data/ans|er");
        assert_eq!(after(&[Key::Home, Key::Backspace, Key::ArrowLeft]), "|data/anser");
        assert_eq!(after(&[Key::End, Key::Del, Key::ArrowRight, Key::Char('\u{7}')]), "data/anser|");
        assert_eq!(after(&[Key::ArrowLeft, Key::Char(CTRL_U)]), "|");
    }
}
