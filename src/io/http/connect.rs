//! Opens a connection: name lookup, TCP, tunnel through a proxy, TLS handshake, HTTP. Each step notes its progress in the
//! [`Timing`] of the exchange.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::connection::{Connection, Layer, Stream, Watched};
use super::error::Cause;
use super::options::{Options, SetupError};
use super::proxy::{Proxy, ProxyKind, Route};
use super::timing::{ProxyStep, Timing};
use super::{tls, tunnel};
use crate::core::request::is_localhost;

/// An open connection, ready for a request.
pub(super) struct HttpConnection {
    pub(super) sender: SendRequest<Full<Bytes>>,
    pub(super) connection: Connection,
    io: AbortHandle,
    /// Whether the exchange is complete, so that the connection can be closed in an orderly way.
    pub(super) is_complete: bool,
}

impl Drop for HttpConnection {
    /// A receiver that stops reading could keep the connection open indefinitely.
    fn drop(&mut self) {
        if !self.is_complete {
            self.io.abort();
        }
    }
}

pub(super) struct Connector {
    connect_timeout: Duration,
    largest_body: u64,
    insecure: bool,
    extra_roots: Vec<CertificateDer<'static>>,
    route: Route,
    /// Loaded for the first URL that needs it.
    tls: OnceLock<Result<Tls, SetupError>>,
}

struct Tls {
    connector: TlsConnector,
    bundled_roots: bool,
}

impl Connector {
    pub(super) fn new(options: &Options) -> Result<Self, SetupError> {
        Ok(Self {
            connect_timeout: options.connect_timeout,
            insecure: options.insecure,
            largest_body: options.largest_body,
            extra_roots: tls::extra_roots(&options.ca_certificates)?,
            route: Route::new(&options.proxy)?,
            tls: OnceLock::new(),
        })
    }

    /// Sets up what a request to this URL needs, and returns the proxy that it goes through.
    pub(super) fn prepare(&self, url: &Url) -> Result<Option<Proxy>, SetupError> {
        let proxy = self.route.proxy(url)?;
        if url.scheme() == "https" || proxy.as_ref().is_some_and(|proxy| proxy.kind == ProxyKind::Https) {
            self.tls()?;
        }
        Ok(proxy)
    }

    /// Whether the trusted certificates are those built into this program.
    pub(super) fn uses_bundled_roots(&self) -> bool {
        matches!(self.tls.get(), Some(Ok(tls)) if tls.bundled_roots)
    }

    fn tls(&self) -> Result<&Tls, SetupError> {
        let set_up = || {
            let (config, bundled_roots) = tls::configured(self.insecure, self.extra_roots.clone())?;
            Ok(Tls { connector: TlsConnector::from(Arc::new(config)), bundled_roots })
        };
        self.tls.get_or_init(set_up).as_ref().map_err(SetupError::clone)
    }

    /// Opens a connection for requests to this URL.
    pub(super) async fn open(&self, url: &Url, proxy: Option<&Proxy>) -> Result<HttpConnection, Cause> {
        Timing::note(|moments| moments.connect_start = Some(Instant::now()));
        let opened = tokio::time::timeout(self.connect_timeout, self.connect(url, proxy)).await;
        let (stream, connection) = opened
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| Cause::of(&error))?;
        connection.allow_body(self.largest_body);
        Timing::note(|moments| moments.connected = Some(Instant::now()));
        let stream = TokioIo::new(Watched::new(stream, connection.clone(), Layer::Http));
        let (sender, io) = http1::Builder::new()
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(stream)
            .await
            .map_err(|error| Cause::of(&error))?;
        let io = tokio::spawn(io).abort_handle();
        Ok(HttpConnection { sender, connection, io, is_complete: false })
    }

    async fn connect(&self, url: &Url, proxy: Option<&Proxy>) -> io::Result<(Box<dyn Stream>, Connection)> {
        let host = url.host().ok_or_else(|| io::Error::other("the URL has no host"))?;
        let port = url.port_or_known_default().unwrap_or_default();
        let (mut stream, connection) = match proxy {
            Some(proxy) => self.connect_through(proxy, url.scheme(), &host, port).await?,
            None => connect_tcp(&host, port).await?,
        };
        if url.scheme() == "https" {
            Timing::note(|moments| moments.tls_start = Some(Instant::now()));
            stream = self.encrypt(stream, &host).await?;
        }
        Ok((stream, connection))
    }

    /// Connects to the proxy, and unless it forwards requests, through it to the receiver.
    async fn connect_through(
        &self,
        proxy: &Proxy,
        scheme: &str,
        host: &Host<&str>,
        port: u16,
    ) -> io::Result<(Box<dyn Stream>, Connection)> {
        let at = |step| Timing::note(|moments| moments.proxy = step);
        at(ProxyStep::Connect);
        let proxy_host = Host::parse(&proxy.host).map_err(io::Error::other)?;
        let proxy_host = borrowed(&proxy_host);
        let (mut stream, connection) = connect_tcp(&proxy_host, proxy.port).await?;
        if proxy.kind == ProxyKind::Https {
            at(ProxyStep::Tls);
            stream = self.encrypt(stream, &proxy_host).await?;
        }
        if !proxy.forwards(scheme) {
            at(ProxyStep::Tunnel);
            stream = match proxy.kind {
                ProxyKind::Http | ProxyKind::Https => tunnel::connect(stream, proxy, host, port).await?,
                ProxyKind::Socks4 { resolves: true } | ProxyKind::Socks5 { resolves: true } => {
                    tunnel::socks(stream, proxy, &host.to_owned(), port).await?
                }
                ProxyKind::Socks4 { .. } | ProxyKind::Socks5 { .. } => {
                    // A name that is not found is not the proxy's fault.
                    at(ProxyStep::Passed);
                    let addresses = look_up(host, port).await?;
                    at(ProxyStep::Tunnel);
                    let address = addresses.iter().find(|own| own.is_ipv4()).or(addresses.first());
                    let host = match address.map(SocketAddr::ip) {
                        Some(IpAddr::V4(address)) => Host::Ipv4(address),
                        Some(IpAddr::V6(address)) => Host::Ipv6(address),
                        None => return Err(io::ErrorKind::NotFound.into()),
                    };
                    tunnel::socks(stream, proxy, &host, port).await?
                }
            };
        }
        at(ProxyStep::Passed);
        Ok((stream, connection))
    }

    async fn encrypt(&self, stream: Box<dyn Stream>, host: &Host<&str>) -> io::Result<Box<dyn Stream>> {
        let tls = self.tls().map_err(io::Error::other)?;
        let name = match host {
            Host::Domain(name) => ServerName::try_from((*name).to_owned())
                .map_err(|_| io::Error::other(format!("`{name}` cannot be a server name")))?,
            Host::Ipv4(address) => IpAddr::from(*address).into(),
            Host::Ipv6(address) => IpAddr::from(*address).into(),
        };
        Ok(Box::new(tls.connector.connect(name, stream).await?))
    }
}

