//! One connection: keeps reading after a failed write, because the response may already have arrived, and watches the beginning
//! of each response for what the HTTP parser does not report.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A byte stream, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What is known about a connection and the current response on it.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) peer: SocketAddr,
    shared: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    Interim,
    Bytes,
}

#[derive(Debug, Default)]
struct State {
    /// After a failed write, nothing more is written.
    write_error: Option<io::ErrorKind>,
    /// How many bytes of the request were accepted for sending.
    sent: u64,
    /// Whether bytes of the request may still wait in a buffer.
    is_unflushed: bool,
    /// The maximum number of bytes read from a response.
    largest_response: u64,
    response: ResponseStart,
}

/// The response to the request that was written last, as far as it has been read.
#[derive(Debug, Default)]
struct ResponseStart {
    bytes: u64,
    /// The first bytes, at most [`State::BEGINNING`].
    beginning: Vec<u8>,
    interim: u32,
    scan: Scan,
    line: Vec<u8>,
    /// The first line of the final response.
    status_line: Option<Vec<u8>>,
}

/// Where in a response the next byte is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Scan {
    #[default]
    FirstLine,
    Interim,
    Done,
}

impl State {
    const MAX_INTERIM_RESPONSES: u32 = 100;
    /// More than headers of 400 KB and the framing of a body.
    const MAX_BYTES_BESIDE_BODY: u64 = 1024 * 1024;
    const BEGINNING: usize = 16;
    const MAX_LINE_LENGTH: usize = 1024;
}

impl Connection {
    pub(super) fn new(peer: SocketAddr) -> Self {
        Self { peer, shared: Arc::default() }
    }

    /// Allows responses with a body of this size.
    pub(super) fn allow_body(&self, bytes: u64) {
        self.state().largest_response = bytes.saturating_add(State::MAX_BYTES_BESIDE_BODY);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prepares for another request.
    pub(super) fn reset(&self) {
        let mut state = self.state();
        state.response = ResponseStart::default();
        state.sent = 0;
    }

    /// Whether everything that was written has been passed to the operating system.
    pub(super) fn is_flushed(&self) -> bool {
        !self.state().is_unflushed
    }

    /// Whether part of the request could not be written.
    pub(super) fn write_failed(&self) -> bool {
        self.state().write_error.is_some()
    }

    /// Whether all of a request with a body of this length was accepted for sending.
    pub(super) fn has_sent(&self, body_length: u64) -> bool {
        let state = self.state();
        state.write_error.is_none() && state.sent > body_length
    }

    /// The reason phrase of the final response as received; none if it is missing or empty.
    pub(super) fn reason_phrase(&self) -> Option<Vec<u8>> {
        let state = self.state();
        let line = state.response.status_line.as_deref()?;
        // `HTTP/1.1 404 Not Found`
        let reason = line.splitn(3, |byte| *byte == b' ').nth(2)?;
        Some(reason.to_vec()).filter(|reason| !reason.is_empty())
    }

    /// Whether the response begins with the frame by which an HTTP/2 server begins (SETTINGS) or ends (GOAWAY) a
    /// connection (RFC 9113, 4.1).
    pub(super) fn speaks_http2(&self) -> bool {
        matches!(self.state().response.beginning[..], [0, _, _, 4 | 7, _, 0, 0, 0, 0, ..])
    }
}

impl State {
    fn read(&mut self, bytes: &[u8]) -> Result<(), Excess> {
        self.response.read(bytes, self.largest_response)
    }
}

impl ResponseStart {
    fn read(&mut self, bytes: &[u8], largest: u64) -> Result<(), Excess> {
        self.bytes += bytes.len() as u64;
        let space = State::BEGINNING - self.beginning.len();
        self.beginning.extend_from_slice(&bytes[..bytes.len().min(space)]);
        self.scan(bytes)?;
        if self.bytes > largest { Err(Excess::Bytes) } else { Ok(()) }
    }

    /// Looks for the first line of the final response.
    fn scan(&mut self, mut bytes: &[u8]) -> Result<(), Excess> {
        while self.scan != Scan::Done {
            let end = memchr::memchr(b'\n', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            let space = State::MAX_LINE_LENGTH - self.line.len();
            self.line.extend_from_slice(&part[..part.len().min(space)]);
            let Some(end) = end else { return Ok(()) };
            bytes = &bytes[end + 1..];
            let mut line = std::mem::take(&mut self.line);
            if line.ends_with(b"\r") {
                line.pop();
            }
            match self.scan {
                Scan::FirstLine if line.get(9) == Some(&b'1') && line.starts_with(b"HTTP/") => {
                    self.interim += 1;
                    self.scan = Scan::Interim;
                    if self.interim > State::MAX_INTERIM_RESPONSES {
                        return Err(Excess::Interim);
                    }
                }
                Scan::FirstLine => {
                    self.status_line = Some(line);
                    self.scan = Scan::Done;
                }
                Scan::Interim if line.is_empty() => self.scan = Scan::FirstLine,
                Scan::Interim | Scan::Done => {}
            }
        }
        Ok(())
    }
}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interim => write!(f, "more than {} interim responses (1xx)", State::MAX_INTERIM_RESPONSES),
            Self::Bytes => f.write_str("a response that is too large"),
        }
    }
}

