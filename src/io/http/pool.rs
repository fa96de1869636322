//! Idle connections, kept for later requests.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use url::{Origin, Url};

use super::connect::HttpConnection;

/// Shorter than the 5 s after which Node.js closes an idle connection, so that no request meets a closing one.
const MAX_IDLE_TIME: Duration = Duration::from_secs(4);
/// A connection is ready as soon as its response has been read, or never.
const MAX_SETTLING_TIME: Duration = Duration::from_millis(100);

pub(super) struct Pool {
    /// The most connections that are kept.
    most: usize,
    idle: Mutex<VecDeque<(Origin, Instant, HttpConnection)>>,
}

impl Pool {
    pub(super) fn new(most: usize) -> Self {
        Self { most, idle: Mutex::default() }
    }

    /// The usable connection to this URL's origin that was used last.
    pub(super) fn take(&self, url: &Url) -> Option<HttpConnection> {
        let origin = url.origin();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(index) = idle.iter().rposition(|(own, ..)| *own == origin) {
            let (_, since, http) = idle.remove(index)?;
            if since.elapsed() < MAX_IDLE_TIME && http.sender.is_ready() {
                http.connection.reset();
                return Some(http);
            }
        }
        None
    }

    /// Keeps a connection whose response was read completely.
    pub(super) async fn put(&self, url: &Url, mut http: HttpConnection) {
        if self.most == 0 || http.connection.write_failed() {
            return;
        }
        if !matches!(tokio::time::timeout(MAX_SETTLING_TIME, http.sender.ready()).await, Ok(Ok(()))) {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() == self.most {
            idle.pop_front();
        }
        idle.push_back((url.origin(), Instant::now(), http));
    }
}
