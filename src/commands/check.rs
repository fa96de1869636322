//! `hooks check`

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::core::check::{self, CheckOptions, CheckReport, CheckedFile};
use crate::core::definitions::read as read_definitions;
use crate::core::diagnostic::Diagnostic;
use crate::core::request::{self, Destination, environment_names};
use crate::core::text::{Source, count, one_line};
use crate::io::env::{self, Environment, dotenv_path};
use crate::io::{files, repository};
use crate::output::report::{Paths, ReportFormat, ReportLayout, summary};
use crate::output::style::Style;
use crate::output::text::{self, wrapped_page};

use super::args::{EnvironmentArgs, ReportArgs};
use super::context::{Context, MAX_FILE_BYTES};
use super::error::{Error, Result, usage};
use super::exit::Exit;
use super::learned_fields;

/// Find mistakes in definitions without sending anything
///
/// Reports every problem with its position and how to fix it. Does not use the network, and reads the environment only with
/// `--env` or `--env-file`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// Definitions files, directories of them, or `-` for standard input
    ///
    /// In a directory and its subdirectories, the files named `webhooks*.toml` are checked. Hidden directories, links to
    /// directories, `node_modules`, `target` and `vendor` are skipped.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Report the text from standard input as this file, e.g. for an editor
    ///
    /// The file need not exist. `.env` is looked up in its directory.
    #[arg(long, value_name = "FILE", conflicts_with = "explain")]
    stdin_filename: Option<PathBuf>,
    /// Explain a rule, or `all`
    #[arg(long, value_name = "CODE", conflicts_with_all = ["files", "fix", "diff"])]
    explain: Option<String>,
    /// Set the level of a rule: `off`, `note`, `warning` or `error`
    #[arg(long, value_name = "CODE=LEVEL", help_heading = "Rules")]
    rule: Vec<String>,
    /// Treat warnings as errors
    #[arg(long, help_heading = "Rules")]
    strict: bool,
    /// Also check environment variables and `.env`
    #[arg(long, help_heading = "Rules")]
    env: bool,
    /// Apply safe fixes
    #[arg(long, help_heading = "Fixes")]
    fix: bool,
    /// Show what `--fix` would change, but write nothing
    #[arg(long, conflicts_with = "fix", help_heading = "Fixes")]
    diff: bool,
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    report: ReportArgs,
}

pub fn run(args: &CheckArgs, cx: &mut Context) -> Result {
    if let Some(code) = &args.explain {
        return explain(code, cx);
    }
    if args.fix && (args.stdin_filename.is_some() || args.files.iter().any(|file| is_stdin(file))) {
        return Err(
            usage("`--fix` cannot change standard input").help("use `--diff` to see what it would change")
        );
    }
    let mut options = CheckOptions::new(args.strict);
    for rule in &args.rule {
        options.set(rule).map_err(Error::usage)?;
    }
    let files = files(args, cx)?;
    args.report.require_separate(files.iter().filter_map(|file| Some(name(args, file.as_ref().ok()?))))?;
    let mut report = CheckReport::default();
    for file in files {
        match file {
            Ok(path) => check_file(args, cx, &path, &options, &mut report),
            Err(unreadable) => report.files.push(*unreadable),
        }
    }
    let is_written = print_reports(args, cx, &report);
    Ok(match (report.is_complete(), report.is_failed()) {
        _ if !is_written => Exit::Output,
        (false, _) => Exit::Unusable,
        (true, true) => Exit::No,
        (true, false) => Exit::Success,
    })
}

/// Writes the reports that have a file, and prints one; returns false if a file cannot be written.
fn print_reports(args: &CheckArgs, cx: &mut Context, report: &CheckReport) -> bool {
    let paths = paths(report);
    let mut is_written = true;
    for (format, file) in args.report.files() {
        let text = format.render(report, ReportLayout { paths: &paths, ..ReportLayout::PLAIN });
        if let Err(error) = files::write_report(file, text.as_bytes()) {
            cx.printer.findings(&[files::finding(&error)]);
            is_written = false;
        }
    }
    if args.diff {
        return is_written;
    }
    let layout = ReportLayout { style: cx.printer.style(), width: cx.printer.width(), paths: &paths };
    let format = args.report.printed();
    let text = format.render(report, layout);
    match format {
        ReportFormat::Github => {
            cx.printer.log_commands(&text);
            // An empty log would look as if nothing had been checked.
            if report.findings().next().is_none() {
                cx.printer.status(&summary(report, Style::OFF));
            }
        }
        _ => cx.printer.data(&text),
    }
    is_written
}

