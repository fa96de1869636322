//! What came of it, as it may be kept: a receiver may send our own secrets back.

use crate::core::exchange::{Answer, Exchange, Failure, Note, Phases, State};
use crate::core::request::PreparedRequest;
use crate::core::secrets::{Redactor, Secret, spans_in_header};

/// What came of a request.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it ended.
    pub state: State,
    /// How long each part took.
    pub phases: Phases,
    /// Whether a connection of an earlier exchange was used again.
    pub reused: bool,
    /// The address that was connected to.
    pub peer: Option<String>,
    /// The proxy, as `host:port`.
    pub proxy: Option<String>,
    /// The answer, redacted.
    pub answer: Option<Answer>,
    /// Why it failed.
    pub failure: Option<Reason>,
    /// What else is to be known.
    pub notes: Vec<Reason>,
}

/// A failure or a note, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its stable name.
    pub name: String,
    /// What happened.
    pub what: String,
    /// What to do next.
    pub next: String,
}

impl From<&Failure> for Reason {
    fn from(failure: &Failure) -> Self {
        Self { name: failure.kind.name().to_owned(), what: failure.what(), next: failure.next() }
    }
}

impl From<&Note> for Reason {
    fn from(note: &Note) -> Self {
        Self { name: note.kind.name().to_owned(), what: note.what(), next: note.next() }
    }
}

impl Outcome {
    /// What may be kept of an exchange.
    pub fn of(request: &PreparedRequest, exchange: &Exchange) -> Self {
        let redactor = everything_secret(request);
        let clean = |text: &str| redactor.redact(text).into_owned();
        let kept = |Reason { name, what, next }| Reason { name, what: clean(&what), next: clean(&next) };
        let mut answer = exchange.answer.clone();
        if let Some(answer) = &mut answer {
            answer.redact(&redactor);
        }
        Self {
            state: exchange.state,
            phases: exchange.phases,
            reused: exchange.reused,
            peer: exchange.peer.map(|peer| clean(&peer.to_string())),
            proxy: exchange.proxy.as_deref().map(clean),
            answer,
            failure: exchange.failure.as_ref().map(|failure| kept(failure.into())),
            notes: exchange.notes.iter().map(|note| kept(note.into())).collect(),
        }
    }
}

/// What the request must hide, and credentials that the element brought into its headers.
fn everything_secret(request: &PreparedRequest) -> Redactor {
    let mut redactor = request.redactor.clone();
    for header in request.headers.iter().filter(|header| header.is_secret) {
        for span in spans_in_header(&header.name, &header.value, &[]) {
            let secret = &header.value[span];
            if redactor.redact(secret) == secret {
                redactor.add(&Secret::new(secret));
            }
        }
    }
    redactor
}
