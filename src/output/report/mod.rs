//! How findings look: one finding for people, and all findings of a check in every format, each made by
//! a function of the same signature that prints nothing.

mod fingerprint;
mod github;
mod gitlab;
mod json;
mod junit;
mod paths;
mod sarif;
mod text;

use crate::core::check::Verdict;
use crate::core::diagnostic::Level;

use super::style::Style;

pub use paths::Paths;
pub use text::{text, texts};

/// How the findings of a check are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For scripts: a versioned shape of its own.
    Json,
    /// Annotations for GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
    /// `JUnit` XML.
    Junit,
    /// A code quality report for GitLab.
    Gitlab,
}

/// The options of a renderer.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The styles, of text.
    pub style: Style,
    /// The columns of the terminal, for text.
    pub width: Option<u16>,
    /// The paths of files, for formats that are read on another machine.
    pub paths: &'a Paths,
}

impl Layout<'_> {
    /// For everything that is not a terminal.
    pub const PLAIN: Self = Self { style: Style::OFF, width: None, paths: &Paths::NONE };
}

/// At most this many items, errors first, in their order; and how many are left out.
fn most_important<T>(items: Vec<T>, level: impl Fn(&T) -> Level, most: usize) -> (Vec<T>, usize) {
    let left_out = items.len().saturating_sub(most);
    if left_out == 0 {
        return (items, 0);
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| level(&items[*index]));
    let mut is_kept = vec![false; items.len()];
    order[..most].iter().for_each(|index| is_kept[*index] = true);
    (items.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(item, _)| item).collect(), left_out)
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Text, Self::Json, Self::Github, Self::Sarif, Self::Junit, Self::Gitlab];

    /// The verdict in this format.
    pub fn render(self, verdict: &Verdict, layout: Layout<'_>) -> String {
        let renderer = match self {
            Self::Text => text::render,
            Self::Json => json::render,
            Self::Github => github::render,
            Self::Sarif => sarif::render,
            Self::Junit => junit::render,
            Self::Gitlab => gitlab::render,
        };
        renderer(verdict, layout)
    }
}
