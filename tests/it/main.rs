//! One integration-test binary; each module tests one task of a user, or the architecture.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests and their helpers may panic")]
#![expect(clippy::needless_raw_string_hashes, reason = "that is how snapbox writes snapshots")]

mod account;
mod architecture;
mod backfill;
mod bulk_export;
mod check;
mod cli;
mod cli_page;
mod edit;
mod elements;
mod emulate;
mod emulator;
mod example;
mod examples;
mod export;
mod failures_page;
mod files;
mod fixture;
mod harness;
mod history;
mod inspector;
mod json_output;
mod json_suite;
#[cfg(unix)]
mod limits;
mod listen;
mod lock_files;
mod manage;
mod matching;
#[cfg(unix)]
mod packages;
mod prompts;
mod rendering;
mod retry;
mod server;
mod transport;
