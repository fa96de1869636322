//! Options of `hooks backfill`: which elements it sends, and how fast.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::core::backfill::{Rate, Selection, Shard};

use super::number::number;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Elements")]
pub struct SelectionArgs {
    /// Skip the first N elements
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = number::<u64>(0..))]
    skip: u64,
    /// Send at most N elements
    #[arg(long, value_name = "N", value_parser = number::<u64>(0..))]
    limit: Option<u64>,
    /// Send only shard K of N, so that N processes send each element once
    ///
    /// After `--skip` and `--limit`, element i (from 1) belongs to shard ((i - 1) mod N) + 1. The shard is part of the run.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Choose what to do if an element is not valid JSON
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub on_bad_line: OnBadLine,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Speed")]
pub struct SpeedArgs {
    /// Send up to N requests concurrently
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = number(CONCURRENCY))]
    pub concurrency: usize,
    /// Limit the rate of requests, e.g. `50/s` or `600/min`
    #[arg(long, value_name = "RATE")]
    pub rate: Option<Rate>,
    /// Stop after N failures in a row (0: never)
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = number::<u32>(0..))]
    pub stop_after: u32,
}

#[derive(Debug, Clone, Default, Args)]
pub struct FailedToArgs {
    /// Write elements that were not delivered to a new file, as JSON Lines
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub failed_to: Option<PathBuf>,
    /// Whether the file already exists, from earlier sessions of the run.
    #[arg(skip)]
    pub is_continued: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum OnBadLine {
    /// Send nothing; if DATA is standard input, send the other elements
    #[default]
    Refuse,
    /// Send the other elements
    Skip,
}

impl SelectionArgs {
    pub fn selection(&self) -> Selection {
        Selection { skip: self.skip, limit: self.limit, shard: self.shard }
    }
}

/// The accepted values of `--concurrency`.
pub const CONCURRENCY: RangeInclusive<usize> = 1..=1024;
