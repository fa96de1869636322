//! The sockets of a server: a port of the loopback addresses unless another address is given.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use url::{Host, Url};

use crate::core::request::is_localhost;

/// The sockets that requests are received on.
#[derive(Debug)]
pub struct Listeners {
    sockets: Vec<TcpListener>,
    address: SocketAddr,
}

/// The port and the addresses of [`Listeners`].
#[derive(Debug, Clone)]
pub struct BoundAddresses {
    port: u16,
    own: Vec<IpAddr>,
}

/// Why a port cannot be bound.
#[derive(Debug)]
pub struct BindError {
    pub address: SocketAddr,
    pub source: io::Error,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source.kind() {
            ErrorKind::AddrInUse => write!(f, "{} is in use", self.address),
            ErrorKind::PermissionDenied => write!(f, "not allowed to use {}", self.address),
            ErrorKind::AddrNotAvailable => {
                write!(f, "{} is not an address of this machine", self.address.ip())
            }
            _ => write!(f, "cannot listen on {}: {}", self.address, self.source),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl Listeners {
    /// Binds a port (0 for a free one) of `127.0.0.1` and, if the machine has it, `::1`; or of another address.
    pub fn bind(address: Option<IpAddr>, port: u16) -> Result<Self, BindError> {
        /// How many free ports are tried, because they may be in use on `::1`.
        const TRIES: usize = 20;
        if let Some(address) = address {
            return Self::of(vec![listener(SocketAddr::new(address, port))?]);
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let mut both = Self::of(vec![listener((Ipv4Addr::LOCALHOST, port).into())?])?;
            match listener((Ipv6Addr::LOCALHOST, both.address.port()).into()) {
                Ok(second) => {
                    both.sockets.push(second);
                    return Ok(both);
                }
                Err(error) if error.source.kind() != ErrorKind::AddrInUse => return Ok(both),
                Err(_) if port == 0 && tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn of(sockets: Vec<TcpListener>) -> Result<Self, BindError> {
        let unspecified = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
        let address = sockets
            .first()
            .map_or(Ok(unspecified), TcpListener::local_addr)
            .map_err(|source| BindError { address: unspecified, source })?;
        Ok(Self { sockets, address })
    }

    /// The address and port to send to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether only this machine can send requests.
    pub fn is_loopback(&self) -> bool {
        self.address.ip().is_loopback()
    }

    pub fn bound(&self) -> BoundAddresses {
        let own = self.sockets.iter().filter_map(|own| Some(own.local_addr().ok()?.ip().to_canonical()));
        BoundAddresses { port: self.address.port(), own: own.collect() }
    }

    pub(super) fn into_tokio(self) -> io::Result<Vec<tokio::net::TcpListener>> {
        self.sockets.into_iter().map(tokio::net::TcpListener::from_std).collect()
    }
}

impl BoundAddresses {
    /// Whether requests to this URL would be received here. Names are not looked up.
    pub fn are_reached_by(&self, url: &Url) -> bool {
        let Self { port, own } = self;
        if url.port_or_known_default() != Some(*port) {
            return false;
        }
        let is_own = |address: IpAddr| {
            // Connecting to the unspecified address reaches this machine.
            let address = match address.to_canonical() {
                IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
                other => other,
            };
            // Only addresses of this machine can be bound.
            own.contains(&address)
                || own.iter().any(IpAddr::is_unspecified) && TcpListener::bind((address, 0)).is_ok()
        };
        match url.host() {
            Some(Host::Domain(name)) if is_localhost(name) => {
                is_own(Ipv4Addr::LOCALHOST.into()) || is_own(Ipv6Addr::LOCALHOST.into())
            }
            Some(Host::Ipv4(address)) => is_own(address.into()),
            Some(Host::Ipv6(address)) => is_own(address.into()),
            _ => false,
        }
    }
}

fn listener(address: SocketAddr) -> Result<TcpListener, BindError> {
    let bound = TcpListener::bind(address).and_then(|socket| {
        socket.set_nonblocking(true)?;
        Ok(socket)
    });
    bound.map_err(|source| BindError { address, source })
}
