//! Renders findings for people, and in the formats of CI systems and editors.

mod checkstyle;
mod github;
mod gitlab;
mod json;
mod junit;
mod layout;
mod sarif;
mod text;
mod xml;

use clap::ValueEnum;

use crate::core::check::CheckReport;

pub use layout::{Paths, ReportLayout};
pub use text::{summary, text, texts};

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    Text,
    /// For scripts
    Json,
    /// Annotations for GitHub Actions
    Github,
    /// SARIF 2.1.0
    Sarif,
    /// `JUnit` XML
    Junit,
    /// GitLab Code Quality report
    Gitlab,
    /// Checkstyle XML, e.g. for reviewdog
    Checkstyle,
}

impl ReportFormat {
    pub fn render(self, report: &CheckReport, layout: ReportLayout<'_>) -> String {
        let renderer = match self {
            Self::Text => text::render,
            Self::Json => json::render,
            Self::Github => github::render,
            Self::Sarif => sarif::render,
            Self::Junit => junit::render,
            Self::Gitlab => gitlab::render,
            Self::Checkstyle => checkstyle::render,
        };
        renderer(report, layout)
    }
}
