//! `hooks check`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::core::check::{self, Asked, Checked, Finding, Verdict};
use crate::core::definitions::read as read_definitions;
use crate::core::diagnostic::Diagnostic;
use crate::core::request::{Destination, environment_names};
use crate::core::text::{Source, count, one_line};
use crate::io::environment::{Environment, dotenv_path};
use crate::io::{env, files, repository};
use crate::output::report::{self, Layout, Paths};
use crate::output::text;

use super::args::EnvironmentArgs;
use super::context::{Context, LARGEST_FILE};
use super::error::{Error, Result, usage};
use super::exit::Exit;

/// Find what would go wrong, before anything is sent
///
/// Reads definitions and reports what is wrong with them, each with its place and the way out. Nothing is
/// sent, and nothing is looked up: no network, and no environment without `--env` or `--env-file`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// Definitions files, folders with `webhooks*.toml` in them, or `-` for standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Explain a rule, or `all`
    #[arg(long, value_name = "CODE", conflicts_with_all = ["files", "fix", "diff"])]
    explain: Option<String>,
    /// Set the level of a rule: `off`, `note`, `warning` or `error`
    #[arg(long, value_name = "CODE=LEVEL", help_heading = "Rules")]
    rule: Vec<String>,
    /// Treat warnings as errors
    #[arg(long, help_heading = "Rules")]
    strict: bool,
    /// Look for environment variables that are not set, and check `.env`
    #[arg(long, help_heading = "Rules")]
    env: bool,
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// Apply safe fixes
    #[arg(long, help_heading = "Fixes")]
    fix: bool,
    /// Show what `--fix` would change, and change nothing
    #[arg(long, conflicts_with = "fix", help_heading = "Fixes")]
    diff: bool,
    /// Format of the report; the default is `github` in GitHub Actions, `text` elsewhere
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "json", help_heading = "Output")]
    format: Option<FormatArg>,
    /// The same as `--format json`
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Write the report to FILE, and the findings as text to standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["diff", "explain"], help_heading = "Output")]
    output: Option<PathBuf>,
}

/// How the findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
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
    /// A code quality report for GitLab
    Gitlab,
}

impl From<FormatArg> for report::Format {
    fn from(typed: FormatArg) -> Self {
        match typed {
            FormatArg::Text => Self::Text,
            FormatArg::Json => Self::Json,
            FormatArg::Github => Self::Github,
            FormatArg::Sarif => Self::Sarif,
            FormatArg::Junit => Self::Junit,
            FormatArg::Gitlab => Self::Gitlab,
        }
    }
}

pub fn run(args: &CheckArgs, cx: &mut Context) -> Result {
    if let Some(code) = &args.explain {
        return explain(code, cx);
    }
    if args.fix && args.files.iter().any(|file| file == Path::new("-")) {
        let message = "`--fix` cannot change standard input".to_owned();
        return Err(usage(message).help("`--diff` shows what it would change"));
    }
    let asked = asked(args)?;
    let files = files(args, cx)?;
    if let Some(output) = &args.output {
        require_separate(args, output, files.iter().filter_map(|file| file.as_ref().ok()))?;
    }
    let mut verdict = Verdict::default();
    for file in files {
        match file {
            Ok(path) => one(args, cx, &path, &asked, &mut verdict),
            Err((path, reason)) => {
                verdict.files.push(Checked::unreadable(&path.display().to_string(), reason));
            }
        }
    }
    let paths = paths(&verdict);
    let layout = Layout { style: cx.printer.style(), width: cx.printer.width(), paths: &paths };
    let mut is_written = true;
    if let Some(output) = &args.output {
        let report = format(args).render(&verdict, Layout { paths: &paths, ..Layout::PLAIN });
        if let Err(error) = files::write_report(output, report.as_bytes()) {
            cx.printer.findings(&[files::finding(&error)]);
            is_written = false;
        }
        cx.printer.data(&report::Format::Text.render(&verdict, layout));
    } else if !args.diff {
        let format = format(args);
        let report = format.render(&verdict, layout);
        match format {
            report::Format::Github => cx.printer.log_commands(&report),
            _ => cx.printer.data(&report),
        }
    }
    Ok(match (verdict.is_complete(), verdict.is_failed()) {
        _ if !is_written => Exit::Output,
        (false, _) => Exit::Unusable,
        (true, true) => Exit::No,
        (true, false) => Exit::Success,
    })
}

