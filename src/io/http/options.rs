//! Options of the transport, and errors in them.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::core::delivery::Response;

#[derive(Debug, Clone)]
pub struct Options {
    /// The limit for lookup, connection and TLS handshake together.
    pub connect_timeout: Duration,
    /// The limit for the whole exchange, including the response body.
    pub timeout: Duration,
    /// Accept any certificate; problems are only noted.
    pub insecure: bool,
    /// The contents of PEM files with certificates to trust in addition to the machine's.
    pub ca_certificates: Vec<Vec<u8>>,
    pub proxy: Proxies,
    /// Where the URL comes from, for advice: `payload_url`, `--to` or `--forward`.
    pub url_setting: &'static str,
    /// How many idle connections are kept for later requests.
    pub idle_connections: usize,
    /// The largest body of a response that is read where all of it is needed, in bytes.
    pub largest_body: u64,
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
            largest_body: Response::READ,
        }
    }
}

/// Which proxies are used. A receiver on this machine is always reached directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxies {
    /// `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, on macOS and Windows also the system's settings.
    Environment,
    Off,
    Url(String),
}

#[derive(Debug, Clone)]
pub enum SetupError {
    /// The file of `ca_certificates` with this index contains no usable certificate.
    Certificates {
        index: usize,
        reason: String,
    },
    /// The URL of the proxy cannot be used.
    Proxy(String),
    /// An environment variable cannot be used; the reason quotes its value without secrets.
    Environment {
        variable: &'static str,
        reason: String,
    },
    Tls(String),
    /// The operating system refuses a thread or a socket.
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