/// Maps files to their paths in the CI job's checkout.
fn paths(report: &CheckReport) -> Paths {
    let checkouts: Vec<PathBuf> =
        ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().filter_map(env::path).collect();
    let sources = report.findings().filter_map(|(_, finding)| finding.diagnostic.primary.as_ref());
    let names = sources.map(|place| &place.source).chain(report.files.iter().map(|file| &file.source));
    let names: BTreeSet<&str> =
        names.map(|source| source.name()).filter(|name| *name != files::STANDARD_INPUT).collect();
    let path = |name: &str| repository::path_in_checkout(Path::new(name), &checkouts);
    names.into_iter().map(|name| (name.to_owned(), path(name))).collect()
}

fn explain(code: &str, cx: &mut Context) -> Result {
    let page = match check::rule(code) {
        None if code == "all" => check::rules_page(),
        None => return Err(Error::usage(check::unknown_rule("", code))),
        Some(rule) => check::explanation(rule),
    };
    cx.printer.data(&wrapped_page(&page, cx.printer.width()));
    Ok(Exit::Success)
}

type FileToCheck = std::result::Result<PathBuf, Box<CheckedFile>>;

/// The files to check, each once, including the definitions files in directories.
fn files(args: &CheckArgs, cx: &Context) -> Result<Vec<FileToCheck>> {
    match &args.stdin_filename {
        None if args.files.is_empty() => return Ok(vec![Ok(cx.definitions_path()?)]),
        Some(_) if args.files.is_empty() => return Ok(vec![Ok(PathBuf::from("-"))]),
        Some(_) if !args.files.iter().any(|file| is_stdin(file)) => {
            return Err(usage("`--stdin-filename` applies to standard input, but only files are given")
                .help("add `-` to check standard input"));
        }
        _ => {}
    }
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let here = env::working_directory();
    for path in &args.files {
        // Reports are read on other machines, where absolute paths are useless.
        let path = path.strip_prefix(&here).ok().filter(|path| path.iter().next().is_some()).unwrap_or(path);
        if !path.is_dir() {
            found.extend(seen.insert(path.to_owned()).then(|| Ok(path.to_owned())));
            continue;
        }
        let name = path.display().to_string();
        let unreadable = |reason| Err(Box::new(CheckedFile::unreadable(&name, reason)));
        match files::definitions_files(path) {
            Ok(inner) if inner.is_empty() => {
                let message = format!("the directory `{}` contains no `webhooks*.toml`", one_line(&name));
                let reason = Diagnostic::error("definitions-missing", message);
                found.push(unreadable(reason.help("give the name of a file")));
            }
            Ok(inner) => {
                let relative = inner.iter().map(|path| path.strip_prefix(".").unwrap_or(path).to_owned());
                found.extend(relative.filter(|path| seen.insert(path.clone())).map(Ok));
            }
            Err(error) => found.push(unreadable(files::finding(&error))),
        }
    }
    Ok(found)
}

/// Checks a definitions file and, with `--env`, the `.env` files that its values come from.
fn check_file(
    args: &CheckArgs,
    cx: &mut Context,
    path: &Path,
    options: &CheckOptions,
    report: &mut CheckReport,
) {
    let env_files = &args.environment.env_file;
    let name = name(args, path);
    let environment =
        (args.env || !env_files.is_empty()).then(|| Environment::load(name, env_files, true)).transpose();
    let values = environment.as_ref().ok().and_then(Option::as_ref);
    let fields = learned_fields::path_beside(name);
    let learned = learned_fields::read(&fields);
    let options = &options.with_learned(learned.as_ref().cloned().unwrap_or_default());
    let mut checked = check_definitions(args, cx, path, options, values.map(|own| own as _));
    let mut files = Vec::new();
    if let Some(environment) = values {
        files = environment_findings(&mut checked, environment);
    }
    report.files.push(checked);
    if let Err(reason) = environment {
        let name = env_files.last().cloned().unwrap_or_else(|| dotenv_path(name));
        files.push(CheckedFile::unreadable(&name.display().to_string(), reason));
    }
    if let Err(reason) = learned {
        files.push(CheckedFile::invalid(&fields.display().to_string(), reason));
    }
    // Several definitions files may share one `.env` or one file of fields.
    for file in files {
        if report.files.iter().all(|known| known.source.name() != file.source.name()) {
            report.files.push(file);
        }
    }
}

