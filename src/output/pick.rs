//! Questions on a terminal. Only asked when [`Printer::can_ask`](super::printer::Printer::can_ask).

use std::path::{Path, PathBuf};

use console::{measure_text_width, truncate_str};
use dialoguer::MultiSelect;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};

use crate::io::files;
use crate::io::hidden::KeysAsTyped;
use crate::io::interrupt;

pub use super::select::Item;
use super::select::List;
use super::{line, printer};

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// The person pressed Ctrl-C or Escape, a signal came, or the terminal is gone.
    Cancelled,
    /// Shift-Tab: back to the previous question.
    Back,
    /// The terminal could not be used.
    Failed(std::io::Error),
}

impl From<std::io::Error> for NoAnswer {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{Interrupted, NotConnected, UnexpectedEof};
        /// A terminal that was closed.
        const EIO: i32 = 5;
        let is_gone = matches!(error.kind(), Interrupted | NotConnected | UnexpectedEof)
            || (cfg!(unix) && error.raw_os_error() == Some(EIO));
        if is_gone { Self::Cancelled } else { Self::Failed(error) }
    }
}

/// How questions are asked.
#[derive(Debug, Clone, Copy)]
pub struct Prompt {
    /// Whether they are in colour.
    pub is_coloured: bool,
    /// Whether Shift-Tab goes back to the previous question.
    pub can_go_back: bool,
}

impl Prompt {
    /// Lets the user choose an item; returns its index.
    ///
    /// # Errors
    /// If the user does not choose, or the terminal fails.
    pub fn pick(self, prompt: &str, items: &[Item]) -> Result<usize, NoAnswer> {
        let (theme, (rows, columns)) = (theme(self.is_coloured), printer::question_size());
        let list = List {
            prompt: &fitting_prompt(prompt),
            theme: theme.as_ref(),
            term: &printer::question_terminal(),
            items,
            rows: rows.saturating_sub(4).clamp(3, 15),
            columns,
            can_go_back: self.can_go_back,
        };
        asking(|| list.ask())
    }

    /// Asks for a text that passes a check, with a text to begin from; Tab completes the names of `variables`
    /// behind `{{`. An empty text is an answer, if it passes.
    ///
    /// # Errors
    /// If the user gives none, or the terminal fails.
    pub fn text(
        self,
        prompt: &str,
        start: Option<&str>,
        variables: &[String],
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, NoAnswer> {
        let complete = |text: &str| completed(variables, text);
        let line = Line { start: start.unwrap_or_default(), complete: &complete, ..Line::EMPTY };
        self.line(prompt, &line, |text| check(text).map(|()| text.to_owned()), String::clone)
    }

    /// Asks for a text that is not shown while it is typed.
    ///
    /// # Errors
    /// If the user gives none, or the terminal fails.
    pub fn hidden(self, prompt: &str) -> Result<String, NoAnswer> {
        let check = |text: &str| match text {
            "" => Err("type a value, or press Escape to leave".to_owned()),
            text => Ok(text.to_owned()),
        };
        self.line(prompt, &Line { is_hidden: true, ..Line::EMPTY }, check, |_| "********".to_owned())
    }

    /// Asks for the path of a file that passes a check; `~` and quotes are understood, and Tab completes.
    ///
    /// # Errors
    /// If the user gives none, or the terminal fails.
    pub fn path(
        self,
        prompt: &str,
        check: impl Fn(&Path) -> Result<(), String>,
    ) -> Result<PathBuf, NoAnswer> {
        let line = Line { complete: &files::completed_path, ..Line::EMPTY };
        let check = |text: &str| {
            let path = files::typed_path(text);
            check(&path).map(|()| path)
        };
        self.line(prompt, &line, check, |path| path.display().to_string())
    }

    /// Asks for yes or no.
    ///
    /// # Errors
    /// If the user gives no answer, or the terminal fails.
    pub fn confirm(self, prompt: &str, default: bool) -> Result<bool, NoAnswer> {
        let choices = if default { "[Y/n]" } else { "[y/N]" };
        let shown = |answer: &bool| if *answer { "yes" } else { "no" }.to_owned();
        self.line(prompt, &Line { choices, ..Line::EMPTY }, |text| yes_or_no(text, default), shown)
    }

    fn line<T>(
        self,
        prompt: &str,
        line: &Line<'_>,
        check: impl Fn(&str) -> Result<T, String>,
        shown: impl Fn(&T) -> String,
    ) -> Result<T, NoAnswer> {
        let theme = theme(self.is_coloured);
        let question = line::Question {
            prompt,
            theme: theme.as_ref(),
            term: &printer::question_terminal(),
            columns: printer::question_size().1,
            can_go_back: self.can_go_back,
            choices: line.choices,
            start: line.start,
            is_hidden: line.is_hidden,
            complete: line.complete,
        };
        asking(|| question.ask(check, shown))
    }
}

/// The options of a question that is answered by a line.
struct Line<'a> {
    choices: &'static str,
    start: &'a str,
    is_hidden: bool,
    complete: &'a dyn Fn(&str) -> Option<String>,
}

