//! One connection: reads requests and writes responses.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

use super::chunks::Chunks;
use super::head::{Framing, Semantics, interpret, parse};
use super::state::{Event, ReceiverState};
use crate::core::received::{
    Forwarded, HandledRequest, HttpResponse, ReceivedRequest, Refusal, RefusedRequest, ResponseAction,
    ResponseState,
};
use crate::io::clock::now;

/// Bodies up to this size do not count towards [`ReceiverLimits::waiting`](super::ReceiverLimits::waiting): the number of
/// waiting events is limited, too.
const SMALL: usize = 16 * 1024;
/// An incomplete head is parsed again after this many more bytes.
const STEP: usize = 4 * 1024;

/// Why no more requests are read from a connection.
enum End {
    Refused(Refusal),
    /// The sender or the program has finished.
    Finished,
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The result of waiting for more bytes.
enum Read {
    More,
    /// The sender has closed its side.
    Closed,
    /// The program is stopping.
    Stopped,
    TimedOut,
}

/// Serves a connection to its end.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, shared: &ReceiverState) {
    let buffer = BytesMut::with_capacity(STEP);
    let mut connection = Connection { stream, buffer, peer, shared, head: None };
    loop {
        match connection.exchange().await {
            Ok(()) => {}
            Err(End::Finished) => return,
            Err(End::Refused(why)) => {
                let head = connection.head.take().map(Arc::new);
                return refuse(connection.stream, peer, why, head, shared).await;
            }
        }
    }
}

/// Reports a refusal, responds with it, and closes the connection.
pub(super) async fn refuse(
    mut stream: TcpStream,
    peer: SocketAddr,
    why: Refusal,
    request: Option<Arc<ReceivedRequest>>,
    shared: &ReceiverState,
) {
    /// How many further bytes are read from the sender, so that it receives the response.
    const DRAINED: u64 = 256 * 1024 * 1024;
    const DRAIN_TIME: Duration = Duration::from_secs(1);
    let response = why.status().map(|status| {
        let text = format!("{}\n", why.what());
        HttpResponse::text(status, &text).message(false, false)
    });
    // It fails only if the program is ending.
    let _ =
        shared.events.send((Event::Refused(RefusedRequest { time: now(), peer, why, request }), None)).await;
    let Some(response) = response else { return };
    let respond = async {
        stream.write_all(&response).await?;
        stream.shutdown().await?;
        // With unread bytes, closing would reset the connection before the sender has read the response.
        tokio::io::copy(&mut stream.take(DRAINED), &mut tokio::io::sink()).await
    };
    // The sender may have left.
    let _ = timeout(DRAIN_TIME, respond).await;
}

struct Connection<'a> {
    stream: TcpStream,
    /// Bytes that were received but not parsed yet.
    buffer: BytesMut,
    peer: SocketAddr,
    shared: &'a ReceiverState,
    /// The head of the request whose body is being read.
    head: Option<ReceivedRequest>,
}