/// Maps files to their paths in the checkout of the CI job.
fn paths(verdict: &Verdict) -> Paths {
    let checkouts: Vec<PathBuf> =
        ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().filter_map(env::path).collect();
    let sources = verdict.findings().filter_map(|(_, finding)| finding.diagnostic.primary.as_ref());
    let names = sources.map(|place| &place.source).chain(verdict.files.iter().map(|file| &file.source));
    let names: BTreeSet<&str> =
        names.map(|source| source.name()).filter(|name| *name != files::STANDARD_INPUT).collect();
    let path = |name: &str| repository::path_in_checkout(Path::new(name), &checkouts);
    names.into_iter().map(|name| (name.to_owned(), path(name))).collect()
}

fn explain(code: &str, cx: &mut Context) -> Result {
    if code == "all" {
        cx.printer.data(&check::rules_page());
        return Ok(Exit::Success);
    }
    let Some(rule) = check::rule(code) else {
        return Err(Error::usage(check::unknown_rule("", code)));
    };
    cx.printer.data(&check::explanation(rule));
    Ok(Exit::Success)
}

fn asked(args: &CheckArgs) -> Result<Asked<'static>> {
    let mut asked = Asked::default();
    asked.is_strict = args.strict;
    for rule in &args.rule {
        asked.set(rule).map_err(Error::usage)?;
    }
    Ok(asked)
}

/// Refuses `--output` without a format, or if it would overwrite a file that is being checked.
fn require_separate<'a>(
    args: &CheckArgs,
    output: &Path,
    mut checked: impl Iterator<Item = &'a PathBuf>,
) -> Result<()> {
    if args.format.is_none() && !args.json {
        return Err(usage("`--output` requires a report format").help("add one, e.g. `--format sarif`"));
    }
    let resolved = |path: &Path| path.canonicalize().ok();
    if resolved(output).is_some_and(|output| checked.any(|file| resolved(file).as_ref() == Some(&output))) {
        return Err(usage(format!(
            "`--output {}` would overwrite a file that is being checked",
            one_line(&output.display().to_string())
        ))
        .help("choose another file for the report"));
    }
    Ok(())
}

fn format(args: &CheckArgs) -> report::Format {
    let is_in_actions = || env::setting("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    match args.format {
        _ if args.json => report::Format::Json,
        Some(format) => format.into(),
        // GitHub reads annotations from the log; a report for GitLab is a file.
        None if is_in_actions() => report::Format::Github,
        None => report::Format::Text,
    }
}

/// What is to be checked: files as they are, folders by what they hold, each once.
fn files(args: &CheckArgs, cx: &Context) -> Result<Vec<std::result::Result<PathBuf, (PathBuf, Diagnostic)>>> {
    if args.files.is_empty() {
        return Ok(vec![Ok(cx.definitions_path()?)]);
    }
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let here = env::working_folder();
    for path in &args.files {
        // Reports are read on other machines: a path that can be relative is.
        let path = path.strip_prefix(&here).ok().filter(|path| path.iter().next().is_some()).unwrap_or(path);
        if !path.is_dir() {
            found.extend(seen.insert(path.to_owned()).then(|| Ok(path.to_owned())));
            continue;
        }
        match files::definitions_files(path) {
            Ok(inner) if inner.is_empty() => {
                let message = format!(
                    "the folder `{}` holds no `webhooks*.toml`",
                    one_line(&path.display().to_string())
                );
                let reason = Diagnostic::error("definitions-missing", message).help("name a file");
                found.push(Err((path.to_owned(), reason)));
            }
            Ok(inner) => {
                let plain = inner.iter().map(|path| path.strip_prefix(".").unwrap_or(path).to_owned());
                found.extend(plain.filter(|path| seen.insert(path.clone())).map(Ok));
            }
            Err(error) => found.push(Err((path.to_owned(), files::finding(&error)))),
        }
    }
    Ok(found)
}

