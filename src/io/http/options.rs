//! How requests are sent, and why nothing can be sent at all.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Options {
    /// The limit for lookup, connection and TLS handshake together.
    pub connect_timeout: Duration,
    /// The limit for the whole exchange, the body of the response included.
    pub timeout: Duration,
    /// Whether any certificate is accepted; what is wrong with it is noted all the same.
    pub insecure: bool,
    /// Certificates to trust in addition to the machine's: the contents of PEM files.
    pub ca_certificates: Vec<Vec<u8>>,
    pub proxy: Proxies,
    /// Where the URL comes from, for advice: `payload_url`, `--to` or `--forward`.
    pub url_setting: &'static str,
    /// How many idle connections to a host are kept for later requests; none for single requests.
    pub idle_connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            insecure: false,
            ca_certificates: Vec::new(),
            proxy: Proxies::Environment,
            url_setting: "payload_url",
            idle_connections: 0,
        }
    }
}

/// Where proxies come from. A receiver on this machine is always reached directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxies {
    /// `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, on macOS and Windows also the system's settings.
    Environment,
    Off,
    Url(String),
}

#[derive(Debug, Clone)]
pub enum SetupError {
    /// A file of `ca_certificates` (its index) has no certificate, or one that cannot be used.
    Certificates {
        index: usize,
        reason: String,
    },
    /// The proxy's URL cannot be used, for this reason.
    Proxy(String),
    /// A setting of the environment cannot be used; the reason quotes its value without secrets.
    Environment {
        variable: &'static str,
        reason: String,
    },
    Tls(String),
    /// The operating system refuses what every transfer needs.
    System(Arc<io::Error>),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates { reason, .. } => write!(f, "cannot use the certificates: {reason}"),
            Self::Proxy(reason) => write!(f, "cannot use the proxy: {reason}"),
            Self::Environment { variable, reason } => write!(f, "cannot use `{variable}`: {reason}"),
            Self::Tls(reason) => write!(f, "cannot set up TLS: {reason}"),
            Self::System(_) => f.write_str("cannot set up the network"),
        }
    }
}

impl std::error::Error for SetupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for SetupError {
    fn from(error: io::Error) -> Self {
        Self::System(Arc::new(error))
    }
}
