//! Connections of one exchange each, for what hyper would change on its way: the bytes that are given go out as
//! they are, and what comes back is read by the caller. What fails has the same names as everywhere.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWriteExt, BufWriter};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::cause::{Cause, HttpCause};
use super::connect::{look_up, server_name};
use super::explain::{Limits, Trouble, explain};
use super::marks::Marks;
use super::wire::Stream;
use super::{Options, SetupError, tls};
use crate::core::exchange::{Facts, Failure};

/// Opens connections to one host, directly: proxies would not pass a request on unchanged.
pub struct Dialer {
    host: Host<String>,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    limits: Limits,
}

/// Why what came back is no answer.
#[derive(Debug)]
pub enum Broken {
    /// The connection failed.
    Connection(io::Error),
    /// It ended too early.
    Ended,
    /// There are more headers than are accepted.
    HeadTooLarge,
    /// It is no HTTP, for this reason.
    Malformed(String),
}

/// Where the caller reads.
pub type Incoming = Box<dyn AsyncRead + Send + Unpin>;

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Dialer {
    /// Gets ready for the host of this URL. Of the options, those about proxies and idle connections do not matter.
    ///
    /// # Errors
    /// When a file of certificates holds none, or TLS cannot be set up.
    pub fn new(url: &Url, options: &Options) -> Result<Self, SetupError> {
        let unusable = |what: &str| SetupError::Tls(what.to_owned());
        let extra = tls::extra_roots(&options.ca_certificates)?;
        let host = url.host().ok_or_else(|| unusable("the URL has no host"))?.to_owned();
        let tls = if url.scheme() == "https" {
            let configured = tls::configured(options, extra)?;
            let name = server_name(url).map_err(|reason| unusable(&reason))?;
            Some((TlsConnector::from(Arc::new(configured.0)), name))
        } else {
            None
        };
        let port = url.port_or_known_default().unwrap_or_default();
        let limits = Limits { connect: options.connect_timeout, total: options.timeout };
        Ok(Self { host, port, tls, limits })
    }

    /// Sends these bytes over a connection of their own, and lets `read` read the answer meanwhile: one may come before
    /// everything is sent. Ends as `interrupted` when `stop` is ready.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn exchange<T, R: Future<Output = Result<T, Broken>>>(
        &self,
        message: &[&[u8]],
        read: impl FnOnce(Incoming) -> R,
        stop: impl Future<Output = ()>,
    ) -> Result<T, Failure> {
        let marks = Marks::default();
        let mut all_sent = false;
        let outcome = tokio::select! {
            // The clock first: a flood of interim answers would keep it from being looked at.
            biased;
            () = tokio::time::sleep(self.limits.total) => Err(Trouble::TimeIsUp),
            () = stop => Err(Trouble::Stopped),
            outcome = marks.scope(self.run(message, read, &mut all_sent)) => outcome.map_err(Trouble::Error),
        };
        outcome.map_err(|trouble| {
            let facts = Facts { host: self.host.to_string(), port: self.port, ..Facts::default() };
            explain(&trouble, &marks.snapshot(), all_sent, self.limits, facts).0
        })
    }

    async fn run<T, R: Future<Output = Result<T, Broken>>>(
        &self,
        message: &[&[u8]],
        read: impl FnOnce(Incoming) -> R,
        all_sent: &mut bool,
    ) -> Result<T, Cause> {
        let connecting = timeout(self.limits.connect, self.connect()).await;
        let stream = connecting.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let stream = stream.map_err(|error| Cause::of(&error))?;
        Marks::note(|moments| moments.connected = Some(Instant::now()));
        let (reader, writer) = tokio::io::split(stream);
        // What is small goes out in one piece.
        let mut writer = BufWriter::new(writer);
        let mut reading = pin!(read(Box::new(reader)));
        let mut sending = pin!(async {
            for part in message {
                writer.write_all(part).await?;
            }
            writer.flush().await
        });
        let mut is_over = false;
        loop {
            tokio::select! {
                biased;
                answer = &mut reading => return answer.map_err(|broken| Cause::from(&broken)),
                // Who does not read to the end may have answered all the same.
                sent = &mut sending, if !is_over => {
                    is_over = true;
                    *all_sent = sent.is_ok();
                }
            }
        }
    }

    /// A connection to the first address that has one.
    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        Marks::note(|moments| moments.connect_start = Some(Instant::now()));
        let addresses: Vec<SocketAddr> = match &self.host {
            Host::Domain(name) => look_up(name).await?,
            Host::Ipv4(address) => vec![(*address, 0).into()],
            Host::Ipv6(address) => vec![(*address, 0).into()],
        };
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for mut address in addresses {
            address.set_port(self.port);
            match TcpStream::connect(address).await {
                Ok(stream) => return self.encrypt(stream).await,
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn encrypt(&self, stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        // The request goes out at once; where that is refused, it only takes longer.
        let _ = stream.set_nodelay(true);
        let Some((connector, name)) = &self.tls else { return Ok(Box::new(stream)) };
        Marks::note(|moments| moments.tls_start = Some(Instant::now()));
        Ok(Box::new(connector.connect(name.clone(), stream).await?))
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

impl From<&Broken> for Cause {
    fn from(broken: &Broken) -> Self {
        let http = |http| Self { http: Some(http), ..Self::default() };
        match broken {
            Broken::Connection(error) => Self::of(error),
            Broken::Ended => http(HttpCause::Ended),
            Broken::HeadTooLarge => http(HttpCause::HeadTooLarge),
            Broken::Malformed(words) => http(HttpCause::Malformed(words.clone())),
        }
    }
}
