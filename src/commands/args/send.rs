//! How and where requests are sent.

use std::time::Duration;

use clap::Args;
use url::Url;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result};
use crate::core::exchange::Retry;
use crate::core::request::{Override, parse_target};
use crate::io::http::{Options, SetupError};

use super::TrustArgs;

/// How and where requests are sent.
#[derive(Debug, Clone, Args)]
pub struct SendArgs {
    /// Send to this URL instead of the payload URL, to a local receiver for instance
    ///
    /// If nothing follows host and port, the path and query of the payload URL are kept (`/` replaces them). `3000` means
    /// `http://localhost:3000`.
    #[arg(long, value_name = "URL", value_parser = destination, help_heading = "Delivery")]
    pub to: Option<Override>,
    /// Limit for the whole exchange, as `30`, `1.5s` or `500ms`; 0 for none
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "30s", help_heading = "Delivery")]
    pub timeout: Duration,
    /// Limit for name lookup, connection and TLS together; 0 for none
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "10s", help_heading = "Delivery")]
    connect_timeout: Duration,
    /// Send again up to N times what was answered with 408, 429 or 5xx, or found no connection; never what is in
    /// doubt
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u32).range(..=100), help_heading = "Delivery")]
    pub retry: u32,
    #[command(flatten)]
    trust: TrustArgs,
    /// Do not record it in the history
    #[arg(long, help_heading = "Delivery")]
    pub no_history: bool,
}

impl SendArgs {
    /// How often a failed delivery is sent again.
    pub fn retry(&self) -> Retry {
        Retry { most: self.retry }
    }

    /// The transport's options. Warns of `--insecure`.
    pub fn options(&self, cx: &mut Context) -> Result<Options> {
        Ok(Options {
            connect_timeout: self.connect_timeout,
            timeout: self.timeout,
            url_is_overridden: self.to.is_some(),
            ..self.trust.options(cx)?
        })
    }

    /// What it means that nothing could be sent at all.
    pub fn setup_error(&self, error: SetupError) -> Error {
        self.trust.setup_error(error)
    }
}

/// Reads a URL from the command line.
pub fn target(text: &str) -> std::result::Result<Url, String> {
    parse_target(text).map_err(|error| error.value.on_one_line())
}

/// Parses the value of `--to`.
pub fn destination(text: &str) -> std::result::Result<Override, String> {
    Override::parse(text).map_err(|error| error.value.on_one_line())
}

/// Parses a time limit; 0 is no limit.
pub fn limit(text: &str) -> std::result::Result<Duration, String> {
    match seconds(text)? {
        Some(0.0) => Ok(Duration::MAX),
        seconds => above_zero(seconds).ok_or_else(|| format!("{ABOVE_ZERO}; 0 disables the limit")),
    }
}

/// Parses a time: a number with `ms`, `s` or `min`.
pub fn duration(text: &str) -> std::result::Result<Duration, String> {
    above_zero(seconds(text)?).ok_or_else(|| ABOVE_ZERO.to_owned())
}

const ABOVE_ZERO: &str = "a time is a number above 0, as in `30`, `1.5s` or `500ms`";

fn above_zero(seconds: Option<f64>) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds?).ok().filter(|time| !time.is_zero())
}

/// A number with its unit; none if it is not a number.
fn seconds(text: &str) -> std::result::Result<Option<f64>, String> {
    let (number, unit) = match text.find(|c: char| c.is_ascii_alphabetic()) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, "s"),
    };
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        _ => {
            return Err(
                "a time is a number with `ms`, `s` or `min`; without a unit it means seconds".to_owned()
            );
        }
    };
    Ok(number.trim().parse::<f64>().ok().map(|number| number * factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_units() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2min"), Ok(Duration::from_mins(2)));
        for bad in ["", "0", "-1", "1h", "NaN", "inf", "1e300", "x"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        for none in ["0", "0s", "0ms", "0.0min"] {
            assert_eq!(limit(none), Ok(Duration::MAX), "{none}");
        }
        assert_eq!(limit("500ms"), Ok(Duration::from_millis(500)));
        for bad in ["", "-1", "1e-20", "NaN", "inf", "x"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
