//! How findings look: one finding for people, and all findings of a check in every format, each made by
//! a function of the same signature that prints nothing.

mod fingerprint;
mod github;
mod gitlab;
mod json;
mod junit;
mod layout;
mod sarif;
mod text;

use crate::core::check::Verdict;

pub use layout::{Layout, Paths};
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

impl Format {
    pub const ALL: [Self; 6] = [Self::Text, Self::Json, Self::Github, Self::Sarif, Self::Junit, Self::Gitlab];

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
