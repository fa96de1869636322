//! How many elements are sent, one after the other.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::core::run::Rate;

/// One webhook for many elements.
#[derive(Debug, Clone, Args)]
pub struct EachArgs {
    /// Fire once for each element of DATA: a JSON list, or one element a line
    #[arg(long, requires = "data", conflicts_with = "echo", help_heading = "Many elements")]
    pub each: bool,
    /// How many are under way at once
    #[arg(
        long, value_name = "N", default_value_t = 8, value_parser = concurrency, requires = "each",
        help_heading = "Many elements"
    )]
    pub concurrency: usize,
    /// The most that begin in a time, as `50/s` or `600/min`
    #[arg(long, value_name = "RATE", requires = "each", help_heading = "Many elements")]
    pub rate: Option<Rate>,
    /// Leave out the first N
    #[arg(long, value_name = "N", default_value_t = 0, requires = "each", help_heading = "Many elements")]
    pub skip: u64,
    /// Send at most N
    #[arg(long, value_name = "N", requires = "each", help_heading = "Many elements")]
    pub limit: Option<u64>,
    /// Make every request and send none
    #[arg(long, requires = "each", help_heading = "Many elements")]
    pub dry_run: bool,
    /// Write the requests for other programs to send, and send none
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        requires = "each",
        conflicts_with_all = ["dry_run", "resume", "json", "format"],
        help_heading = "Many elements"
    )]
    pub export: Option<Export>,
    /// With `--export`, write to this new file
    #[arg(short, long, value_name = "FILE", requires = "export", help_heading = "Many elements")]
    pub output: Option<PathBuf>,
    /// Stop after N failures in a row; 0 goes on whatever happens
    #[arg(long, value_name = "N", default_value_t = 20, requires = "each", help_heading = "Many elements")]
    pub stop_after: u32,
    /// What a line that is no element does: it stops all before the first is sent, or fails alone
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        default_value_t,
        requires = "each",
        help_heading = "Many elements"
    )]
    pub on_bad_line: OnBadLine,
    /// Go on with a run that was stopped or killed: send what is pending, and again what is in doubt
    #[arg(
        long,
        value_name = "RUN",
        requires = "each",
        conflicts_with = "dry_run",
        help_heading = "Many elements"
    )]
    pub resume: Option<i64>,
    /// With `--resume`, send again what failed or was not sent, too
    #[arg(long, requires = "resume", help_heading = "Many elements")]
    pub failed: bool,
    /// Do not ask before sending to another machine
    #[arg(short, long, help_heading = "Delivery")]
    pub yes: bool,
}

/// For which program requests are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Export {
    /// For any queue: one JSON document a line
    Jsonl,
}

/// What a line that is no element does to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum OnBadLine {
    /// Nothing is sent; on standard input, where lines come one after the other, it fails alone
    #[default]
    Refuse,
    /// It is not sent, the others are
    Fail,
}

fn concurrency(text: &str) -> Result<usize, String> {
    const MOST: usize = 1024;
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("a number from 1 to {MOST}"))
}
