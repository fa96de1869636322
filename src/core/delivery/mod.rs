//! What happened when a request was sent: the response, how long it took, and if it failed, why and what to do next.

mod facts;
#[macro_use]
mod failure_table;
mod failures;
mod page;
mod response;
mod retry;
mod status;
mod stored;
mod time;

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::core::secrets::Redactor;

pub use facts::{Explained, Facts, Failure, Location, Note, Phase};
pub use failure_table::Group;
pub use failures::{FailureKind, NoteKind};
pub use page::failures_page;
pub use response::{BodyEnd, Response};
pub use retry::{Retry, RetryAfter, RetryDecision, retry_after};
pub use status::classify_response;
pub use stored::bytes;
pub use time::{age, day_and_time, duration_in_words, parse_timestamp, timestamp};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    pub state: State,
    /// How long each part took.
    pub phases: Phases,
    /// The address that was connected to: the receiver's, or the proxy's if there is one.
    pub peer: Option<SocketAddr>,
    /// The proxy that was used, as `host:port` without credentials.
    pub proxy: Option<String>,
    /// Whether the connection had been used for an earlier request; lookup, connect and TLS then have no time.
    pub reused: bool,
    pub response: Option<Response>,
    /// Why it failed; none if and only if it was delivered.
    pub failure: Option<Failure>,
    pub notes: Vec<Note>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The response is 2xx.
    Delivered,
    /// The response is anything else.
    Failed,
    /// Possibly received: connected, but without a response.
    InDoubt,
    /// Certainly not received.
    NotSent,
}

impl Exchange {
    /// Masks every secret, including those that the receiver sends back.
    pub fn redact(&mut self, redactor: &Redactor) {
        if let Some(response) = &mut self.response {
            response.redact(redactor);
        }
        self.peer = self.peer.filter(|peer| redactor.masked(&peer.to_string()).is_none());
        let proxy = self.proxy.iter_mut();
        let failure = self.failure.iter_mut().flat_map(|failure| [&mut failure.what, &mut failure.next]);
        let notes = self.notes.iter_mut().flat_map(|note| [&mut note.what, &mut note.next]);
        for text in proxy.chain(failure).chain(notes) {
            *text = redactor.redact(text).into_owned();
        }
    }
}

impl State {
    pub const ALL: [Self; 4] = [Self::Delivered, Self::Failed, Self::InDoubt, Self::NotSent];

    /// Its name in JSON and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::InDoubt => "in_doubt",
            Self::NotSent => "not_sent",
        }
    }

    pub fn in_words(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::InDoubt => "in doubt",
            Self::NotSent => "not sent",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

serde_by_name!(State: as_str);

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// How long each part of an exchange took, one after the other; none if it did not happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phases {
    /// None for literal addresses and `localhost`.
    pub lookup: Option<Duration>,
    /// The TCP connection; with a proxy, including the tunnel.
    pub connect: Option<Duration>,
    /// None for `http`.
    pub tls: Option<Duration>,
    /// From the connection to the head of the response.
    pub first_byte: Option<Duration>,
    /// Everything, including the response body.
    pub total: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::secrets::Secret;

    #[test]
    fn every_state_parses_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn a_secret_is_masked_in_every_part_of_an_exchange() {
        let secret = Secret::new("10.20.30.40");
        let text = || format!("seen {}", secret.reveal());
        let mut exchange = Exchange {
            state: State::Failed,
            phases: Phases::default(),
            peer: Some(([10, 20, 30, 40], 80).into()),
            proxy: Some(text()),
            reused: false,
            response: Some(Response {
                status: 400,
                reason: Some(text()),
                version: "HTTP/1.1".into(),
                headers: vec![("x-seen".to_owned(), text())],
                body: text().into_bytes(),
                body_read: 0,
                body_end: BodyEnd::Complete,
            }),
            failure: Some(Failure { kind: FailureKind::OtherStatus, what: text(), next: text() }),
            notes: vec![Note { kind: NoteKind::BundledRoots, what: text(), next: text() }],
        };
        exchange.redact(&Redactor::new([&secret]));
        let (response, failure) = (exchange.response.unwrap(), exchange.failure.unwrap());
        let texts = [
            exchange.proxy.unwrap(),
            response.reason.unwrap(),
            response.headers[0].1.clone(),
            String::from_utf8(response.body).unwrap(),
            failure.what,
            failure.next,
            exchange.notes[0].what.clone(),
            exchange.notes[0].next.clone(),
        ];
        assert_eq!(texts, ["seen ***"; 8]);
        assert_eq!(exchange.peer, None);
    }
}