/// Checks the values that a definitions file uses. Findings in `.env` files are reported there, others with the definitions.
fn environment_findings(checked: &mut CheckedFile, environment: &Environment) -> Vec<CheckedFile> {
    let webhooks = read_definitions(&checked.source).0.webhooks;
    let names = webhooks.iter().flat_map(|webhook| environment_names(webhook, &Destination::Defined));
    let unresolved = environment.unresolved(&names.collect::<Vec<_>>());
    let (in_files, elsewhere): (Vec<_>, Vec<_>) =
        unresolved.into_iter().partition(|finding| finding.primary.is_some());
    for finding in elsewhere {
        checked.push(finding);
    }
    let file = |(source, problems): (&Arc<Source>, &[Diagnostic])| {
        let is_here = |finding: &&Diagnostic| {
            finding.primary.as_ref().is_some_and(|place| Arc::ptr_eq(&place.source, source))
        };
        let findings = problems.iter().chain(in_files.iter().filter(is_here)).cloned();
        checked.environment_file(source, findings)
    };
    environment.files().filter_map(file).collect()
}

fn check_definitions(
    args: &CheckArgs,
    cx: &mut Context,
    path: &Path,
    options: &CheckOptions,
    environment: Option<&dyn request::Environment>,
) -> CheckedFile {
    let checked = match (args.fix, args.diff) {
        (true, _) => fix_in_place(cx, path, options, environment),
        (false, true) => {
            read(args, path).map(|source| show_fixes(cx, &Arc::new(source), options, environment))
        }
        (false, false) => {
            read(args, path).map(|source| check::check(&Arc::new(source), options, environment))
        }
    };
    checked.unwrap_or_else(|reason| CheckedFile::unreadable(&name(args, path).display().to_string(), reason))
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The name under which this path is reported.
fn name<'a>(args: &'a CheckArgs, path: &'a Path) -> &'a Path {
    args.stdin_filename.as_deref().filter(|_| is_stdin(path)).unwrap_or(path)
}

fn read(args: &CheckArgs, path: &Path) -> std::result::Result<Source, Diagnostic> {
    match &args.stdin_filename {
        _ if !is_stdin(path) => files::read_source(path, MAX_FILE_BYTES),
        None => files::read_stdin_source(MAX_FILE_BYTES),
        Some(name) => {
            let bytes = files::read_stdin(MAX_FILE_BYTES).map_err(|error| files::finding(&error))?;
            files::decode(&name.display().to_string(), bytes)
        }
    }
}

/// Fixes a file in place and checks the result.
fn fix_in_place(
    cx: &mut Context,
    path: &Path,
    options: &CheckOptions,
    environment: Option<&dyn request::Environment>,
) -> std::result::Result<CheckedFile, Diagnostic> {
    let fail = |error| files::finding(&error);
    let name = path.display().to_string();
    let printer = &mut cx.printer;
    let waiting = || printer.status(&format!("waiting for another program to release `{}`", one_line(&name)));
    let update = files::Update::open(path, MAX_FILE_BYTES, waiting).map_err(fail)?;
    let source = files::decode(&name, update.bytes().to_vec())?;
    let fixed = check::fix(&name, source.whole().to_owned(), options, environment);
    if fixed.count > 0 {
        update.write(fixed.text.as_bytes()).map_err(fail)?;
        let what = count(fixed.count, "problem");
        cx.printer.status(&format!("fixed {what} in {}", one_line(&name)));
    } else {
        cx.printer.status(&format!("nothing to fix automatically in {}", one_line(&name)));
    }
    cx.printer.findings(&fixed.refused);
    Ok(check::check(&Arc::new(Source::new(name, fixed.text)), options, environment))
}

/// Shows what fixing a file would change.
fn show_fixes(
    cx: &mut Context,
    source: &Arc<Source>,
    options: &CheckOptions,
    environment: Option<&dyn request::Environment>,
) -> CheckedFile {
    let fixed = check::fix(source.name(), source.whole().to_owned(), options, environment);
    if fixed.count > 0 {
        let style = cx.printer.style();
        cx.printer.data(&format!("{}\n", style.strong(&one_line(source.name()))));
        cx.printer.data(&text::diff(source.whole(), &fixed.text, style));
    }
    cx.printer.findings(&fixed.refused);
    let what = count(fixed.count, "problem");
    cx.printer.status(&format!("`--fix` would fix {what} in {}", one_line(source.name())));
    check::check(source, options, environment)
}
