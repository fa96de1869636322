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
use super::head::{Framing, Meaning, parse, understand};
use super::state::{Event, Shared};
use crate::core::received::{Answered, Arrival, Forwarded, Received, Refusal, Refused, Reply, Turn};
use crate::io::clock::now;

/// Bodies up to this many bytes are not counted: as many as there may be waiting events fit anyway.
const SMALL: usize = 16 * 1024;
/// A head is parsed again if it may be complete, or has grown by this many bytes.
const STEP: usize = 4 * 1024;
/// How much is read of what a sender still sends after a refusal, so that it receives the response.
const DRAINED: usize = 256 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(1);

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Serves a connection to its end.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, shared: &Shared) {
    let buffer = BytesMut::with_capacity(STEP);
    let mut connection = Connection { stream, buffer, peer, shared, begun: None };
    let why = loop {
        match connection.exchange().await {
            Ok(Next::Request) => {}
            Ok(Next::End) => return,
            Err(why) => break why,
        }
    };
    let request = connection.begun.take().map(Arc::new);
    let refused = Refused { time: now(), peer, why: why.clone(), request };
    // It fails at the end of the program.
    let _ = shared.events.send((Event::Refused(refused), None)).await;
    refuse(&mut connection.stream, &why).await;
}

/// Responds that it is refused, and closes.
pub(super) async fn refuse(stream: &mut TcpStream, why: &Refusal) {
    let Some(status) = why.status() else { return };
    let message = Reply::text(status, &format!("{}\n", why.what())).message(false, false);
    let respond = async {
        stream.write_all(&message).await?;
        stream.shutdown().await?;
        // With unread bytes, closing would reset the connection before the sender has read the response.
        let mut left = DRAINED;
        let mut chunk = [0; 8 * 1024];
        while left > 0 {
            let length = stream.read(&mut chunk).await?;
            left = if length == 0 { 0 } else { left.saturating_sub(length) };
        }
        std::io::Result::Ok(())
    };
    // The sender may have left.
    let _ = timeout(DRAIN_TIME, respond).await;
}

/// What follows a request.
enum Next {
    Request,
    End,
}

/// The result of waiting for more bytes.
enum Read {
    More,
    /// The sender has closed its side.
    Closed,
    /// The program is stopping.
    Stopped,
}

struct Connection<'a> {
    stream: TcpStream,
    /// What was received and not parsed yet.
    buffer: BytesMut,
    peer: SocketAddr,
    shared: &'a Shared,
    /// A request without its body, until that is complete.
    begun: Option<Received>,
}