impl Connection<'_> {
    /// Receives a request and responds to it.
    async fn exchange(&mut self) -> Result<(), End> {
        let head = self.read_head().await?;
        let head = self.head.insert(head);
        let Semantics { framing, keep_alive, expects_continue } =
            interpret(head, &self.shared.options.limits)?;
        let (body, memory) = self.read_body(framing, expects_continue).await?;
        let head = self.head.take().ok_or(End::Finished)?;
        let request = ReceivedRequest { body, ..head };
        let time = now();
        // Space for the event is reserved first, so that every request that gets a response is reported.
        let slot = self.shared.events.reserve().await.map_err(|_| End::Finished)?;
        let keep_alive = keep_alive && !*self.shared.stop.borrow();
        let number = self.shared.accepted.fetch_add(1, Ordering::Relaxed);
        if self.shared.options.most.is_some_and(|most| number >= most) {
            return Err(End::Finished);
        }
        let (response, forwarded) = self.respond(&request, number, keep_alive).await;
        let is_pipelined = !self.buffer.is_empty();
        let is_last = !keep_alive || !matches!(response, ResponseState::Status(_));
        let arrival = HandledRequest { time, peer: self.peer, request, response, forwarded };
        slot.send((Event::Request(Arc::new(arrival)), memory));
        match (is_last, is_pipelined) {
            (true, _) => Err(End::Finished),
            (false, true) => Err(Refusal::Pipelined.into()),
            (false, false) => Ok(()),
        }
    }

    /// Waits for bytes until this moment.
    async fn read(&mut self, until: Instant) -> Read {
        let mut stop = self.shared.stop.clone();
        tokio::select! {
            biased;
            read = self.stream.read_buf(&mut self.buffer) => match read {
                Ok(0) | Err(_) => Read::Closed,
                Ok(_) => Read::More,
            },
            _ = stop.wait_for(|is_stopping| *is_stopping) => Read::Stopped,
            () = tokio::time::sleep_until(until) => Read::TimedOut,
        }
    }

    /// Waits for more of a request.
    async fn read_more(&mut self, until: Instant, on_timeout: Refusal) -> Result<(), End> {
        match self.read(until).await {
            Read::More => Ok(()),
            Read::Closed => Err(Refusal::CutShort.into()),
            Read::Stopped => Err(End::Finished),
            Read::TimedOut => Err(on_timeout.into()),
        }
    }

    /// The head of the next request, without its body.
    async fn read_head(&mut self) -> Result<ReceivedRequest, End> {
        let limits = &self.shared.options.limits;
        let idle_until = Instant::now() + limits.idle_time;
        while self.buffer.is_empty() {
            match self.read(idle_until).await {
                Read::More => self.skip_empty_lines(),
                _ => return Err(End::Finished),
            }
        }
        let until = Instant::now() + limits.head_time;
        let (mut parsed, mut seen) = (0, 0);
        loop {
            let is_new = parsed == 0 || self.buffer.len() >= parsed + STEP;
            if is_new || ends_head(&self.buffer[usize::saturating_sub(seen, 3)..]) {
                parsed = self.buffer.len();
                if let Some(head) = parse(&mut self.buffer, limits)? {
                    return Ok(head);
                }
            }
            seen = self.buffer.len();
            self.read_more(until, Refusal::HeadTimeout).await?;
        }
    }

    /// Some senders put an empty line after a body (RFC 9112, 2.2).
    fn skip_empty_lines(&mut self) {
        let length = self.buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.buffer.advance(length);
    }

    /// The body, and the memory that is reserved for it until its event is handled.
    async fn read_body(
        &mut self,
        framing: Framing,
        expects_continue: bool,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), End> {
        let limits = &self.shared.options.limits;
        let until = Instant::now() + limits.body_time;
        let (largest, is_awaited) = match framing {
            Framing::Length(length) => (length, self.buffer.len() < length),
            Framing::Chunked => (limits.body, self.buffer.is_empty()),
        };
        let mut memory = self.reserve_memory(largest, until).await?;
        if expects_continue && is_awaited {
            let sent = self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await;
            sent.map_err(|_| Refusal::CutShort)?;
        }
        let mut chunks = Chunks::default();
        let body = loop {
            match framing {
                Framing::Length(length) if self.buffer.len() >= length => {
                    break self.buffer.split_to(length).freeze();
                }
                Framing::Length(length) => self.buffer.reserve(length - self.buffer.len()),
                Framing::Chunked => {
                    if let Some(body) = chunks.take(&mut self.buffer, limits.body)? {
                        break Bytes::from(body);
                    }
                }
            }
            self.read_more(until, Refusal::BodyTimeout).await?;
        };
        self.skip_empty_lines();
        if let Some(memory) = &mut memory {
            // Memory that is not needed is returned.
            drop(memory.split(largest - body.len()));
        }
        Ok((body, memory))
    }

    async fn reserve_memory(
        &self,
        bytes: usize,
        until: Instant,
    ) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        if bytes <= SMALL {
            return Ok(None);
        }
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.shared.waiting).acquire_many_owned(permits);
        timeout_at(until, permit).await.map(Result::ok).map_err(|_| Refusal::BodyTimeout)
    }

    /// Responds as configured, and returns how.
    async fn respond(
        &mut self,
        request: &ReceivedRequest,
        number: u64,
        keep_alive: bool,
    ) -> (ResponseState, Option<Forwarded>) {
        let options = &self.shared.options;
        if !options.responses.delay.is_zero() && !self.is_connected_after(options.responses.delay).await {
            return (ResponseState::Gone, None);
        }
        let is_head = request.head.method() == "HEAD";
        if let Some(forward) = &options.forward {
            let mut stop = self.shared.stop.clone();
            let stopped = async {
                let _ = stop.wait_for(|is_stopping| *is_stopping).await;
            };
            let (reply, forwarded) = forward.send(request, stopped).await;
            // The sender may have left meanwhile.
            if matches!(self.read(Instant::now()).await, Read::Closed) {
                return (ResponseState::Gone, Some(forwarded));
            }
            return (self.write(&reply, is_head, keep_alive).await, Some(forwarded));
        }
        match options.responses.action(number) {
            ResponseAction::Status(status) => {
                (self.write(&options.responses.response(status), is_head, keep_alive).await, None)
            }
            ResponseAction::Close => (ResponseState::Closed, None),
        }
    }

    /// Writes a response, and returns whether the sender received it.
    async fn write(&mut self, reply: &HttpResponse, is_head: bool, keep_alive: bool) -> ResponseState {
        let message = reply.message(is_head, keep_alive);
        let limit = self.shared.options.limits.body_time;
        match timeout(limit, self.stream.write_all(&message)).await {
            Ok(Ok(())) => ResponseState::Status(reply.status),
            _ => ResponseState::Gone,
        }
    }

    /// Waits, and returns whether the sender is still connected. Ends early if the program is stopping.
    async fn is_connected_after(&mut self, delay: Duration) -> bool {
        let until = Instant::now() + delay;
        // Reading also detects a closed connection. More than the head of another request is not read.
        while self.buffer.len() <= self.shared.options.limits.head {
            match self.read(until).await {
                Read::More => {}
                Read::Closed => return false,
                Read::Stopped | Read::TimedOut => return true,
            }
        }
        tokio::time::sleep_until(until).await;
        true
    }
}

/// Whether an empty line is among these bytes.
fn ends_head(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|two| two == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}
