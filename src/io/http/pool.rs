//! Idle connections, kept for later requests.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::{Origin, Url};

use super::connect::HttpConnection;

/// Shorter than the 5 s after which Node.js closes an idle connection, so that no request is sent on a closing one.
const MAX_IDLE_TIME: Duration = Duration::from_secs(4);
/// A connection is ready as soon as its response has been read, or never.
const MAX_SETTLING_TIME: Duration = Duration::from_millis(100);

pub(super) struct Pool {
    /// The maximum number of connections that are kept.
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: VecDeque<(Origin, Instant, HttpConnection)>,
    /// Origins that close connections without announcing it. A request on one that is closing would be in doubt.
    closing: HashSet<Origin>,
}

impl Pool {
    pub(super) fn new(most: usize) -> Self {
        Self { most, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The usable connection to this URL's origin that was used last.
    pub(super) fn take(&self, url: &Url) -> Option<HttpConnection> {
        let origin = url.origin();
        let mut state = self.state();
        if state.closing.contains(&origin) {
            return None;
        }
        while let Some(index) = state.idle.iter().rposition(|(own, ..)| *own == origin) {
            let (_, since, mut http) = state.idle.remove(index)?;
            if since.elapsed() >= MAX_IDLE_TIME {
                continue;
            }
            if !http.sender.is_ready() {
                state.closing.insert(origin);
                return None;
            }
            http.connection.reset();
            http.is_complete = false;
            return Some(http);
        }
        None
    }

    /// Opens a new connection for each further request to this URL's origin.
    pub(super) fn stop_reuse(&self, url: &Url) {
        self.state().closing.insert(url.origin());
    }

    /// Keeps a connection whose response was read completely.
    pub(super) async fn put(&self, url: &Url, mut http: HttpConnection) {
        if http.connection.write_failed() || !http.connection.is_flushed() {
            return;
        }
        http.is_complete = true;
        let origin = url.origin();
        if self.most == 0 || self.state().closing.contains(&origin) {
            return;
        }
        if !matches!(tokio::time::timeout(MAX_SETTLING_TIME, http.sender.ready()).await, Ok(Ok(()))) {
            return;
        }
        let mut state = self.state();
        if state.idle.len() == self.most {
            state.idle.pop_front();
        }
        state.idle.push_back((origin, Instant::now(), http));
    }
}
