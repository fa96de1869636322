//! The terminal during a question: raw mode, size, and the look of questions and answers.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use console::{Key, Term, measure_text_width};

use crate::core::text::one_line;
use crate::output::style::Style;
use crate::output::text::wrapped_message;

// On Windows, `console` reads single keys without it.
#[cfg(unix)]
use super::raw_mode::{RawMode, wait_for_key};

const CTRL_D: char = '\u{4}';
pub(super) const CTRL_U: char = '\u{15}';

#[derive(Debug)]
pub enum NoAnswer {
    /// The user pressed Ctrl-C or Escape, a signal was received, or the terminal is gone.
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
            // On Windows, the numbers mean something else.
            || (cfg!(unix) && error.raw_os_error() == Some(EIO));
        if is_gone { Self::Cancelled } else { Self::Failed(error) }
    }
}

/// How a question notices signals such as Ctrl-C.
#[derive(Debug, Clone, Copy)]
pub struct QuestionSignals {
    /// Set by each signal.
    pub received: &'static AtomicBool,
    /// Whether a signal ends the program at once. Not while a question is open: the terminal must be restored first.
    pub exits: &'static AtomicBool,
}

/// The terminal while a question is open.
pub(super) struct Screen {
    pub(super) term: Term,
    pub(super) style: Style,
    /// The maximum number of list items to show.
    pub(super) rows: usize,
    pub(super) columns: usize,
    can_go_back: bool,
    signals: Option<QuestionSignals>,
}

/// A question on the screen.
pub(super) struct Question<'a> {
    prompt: &'a str,
    /// The text before the answer.
    pub(super) label: String,
    /// The number of lines above it that the question takes.
    above: usize,
}

impl Screen {
    pub(super) fn new(style: Style, can_go_back: bool, signals: Option<QuestionSignals>) -> Self {
        let term = Term::stderr();
        let (rows, columns) = term.size_checked().unwrap_or((24, 80));
        let rows = usize::from(rows).saturating_sub(4).clamp(3, 15);
        Self { term, style, rows, columns: usize::from(columns).max(1), can_go_back, signals }
    }

    /// Asks, and restores the terminal whatever ends the question.
    pub(super) fn ask<T>(&self, ask: impl FnOnce(&Self) -> Result<T, NoAnswer>) -> Result<T, NoAnswer> {
        if let Some(signals) = self.signals {
            signals.exits.store(false, Ordering::SeqCst);
            signals.received.store(false, Ordering::SeqCst);
        }
        // On Windows, the console delivers each key without it.
        #[cfg(unix)]
        let mode = RawMode::begin();
        let answer = ask(self);
        // Restored before anything is printed.
        #[cfg(unix)]
        drop(mode);
        let is_cancelled = matches!(answer, Err(NoAnswer::Cancelled));
        // The terminal may be gone.
        let _ = self.term.show_cursor();
        if is_cancelled {
            let _ = self.term.write_line("");
        }
        // After a cancelled question, the program ends by itself.
        if let Some(signals) = self.signals {
            signals.exits.store(!is_cancelled, Ordering::SeqCst);
        }
        answer
    }

    /// The next key other than Escape, Ctrl-C, Ctrl-D and, if it goes back, Shift-Tab.
    pub(super) fn key(&self) -> Result<Key, NoAnswer> {
        // On Windows, signals arrive as keys.
        #[cfg(unix)]
        if let Some(signals) = self.signals
            && !wait_for_key(signals.received)
        {
            return Err(NoAnswer::Cancelled);
        }
        match self.term.read_key_raw()? {
            Key::Escape | Key::CtrlC | Key::Char(CTRL_D) => Err(NoAnswer::Cancelled),
            Key::BackTab if self.can_go_back => Err(NoAnswer::Back),
            key => Ok(key),
        }
    }

    /// Begins a question. If the line has too little space for the answer, the question is written above it.
    pub(super) fn question<'a>(&self, prompt: &'a str, choices: &str) -> io::Result<Question<'a>> {
        const MIN_WIDTH: usize = 12;
        let label = self.label(prompt, choices);
        let width = measure_text_width(&label);
        if width + MIN_WIDTH <= self.columns {
            return Ok(Question { prompt, label, above: 0 });
        }
        let lines = wrapped_message(label.trim_end(), self.columns);
        self.term.write_line(&lines)?;
        let rows = |line: &str| measure_text_width(line).div_ceil(self.columns).max(1);
        Ok(Question { prompt, label: "> ".to_owned(), above: lines.lines().map(rows).sum() })
    }

    fn label(&self, prompt: &str, choices: &str) -> String {
        let colon = if prompt.ends_with('?') { "" } else { ":" };
        let space = if choices.is_empty() { "" } else { " " };
        format!("{}{colon}{space}{} ", self.style.strong(prompt), self.style.faint(choices))
    }

    /// Replaces the question with its answer.
    pub(super) fn answered(&self, question: &Question<'_>, answer: &str) -> io::Result<()> {
        self.clear(question)?;
        let answer = self.style.name(&one_line(answer));
        let line = format!("{}{answer}", self.label(question.prompt, ""));
        self.term.write_line(&wrapped_message(&line, self.columns))
    }

    pub(super) fn clear(&self, question: &Question<'_>) -> io::Result<()> {
        self.term.clear_line()?;
        self.term.clear_last_lines(question.above)
    }

    /// Shows why an answer is invalid; the question stays above it.
    pub(super) fn rejected(&self, question: &mut Question<'_>, reason: &str) -> io::Result<()> {
        self.term.clear_line()?;
        question.above = 0;
        self.term.write_line(&format!("{}: {}", self.style.error("error"), one_line(reason)))
    }
}
