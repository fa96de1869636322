//! Opens connections: resolves the name, connects, opens a tunnel through the proxy and performs the TLS handshake. Each
//! step is recorded for the exchange that the connection is for.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;
use url::{Host, Url};

use super::connection::{Connection, Layer, Stream, Watched};
use super::options::{Options, SetupError};
use super::proxy::{Proxy, ProxyKind, Route};
use super::timing::{ProxyStep, Timing};
use super::{tls, tunnel};
use crate::core::request::is_localhost;

/// The addresses of a name, with port 0. As RFC 6761 (6.3) requires, `localhost` is not looked up.
async fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    let found = |addresses: Vec<SocketAddr>| {
        Timing::note(|moments| moments.addresses.clone_from(&addresses));
        addresses
    };
    if is_localhost(name) {
        return Ok(found(vec![(Ipv6Addr::LOCALHOST, 0).into(), (Ipv4Addr::LOCALHOST, 0).into()]));
    }
    Timing::note(|moments| {
        moments.lookup_start = Some(Instant::now());
        moments.lookup_end = None;
    });
    match resolve(name.to_owned()).await {
        Ok(addresses) => {
            Timing::note(|moments| moments.lookup_end = Some(Instant::now()));
            Ok(found(addresses))
        }
        Err(error) => {
            Timing::note(|moments| moments.lookup_error = Some(error.to_string()));
            Err(error)
        }
    }
}

/// Resolves a name on its own thread: tokio's resolver panics if the system refuses a thread.
async fn resolve(name: String) -> io::Result<Vec<SocketAddr>> {
    let (to, from) = tokio::sync::oneshot::channel();
    let ask = move || to.send((name.as_str(), 0).to_socket_addrs().map(Iterator::collect));
    std::thread::Builder::new().spawn(ask)?;
    from.await.map_err(io::Error::other)?
}

#[derive(Debug, Clone)]
struct Resolver;

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move { Ok(look_up(name.as_str()).await?.into_iter()) })
    }
}

#[derive(Clone)]
pub(super) struct Connector(Arc<Setup>);

struct Setup {
    options: Options,
    extra_roots: Vec<CertificateDer<'static>>,
    route: Route,
    tcp: HttpConnector<Resolver>,
    tls: OnceLock<Result<Tls, SetupError>>,
}

struct Tls {
    connector: TlsConnector,
    bundled_roots: bool,
}

impl Connector {
    pub(super) fn new(options: &Options) -> Result<Self, SetupError> {
        let mut tcp = HttpConnector::new_with_resolver(Resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // The limit for the whole exchange does what keep-alive probes would.
        tcp.set_keepalive(None);
        Ok(Self(Arc::new(Setup {
            extra_roots: tls::extra_roots(&options.ca_certificates)?,
            route: Route::new(&options.proxy)?,
            options: options.clone(),
            tcp,
            tls: OnceLock::new(),
        })))
    }

    /// Sets up what a request to this URL needs, and says which proxy it goes through.
    pub(super) fn prepare(&self, url: &Url) -> Result<Option<Proxy>, SetupError> {
        let proxy = self.0.route.proxy(url)?;
        let is_encrypted = |proxy: &Proxy| proxy.kind == ProxyKind::Https;
        if url.scheme() == "https" || proxy.as_ref().is_some_and(is_encrypted) {
            self.0.tls()?;
        }
        Ok(proxy)
    }

    /// Whether the certificates to trust are those built into this program.
    pub(super) fn uses_bundled_roots(&self) -> bool {
        matches!(self.0.tls.get(), Some(Ok(tls)) if tls.bundled_roots)
    }
}

impl Setup {
    fn tls(&self) -> Result<&Tls, SetupError> {
        let set_up = || {
            let (config, bundled_roots) = tls::configured(&self.options, self.extra_roots.clone())?;
            Ok(Tls { connector: TlsConnector::from(Arc::new(config)), bundled_roots })
        };
        self.tls.get_or_init(set_up).as_ref().map_err(SetupError::clone)
    }

    async fn connect(&self, target: &Uri) -> io::Result<TokioIo<Watched<Box<dyn Stream>>>> {
        let url = Url::parse(&target.to_string()).map_err(io::Error::other)?;
        let port = url.port_or_known_default().unwrap_or_default();
        let is_encrypted = url.scheme() == "https";
        let proxy = self.route.proxy(&url).map_err(io::Error::other)?;
        let forwards = proxy.as_ref().is_some_and(|proxy| proxy.forwards(url.scheme()));
        let (mut stream, connection) = match &proxy {
            Some(proxy) => self.through(proxy, &url, port, forwards).await?,
            None => self.reach(url.host_str().unwrap_or_default(), port).await?,
        };
        if is_encrypted {
            Timing::note(|moments| moments.tls_start = Some(Instant::now()));
            stream = self.encrypt(stream, &url).await?;
        }
        Ok(TokioIo::new(Watched::new(stream, connection, Layer::Http { to_proxy: forwards })))
    }

