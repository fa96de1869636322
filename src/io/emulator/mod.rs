//! Emulates the platform's REST API: keeps the state of emulated accounts and reports changes, which fire webhooks.

mod call;
mod control;
mod cors;
mod error;
mod event;
mod event_queue;
mod fault;
mod handle;
mod journal;
mod lists;
mod namespace;
mod operations;
mod page;
mod public;
mod rate;
mod read_only;
mod resources;
mod response;
mod routes;
mod seeding;
mod service;
mod session;
mod sign_ups;
mod state;
mod store;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use self::event_queue::EventQueue;
use self::namespace::InitialSettings;
use self::service::Service;
use self::state::State;
use self::store::Store;
use crate::core::emulator::{ApiKey, Assumptions, Seed};
use crate::io::listeners::Listeners;
use crate::io::sqlite::Unusable;
use crate::io::web::{Server, ServerLimits};

pub use error::EmulatorError;
pub use event::{Call, Change, DeliveryReport, DroppedChange, EmulatorEvent, NamespaceLabel};
pub use handle::EmulatorHandle;

#[derive(Debug, Clone)]
pub struct EmulatorOptions {
    /// The file with the state; if none, the state is in memory.
    pub data: Option<PathBuf>,
    /// The initial state of each account.
    pub seed: Seed,
    /// Determines generated prokeys and ids of answers.
    pub seed_id: u64,
    /// The time at which clocks are stopped, in milliseconds since 1970; if none, they run.
    pub now: Option<i64>,
    /// The accepted keys; if empty, all are.
    pub keys: Vec<ApiKey>,
    /// Requests per second and key; 0 for no limit.
    pub rate_limit: usize,
    /// The most entries of a list, if lower than the platform's.
    pub page_size: Option<u64>,
    pub assumptions: Assumptions,
    pub limits: ServerLimits,
}

impl EmulatorOptions {
    /// Documented: 80 requests per second.
    pub const RATE_LIMIT: usize = 80;
}

impl Default for EmulatorOptions {
    fn default() -> Self {
        Self {
            data: None,
            seed: Seed::default(),
            seed_id: 1,
            now: None,
            keys: Vec::new(),
            rate_limit: Self::RATE_LIMIT,
            page_size: None,
            assumptions: Assumptions::default(),
            limits: ServerLimits {
                connections: 2000,
                head: 16 * 1024,
                headers: 64,
                head_time: Duration::from_secs(30),
                body: 1024 * 1024,
                body_time: Duration::from_secs(30),
            },
        }
    }
}

/// A running emulator, which stops when this is dropped.
pub struct Emulator {
    service: Arc<Service>,
    server: Option<Server>,
}

impl Emulator {
    /// Starts the server on its own thread. The first events are changes that an earlier run did not fire.
    pub fn start(listeners: Listeners, options: EmulatorOptions) -> Result<Self, EmulatorError> {
        let store = Store::open(options.data.as_deref())?;
        let initial = InitialSettings { now: options.now, assumptions: options.assumptions };
        let (state, dropped) =
            State::new(store, initial, options.seed, (options.seed_id, options.page_size))?;
        let event_queue = Arc::new(EventQueue::default());
        if !dropped.is_empty() {
            let slot = event_queue.slot(None);
            for change in dropped {
                slot.add(EmulatorEvent::Dropped(change));
            }
        }
        let service = Arc::new(Service {
            state: Mutex::new(state),
            event_queue,
            finished: watch::Sender::new(()),
            keys: options.keys,
            rate_limit: options.rate_limit,
            assumptions: options.assumptions,
            limits: options.limits.clone(),
            calls: AtomicU64::new(0),
        });
        let router = routes::server(Arc::clone(&service), listeners.address());
        let server = Server::start("emulator", listeners, router, options.limits)
            .map_err(|error| EmulatorError::new(None, Unusable::Path(error)))?;
        Ok(Self { service, server: Some(server) })
    }

    /// Waits for the next event. While too many events are queued, requests wait.
    pub async fn next(&mut self) -> Option<EmulatorEvent> {
        self.service.event_queue.next().await
    }

    /// Stops accepting requests. Events of requests in progress can still be read.
    pub fn stop(&mut self) {
        self.server = None;
        self.service.event_queue.close();
    }

    pub fn handle(&self) -> EmulatorHandle {
        EmulatorHandle::new(Arc::clone(&self.service))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}
