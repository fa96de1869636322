//! How far a long piece of work is: a bar at the bottom of a terminal.

use std::io;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::style::Style;

const BAR: usize = 24;
/// On a terminal of fewer columns there is no room for a bar, and the numbers stand alone.
const NARROW: u16 = 70;
/// How many columns are left free behind the line for what a terminal writes by itself when Ctrl-C is pressed, `^C`:
/// were there none, it would go on in a next line, and the bar would be left above it.
const ECHO: u16 = 5;

/// A bar that stays below everything else that is printed, and goes without a trace.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    term: Margined,
    style: Style,
    /// Whether it is drawn as a bar; none before the first time.
    has_bar: Option<bool>,
}

impl Progress {
    /// Draws one; without a length, a count.
    pub(super) fn start(length: Option<u64>, term: Term, style: Style) -> Self {
        let term = Margined(term);
        // Ten times a second is as often as anybody looks.
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(term.clone()), 10);
        Self { bar: ProgressBar::with_draw_target(length, target), term, style, has_bar: None }
    }

    /// Moves it. It never takes more than one line.
    pub(super) fn show(&mut self, done: u64, length: Option<u64>, words: &str) {
        let columns = self.term.width();
        let has_bar = length.is_some() && columns >= NARROW;
        if self.has_bar != Some(has_bar) {
            self.has_bar = Some(has_bar);
            let colour = if self.style.is_on { ".green" } else { "" };
            let template =
                if has_bar { format!("{{bar:{BAR}{colour}}} {{msg}}") } else { "{msg}".to_owned() };
            // The template is one of these two; were it wrong, the bar would look as bars usually do.
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

    /// Takes it away while something else is printed.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A terminal with a margin at the end of its lines. What draws the bar fills its line up to the end of what it takes for
/// the line.
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
