//! What every question needs: the terminal in raw mode, its size, and the looks.

use std::{fmt, io};

use console::{Term, measure_text_width, truncate_str};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};

use crate::io::interrupt;
use crate::io::terminal::RawMode;
use crate::output::printer;

pub(super) const CTRL_D: char = '\u{4}';
pub(super) const CTRL_U: char = '\u{15}';

#[derive(Debug)]
pub enum NoAnswer {
    /// The person pressed Ctrl-C or Escape, a signal came, or the terminal is gone.
    Cancelled,
    /// Shift-Tab: back to the previous question.
    Back,
    Failed(io::Error),
}

impl From<io::Error> for NoAnswer {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{Interrupted, NotConnected, UnexpectedEof};
        /// A terminal that was closed.
        const EIO: i32 = 5;
        let is_gone = matches!(error.kind(), Interrupted | NotConnected | UnexpectedEof)
            || (cfg!(unix) && error.raw_os_error() == Some(EIO));
        if is_gone { Self::Cancelled } else { Self::Failed(error) }
    }
}

impl From<dialoguer::Error> for NoAnswer {
    fn from(dialoguer::Error::IO(error): dialoguer::Error) -> Self {
        // An interrupted prompt leaves lines below the cursor.
        printer::leave_question();
        error.into()
    }
}

/// The terminal, from the first question to its answer.
pub(super) struct Screen {
    pub(super) term: Term,
    pub(super) theme: Box<dyn Theme>,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) can_go_back: bool,
}

impl Screen {
    pub(super) fn new(is_coloured: bool, can_go_back: bool) -> Self {
        let theme: Box<dyn Theme> =
            if is_coloured { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) };
        let (rows, columns) = printer::question_size();
        let rows = rows.saturating_sub(4).clamp(3, 15);
        Self { term: printer::question_terminal(), theme, rows, columns, can_go_back }
    }

    /// Asks so that a signal ends the question and the terminal is restored.
    pub(super) fn ask<T>(&self, ask: impl FnOnce(&Self) -> Result<T, NoAnswer>) -> Result<T, NoAnswer> {
        let question = interrupt::Question::open()?;
        let mode = RawMode::begin();
        let answer = ask(self);
        drop(mode);
        printer::show_cursor();
        if matches!(answer, Err(NoAnswer::Cancelled)) {
            question.leave();
        }
        answer
    }

    /// A prompt that leaves room for the answer in its line, as a question that wraps is drawn twice. A longer one is
    /// written in full above, and asked by its first words.
    pub(super) fn fitting(&self, prompt: &str) -> String {
        const ROOM: usize = 14;
        const SHORTEST: usize = 8;
        let most = self.columns.saturating_sub(ROOM).max(SHORTEST);
        if measure_text_width(prompt) <= most {
            return prompt.to_owned();
        }
        printer::say_above(prompt);
        let first = prompt.split([',', ':', '(', '=', '?']).next().unwrap_or(prompt).trim_end();
        truncate_str(first, most, "…").into_owned()
    }
}

/// What a theme writes.
pub(super) fn written(write: impl FnOnce(&mut String) -> fmt::Result) -> io::Result<String> {
    let mut text = String::new();
    write(&mut text).map(|()| text).map_err(io::Error::other)
}
