//! Questions on a terminal. Only asked if [`Printer::can_ask`](super::printer::Printer::can_ask).

mod line;
mod list;
mod screen;

use std::path::{Path, PathBuf};

use dialoguer::MultiSelect;

use crate::io::files;

use super::printer;

use self::line::Line;
use self::screen::Screen;

pub use self::list::Item;
pub use self::screen::NoAnswer;

#[derive(Debug, Clone, Copy)]
pub struct Prompt {
    pub is_coloured: bool,
    /// Whether Shift-Tab goes back to the previous question.
    pub can_go_back: bool,
}

impl Prompt {
    /// Lets the user choose an item; returns its index.
    pub(crate) fn pick(
        self,
        prompt: &str,
        items: impl IntoIterator<Item = impl Into<Item>>,
    ) -> Result<usize, NoAnswer> {
        let items: Vec<Item> = items.into_iter().map(Into::into).collect();
        let screen = self.screen();
        let prompt = screen.fitting(prompt);
        screen.ask(|screen| list::ask(screen, &prompt, &items))
    }

    /// Lets the user choose several items, at least one; returns their indices.
    pub(crate) fn pick_many(self, prompt: &str, items: &[String]) -> Result<Vec<usize>, NoAnswer> {
        let screen = self.screen();
        let select = MultiSelect::with_theme(screen.theme.as_ref())
            .with_prompt(screen.fitting(&format!("{prompt} (Space selects, Enter confirms)")))
            .items(items.iter().map(|item| cut(item, screen.columns.saturating_sub(8))))
            .max_length(screen.rows);
        loop {
            let chosen = screen.ask(|_| select.clone().interact_opt()?.ok_or(NoAnswer::Cancelled))?;
            if !chosen.is_empty() {
                return Ok(chosen);
            }
            printer::say_above("nothing is selected: Space selects, Escape leaves");
        }
    }

    /// Asks for a text that passes a check; an invalid one can be edited. It begins with `start`, and Tab completes the
    /// names of `variables` behind `{{`. An empty text is an answer, if it passes.
    pub(crate) fn text(
        self,
        prompt: &str,
        start: Option<&str>,
        variables: &[String],
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, NoAnswer> {
        let complete = |text: &str| completed(variables, text);
        let line = Line { prompt, start: start.unwrap_or_default(), complete: &complete, ..Line::EMPTY };
        self.line(&line, |text| check(text).map(|()| text.to_owned()), String::clone)
    }

    /// Asks for a text that is not shown while it is typed.
    pub(crate) fn hidden(self, prompt: &str) -> Result<String, NoAnswer> {
        // `dialoguer::Password` reads a line from the terminal: Escape and Shift-Tab would become part of the secret.
        let check = |text: &str| match text {
            "" => Err("type a value, or press Escape to leave".to_owned()),
            text => Ok(text.to_owned()),
        };
        self.line(&Line { prompt, is_hidden: true, ..Line::EMPTY }, check, |_| "********".to_owned())
    }

    /// Asks for the path of a file that passes a check; `~` and quotes are understood, and Tab completes.
    pub(crate) fn path(
        self,
        prompt: &str,
        check: impl Fn(&Path) -> Result<(), String>,
    ) -> Result<PathBuf, NoAnswer> {
        let line = Line { prompt, complete: &files::completed_path, ..Line::EMPTY };
        let check = |text: &str| {
            let path = files::typed_path(text);
            check(&path).map(|()| path)
        };
        self.line(&line, check, |path| path.display().to_string())
    }

    /// Asks for yes or no, answered with Enter. Escape leaves at once.
    pub(crate) fn confirm(self, prompt: &str, default: bool) -> Result<bool, NoAnswer> {
        // `dialoguer::Confirm` either answers at the first key, and then the Enter that people press after it answers the
        // next question, too; or it waits for Enter, and then Escape needs it as well. It has no way back, either.
        let choices = if default { "[Y/n]" } else { "[y/N]" };
        let shown = |answer: &bool| if *answer { "yes" } else { "no" }.to_owned();
        self.line(&Line { prompt, choices, ..Line::EMPTY }, |text| yes_or_no(text, default), shown)
    }

    fn line<T>(
        self,
        line: &Line<'_>,
        check: impl Fn(&str) -> Result<T, String>,
        shown: impl Fn(&T) -> String,
    ) -> Result<T, NoAnswer> {
        self.screen().ask(|screen| line.ask(screen, check, shown))
    }

    fn screen(self) -> Screen {
        Screen::new(self.is_coloured, self.can_go_back)
    }
}

/// An answer in English or German; none means the default.
fn yes_or_no(text: &str, default: bool) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "" => Ok(default),
        "y" | "yes" | "j" | "ja" => Ok(true),
        "n" | "no" | "nein" => Ok(false),
        _ => Err("type y or n, or press Escape to leave".to_owned()),
    }
}

/// The text with the name of a variable completed behind the last open `{{`.
fn completed(variables: &[String], text: &str) -> Option<String> {
    let open = text.rfind("{{").filter(|open| !text[*open..].contains("}}"))?;
    let begun = text[open + 2..].trim_start();
    let name = variables.iter().find(|name| name.starts_with(begun))?;
    Some(format!("{}{{{{{name}}}}}", &text[..open]))
}

/// An item cut to this many bytes, which the list counts as columns.
fn cut(item: &str, room: usize) -> String {
    const ELLIPSIS: &str = "…";
    if item.len() <= room {
        return item.to_owned();
    }
    let end = item.floor_char_boundary(room.saturating_sub(ELLIPSIS.len()));
    format!("{}{ELLIPSIS}", &item[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_cut_between_characters() {
        let items = ["short", "sign-ups-created", "Größenänderung"];
        assert_eq!(items.map(|item| cut(item, 12)), ["short", "sign-ups-…", "Größen…"]);
    }

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
    fn tab_completes_the_name_behind_open_braces() {
        let names = ["email".to_owned(), "payload.first_name".to_owned()];
        let complete = |input: &str| completed(&names, input);
        assert_eq!(complete("Dear {{pay").as_deref(), Some("Dear {{payload.first_name}}"));
        assert_eq!(complete("{{email}} {{ e").as_deref(), Some("{{email}} {{email}}"));
        assert_eq!(complete("{{email}}"), None);
        assert_eq!(complete("{{x"), None);
        assert_eq!(complete("email"), None);
    }
}