fn borrowed(host: &Host<String>) -> Host<&str> {
    match host {
        Host::Domain(name) => Host::Domain(name),
        Host::Ipv4(address) => Host::Ipv4(*address),
        Host::Ipv6(address) => Host::Ipv6(*address),
    }
}

async fn connect_tcp(host: &Host<&str>, port: u16) -> io::Result<(Box<dyn Stream>, Connection)> {
    let stream = connect_to_any(&look_up(host, port).await?).await?;
    stream.set_nodelay(true)?;
    let connection = Connection::new(stream.peer_addr()?);
    Ok((Box::new(Watched::new(stream, connection.clone(), Layer::Transport)), connection))
}

/// Connects to the first address that accepts. If those of the preferred family are slow, the others are tried as well
/// (RFC 8305).
async fn connect_to_any(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    const HEAD_START: Duration = Duration::from_millis(300);
    let is_preferred = |own: &&SocketAddr| own.is_ipv6() == addresses[0].is_ipv6();
    let (preferred, others): (Vec<SocketAddr>, Vec<SocketAddr>) = addresses.iter().partition(is_preferred);
    if others.is_empty() {
        return TcpStream::connect(&preferred[..]).await;
    }
    let mut first = pin!(TcpStream::connect(&preferred[..]));
    match tokio::time::timeout(HEAD_START, &mut first).await {
        Ok(Ok(stream)) => return Ok(stream),
        Ok(Err(_)) => return TcpStream::connect(&others[..]).await,
        Err(_) => {}
    }
    let mut second = pin!(TcpStream::connect(&others[..]));
    tokio::select! {
        stream = &mut first => if stream.is_ok() { stream } else { second.await },
        stream = &mut second => if stream.is_ok() { stream } else { first.await },
    }
}

/// The addresses of a host. As RFC 6761 (6.3) requires, `localhost` is not looked up.
async fn look_up(host: &Host<&str>, port: u16) -> io::Result<Vec<SocketAddr>> {
    let addresses = match host {
        Host::Ipv4(address) => vec![(*address, port).into()],
        Host::Ipv6(address) => vec![(*address, port).into()],
        Host::Domain(name) if is_localhost(name) => {
            vec![(Ipv6Addr::LOCALHOST, port).into(), (Ipv4Addr::LOCALHOST, port).into()]
        }
        Host::Domain(name) => {
            Timing::note(|moments| (moments.lookup_start, moments.lookup_end) = (Some(Instant::now()), None));
            let resolved = resolve((*name).to_owned(), port).await;
            Timing::note(|moments| match &resolved {
                Ok(_) => moments.lookup_end = Some(Instant::now()),
                Err(error) => moments.lookup_error = Some(error.to_string()),
            });
            resolved?
        }
    };
    Timing::note(|moments| moments.addresses.clone_from(&addresses));
    Ok(addresses)
}

/// Resolves a name on its own thread: tokio's resolver panics if the system refuses a thread.
async fn resolve(name: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    let (to, from) = tokio::sync::oneshot::channel();
    let ask = move || to.send((name.as_str(), port).to_socket_addrs().map(Iterator::collect));
    std::thread::Builder::new().spawn(ask)?;
    from.await.map_err(io::Error::other)?
}
