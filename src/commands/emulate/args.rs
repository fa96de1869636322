//! The options of `hooks emulate`.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands::args::{EnvironmentArgs, FormatArgs, PageArgs, SendArgs, ip_address, number};
use crate::commands::error::{Error, Result, usage};
use crate::core::delivery::parse_timestamp;
use crate::core::diagnostic::Diagnostic;
use crate::core::emulator::{ApiKey, Assumptions, Seed};
use crate::core::request::{Destination, is_this_machine};
use crate::core::secrets::shown_url;
use crate::core::text::one_line;
use crate::io::emulator::EmulatorOptions;
use crate::io::files;

/// The size limit of a seed, in bytes.
const MAX_SEED_BYTES: u64 = 64 * 1024 * 1024;
const SAMPLE: &str = "sample";

/// Emulate the platform's API on this machine and fire webhooks
///
/// Programs call `http://127.0.0.1:4010/v1/…` instead of the platform. The emulator stores what they create, and each change
/// fires the matching webhooks, both those created through the API and those in the definitions file. It prints each request,
/// each change and each delivery, and why a webhook does not fire.
///
/// Each API key has its own account, which starts as a copy of the seed. Webhooks are sent only to this machine, unless you pass
/// `--allow-remote`. Deliveries are recorded: see `hooks history`.
///
/// To stop the emulator, press Ctrl-C or send SIGTERM; the exit code is then 0.
#[derive(Debug, Clone, Args)]
#[command(mut_arg("ui", |own| own.help("Also serve a page that shows and changes the accounts, for this machine only")))]
pub struct EmulateArgs {
    /// Serve the API on this port; 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = 4010, value_parser = number::<u16>(0..=u16::MAX))]
    pub(super) port: u16,
    /// Serve the API on this address [default: `127.0.0.1` and `::1`]
    ///
    /// Other machines may then send requests, except to the control routes below `/_emulator/`.
    #[arg(long, value_name = "ADDRESS", value_parser = ip_address)]
    pub(super) bind: Option<IpAddr>,
    /// Exit when standard input is closed
    #[arg(long)]
    pub(super) until_stdin_closes: bool,
    #[command(flatten)]
    pub(super) page: PageArgs,
    #[command(flatten)]
    state: StateArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    #[command(flatten)]
    pub(super) send: SendArgs,
    /// Also send webhooks to other machines
    #[arg(long, help_heading = "Delivery")]
    pub(super) allow_remote: bool,
    /// Send an empty string for a variable that the element lacks
    #[arg(long, help_heading = "Delivery")]
    pub(super) allow_missing: bool,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}

#[derive(Debug, Clone, Args)]
struct StateArgs {
    /// Keep the state in this file [default: in memory]
    #[arg(long, value_name = "FILE", help_heading = "State")]
    data: Option<PathBuf>,
    /// Start each account with the elements in this JSON file; `sample` for built-in ones
    #[arg(long, value_name = "FILE", help_heading = "State")]
    seed: Option<PathBuf>,
    /// Derive generated prokeys and ids from this number
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true, value_parser = number::<u64>(0..), help_heading = "State")]
    seed_id: u64,
    /// Stop the clock at this time, e.g. `2026-03-01T09:00:00Z`
    ///
    /// It moves only when a test sets it, and by one millisecond with each change.
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "State")]
    now: Option<i64>,
}

#[derive(Debug, Clone, Args)]
struct ApiArgs {
    /// Accept only this key; SCOPE is `read`, `write` or `read-write` (repeatable)
    ///
    /// To make the key expire, append a time, e.g. `KEY=read@2026-12-31`.
    #[arg(long, value_name = "KEY=SCOPE", value_parser = ApiKey::parse, help_heading = "API")]
    key: Vec<ApiKey>,
    /// Allow each key N requests per second; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = EmulatorOptions::RATE_LIMIT, value_parser = number::<usize>(0..), help_heading = "API")]
    rate_limit: usize,
    /// List at most N elements per page [default: 800; 2,000 for RSVP answers]
    #[arg(long, value_name = "N", value_parser = number::<u64>(1..), help_heading = "API")]
    page_size: Option<u64>,
    /// Change an assumption about undocumented behaviour (repeatable)
    ///
    /// `GET /_emulator/assumptions` lists their names and values.
    #[arg(long, value_name = "NAME=VALUE", value_parser = assumption, help_heading = "API")]
    assume: Vec<(String, String)>,
}

impl EmulateArgs {
    pub(super) fn options(&self) -> Result<EmulatorOptions> {
        Ok(EmulatorOptions {
            data: self.state.data.clone(),
            seed: self.state.seed()?,
            seed_id: self.state.seed_id,
            now: self.state.now,
            keys: self.api.key.clone(),
            rate_limit: self.api.rate_limit,
            page_size: self.api.page_size,
            assumptions: self.api.assumptions()?,
            ..EmulatorOptions::default()
        })
    }

    /// The first key given with `--key`; none if any key is accepted.
    pub(super) fn first_key(&self) -> Option<&str> {
        self.api.key.first().map(|own| own.key.reveal())
    }

    pub(super) fn is_clock_running(&self) -> bool {
        self.state.now.is_none()
    }

    /// Where requests are sent; an error if `--to` names another machine without `--allow-remote`.
    pub(super) fn destination(&self) -> Result<Destination> {
        let Some(to) = &self.send.to else { return Ok(Destination::Defined) };
        if !self.allow_remote && !is_this_machine(&to.url) {
            let url = shown_url(to.url.as_str(), false);
            return Err(usage(format!("`--to {}` is not on this machine", one_line(&url)))
                .help("add `--allow-remote` to send there"));
        }
        Ok(to.clone().into())
    }
}

impl StateArgs {
    fn seed(&self) -> Result<Seed> {
        let refuse =
            |error: &dyn std::fmt::Display| Error::from(Diagnostic::error("seed", error.to_string()));
        match &self.seed {
            None => Ok(Seed::default()),
            Some(name) if name == Path::new(SAMPLE) => Seed::sample().map_err(|error| refuse(&error)),
            Some(path) => {
                let source = files::read_source(path, MAX_SEED_BYTES)?;
                Seed::parse(source.text())
                    .map_err(|error| refuse(&format!("`{}`: {error}", one_line(source.name()))))
            }
        }
    }
}

impl ApiArgs {
    fn assumptions(&self) -> Result<Assumptions> {
        let mut assumptions = Assumptions::default();
        for (name, value) in &self.assume {
            assumptions
                .set(name, value)
                .map_err(|error| usage(format!("`--assume`: {error}")).help(error.help()))?;
        }
        Ok(assumptions)
    }
}

fn time(text: &str) -> std::result::Result<i64, String> {
    parse_timestamp(text)
        .ok_or_else(|| "expected UTC, e.g. `2026-03-01T09:00:00Z` or `2026-03-01`".to_owned())
}

fn assumption(text: &str) -> std::result::Result<(String, String), String> {
    let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    pair.ok_or_else(|| "expected `NAME=VALUE`".to_owned())
}
