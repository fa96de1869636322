//! Asks a port that answered a plain request with gibberish whether it speaks TLS: it sends the beginning
//! of a handshake and hangs up. No request is made, and nothing is learned but the first two bytes.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::tls;

/// Long enough for one round trip; a port that says nothing in this time is no TLS server worth naming.
const LIMIT: Duration = Duration::from_secs(2);

/// Whether a TLS server listens at this address.
pub(super) async fn speaks_tls(address: SocketAddr) -> bool {
    let Some(hello) = client_hello(address) else { return false };
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&hello).await?;
        let mut record = [0; 2];
        stream.read_exact(&mut record).await?;
        Ok::<_, std::io::Error>(record)
    };
    // A TLS record: handshake (22) or alert (21), version 3.x.
    matches!(tokio::time::timeout(LIMIT, ask).await, Ok(Ok([21 | 22, 3])))
}

fn client_hello(address: SocketAddr) -> Option<Vec<u8>> {
    let config = Arc::new(tls::trusting_no_one().ok()?);
    let mut session = rustls::ClientConnection::new(config, ServerName::from(address.ip())).ok()?;
    let mut hello = Vec::new();
    session.write_tls(&mut (&mut hello as &mut dyn Write)).ok()?;
    Some(hello)
}
