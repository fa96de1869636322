//! Options of requests: destination, time limits, retries and trusted certificates.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use url::Url;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result, failed};
use crate::core::delivery::Retry;
use crate::core::diagnostic::Diagnostic;
use crate::core::request::{Override, parse_target};
use crate::core::text::one_line;
use crate::io::files;
use crate::io::http::{Options, SetupError};

use super::number::number;
use super::time::limit;

#[derive(Debug, Clone, Args)]
pub struct SendArgs {
    /// Send to this URL instead of the payload URL
    ///
    /// `3000` means `http://localhost:3000`. If nothing follows host and port, the path and query of the payload URL are kept;
    /// `/` replaces them.
    #[arg(long, value_name = "URL", value_parser = destination, help_heading = "Delivery")]
    pub to: Option<Override>,
    /// Limit the time per attempt, e.g. `30`, `1.5s`, `500ms`; 0 for no limit
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "30s", help_heading = "Delivery")]
    pub timeout: Duration,
    /// Limit the time to connect (DNS, TCP and TLS); 0 for no limit
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "10s", help_heading = "Delivery")]
    connect_timeout: Duration,
    #[command(flatten)]
    trust: TrustArgs,
    /// Do not record deliveries in the history
    #[arg(long, help_heading = "Delivery")]
    pub no_history: bool,
}

#[derive(Debug, Clone, Args)]
pub struct RetryArgs {
    /// Retry up to N times on 408, 429, 5xx or connection failure
    ///
    /// A delivery that is in doubt is never retried.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = number::<u32>(0..=100), help_heading = "Delivery")]
    pub retry: u32,
}

impl From<&RetryArgs> for Retry {
    fn from(typed: &RetryArgs) -> Self {
        Self { most: typed.retry }
    }
}

impl SendArgs {
    /// Warns about `--insecure`.
    pub fn options(&self, cx: &mut Context) -> Result<Options> {
        Ok(Options {
            connect_timeout: self.connect_timeout,
            timeout: self.timeout,
            url_setting: if self.to.is_some() { "--to" } else { "payload_url" },
            ..self.trust.options(cx)?
        })
    }

    pub fn cacert(&self) -> &[PathBuf] {
        &self.trust.cacert
    }

    pub fn setup_error(&self, error: SetupError) -> Error {
        self.trust.setup_error(error)
    }
}

pub fn target(text: &str) -> std::result::Result<Url, String> {
    parse_target(text).map_err(|error| error.value.on_one_line())
}

pub fn destination(text: &str) -> std::result::Result<Override, String> {
    Override::parse(text).map_err(|error| error.value.on_one_line())
}

const MAX_CERTIFICATES_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, Clone, Args)]
pub struct TrustArgs {
    /// Accept any TLS certificate
    #[arg(long, help_heading = "Delivery")]
    insecure: bool,
    /// Also trust the certificates in this PEM file (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Delivery")]
    cacert: Vec<PathBuf>,
}

impl TrustArgs {
    pub fn options(&self, cx: &mut Context) -> Result<Options> {
        if self.insecure {
            cx.printer.warning(
                "TLS certificates are not checked: anyone on the network path can read and change the request",
            );
        }
        let ca_certificates = read_certificates(&self.cacert)?;
        Ok(Options { insecure: self.insecure, ca_certificates, ..Options::default() })
    }

    pub fn setup_error(&self, error: SetupError) -> Error {
        setup_error(error, &self.cacert)
    }
}

/// The contents of the files of `--cacert`.
pub(super) fn read_certificates(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let read = |path: &PathBuf| {
        files::read(path, MAX_CERTIFICATES_BYTES)
            .map_err(|error| Error::from(Diagnostic::error("cacert", error.to_string()).help(error.help())))
    };
    paths.iter().map(read).collect()
}

/// The error for options that the HTTP client refuses; `cacert` are the files that certificates were read from.
pub(super) fn setup_error(error: SetupError, cacert: &[PathBuf]) -> Error {
    match error {
        SetupError::Certificates { index, reason } => {
            let path = cacert.get(index).map_or(String::new(), |path| path.display().to_string());
            let message = format!("cannot read certificates from `{}`: {reason}", one_line(&path));
            Diagnostic::error("cacert", message)
                .help("use a PEM file, which contains `-----BEGIN CERTIFICATE-----`")
                .into()
        }
        SetupError::Environment { variable, reason } => {
            let help = if variable.starts_with("SSL_") {
                "correct the variable, or unset it to use the certificates of this system"
            } else if variable.eq_ignore_ascii_case("NO_PROXY") {
                "correct the variable, or unset it"
            } else {
                "correct the variable, unset it, or add the host to `NO_PROXY`"
            };
            Diagnostic::error("environment-invalid", format!("cannot use `{variable}`: {reason}"))
                .help(help)
                .into()
        }
        error @ (SetupError::Proxy(_) | SetupError::Tls(_)) => {
            Diagnostic::error("network", error.to_string()).into()
        }
        SetupError::System(error) => failed("cannot set up the network", &*error),
    }
}