    /// A connection to this host, which is as in a URL.
    async fn reach(&self, host: &str, port: u16) -> io::Result<(Box<dyn Stream>, Connection)> {
        let address: Uri = format!("http://{host}:{port}/").parse().map_err(io::Error::other)?;
        let stream: TcpStream = self.tcp.clone().call(address).await.map_err(io::Error::other)?.into_inner();
        let connection = Connection::new(stream.peer_addr()?);
        Ok((Box::new(Watched::new(stream, connection.clone(), Layer::Transport)), connection))
    }

    /// A connection to a proxy, and unless it forwards requests, through it to the receiver.
    async fn through(
        &self,
        proxy: &Proxy,
        url: &Url,
        port: u16,
        forwards: bool,
    ) -> io::Result<(Box<dyn Stream>, Connection)> {
        let at = |step| Timing::note(|moments| moments.proxy = step);
        at(ProxyStep::Connect);
        let (mut stream, connection) = self.reach(&proxy.host, proxy.port).await?;
        if proxy.kind == ProxyKind::Https {
            at(ProxyStep::Tls);
            let own = Url::parse(&format!("https://{}", proxy.address())).map_err(io::Error::other)?;
            stream = self.encrypt(stream, &own).await?;
        }
        if !forwards {
            at(ProxyStep::Tunnel);
            let host = url.host().ok_or_else(|| io::Error::other("the URL has no host"))?;
            stream = match proxy.kind {
                ProxyKind::Http | ProxyKind::Https => tunnel::connect(stream, proxy, &host, port).await?,
                ProxyKind::Socks4 { resolves } | ProxyKind::Socks5 { resolves } => {
                    let host = if resolves { host.to_owned() } else { self.resolved(&host).await? };
                    at(ProxyStep::Tunnel);
                    tunnel::socks(stream, proxy, &host, port).await?
                }
            };
        }
        at(ProxyStep::Passed);
        Ok((stream, connection))
    }

    /// A name looked up for a proxy that wants an address.
    async fn resolved(&self, host: &Host<&str>) -> io::Result<Host<String>> {
        let Host::Domain(name) = host else { return Ok(host.to_owned()) };
        // A name that is not found is not the proxy's fault.
        Timing::note(|moments| moments.proxy = ProxyStep::Passed);
        let addresses = look_up(name).await?;
        let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
        match address.map(SocketAddr::ip) {
            Some(std::net::IpAddr::V4(address)) => Ok(Host::Ipv4(address)),
            Some(std::net::IpAddr::V6(address)) => Ok(Host::Ipv6(address)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    async fn encrypt(&self, stream: Box<dyn Stream>, url: &Url) -> io::Result<Box<dyn Stream>> {
        let tls = self.tls().map_err(io::Error::other)?;
        let name = server_name(url).map_err(io::Error::other)?;
        Ok(Box::new(tls.connector.connect(name, stream).await?))
    }
}

/// The name that the certificate of this URL's host must be for.
fn server_name(url: &Url) -> Result<ServerName<'static>, String> {
    match url.host() {
        Some(Host::Domain(name)) => {
            ServerName::try_from(name.to_owned()).map_err(|_| format!("`{name}` cannot be a server name"))
        }
        Some(Host::Ipv4(address)) => Ok(ServerName::from(std::net::IpAddr::from(address))),
        Some(Host::Ipv6(address)) => Ok(ServerName::from(std::net::IpAddr::from(address))),
        None => Err("the URL has no host".to_owned()),
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Watched<Box<dyn Stream>>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let timing = Timing::current();
        if let Some(timing) = &timing {
            timing.set(|moments| moments.connect_start = Some(Instant::now()));
        }
        let setup = Arc::clone(&self.0);
        let mut connecting = Box::pin(async move {
            let limit = setup.options.connect_timeout;
            let connecting = tokio::time::timeout(limit, setup.connect(&target)).await;
            connecting.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        });
        Box::pin(std::future::poll_fn(move |cx| {
            // When another connection becomes free first, the pool lets this one go on in the background.
            if let Some(timing) = timing.as_ref().filter(|_| Timing::current().is_none()) {
                timing.set(|moments| moments.detached = true);
            }
            let polled = connecting.as_mut().poll(cx);
            if let Poll::Ready(Ok(_)) = &polled {
                Timing::note(|moments| moments.connected = Some(Instant::now()));
            }
            polled
        }))
    }
}