impl std::error::Error for Excess {}

/// A stream of a connection, above or below TLS.
///
/// A failed write counts as a success, so that a response is still read: the other side may have responded before it
/// stopped reading. If it did not, reading returns the error of the write.
pub(super) struct Watched<S> {
    inner: S,
    connection: Connection,
    layer: Layer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// TLS records, or the tunnel request to a proxy.
    Transport,
    Http,
}

impl<S> Watched<S> {
    pub(super) fn new(inner: S, connection: Connection, layer: Layer) -> Self {
        Self { inner, connection, layer }
    }

    fn written(&self, polled: Poll<io::Result<usize>>, length: usize) -> Poll<io::Result<usize>> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        let mut state = self.connection.state();
        match polled {
            Poll::Ready(Ok(written)) if self.layer == Layer::Http => {
                state.sent += written as u64;
                state.is_unflushed = true;
            }
            Poll::Ready(Err(error))
                if matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset) =>
            {
                state.write_error = Some(error.kind());
                return Poll::Ready(Ok(length));
            }
            _ => {}
        }
        polled
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if !matches!(polled, Poll::Ready(Ok(()))) {
            return polled;
        }
        let mut state = self.connection.state();
        match &buffer.filled()[before..] {
            [] => match state.write_error.filter(|_| state.response.bytes == 0) {
                Some(kind) => Poll::Ready(Err(kind.into())),
                None => polled,
            },
            bytes if self.layer == Layer::Http => {
                let read = state.read(bytes);
                Poll::Ready(read.map_err(|excess| io::Error::new(io::ErrorKind::InvalidData, excess)))
            }
            _ => polled,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.connection.write_failed() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.written(polled, bytes.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = parts.iter().map(|part| part.len()).sum();
        if self.connection.write_failed() {
            return Poll::Ready(Ok(length));
        }
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, parts);
        self.written(polled, length)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.write_failed() {
            return Poll::Ready(Ok(()));
        }
        let polled = Pin::new(&mut self.inner).poll_flush(cx);
        if self.layer == Layer::Http && matches!(polled, Poll::Ready(Ok(()))) {
            self.connection.state().is_unflushed = false;
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.write_failed() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parts: &[&[u8]]) -> (Result<(), Excess>, Connection) {
        let connection = Connection::new(([127, 0, 0, 1], 1).into());
        connection.allow_body(1024 * 1024);
        let result = parts.iter().try_for_each(|part| connection.state().read(part));
        (result, connection)
    }

    #[test]
    fn the_reason_phrase_is_that_of_the_final_response_however_it_is_split() {
        let whole =
            b"HTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 401 Non-Autoris\xe9\r\nx: y\r\n\r\nbody\n";
        for size in [1, 7, whole.len()] {
            let parts: Vec<_> = whole.chunks(size).collect();
            assert_eq!(read(&parts).1.reason_phrase().unwrap(), b"Non-Autoris\xe9", "{size}");
        }
        for line in ["HTTP/1.1 401\r\n", "HTTP/1.1 401 \r\n", "nonsense\n", ""] {
            assert_eq!(read(&[line.as_bytes()]).1.reason_phrase(), None, "{line:?}");
        }
    }

    #[test]
    fn interim_responses_and_bytes_are_limited() {
        let interim: &[u8] = b"HTTP/1.1 102 Processing\r\n\r\n";
        assert_eq!(read(&vec![interim; 100]).0, Ok(()));
        assert_eq!(read(&vec![interim; 101]).0, Err(Excess::Interim));
        let head: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let digits = vec![b'0'; 1024 * 1024];
        assert_eq!(read(&[&[head][..], &[&digits[..]; 2]].concat()).0, Err(Excess::Bytes));
    }

    #[test]
    fn the_first_frame_of_http_2_is_recognised() {
        for (bytes, is_http2) in [
            (&b"\0\0\x12\x04\0\0\0\0\0\0\x03"[..], true),
            (b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0", true),
            (b"HTTP/1.1 200 OK\r\n", false),
            (b"\0\0\x12\x04", false),
            (b"\0\0\0\0\0\0\0\0\0\0", false),
        ] {
            assert_eq!(read(&[bytes]).1.speaks_http2(), is_http2, "{bytes:?}");
        }
    }
}