/// Checks a definitions file and, if that was asked for, the `.env` files that it takes values from.
fn one(args: &CheckArgs, cx: &mut Context, path: &Path, asked: &Asked<'_>, verdict: &mut Verdict) {
    let is_asked = args.env || !args.environment.env_file.is_empty();
    let environment = is_asked.then(|| Environment::load(path, &args.environment.env_file, true)).transpose();
    let (environment, unreadable) = match environment {
        Ok(environment) => (environment, None),
        Err(reason) => (None, Some(reason)),
    };
    let mut checked = definitions(args, cx, path, &asked.within(environment.as_ref().map(|own| own as _)));
    let mut files = Vec::new();
    if let Some(reason) = unreadable {
        let named = args.environment.env_file.last().cloned().unwrap_or_else(|| dotenv_path(path));
        files.push(Checked::unreadable(&named.display().to_string(), reason));
    }
    if let Some(environment) = &environment {
        let webhooks = read_definitions(&checked.source).0.webhooks;
        let names = webhooks.iter().flat_map(|webhook| environment_names(webhook, &Destination::Defined));
        let (in_files, elsewhere): (Vec<_>, Vec<_>) = environment
            .unresolved(&names.collect::<Vec<_>>())
            .into_iter()
            .partition(|finding| finding.primary.is_some());
        checked.findings.extend(elsewhere.into_iter().map(Finding::from));
        for (source, problems) in environment.files() {
            let is_here = |finding: &&Diagnostic| {
                finding.primary.as_ref().is_some_and(|place| Arc::ptr_eq(&place.source, source))
            };
            let findings = problems.iter().chain(in_files.iter().filter(is_here)).cloned();
            files.extend(Checked::of_environment(source, findings, checked.is_strict));
        }
    }
    verdict.files.push(checked);
    // Several definitions files may share one `.env`.
    let known: Vec<String> = verdict.files.iter().map(|file| file.source.name().to_owned()).collect();
    verdict
        .files
        .extend(files.into_iter().filter(|file| !known.iter().any(|name| name == file.source.name())));
}

fn definitions(args: &CheckArgs, cx: &mut Context, path: &Path, asked: &Asked<'_>) -> Checked {
    let name = path.display().to_string();
    let checked = match (args.fix, args.diff) {
        (true, _) => fix_in_place(cx, path, asked),
        (false, true) => show_fixes(cx, path, asked),
        (false, false) => read(path).map(|source| check::check(&Arc::new(source), asked)),
    };
    checked.unwrap_or_else(|reason| Checked::unreadable(&name, reason))
}

fn read(path: &Path) -> std::result::Result<Source, Diagnostic> {
    if path == Path::new("-") {
        files::read_stdin_source(LARGEST_FILE)
    } else {
        files::read_source(path, LARGEST_FILE)
    }
}

/// Fixes a file in place and checks the result.
fn fix_in_place(
    cx: &mut Context,
    path: &Path,
    asked: &Asked<'_>,
) -> std::result::Result<Checked, Diagnostic> {
    let fail = |error| files::finding(&error);
    let name = path.display().to_string();
    let printer = &mut cx.printer;
    let waiting = || printer.status("waiting for another program that is changing the file");
    let update = files::Update::open(path, LARGEST_FILE, waiting).map_err(fail)?;
    let source = files::decode(&name, update.bytes().to_vec())?;
    let fixed = check::fix(&name, source.whole().to_owned(), asked);
    if fixed.count > 0 {
        update.write(fixed.text.as_bytes()).map_err(fail)?;
        let what = count(fixed.count, "problem");
        cx.printer.status(&format!("fixed {what} in {}", one_line(&name)));
    }
    cx.printer.findings(&fixed.refused);
    Ok(check::check(&Arc::new(Source::new(name, fixed.text)), asked))
}

/// Shows what fixing a file would change.
fn show_fixes(cx: &mut Context, path: &Path, asked: &Asked<'_>) -> std::result::Result<Checked, Diagnostic> {
    let source = Arc::new(read(path)?);
    let fixed = check::fix(source.name(), source.whole().to_owned(), asked);
    if fixed.count > 0 {
        let style = cx.printer.style();
        cx.printer.data(&format!("{}\n", style.strong(&one_line(source.name()))));
        cx.printer.data(&text::diff(source.whole(), &fixed.text, style));
    }
    cx.printer.findings(&fixed.refused);
    let what = count(fixed.count, "problem");
    cx.printer.status(&format!("`--fix` would fix {what} in {}", one_line(source.name())));
    Ok(check::check(&source, asked))
}
