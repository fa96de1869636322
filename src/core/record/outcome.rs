//! What came of it, as it may be kept: a receiver may send our own secrets back.

use crate::core::body::{header_text, masked_body};
use crate::core::exchange::{Answer, Exchange, Failure, Note, Phases, State};
use crate::core::request::{PreparedRequest, header_credential};
use crate::core::text::{Redactor, Secret};

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
        Self {
            state: exchange.state,
            phases: exchange.phases,
            reused: exchange.reused,
            peer: exchange.peer.map(|peer| clean(&peer.to_string())),
            proxy: exchange.proxy.as_deref().map(clean),
            answer: exchange.answer.as_ref().map(|answer| redacted(answer, &redactor)),
            failure: exchange.failure.as_ref().map(|failure| kept(failure.into())),
            notes: exchange.notes.iter().map(|note| kept(note.into())).collect(),
        }
    }
}

/// What came from the environment, and the credentials that stand in the definition itself.
fn everything_secret(request: &PreparedRequest) -> Redactor {
    let mut redactor = request.redactor.clone();
    for header in request.headers.iter().filter(|header| header.is_secret) {
        if let Some(span) = header_credential(&header.name, &header.value) {
            redactor.add(&Secret::new(&header.value[span]));
        }
    }
    // A query value that the shown URL masks.
    if let Some((_, shown)) = request.shown_url.split_once('?') {
        let masked: Vec<_> = url::form_urlencoded::parse(shown.as_bytes()).collect();
        for ((_, value), (_, shown)) in request.url.query_pairs().zip(masked) {
            if value != shown {
                redactor.add(&Secret::new(value.into_owned()));
            }
        }
    }
    redactor
}

fn redacted(answer: &Answer, redactor: &Redactor) -> Answer {
    let mask = |text: &str| {
        let shown =
            if answer.body_truncated() { redactor.redact_beginning(text) } else { redactor.redact(text) };
        (shown != text).then(|| shown.into_owned())
    };
    let body = masked_body(&answer.body, &answer.decoded_body(), mask).into_owned();
    let headers = answer.headers.iter();
    Answer {
        headers: headers
            .map(|(name, value)| {
                let value = redactor.redact(&header_text(value)).into_owned();
                (redactor.redact(name).into_owned(), value.into_bytes())
            })
            .collect(),
        body,
        ..answer.clone()
    }
}
