//! Options of `hooks check` for its reports: formats, and files to write them to.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::commands::error::{Result, usage};
use crate::core::text::{list, nearest, one_line};
use crate::io::env;
use crate::output::report::ReportFormat;

#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// Print a report in this format, or write it to FILE (repeatable)
    ///
    /// FORMAT is `text`, `json`, `github` (annotations for GitHub Actions), `sarif`, `junit`, `gitlab` (Code Quality) or
    /// `checkstyle` (e.g. for reviewdog). Unless a FORMAT without FILE is given, `text` is printed, or `github` in GitHub Actions.
    #[arg(long, value_name = "FORMAT[=FILE]", conflicts_with = "json", help_heading = "Output")]
    format: Vec<ReportOutput>,
    /// Same as `--format json`
    #[arg(long, help_heading = "Output")]
    json: bool,
}

#[derive(Debug, Clone)]
struct ReportOutput {
    format: ReportFormat,
    /// `None` for standard output.
    file: Option<PathBuf>,
}

impl FromStr for ReportOutput {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the file name after `=` is empty".to_owned()),
            Some((name, "-")) => (name, None),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = ReportFormat::from_str(name, false).map_err(|_| {
            let names: Vec<String> = names().collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("expected {}", list(&names, "or")),
            }
        })?;
        Ok(Self { format, file })
    }
}

pub fn names() -> impl Iterator<Item = String> {
    let values = ReportFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned())
}

impl ReportArgs {
    /// The format of the report on standard output.
    pub fn printed(&self) -> ReportFormat {
        let is_in_actions = || env::setting("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        match self.format.iter().find(|own| own.file.is_none()) {
            _ if self.json => ReportFormat::Json,
            Some(own) => own.format,
            // GitHub reads annotations from the log; GitLab reads a report from a file.
            None if is_in_actions() => ReportFormat::Github,
            None => ReportFormat::Text,
        }
    }

    pub fn files(&self) -> impl Iterator<Item = (ReportFormat, &Path)> {
        self.format.iter().filter_map(|own| Some((own.format, own.file.as_deref()?)))
    }

    /// Refuses two reports with the same destination, and a report that would overwrite a checked file.
    pub fn require_separate<'a>(&self, checked: impl Iterator<Item = &'a Path>) -> Result<()> {
        if self.format.iter().filter(|own| own.file.is_none()).count() > 1 {
            return Err(usage("only one report can be printed")
                .help("write the others to files, e.g. `--format sarif=hooks.sarif`"));
        }
        let resolved =
            |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or(path.into());
        let checked: Vec<PathBuf> = checked.map(resolved).collect();
        let mut written = Vec::new();
        for (_, file) in self.files() {
            let (own, shown) = (resolved(file), file.display().to_string());
            if checked.contains(&own) {
                let message =
                    format!("the report would overwrite `{}`, which is being checked", one_line(&shown));
                return Err(usage(message).help("choose another file for the report"));
            }
            if written.contains(&own) {
                let message = format!("two reports would be written to `{}`", one_line(&shown));
                return Err(usage(message).help("choose a file for each report"));
            }
            written.push(own);
        }
        Ok(())
    }
}