impl Line<'_> {
    const EMPTY: Self = Self { choices: "", start: "", is_hidden: false, complete: &|_| None };
}

/// Lets a person choose one of some items, which are safe to show; the answer is its index.
///
/// # Errors
/// If the user does not choose, or the terminal fails.
pub fn pick(prompt: &str, items: &[String], is_coloured: bool) -> Result<usize, NoAnswer> {
    let items: Vec<Item> = items.iter().cloned().map(Item::from).collect();
    Prompt { is_coloured, can_go_back: false }.pick(prompt, &items)
}

/// Lets a person choose several of some items, which are safe to show; the answer is their indices, at
/// least one.
///
/// # Errors
/// When the person gives up, or the terminal fails.
pub fn pick_many(prompt: &str, items: &[String], is_coloured: bool) -> Result<Vec<usize>, NoAnswer> {
    let theme = theme(is_coloured);
    let (rows, columns) = printer::question_size();
    let select = MultiSelect::with_theme(theme.as_ref())
        .with_prompt(fitting_prompt(&format!("{prompt} (Space selects, Enter confirms)")))
        .items(items.iter().map(|item| cut(item, columns.saturating_sub(8))))
        .max_length(rows.saturating_sub(4).clamp(3, 15));
    loop {
        let chosen = asking(|| {
            let chosen = select.clone().interact_opt().map_err(|dialoguer::Error::IO(error)| {
                // An interrupted prompt leaves lines below the cursor, and the cursor hidden.
                printer::leave_question();
                error
            });
            chosen?.ok_or(NoAnswer::Cancelled)
        })?;
        if !chosen.is_empty() {
            return Ok(chosen);
        }
        printer::say_above("nothing is selected: Space selects, Escape leaves");
    }
}

/// Asks for a text that passes a check; an invalid one can be edited.
///
/// # Errors
/// If the user gives none, or the terminal fails.
pub fn ask(
    prompt: &str,
    is_coloured: bool,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<String, NoAnswer> {
    Prompt { is_coloured, can_go_back: false }.text(prompt, None, &[], check)
}

/// Asks for yes or no.
///
/// # Errors
/// If the user gives no answer, or the terminal fails.
pub fn confirm(prompt: &str, default: bool, is_coloured: bool) -> Result<bool, NoAnswer> {
    Prompt { is_coloured, can_go_back: false }.confirm(prompt, default)
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

/// A prompt that leaves room for the answer in its line, as a question that wraps is drawn twice. What is
/// too long is said in full above, and asked for by its first words.
fn fitting_prompt(prompt: &str) -> String {
    const ROOM: usize = 14;
    const SHORTEST: usize = 8;
    let (_, columns) = printer::question_size();
    let most = columns.saturating_sub(ROOM).max(SHORTEST);
    if measure_text_width(prompt) <= most {
        return prompt.to_owned();
    }
    printer::say_above(prompt);
    let first = prompt.split([',', ':', '(', '=', '?']).next().unwrap_or(prompt).trim_end();
    truncate_str(first, most, "…").into_owned()
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

fn theme(is_coloured: bool) -> Box<dyn Theme> {
    if is_coloured { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) }
}

/// Asks so that a signal ends the question and the terminal is restored.
fn asking<T>(interact: impl FnOnce() -> Result<T, NoAnswer>) -> Result<T, NoAnswer> {
    let question = interrupt::Question::open()?;
    let keys = KeysAsTyped::begin();
    let answer = interact();
    drop(keys);
    printer::show_cursor();
    if matches!(answer, Err(NoAnswer::Cancelled)) {
        question.leave();
    }
    answer
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
