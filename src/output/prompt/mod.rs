//! Questions on a terminal, asked only if [`Printer::can_ask`](super::printer::Printer::can_ask).

mod line;
mod list;
// On Windows, `console` reads single keys without it.
#[cfg(unix)]
mod raw_mode;
mod screen;

use std::path::PathBuf;

use super::style::Style;

use self::line::LinePrompt;
use self::list::ListPrompt;
use self::screen::Screen;

pub use self::list::Choice;
pub use self::screen::{NoAnswer, QuestionSignals};

#[derive(Debug, Clone, Copy)]
pub struct Prompt {
    pub style: Style,
    /// Whether Shift-Tab goes back to the previous question.
    pub can_go_back: bool,
    /// `None` if signals cannot be handled: a signal then ends the program without restoring the terminal.
    pub signals: Option<QuestionSignals>,
}

impl Prompt {
    /// Lets the user choose an item; returns its index.
    pub(crate) fn pick(
        self,
        prompt: &str,
        items: impl IntoIterator<Item = impl Into<Choice>>,
    ) -> Result<usize, NoAnswer> {
        let items: Vec<Choice> = items.into_iter().map(Into::into).collect();
        self.ask(|screen| ListPrompt::new(&items).pick(screen, prompt))
    }

    /// Lets the user choose several items, at least one; returns their indices.
    pub(crate) fn pick_many(self, prompt: &str, items: &[Choice]) -> Result<Vec<usize>, NoAnswer> {
        let prompt = format!("{prompt} (Space selects, Enter confirms)");
        self.ask(|screen| ListPrompt::new(items).pick_many(screen, &prompt))
    }

    /// Asks for text that passes `check`; invalid text can be edited. The input starts as `start`, and Tab completes the names of
    /// `variables` after `{{`. An empty text is an answer if it passes.
    pub(crate) fn text(
        self,
        prompt: &str,
        start: Option<&str>,
        variables: &[String],
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, NoAnswer> {
        let complete = |text: &str| completed(variables, text);
        let line =
            LinePrompt { prompt, start: start.unwrap_or_default(), complete: &complete, ..LinePrompt::EMPTY };
        self.ask(|screen| line.ask(screen, |text| check(text).map(|()| text.to_owned()), String::clone))
    }

    /// Asks for a text that is not shown while it is typed.
    pub(crate) fn hidden(self, prompt: &str) -> Result<String, NoAnswer> {
        let line = LinePrompt { prompt, is_hidden: true, ..LinePrompt::EMPTY };
        let check = |text: &str| match text {
            "" => Err("type a value, or press Escape to cancel".to_owned()),
            text => Ok(text.to_owned()),
        };
        self.ask(|screen| line.ask(screen, check, |_| "********".to_owned()))
    }

    /// Asks for a path, which `parse` must accept; Tab completes it.
    pub(crate) fn path(
        self,
        prompt: &str,
        complete: &dyn Fn(&str) -> Option<String>,
        parse: impl Fn(&str) -> Result<PathBuf, String>,
    ) -> Result<PathBuf, NoAnswer> {
        let line = LinePrompt { prompt, complete, ..LinePrompt::EMPTY };
        self.ask(|screen| line.ask(screen, parse, |path| path.display().to_string()))
    }

    /// Asks for yes or no, confirmed with Enter: otherwise an Enter typed after `y` would also answer the next question.
    pub(crate) fn confirm(self, prompt: &str, default: bool) -> Result<bool, NoAnswer> {
        let line =
            LinePrompt { prompt, choices: if default { "[Y/n]" } else { "[y/N]" }, ..LinePrompt::EMPTY };
        let shown = |answer: &bool| if *answer { "yes" } else { "no" }.to_owned();
        self.ask(|screen| line.ask(screen, |text| yes_or_no(text, default), shown))
    }

    fn ask<T>(self, ask: impl FnOnce(&Screen) -> Result<T, NoAnswer>) -> Result<T, NoAnswer> {
        Screen::new(self.style, self.can_go_back, self.signals).ask(ask)
    }
}

/// Parses an answer in English or German; an empty one means the default.
fn yes_or_no(text: &str, default: bool) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "" => Ok(default),
        "y" | "yes" | "j" | "ja" => Ok(true),
        "n" | "no" | "nein" => Ok(false),
        _ => Err("type y or n, or press Escape to cancel".to_owned()),
    }
}

/// The text with the name of a variable completed after the last open `{{`.
fn completed(variables: &[String], text: &str) -> Option<String> {
    let open = text.rfind("{{").filter(|open| !text[*open..].contains("}}"))?;
    let begun = text[open + 2..].trim_start();
    let name = variables.iter().find(|name| name.starts_with(begun))?;
    Some(format!("{}{{{{{name}}}}}", &text[..open]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_understood_in_english_and_german() {
        for (text, answer) in
            [("", false), (" Y ", true), ("yes", true), ("Ja", true), ("N", false), ("nein", false)]
        {
            assert_eq!(yes_or_no(text, false), Ok(answer), "{text:?}");
        }
        assert_eq!(yes_or_no("", true), Ok(true));
        assert!(yes_or_no("yn", true).is_err());
    }

    #[test]
    fn tab_completes_the_name_after_open_braces() {
        let names = ["email".to_owned(), "payload.first_name".to_owned()];
        let complete = |input: &str| completed(&names, input);
        assert_eq!(complete("Dear {{pay").as_deref(), Some("Dear {{payload.first_name}}"));
        assert_eq!(complete("{{email}} {{ e").as_deref(), Some("{{email}} {{email}}"));
        for input in ["{{email}}", "{{x", "email"] {
            assert_eq!(complete(input), None, "{input}");
        }
    }
}
