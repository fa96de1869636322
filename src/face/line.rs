//! A question that is answered by typing a line. What is typed stays to be mended when it does not do,
//! and Escape leaves the question, both of which `dialoguer::Input` does not offer.

use console::{Key, Term, measure_text_width};
use dialoguer::theme::Theme;

use crate::core::text::{is_unsafe, one_line};

const CTRL_U: char = '\u{15}';

/// Asks until the line passes the check; none when the person pressed Escape.
pub(super) fn read(
    prompt: &str,
    theme: &dyn Theme,
    columns: usize,
    check: impl Fn(&str) -> Result<(), String>,
) -> dialoguer::Result<Option<String>> {
    let term = Term::stderr();
    let written = |write: &dyn Fn(&mut String) -> std::fmt::Result| {
        let mut text = String::new();
        write(&mut text).map(|()| text).map_err(std::io::Error::other)
    };
    let question = written(&|text| theme.format_input_prompt(text, prompt, None))?;
    let room = columns.saturating_sub(measure_text_width(&question) + 2).max(1);
    let mut line = String::new();
    loop {
        term.clear_line()?;
        term.write_str(&format!("{question}{}", end_of(&line, room)))?;
        match term.read_key()? {
            Key::Enter => match check(&line) {
                Ok(()) => {
                    term.clear_line()?;
                    term.write_line(&written(&|text| {
                        theme.format_input_prompt_selection(text, prompt, &one_line(&line))
                    })?)?;
                    return Ok(Some(line));
                }
                Err(reason) => {
                    term.clear_line()?;
                    term.write_line(&written(&|text| theme.format_error(text, &one_line(&reason)))?)?;
                }
            },
            Key::Escape => {
                term.write_line("")?;
                return Ok(None);
            }
            Key::Backspace => drop(line.pop()),
            Key::Char(CTRL_U) => line.clear(),
            Key::Char(c) if !is_unsafe(c) => line.push(c),
            _ => {}
        }
    }
}

/// As much of the end of a line as fits.
fn end_of(line: &str, room: usize) -> String {
    if measure_text_width(line) <= room {
        return line.to_owned();
    }
    let mut starts = line.char_indices().map(|(start, _)| start);
    let end = starts.find(|start| measure_text_width(&line[*start..]) < room);
    format!("…{}", &line[end.unwrap_or(line.len())..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_line_that_is_too_long_the_end_is_shown() {
        assert_eq!(end_of("answer.json", 11), "answer.json");
        assert_eq!(end_of("data/answer.json", 11), "…nswer.json");
        assert_eq!(end_of("データ.json", 8), "…タ.json");
        assert_eq!(end_of("ab", 1), "…");
    }
}
