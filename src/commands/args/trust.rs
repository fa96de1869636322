//! Which certificates are accepted.

use std::path::PathBuf;

use clap::Args;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result};
use crate::core::diagnostic::Diagnostic;
use crate::core::text::one_line;
use crate::io::files;
use crate::io::http::{Options, SetupError};

const LARGEST_CERTIFICATES: u64 = 16 * 1024 * 1024;

/// Which certificates are accepted.
#[derive(Debug, Clone, Args)]
pub struct TrustArgs {
    /// Accept any certificate, for this call only
    #[arg(long, help_heading = "Delivery")]
    insecure: bool,
    /// Trust the certificates in this PEM file too
    #[arg(long, value_name = "FILE", help_heading = "Delivery")]
    cacert: Vec<PathBuf>,
}

impl TrustArgs {
    /// The transport's options with these certificates. Warns of `--insecure`.
    pub fn options(&self, cx: &mut Context) -> Result<Options> {
        if self.insecure {
            cx.printer.warning(
                "certificates are not checked for this call: anyone on the way can read and change it",
            );
        }
        let read = |path: &PathBuf| {
            files::read(path, LARGEST_CERTIFICATES).map_err(|error| {
                Error::from(Diagnostic::error("cacert", error.to_string()).help(error.help()))
            })
        };
        let ca_certificates = self.cacert.iter().map(read).collect::<Result<_>>()?;
        Ok(Options { insecure: self.insecure, ca_certificates, ..Options::default() })
    }

    /// What it means that nothing could be sent at all.
    pub fn setup_error(&self, error: SetupError) -> Error {
        match error {
            SetupError::Certificates { index, reason } => {
                let path = self.cacert.get(index).map_or(String::new(), |path| path.display().to_string());
                let message = format!("`{}` cannot be used as certificates: {reason}", one_line(&path));
                Diagnostic::error("cacert", message)
                    .help("it is a PEM file with `-----BEGIN CERTIFICATE-----`")
                    .into()
            }
            SetupError::Environment { variable, reason } => {
                let help = if variable.starts_with("SSL_") {
                    "correct the variable, or unset it to use the certificates that this machine trusts"
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
            error @ SetupError::System(_) => anyhow::Error::new(error).into(),
        }
    }
}
