//! How far a long piece of work is: a bar at the bottom of a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::paint::Paint;

/// A bar that stays below everything else that is printed, and goes without a trace.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Draws one; without a length, a count.
    pub(super) fn start(length: Option<u64>, paint: Paint) -> Self {
        // Ten times a second is as often as anybody looks.
        let target = ProgressDrawTarget::stderr_with_hz(10);
        let bar = ProgressBar::with_draw_target(length, target);
        let colour = if paint.is_on { ".green" } else { "" };
        let template = match length {
            Some(_) => format!("{{bar:24{colour}}} {{pos}} of {{len}}, {{msg}}"),
            None => "{pos}, {msg}".to_owned(),
        };
        // The template is one of these two; were it wrong, the bar would look as bars usually do.
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self { bar }
    }

    /// Moves it.
    pub(super) fn show(&self, done: u64, length: Option<u64>, words: &str) {
        if let Some(length) = length {
            self.bar.set_length(length);
        }
        self.bar.set_message(words.to_owned());
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
