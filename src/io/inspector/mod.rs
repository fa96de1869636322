//! A page in the browser that shows requests as they arrive. It is served on a port of its own, only to this machine and only
//! with the token. It serves finished JSON documents and passes on what its readers ask for.

mod access;
mod buffer;
mod feed;
mod routes;
mod serve;
mod site;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use self::access::AccessControl;
use self::buffer::Buffer;
use self::site::Site;

pub use self::site::{ActionKind, InspectorLimits, PageAction};

const WAITING_ACTIONS: usize = 8;

/// Serves the page, until it is dropped.
pub struct Inspector {
    address: SocketAddr,
    token: String,
    buffer: Arc<Buffer>,
    actions: mpsc::Receiver<PageAction>,
    /// Dropping it ends the server.
    _stop: watch::Sender<()>,
}

impl Inspector {
    /// Starts to serve on this port of `127.0.0.1`, a free one for 0, on a thread of its own. `receiver` is a JSON document
    /// about the receiver.
    pub fn start(port: u16, receiver: String, limits: InspectorLimits) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (access, token) = AccessControl::new(address.port())?;
        let buffer = Arc::new(Buffer::new(limits.documents, limits.bytes));
        let (sender, actions) = mpsc::channel(WAITING_ACTIONS);
        let (stop, stopped) = watch::channel(());
        let site = Arc::new(Site { access, buffer: Arc::clone(&buffer), actions: sender, receiver, limits });
        let runtime = crate::io::process::runtime()?;
        let listener = {
            let _guard = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        std::thread::Builder::new()
            .name("inspector".to_owned())
            .spawn(move || runtime.block_on(serve::serve(listener, site, stopped)))?;
        Ok(Self { address, token, buffer, actions, _stop: stop })
    }

    /// The URL to open in a browser. The token follows the `#`: browsers do not send that part.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.address, self.token)
    }

    /// Shows a JSON document on one line. Its number must be larger than that of the one before.
    pub fn publish(&self, number: u64, document: String) {
        self.buffer.push(number, document.into());
    }

    pub async fn next(&mut self) -> Option<PageAction> {
        self.actions.recv().await
    }
}

/// Shows the port, not the token.
impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector").field("address", &self.address).finish_non_exhaustive()
    }
}
