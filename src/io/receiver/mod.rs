//! Takes HTTP requests in on this machine, within limits, answers as it was told, and hands each over as an
//! event. Prints nothing.
//!
//! The bytes are read here, not by a server library: a tester shows names in their letter case and in their
//! order, hands them on so, and has a word for what is no HTTP at all; libraries keep all three to
//! themselves.

mod accept;
mod bind;
mod chunks;
mod connection;
mod forward;
mod head;

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::core::received::{Arrival, Refused, ReplyPlan};

pub use bind::{BindError, Listeners};
pub use forward::Forward;

/// What is accepted.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The most bytes of first line and headers.
    pub head: usize,
    /// The most headers.
    pub headers: usize,
    /// The most bytes of a body.
    pub body: usize,
    /// How long first line and headers may take, from their first byte on.
    pub head_time: Duration,
    /// How long the body may take, and how long the sender may take to read the answer.
    pub body_time: Duration,
    /// How long a connection may say nothing.
    pub idle_time: Duration,
    /// The most connections at a time.
    pub connections: usize,
    /// The most bytes of bodies that have come and were not yet looked at.
    pub waiting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 64 * 1024,
            headers: 100,
            body: 10 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            idle_time: Duration::from_secs(30),
            connections: 64,
            waiting: 64 * 1024 * 1024,
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A request was received and answered.
    Request(Arc<Arrival>),
    /// Something was received that is not accepted as a request.
    Refused(Refused),
}

/// How many events may wait to be looked at. Bodies that are large count by their size too
/// ([`Limits::waiting`]); when there is no more room, senders wait.
const WAITING_EVENTS: usize = 512;

/// How requests are taken in and answered.
#[derive(Debug, Default)]
pub struct Options {
    /// What is accepted.
    pub limits: Limits,
    /// What is answered.
    pub plan: ReplyPlan,
    /// Where requests are passed on to, whose answer is then given instead.
    pub forward: Option<Forward>,
    /// After how many requests no more are taken.
    pub most: Option<u64>,
}

/// Receives, until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    events: mpsc::Receiver<(Event, Option<OwnedSemaphorePermit>)>,
    stop: watch::Sender<bool>,
}

/// What all connections share.
struct Shared {
    limits: Limits,
    plan: ReplyPlan,
    forward: Option<Forward>,
    most: u64,
    /// How many requests were taken in, for the answers in turn.
    taken: std::sync::atomic::AtomicU64,
    events: mpsc::Sender<(Event, Option<OwnedSemaphorePermit>)>,
    room: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
}

impl Receiver {
    /// Begins to receive, on a thread of its own.
    ///
    /// # Errors
    /// When the operating system refuses a thread or what it needs.
    pub fn start(listeners: Listeners, options: Options) -> io::Result<Self> {
        let Options { limits, plan, forward, most } = options;
        let (sender, events) = mpsc::channel(WAITING_EVENTS);
        let (stop, stopped) = watch::channel(false);
        let room = Arc::new(Semaphore::new(limits.waiting.max(limits.body)));
        let shared = Arc::new(Shared {
            limits,
            plan,
            forward,
            most: most.unwrap_or(u64::MAX),
            taken: std::sync::atomic::AtomicU64::new(0),
            events: sender,
            room,
            stop: stopped,
        });
        let runtime = crate::io::runtime::builder()?.build()?;
        let listeners = {
            let _guard = runtime.enter();
            listeners.into_tokio()?
        };
        std::thread::Builder::new()
            .name("receiver".to_owned())
            .spawn(move || runtime.block_on(accept::accept(listeners, shared)))?;
        Ok(Self { events, stop })
    }

    /// Waits for the next event; none after [`stop`](Self::stop), when all has been told.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await.map(|(event, _room)| event)
    }

    /// The next event, if there is one already.
    pub fn next_now(&mut self) -> Option<Event> {
        self.events.try_recv().ok().map(|(event, _room)| event)
    }

    /// Stops, waits until all connections have ended, and returns the first request that was not taken yet.
    pub fn into_request(mut self) -> Option<Arc<Arrival>> {
        self.stop();
        while let Some((event, _room)) = self.events.blocking_recv() {
            if let Event::Request(arrival) = event {
                return Some(arrival);
            }
        }
        None
    }

    /// Takes no more connections, and ends those that are open: at once where nothing is under way, else
    /// after the answer.
    pub fn stop(&self) {
        // Nobody listens any more when all has ended already.
        let _ = self.stop.send(true);
    }
}

/// Now, in milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
