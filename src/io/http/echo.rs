//! A receiver on this machine for one request: it keeps the bytes as they arrived, and answers 200.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The most bytes that the head of a request may have.
const HEAD_LIMIT: usize = 256 * 1024;
/// The most headers that are looked at.
const HEADERS: usize = 256;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\
    connection: close\r\n\r\n{\"received\":true}";

/// Waits on a free port of `127.0.0.1`.
#[derive(Debug)]
pub struct EchoReceiver {
    listener: TcpListener,
    address: SocketAddr,
}

/// A request as it arrived, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// The request line and the headers, the empty line at their end included.
    pub head: Vec<u8>,
    /// The body, as long as `content-length` says.
    pub body: Vec<u8>,
}

/// Shows sizes, not contents: a request may hold secrets.
impl std::fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReceivedRequest({} + {} bytes)", self.head.len(), self.body.len())
    }
}

impl EchoReceiver {
    /// Takes a free port.
    ///
    /// # Errors
    /// When the operating system has none.
    pub fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where to send the request.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes one request with a body of at most `longest_body` bytes and answers it.
    ///
    /// # Errors
    /// When the request is larger, or is no HTTP, or its connection breaks.
    pub async fn receive(self, longest_body: usize) -> io::Result<ReceivedRequest> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let (mut stream, _) = listener.accept().await?;
        let received = read(&mut stream, longest_body).await?;
        stream.write_all(ANSWER).await?;
        stream.shutdown().await?;
        Ok(received)
    }
}

async fn read(stream: &mut TcpStream, longest_body: usize) -> io::Result<ReceivedRequest> {
    let mut bytes = Vec::with_capacity(4096);
    let (head_length, body_length) = loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if let Some(lengths) = lengths(&bytes, longest_body)? {
            break lengths;
        }
        if bytes.len() > HEAD_LIMIT {
            return Err(io::Error::new(ErrorKind::InvalidData, "the head of the request is too large"));
        }
    };
    let mut body = bytes.split_off(head_length);
    while body.len() < body_length {
        if stream.read_buf(&mut body).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(ReceivedRequest { head: bytes, body })
}

/// The lengths of head and body, once the head is complete.
fn lengths(bytes: &[u8], longest_body: usize) -> io::Result<Option<(usize, usize)>> {
    let invalid = |error: &str| io::Error::new(ErrorKind::InvalidData, error.to_owned());
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let head = match request.parse(bytes).map_err(|error| invalid(&error.to_string()))? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Ok(None),
    };
    let length = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let body = match length {
        Some(header) => std::str::from_utf8(header.value)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .filter(|length| *length <= longest_body)
            .ok_or_else(|| invalid("the length of the body is wrong or too large"))?,
        None => 0,
    };
    Ok(Some((head, body)))
}
