//! A page in the browser that shows what arrives while it does. It is served on a port of its own, to this
//! machine and to those who know the token alone. Prints nothing, and knows nothing of what a request is:
//! it hands on finished documents, and passes on what the reader of the page asks for.

mod feed;
mod guard;
mod kept;
mod page;
mod routes;
mod serve;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};

use self::guard::Guard;
use self::kept::Kept;

/// How much is served at a time.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The most documents that are kept.
    pub documents: usize,
    /// The most bytes that they may have together.
    pub bytes: usize,
    /// The most connections at a time.
    pub connections: usize,
    /// How long the head of a request may take.
    pub head_time: Duration,
    /// How long the body of a request may take.
    pub body_time: Duration,
    /// The most bytes of the body of a request.
    pub body: usize,
    /// After how long a silent stream of events says that it is still there.
    pub heartbeat: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            documents: 1000,
            bytes: 100 * 1024 * 1024,
            connections: 64,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(10),
            body: 16 * 1024,
            heartbeat: Duration::from_secs(10),
        }
    }
}

/// Something that the reader of the page wants to have of a request.
#[derive(Debug)]
pub struct Ask {
    /// The number of the request.
    pub id: u64,
    /// What is wanted.
    pub what: Wanted,
    /// Where the answer goes, or why there is none; without either the request counts as gone.
    pub answer: oneshot::Sender<Result<Bytes, String>>,
}

/// What can be had of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Its body, as it may be shown.
    Body,
    /// The command that sends the same.
    Curl,
    /// That it is sent once more, to this address; the answer is a document that says how it went.
    Replay(String),
}

/// How many asks may wait for their answers to be begun.
const WAITING_ASKS: usize = 8;

/// Serves the page, until it is dropped.
pub struct Inspector {
    address: SocketAddr,
    token: String,
    kept: Arc<Kept>,
    asks: mpsc::Receiver<Ask>,
    /// Dropping it ends the server.
    _stop: watch::Sender<()>,
}

impl Inspector {
    /// Begins to serve on this port of `127.0.0.1`, a free one for 0, on a thread of its own. `receiver` is
    /// the document on the receiver of what will be published, JSON.
    ///
    /// # Errors
    /// When the port is in use, or the operating system refuses a thread or randomness.
    pub fn start(port: u16, receiver: String, limits: Limits) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (guard, token) = Guard::new(address.port())?;
        let kept = Arc::new(Kept::new(limits.documents, limits.bytes));
        let (sender, asks) = mpsc::channel(WAITING_ASKS);
        let (stop, stopped) = watch::channel(());
        let site = Arc::new(routes::Site { guard, kept: Arc::clone(&kept), asks: sender, receiver, limits });
        let runtime = crate::io::runtime::builder()?.build()?;
        let listener = {
            let _guard = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        std::thread::Builder::new()
            .name("inspector".to_owned())
            .spawn(move || runtime.block_on(serve::serve(listener, site, stopped)))?;
        Ok(Self { address, token, kept, asks, _stop: stop })
    }

    /// The address to open in a browser. The token stands behind the `#`: browsers send that to nobody.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.address, self.token)
    }

    /// Shows something that came: a number, larger than that of the one before, and its document, JSON on one line.
    pub fn publish(&self, number: u64, document: String) {
        self.kept.push(number, document.into());
    }

    /// Waits for the next wish of a reader.
    pub async fn next(&mut self) -> Option<Ask> {
        self.asks.recv().await
    }
}

/// Shows the port, not the token.
impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector").field("address", &self.address).finish_non_exhaustive()
    }
}
