//! Receives HTTP requests on this machine within limits, responds as configured, and reports each as an event.
//!
//! Requests are parsed with `httparse`, not by a server library: libraries do not keep the letter case and the order of
//! header names, and do not report what is wrong with a malformed request.

mod accept;
mod chunks;
mod connection;
mod forward;
mod head;
mod state;

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use self::state::ReceiverState;
use crate::core::received::HandledRequest;
use crate::io::listeners::Listeners;

pub use forward::Forward;
pub use state::{Event, ReceiverLimits, ReceiverOptions};

/// The maximum number of events that wait to be handled; the size of their bodies is limited, too
/// ([`ReceiverLimits::waiting`]). At a limit, senders wait.
const WAITING_EVENTS: usize = 512;

/// Receives until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    events: mpsc::Receiver<(Event, Option<OwnedSemaphorePermit>)>,
    stop: watch::Sender<bool>,
}

impl Receiver {
    pub fn start(listeners: Listeners, options: ReceiverOptions) -> io::Result<Self> {
        let (sender, events) = mpsc::channel(WAITING_EVENTS);
        let (stop, stopped) = watch::channel(false);
        let waiting = Arc::new(Semaphore::new(options.limits.waiting.max(options.limits.body)));
        let accepted = AtomicU64::new(0);
        let shared = Arc::new(ReceiverState { options, accepted, events: sender, waiting, stop: stopped });
        let runtime = crate::io::process::runtime()?;
        let listeners = {
            let _guard = runtime.enter();
            listeners.into_tokio()?
        };
        std::thread::Builder::new()
            .name("receiver".to_owned())
            .spawn(move || runtime.block_on(accept::accept(listeners, shared)))?;
        Ok(Self { events, stop })
    }

    /// Waits for the next event; none after [`stop`](Self::stop) once all were reported.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await.map(|(event, _memory)| event)
    }

    /// The next event, if there is one now.
    pub fn next_now(&mut self) -> Option<Event> {
        self.events.try_recv().ok().map(|(event, _memory)| event)
    }

    /// Stops, waits until all connections have ended, and returns the first request that was not handled yet.
    pub fn into_request(mut self) -> Option<Arc<HandledRequest>> {
        self.stop();
        while let Some((event, _memory)) = self.events.blocking_recv() {
            if let Event::Request(arrival) = event {
                return Some(arrival);
            }
        }
        None
    }

    /// Accepts no more connections and ends the open ones: at once if they are idle, else after the response.
    pub fn stop(&self) {
        // It fails if everything has ended already.
        let _ = self.stop.send(true);
    }
}
