//! Questions with a list to choose from, filtered by typing. Only asked when
//! [`Ui::can_ask`](super::ui::Ui::can_ask).

use console::{measure_text_width, truncate_str};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Completion, Confirm, FuzzySelect, Input, MultiSelect, Password};

use crate::effects::interrupt;

use super::ui;

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
    // Long items would wrap, and the list would lose count of its lines.
    let (rows, columns) = ui::question_size();
    let fitting =
        items.iter().map(|item| truncate_str(item, columns.saturating_sub(4).max(10), "…").into_owned());
    let select = FuzzySelect::with_theme(theme.as_ref())
        .with_prompt(fitting_prompt(prompt))
        .items(fitting)
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
    let fitting =
        items.iter().map(|item| truncate_str(item, columns.saturating_sub(8).max(10), "…").into_owned());
    let select = MultiSelect::with_theme(theme.as_ref())
        .with_prompt(fitting_prompt(&format!("{prompt} (space marks, enter ends)")))
        .items(fitting)
        .max_length(rows.saturating_sub(4).clamp(3, 15));
    loop {
        let chosen = asking(|| select.clone().interact_opt())?.ok_or(NoAnswer::Cancelled)?;
        if !chosen.is_empty() {
            return Ok(chosen);
        }
        ui::say_above("none is marked: the space bar marks, Escape gives up");
    }
}

/// Asks for a text that passes a check.
///
/// # Errors
/// When the person gives none, or the terminal fails; the cursor is shown again in any case.
pub fn ask(
    prompt: &str,
    is_coloured: bool,
    check: impl Fn(&String) -> Result<(), String>,
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
    check: impl Fn(&String) -> Result<(), String>,
) -> Result<String, NoAnswer> {
    let theme = theme(is_coloured);
    let names = Names(variables);
    let input = Input::<String>::with_theme(theme.as_ref())
        .with_prompt(fitting_prompt(prompt))
        .allow_empty(true)
        .completion_with(&names)
        .validate_with(check);
    let input = match start {
        Some(start) => input.with_initial_text(start),
        None => input,
    };
    asking(|| input.interact_text())
}

/// Asks for a text that is not shown while it is typed.
///
/// # Errors
/// When the person gives none, or the terminal fails.
pub fn ask_hidden(prompt: &str, is_coloured: bool) -> Result<String, NoAnswer> {
    let theme = theme(is_coloured);
    asking(|| Password::with_theme(theme.as_ref()).with_prompt(fitting_prompt(prompt)).interact())
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

/// Completes the name of a variable behind the last open `{{`.
struct Names<'a>(&'a [String]);

impl Completion for Names<'_> {
    fn get(&self, input: &str) -> Option<String> {
        let open = input.rfind("{{").filter(|open| !input[*open..].contains("}}"))?;
        let begun = input[open + 2..].trim_start();
        let name = self.0.iter().find(|name| name.starts_with(begun))?;
        Some(format!("{}{{{{{name}}}}}", &input[..open]))
    }
}

fn theme(is_coloured: bool) -> Box<dyn Theme> {
    if is_coloured { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) }
}

/// Asks with Ctrl-C held, and leaves the terminal as it was.
fn asking<T>(interact: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, NoAnswer> {
    interrupt::hold().map_err(NoAnswer::Failed)?;
    let answer = interact();
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
    fn tab_completes_the_name_behind_open_braces() {
        let names = ["email".to_owned(), "payload.first_name".to_owned()];
        let complete = |input: &str| Names(&names).get(input);
        assert_eq!(complete("Dear {{pay").as_deref(), Some("Dear {{payload.first_name}}"));
        assert_eq!(complete("{{email}} {{ e").as_deref(), Some("{{email}} {{email}}"));
        assert_eq!(complete("{{email}}"), None);
        assert_eq!(complete("{{x"), None);
        assert_eq!(complete("email"), None);
    }
}
