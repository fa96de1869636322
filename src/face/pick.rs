//! Questions with a list to choose from, filtered by typing. Only asked when
//! [`Ui::can_ask`](super::ui::Ui::can_ask).

use std::collections::{HashMap, HashSet};

use console::{measure_text_width, truncate_str};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, FuzzySelect, MultiSelect};

use crate::effects::hidden::{self, KeysAsTyped};
use crate::effects::interrupt;

use super::{line, ui};

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// The person pressed Ctrl-C or Escape.
    Cancelled,
    /// The terminal could not be used.
    Failed(std::io::Error),
}

/// Lets a person choose one of some items, which are safe to show; the answer is its index.
///
/// # Errors
/// When the person does not choose, or the terminal fails; the cursor is shown again in any case.
pub fn pick(prompt: &str, items: &[String], is_coloured: bool) -> Result<usize, NoAnswer> {
    let theme = theme(is_coloured);
    let (rows, columns) = ui::question_size();
    let select = FuzzySelect::with_theme(theme.as_ref())
        .with_prompt(fitting_prompt(prompt))
        .items(fitting(items, columns.saturating_sub(4)))
        .default(0)
        .max_length(rows.saturating_sub(4).clamp(3, 15))
        .highlight_matches(is_coloured);
    asking(|| select.interact_opt()).and_then(|chosen| chosen.ok_or(NoAnswer::Cancelled))
}

/// Lets a person choose several of some items, which are safe to show; the answer is their indices, at
/// least one.
///
/// # Errors
/// When the person gives up, or the terminal fails.
pub fn pick_many(prompt: &str, items: &[String], is_coloured: bool) -> Result<Vec<usize>, NoAnswer> {
    let theme = theme(is_coloured);
    let (rows, columns) = ui::question_size();
    let select = MultiSelect::with_theme(theme.as_ref())
        .with_prompt(fitting_prompt(&format!("{prompt} (space marks, enter ends)")))
        .items(fitting(items, columns.saturating_sub(8)))
        .max_length(rows.saturating_sub(4).clamp(3, 15));
    loop {
        let chosen = asking(|| select.clone().interact_opt())?.ok_or(NoAnswer::Cancelled)?;
        if !chosen.is_empty() {
            return Ok(chosen);
        }
        ui::say_above("none is marked: the space bar marks, Escape gives up");
    }
}

/// Asks for a text that passes a check; what is wrong with it is told, and it can be mended.
///
/// # Errors
/// When the person gives none, or the terminal fails; the cursor is shown again in any case.
pub fn ask(
    prompt: &str,
    is_coloured: bool,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<String, NoAnswer> {
    ask_from(prompt, is_coloured, None, &[], check)
}

/// Asks for a text that passes a check, with a text to begin from; Tab completes the names of `variables`
/// behind `{{`. An empty text is an answer, if it passes.
///
/// # Errors
/// When the person gives none, or the terminal fails; the cursor is shown again in any case.
pub fn ask_from(
    prompt: &str,
    is_coloured: bool,
    start: Option<&str>,
    variables: &[String],
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<String, NoAnswer> {
    let theme = theme(is_coloured);
    let question = line::Question {
        prompt,
        theme: theme.as_ref(),
        columns: ui::question_size().1,
        start: start.unwrap_or_default(),
        complete: &|text| completed(variables, text),
    };
    asking(|| question.ask(check)).and_then(|answer| answer.ok_or(NoAnswer::Cancelled))
}

/// Asks for a text that is not shown while it is typed.
///
/// # Errors
/// When the person gives none, or the terminal fails.
pub fn ask_hidden(prompt: &str, is_coloured: bool) -> Result<String, NoAnswer> {
    let theme = theme(is_coloured);
    let (prompt, term) = (fitting_prompt(prompt), ui::question_terminal());
    // `dialoguer::Password` waits on when Ctrl-C is pressed while signals are held.
    asking(|| {
        loop {
            let mut question = String::new();
            theme.format_input_prompt(&mut question, &prompt, None).map_err(std::io::Error::other)?;
            term.write_str(&question)?;
            let typed = hidden::read_hidden(&term)?;
            term.clear_line()?;
            if !typed.is_empty() {
                let mut answered = String::new();
                let told = theme.format_input_prompt_selection(&mut answered, &prompt, "********");
                told.map_err(std::io::Error::other)?;
                term.write_line(&answered)?;
                return Ok(typed);
            }
        }
    })
}

/// Asks for yes or no.
///
/// # Errors
/// When the person gives no answer, or the terminal fails.
pub fn confirm(prompt: &str, default: bool, is_coloured: bool) -> Result<bool, NoAnswer> {
    let theme = theme(is_coloured);
    // Without it the enter behind a typed `y` would answer the next question.
    let question = Confirm::with_theme(theme.as_ref())
        .with_prompt(fitting_prompt(prompt))
        .default(default)
        .wait_for_newline(true);
    asking(|| question.interact_opt())?.ok_or(NoAnswer::Cancelled)
}

/// A prompt that leaves room for the answer in its line, as a question that wraps is drawn twice. What is
/// too long is said in full above, and asked for by its first words.
fn fitting_prompt(prompt: &str) -> String {
    const ROOM: usize = 14;
    const SHORTEST: usize = 8;
    let (_, columns) = ui::question_size();
    let most = columns.saturating_sub(ROOM).max(SHORTEST);
    if measure_text_width(prompt) <= most {
        return prompt.to_owned();
    }
    ui::say_above(prompt);
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

/// Items cut to this many bytes, no two alike.
///
/// The list finds the chosen item by its text, and counts the bytes of each, shown or not, as columns:
/// of two items alike it would take the first, and longer ones would make it clear lines above it.
fn fitting(items: &[String], room: usize) -> Vec<String> {
    let (mut taken, mut numbers) = (HashSet::new(), HashMap::new());
    let fit = |item: &String| {
        let mut text = cut(item, room);
        let number = numbers.entry(text.clone()).or_insert(1);
        while !taken.insert(text.clone()) {
            *number += 1;
            let mark = format!(" #{number}");
            text = cut(item, room.saturating_sub(mark.len())) + &mark;
        }
        text
    };
    items.iter().map(fit).collect()
}

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

/// Asks with Ctrl-C held, and leaves the terminal as it was.
fn asking<T>(interact: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, NoAnswer> {
    interrupt::hold().map_err(NoAnswer::Failed)?;
    let keys = KeysAsTyped::begin();
    let answer = interact();
    drop(keys);
    if answer.is_err() {
        ui::leave_question();
    }
    // A prompt that was interrupted has not shown the cursor again.
    ui::show_cursor();
    answer.map_err(|dialoguer::Error::IO(error)| match error.kind() {
        std::io::ErrorKind::Interrupted => NoAnswer::Cancelled,
        _ => NoAnswer::Failed(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_fit_and_no_two_are_alike() {
        let items = ["short", "sign-ups-created", "sign-ups-updated", "sign-ups-deleted", "Größenänderung"];
        let fitted = fitting(&items.map(str::to_owned), 12);
        assert_eq!(fitted, ["short", "sign-ups-…", "sign-u… #2", "sign-u… #3", "Größen…"]);
        assert!(fitted.iter().all(|item| item.len() <= 12));
    }

    #[test]
    fn a_mark_that_another_item_bears_is_not_used_again() {
        let fitted = fitting(&["a", "a #2", "a", "a"].map(str::to_owned), 10);
        assert_eq!(fitted, ["a", "a #2", "a #3", "a #4"]);
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
