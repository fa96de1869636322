//! The progress bar at the bottom of a terminal.

use std::io;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::style::Style;

const BAR: usize = 24;
/// Narrower terminals show the numbers without a bar.
const NARROW: u16 = 70;
/// Columns left free for the `^C` that a terminal echoes: otherwise the line would wrap, and the bar would remain above it.
const ECHO: u16 = 5;

/// A bar below everything else that is printed; it is cleared at the end.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    term: Margined,
    style: Style,
    /// Whether it is drawn as a bar; `None` before it is first drawn.
    has_bar: Option<bool>,
}

impl Progress {
    /// Draws a bar or, without a length, only a count.
    pub(super) fn start(length: Option<u64>, term: Term, style: Style) -> Self {
        let term = Margined(term);
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(term.clone()), 10);
        Self { bar: ProgressBar::with_draw_target(length, target), term, style, has_bar: None }
    }

    /// Updates the bar, which never takes more than one line.
    pub(super) fn show(&mut self, done: u64, length: Option<u64>, words: &str) {
        let columns = self.term.width();
        let has_bar = length.is_some() && columns >= NARROW;
        if self.has_bar != Some(has_bar) {
            self.has_bar = Some(has_bar);
            let colour = if self.style.is_on { ".green" } else { "" };
            let template =
                if has_bar { format!("{{bar:{BAR}{colour}}} {{msg}}") } else { "{msg}".to_owned() };
            // If a template were invalid, the bar would have its default style.
            if let Ok(style) = ProgressStyle::with_template(&template) {
                self.bar.set_style(style.progress_chars("━╸ "));
            }
        }
        if let Some(length) = length {
            self.bar.set_length(length);
        }
        let of = length.map_or(String::new(), |length| format!(" of {length}"));
        let taken = if has_bar { BAR + 1 } else { 0 };
        let line = format!("{done}{of}, {words}");
        let line = console::truncate_str(&line, usize::from(columns).saturating_sub(taken), "…").into_owned();
        self.bar.set_message(line);
        self.bar.set_position(done);
    }

    /// Hides the bar while something else is printed.
    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A terminal that reports fewer columns, since the bar fills its line.
#[derive(Debug, Clone)]
struct Margined(Term);

impl TermLike for Margined {
    fn width(&self) -> u16 {
        self.0.size().1.saturating_sub(ECHO)
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
