//! Text styles, on or off.

use anstyle::AnsiColor;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub is_on: bool,
}

impl Style {
    pub const OFF: Self = Self { is_on: false };

    fn with(self, own: anstyle::Style, text: &str) -> String {
        if self.is_on && !text.is_empty() { format!("{own}{text}{own:#}") } else { text.to_owned() }
    }

    /// The most important text.
    pub fn strong(self, text: &str) -> String {
        self.with(anstyle::Style::new().bold(), text)
    }

    /// The least important text.
    pub fn faint(self, text: &str) -> String {
        self.with(anstyle::Style::new().dimmed(), text)
    }

    pub fn success(self, text: &str) -> String {
        self.with(anstyle::Style::new().bold().fg_color(Some(AnsiColor::Green.into())), text)
    }

    pub fn error(self, text: &str) -> String {
        self.with(anstyle::Style::new().bold().fg_color(Some(AnsiColor::Red.into())), text)
    }

    pub fn warning(self, text: &str) -> String {
        self.with(anstyle::Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())), text)
    }

    pub fn added(self, text: &str) -> String {
        self.with(anstyle::Style::new().fg_color(Some(AnsiColor::Green.into())), text)
    }

    pub fn removed(self, text: &str) -> String {
        self.with(anstyle::Style::new().fg_color(Some(AnsiColor::Red.into())), text)
    }

    /// A name, such as a handle or a header name.
    pub fn name(self, text: &str) -> String {
        self.with(anstyle::Style::new().fg_color(Some(AnsiColor::Cyan.into())), text)
    }
}