impl Connection<'_> {
    /// Receives one request and answers it.
    async fn exchange(&mut self) -> Result<Next, Refusal> {
        let Some(request) = self.head().await? else { return Ok(Next::End) };
        let request = self.begun.insert(request);
        let Meaning { framing, keep_alive, expects_continue } = understand(request, &self.shared.limits)?;
        let Some((body, room)) = self.body(framing, expects_continue).await? else { return Ok(Next::End) };
        let Some(begun) = self.begun.take() else { return Ok(Next::End) };
        let request = Received { body, ..begun };
        let time = now();
        // Reserve room for the event first: every answered request is reported.
        let Ok(slot) = self.shared.events.reserve().await else { return Ok(Next::End) };
        let keep_alive = keep_alive && !*self.shared.stop.borrow();
        let number = self.shared.taken.fetch_add(1, Ordering::Relaxed);
        if number >= self.shared.most {
            return Ok(Next::End);
        }
        let (answer, forwarded) = self.answer(&request, number, keep_alive).await;
        let is_pipelined = !self.buffer.is_empty();
        let is_over = !keep_alive || !matches!(answer, Answered::Status(_));
        let arrival = Arrival { time, peer: self.peer, request, answer, forwarded };
        slot.send((Event::Request(Arc::new(arrival)), room));
        match (is_over, is_pipelined) {
            (true, _) => Ok(Next::End),
            (false, true) => Err(Refusal::Pipelined),
            (false, false) => Ok(Next::Request),
        }
    }

    /// Waits for bytes until this moment.
    async fn read(&mut self, until: Instant) -> Option<Read> {
        let mut stop = self.shared.stop.clone();
        tokio::select! {
            biased;
            read = self.stream.read_buf(&mut self.buffer) => Some(match read {
                Ok(0) | Err(_) => Read::Closed,
                Ok(_) => Read::More,
            }),
            _ = stop.wait_for(|is_over| *is_over) => Some(Read::Stopped),
            () = tokio::time::sleep_until(until) => None,
        }
    }

    /// The next head; none if the sender or the program has finished.
    async fn head(&mut self) -> Result<Option<Received>, Refusal> {
        let limits = &self.shared.limits;
        let quiet_until = Instant::now() + limits.idle_time;
        while self.buffer.is_empty() {
            match self.read(quiet_until).await {
                Some(Read::More) => self.skip_blank_lines(),
                _ => return Ok(None),
            }
        }
        let until = Instant::now() + limits.head_time;
        let mut looked_at = 0;
        let mut seen = 0;
        loop {
            let is_new = looked_at == 0 || self.buffer.len() >= looked_at + STEP;
            if is_new || ends_head(&self.buffer[usize::saturating_sub(seen, 3)..]) {
                looked_at = self.buffer.len();
                if let Some(head) = parse(&mut self.buffer, limits)? {
                    return Ok(Some(head));
                }
            }
            seen = self.buffer.len();
            match self.read(until).await {
                Some(Read::More) => {}
                Some(Read::Closed) => return Err(Refusal::CutShort),
                Some(Read::Stopped) => return Ok(None),
                None => return Err(Refusal::HeadTimeout),
            }
        }
    }

    /// Some senders put an empty line after a body (RFC 9112, 2.2).
    fn skip_blank_lines(&mut self) {
        let blank = self.buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.buffer.advance(blank);
    }

    /// The body, and the room that it takes; none if the program is stopping.
    async fn body(
        &mut self,
        framing: Framing,
        expects_continue: bool,
    ) -> Result<Option<(Bytes, Option<OwnedSemaphorePermit>)>, Refusal> {
        let limits = &self.shared.limits;
        let until = Instant::now() + limits.body_time;
        let largest = match framing {
            Framing::Length(length) => length,
            Framing::Chunked => limits.body,
        };
        let mut room = self.room(largest, until).await?;
        let is_awaited = match framing {
            Framing::Length(length) => self.buffer.len() < length,
            Framing::Chunked => self.buffer.is_empty(),
        };
        if expects_continue && is_awaited && self.stream.write_all(CONTINUE).await.is_err() {
            return Err(Refusal::CutShort);
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
            match self.read(until).await {
                Some(Read::More) => {}
                Some(Read::Closed) => return Err(Refusal::CutShort),
                Some(Read::Stopped) => return Ok(None),
                None => return Err(Refusal::BodyTimeout),
            }
        };
        self.skip_blank_lines();
        if let Some(whole) = &mut room {
            // Return what was not needed.
            drop(whole.split(largest - body.len()));
        }
        Ok(Some((body, room)))
    }

    async fn room(&self, bytes: usize, until: Instant) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        if bytes <= SMALL {
            return Ok(None);
        }
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.shared.room).acquire_many_owned(permits);
        match timeout_at(until, room).await {
            Ok(room) => Ok(room.ok()),
            Err(_) => Err(Refusal::BodyTimeout),
        }
    }

    /// Responds as configured, and returns how.
    async fn answer(
        &mut self,
        request: &Received,
        number: u64,
        keep_alive: bool,
    ) -> (Answered, Option<Forwarded>) {
        let plan = &self.shared.plan;
        if !plan.delay.is_zero() && !self.is_there_after(plan.delay).await {
            return (Answered::Gone, None);
        }
        let is_head = request.head.method() == "HEAD";
        if let Some(forward) = &self.shared.forward {
            let mut stop = self.shared.stop.clone();
            let stopped = async {
                let _ = stop.wait_for(|is_over| *is_over).await;
            };
            let (reply, forwarded) = forward.send(request, stopped).await;
            // The sender may have left meanwhile.
            if matches!(self.read(Instant::now()).await, Some(Read::Closed)) {
                return (Answered::Gone, Some(forwarded));
            }
            return (self.write(&reply, is_head, keep_alive).await, Some(forwarded));
        }
        match plan.turn(number) {
            Turn::Status(status) => (self.write(&plan.reply(status), is_head, keep_alive).await, None),
            Turn::Close => (Answered::Closed, None),
        }
    }

    /// Writes a response, and returns whether the sender received it.
    async fn write(&mut self, reply: &Reply, is_head: bool, keep_alive: bool) -> Answered {
        let message = reply.message(is_head, keep_alive);
        let written = timeout(self.shared.limits.body_time, self.stream.write_all(&message)).await;
        if matches!(written, Ok(Ok(()))) { Answered::Status(reply.status) } else { Answered::Gone }
    }

    /// Waits, and returns whether the sender did so too. Ends early if the program is stopping.
    async fn is_there_after(&mut self, delay: Duration) -> bool {
        let until = Instant::now() + delay;
        loop {
            match self.read(until).await {
                None | Some(Read::Stopped) => return true,
                Some(Read::Closed) => return false,
                // The head of a next request is enough: stop reading.
                Some(Read::More) if self.buffer.len() > self.shared.limits.head => {
                    tokio::time::sleep_until(until).await;
                    return true;
                }
                Some(Read::More) => {}
            }
        }
    }
}

/// Whether an empty line is among these bytes.
fn ends_head(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|two| two == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}
