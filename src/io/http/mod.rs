//! Sends one prepared request over HTTP, times its parts and explains how it failed. The only place
//! that knows hyper's client and `rustls`.

mod answer;
mod body;
mod cause;
mod certificate;
mod connect;
mod dial;
mod echo;
mod explain;
mod marks;
mod once;
mod probe;
mod proxy;
mod signer;
mod tls;
mod transport;
mod tunnel;
mod wire;
mod x509;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use dial::{Broken, Dialer, Incoming};
pub use echo::{EchoReceiver, ReceivedRequest};
pub use once::{send_once, send_to_echo};
pub use transport::Transport;

/// How requests are sent.
#[derive(Debug, Clone)]
pub struct Options {
    /// The limit for lookup, connection and TLS handshake together.
    pub connect_timeout: Duration,
    /// The limit for the whole exchange, the body of the answer included.
    pub timeout: Duration,
    /// Whether any certificate will do; what was wrong with it is noted all the same.
    pub insecure: bool,
    /// Certificates to trust in addition to the machine's: the contents of PEM files.
    pub ca_certificates: Vec<Vec<u8>>,
    /// Which proxy to use.
    pub proxy: Proxies,
    /// Whether `--to` replaces the payload URL; for advice only.
    pub url_is_overridden: bool,
    /// How many idle connections to a host are kept for later requests; none for single shots.
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
            url_is_overridden: false,
            idle_connections: 0,
        }
    }
}

/// Where proxies come from. A receiver on this machine is always reached directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxies {
    /// `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, on macOS and Windows also the system's settings.
    Environment,
    /// No proxy.
    Off,
    /// This one for everything.
    Url(String),
}

/// Why nothing can be sent at all.
#[derive(Debug, Clone)]
pub enum SetupError {
    /// A file of `ca_certificates` (its index) holds no certificate, or one that cannot be used.
    Certificates {
        /// Which of the files.
        index: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The proxy's URL cannot be used, for this reason.
    Proxy(String),
    /// A setting of the environment cannot be used.
    Environment {
        /// Its name.
        variable: &'static str,
        /// The value, without secrets, and what is wrong with it.
        reason: String,
    },
    /// TLS cannot be set up, for this reason.
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
