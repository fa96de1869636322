//! Questions with a list to choose from, filtered by typing. Only asked when
//! [`Ui::can_ask`](super::ui::Ui::can_ask).

use console::truncate_str;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{FuzzySelect, Input};

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
        .with_prompt(prompt)
        .items(fitting)
        .default(0)
        .max_length(rows.saturating_sub(4).clamp(3, 15))
        .highlight_matches(is_coloured);
    asking(|| select.interact_opt()).and_then(|chosen| chosen.ok_or(NoAnswer::Cancelled))
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
    let theme = theme(is_coloured);
    let input = Input::<String>::with_theme(theme.as_ref()).with_prompt(prompt).validate_with(check);
    asking(|| input.interact_text())
}

fn theme(is_coloured: bool) -> Box<dyn Theme> {
    if is_coloured { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) }
}

/// Asks with Ctrl-C held, and leaves the terminal as it was.
fn asking<T>(interact: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, NoAnswer> {
    interrupt::hold().map_err(NoAnswer::Failed)?;
    let answer = interact();
    // A prompt that was interrupted has not shown the cursor again.
    ui::show_cursor();
    answer.map_err(|dialoguer::Error::IO(error)| match error.kind() {
        std::io::ErrorKind::Interrupted => NoAnswer::Cancelled,
        _ => NoAnswer::Failed(error),
    })
}
