//! The progress of one exchange. Task-local, because the callbacks of `rustls` have no other way to report to it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::certificate::{Issuer, Validity};
use crate::core::delivery::{Phase, Phases};

tokio::task_local! {
    static CURRENT: Timing;
}

/// The progress of one exchange: readable after the exchange was cancelled.
#[derive(Debug, Clone, Default)]
pub(super) struct Timing(Arc<Mutex<Moments>>);

#[derive(Debug, Default, Clone)]
pub(super) struct Moments {
    pub(super) lookup_start: Option<Instant>,
    pub(super) lookup_end: Option<Instant>,
    pub(super) lookup_error: Option<String>,
    pub(super) connect_start: Option<Instant>,
    pub(super) tls_start: Option<Instant>,
    pub(super) connected: Option<Instant>,
    /// When the head of the response had been read.
    pub(super) head: Option<Instant>,
    /// Whether the connection had been used for an earlier request.
    pub(super) reused: bool,
    pub(super) proxy: ProxyStep,
    pub(super) addresses: Vec<SocketAddr>,
    /// Whether the receiver requested a client certificate.
    pub(super) client_cert_requested: bool,
    /// The issuer of a certificate that was not accepted.
    pub(super) issuer: Issuer,
    pub(super) validity: Option<Validity>,
    /// Why a certificate would not have been accepted without `--insecure`.
    pub(super) certificate_error: Option<rustls::Error>,
}

/// The progress of a connection through a proxy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum ProxyStep {
    /// No proxy is used, or the connection to it has not started.
    #[default]
    None,
    Connect,
    Tls,
    /// Waiting for it to open the tunnel to the receiver.
    Tunnel,
    /// The tunnel is open; later errors concern the receiver.
    Passed,
}

impl Timing {
    /// Runs a future and records the timing of its connections here.
    pub(super) async fn scope<F: Future>(&self, future: F) -> F::Output {
        CURRENT.scope(self.clone(), future).await
    }

    /// Records progress of the exchange that is being polled.
    pub(super) fn note(change: impl FnOnce(&mut Moments)) {
        // A poisoned lock only means that a time may be missing.
        let _ =
            CURRENT.try_with(|timing| change(&mut timing.0.lock().unwrap_or_else(PoisonError::into_inner)));
    }

    pub(super) fn snapshot(&self) -> Moments {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Moments {
    /// Whether the request may have been sent: it had a connection.
    pub(super) fn may_have_sent(&self) -> bool {
        self.reused || self.connected.is_some()
    }

    /// Whether the connection through the proxy is not open yet.
    pub(super) fn at_proxy(&self) -> bool {
        matches!(self.proxy, ProxyStep::Connect | ProxyStep::Tls | ProxyStep::Tunnel)
    }

    /// What was in progress.
    pub(super) fn phase(&self) -> Phase {
        if self.may_have_sent() {
            Phase::Wait
        } else if self.tls_start.is_some() {
            Phase::Tls
        } else if self.lookup_start.is_some() && self.lookup_end.is_none() {
            Phase::Lookup
        } else {
            Phase::Connect
        }
    }

    pub(super) fn phases(&self, start: Instant) -> Phases {
        let between = |from: Option<Instant>, to: Option<Instant>| -> Option<Duration> {
            Some(to?.saturating_duration_since(from?))
        };
        let total = start.elapsed();
        if self.reused {
            return Phases { first_byte: between(Some(start), self.head), total, ..Phases::default() };
        }
        Phases {
            lookup: between(self.lookup_start, self.lookup_end),
            connect: between(self.lookup_end.or(self.connect_start), self.tls_start.or(self.connected)),
            tls: between(self.tls_start, self.connected),
            first_byte: between(self.connected, self.head),
            total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_that_ended_is_followed_by_connecting() {
        let now = Some(Instant::now());
        let mut moments = Moments { connect_start: now, lookup_start: now, ..Moments::default() };
        assert_eq!(moments.phase(), Phase::Lookup);
        moments.lookup_end = now;
        assert_eq!(moments.phase(), Phase::Connect);
    }
}
