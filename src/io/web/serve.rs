//! Accepts connections, and serves each with hyper and an axum router.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::io::listeners::Listeners;

/// How long to wait for requests in progress on shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait when the operating system has no more connections.
const PAUSE: Duration = Duration::from_millis(50);
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Limits of what is accepted; sizes are in bytes.
#[derive(Debug, Clone)]
pub struct ServerLimits {
    pub connections: usize,
    /// At least 8 KiB.
    pub head: usize,
    pub headers: usize,
    /// For the head, and for a connection without a request.
    pub head_time: Duration,
    pub body: usize,
    pub body_time: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 64,
            head: 16 * 1024,
            headers: 64,
            head_time: Duration::from_secs(10),
            body: 16 * 1024,
            body_time: Duration::from_secs(10),
        }
    }
}

/// Serves on a thread of its own until it is dropped.
#[derive(Debug)]
pub struct Server {
    _stop: watch::Sender<()>,
}

impl Server {
    /// `name` is the name of the thread.
    pub fn start(name: &str, listeners: Listeners, router: Router, limits: ServerLimits) -> io::Result<Self> {
        let (stop, stopped) = watch::channel(());
        let runtime = crate::io::process::runtime()?;
        let listeners = {
            let _guard = runtime.enter();
            listeners.into_tokio()?
        };
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || runtime.block_on(serve(listeners, router, limits, stopped)))?;
        Ok(Self { _stop: stop })
    }
}

/// Serves until `stopped` changes or its sender is dropped, and then waits for requests in progress. Their bodies are limited
/// where they are read ([`read_body`](super::read_body)).
pub async fn serve(
    listeners: Vec<TcpListener>,
    router: Router,
    limits: ServerLimits,
    stopped: watch::Receiver<()>,
) {
    let acceptor = Acceptor { slots: Arc::new(Semaphore::new(limits.connections)), limits, router };
    let graceful = GracefulShutdown::new();
    let sockets = listeners.into_iter().map(|own| acceptor.accept(own, &graceful, stopped.clone()));
    join_all(sockets).await;
    // Connections that are still open after that are cut off.
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await;
}

struct Acceptor {
    router: Router,
    limits: ServerLimits,
    slots: Arc<Semaphore>,
}

impl Acceptor {
    async fn accept(
        &self,
        listener: TcpListener,
        graceful: &GracefulShutdown,
        mut stopped: watch::Receiver<()>,
    ) {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(self.limits.head_time)
            .max_headers(self.limits.headers)
            .max_buf_size(self.limits.head);
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stopped.changed() => return,
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
                // A new connection accepts so few bytes immediately.
                let _ = stream.try_write(BUSY);
                continue;
            };
            // If the system refuses this, responses only take longer.
            let _ = stream.set_nodelay(true);
            let service = TowerToHyperService::new(self.router.clone());
            let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
            tokio::spawn(async move {
                // The client reports broken connections.
                let _ = connection.await;
                drop(slot);
            });
        }
    }
}
