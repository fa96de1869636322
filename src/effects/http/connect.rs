//! The two places of a connection that `reqwest` opens to us: the resolver, and a layer around the connector.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use hyper_util::client::legacy::connect::{Connection, HttpInfo};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower_layer::Layer;
use tower_service::Service;

use super::marks::Marks;
use crate::core::request::is_localhost;

/// Looks names up with the operating system, and notes when.
#[derive(Debug)]
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses = look_up(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name, with port 0.
pub(super) async fn look_up(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    let found = |addresses: Vec<SocketAddr>| {
        Marks::note(|moments| moments.addresses.clone_from(&addresses));
        addresses
    };
    // As RFC 6761 (6.3) wants it; it also spares a thread.
    if is_localhost(name) {
        return Ok(found(vec![(Ipv6Addr::LOCALHOST, 0).into(), (Ipv4Addr::LOCALHOST, 0).into()]));
    }
    Marks::note(|moments| moments.lookup_start = Some(Instant::now()));
    match tokio::net::lookup_host((name, 0)).await {
        Ok(addresses) => {
            Marks::note(|moments| moments.lookup_end = Some(Instant::now()));
            Ok(found(addresses.collect()))
        }
        Err(error) => {
            Marks::note(|moments| moments.lookup_error = Some(error.to_string()));
            Err(error)
        }
    }
}

/// Notes when a connection begins and stands.
#[derive(Debug, Clone)]
pub(super) struct MarkConnects;

impl<S> Layer<S> for MarkConnects {
    type Service = MarkedConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        MarkedConnector(inner)
    }
}

/// A connector with a stopwatch. Generic because the connector's own types have no public name.
#[derive(Debug, Clone)]
pub(super) struct MarkedConnector<S>(S);

impl<S, R> Service<R> for MarkedConnector<S>
where
    S: Service<R>,
    S::Response: Connection,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let marks = Marks::current();
        if let Some(marks) = &marks {
            marks.set(|moments| moments.connect_start = Some(Instant::now()));
        }
        let mut connecting = Box::pin(self.0.call(target));
        Box::pin(std::future::poll_fn(move |cx| {
            // When another connection becomes free first, the pool lets this one go on in the background.
            if let Some(marks) = marks.as_ref().filter(|_| Marks::current().is_none()) {
                marks.set(|moments| moments.detached = true);
            }
            let polled = connecting.as_mut().poll(cx);
            if let Poll::Ready(Ok(connection)) = &polled {
                Marks::note(|moments| {
                    moments.connected = Some(Instant::now());
                    moments.peer = peer(connection);
                });
            }
            polled
        }))
    }
}

fn peer(connection: &impl Connection) -> Option<SocketAddr> {
    let mut extensions = http::Extensions::new();
    connection.connected().get_extras(&mut extensions);
    extensions.get::<HttpInfo>().map(HttpInfo::remote_addr)
}
