//! Why a request got no response: the root cause of an error, whatever it is wrapped in.

use std::error::Error;
use std::io::{self, ErrorKind};

use super::connection::Excess;
use super::tunnel::TunnelError;

#[derive(Debug)]
pub(super) enum SendError {
    /// The request cannot be written as HTTP.
    CannotSend(String),
    Failed(Cause),
    /// The time limit for the whole exchange was reached.
    TimedOut,
    Stopped,
}

impl From<Cause> for SendError {
    fn from(cause: Cause) -> Self {
        Self::Failed(cause)
    }
}

/// The cause of an error.
#[derive(Debug, Clone, Default)]
pub(super) struct Cause {
    pub(super) tls: Option<rustls::Error>,
    pub(super) io: Option<ErrorKind>,
    pub(super) http: Option<HttpCause>,
    /// Why the proxy opened no tunnel.
    pub(super) refusal: Option<String>,
    /// Whether a time limit for connecting was reached.
    pub(super) timed_out: bool,
    /// The message of the innermost error.
    pub(super) message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HttpCause {
    /// The connection closed early.
    Ended,
    HeadTooLarge,
    /// It does not start like HTTP.
    Foreign(String),
    Malformed(String),
}

impl Cause {
    /// The cause of an error of hyper or the operating system.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Self {
        let chain = chain(error);
        let io = chain.iter().rev().find_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind);
        let tls = chain.iter().find_map(|error| error.downcast_ref::<rustls::Error>()).cloned();
        let excess = chain.iter().find_map(|error| error.downcast_ref::<Excess>());
        let parser = chain.iter().find_map(|error| error.downcast_ref::<hyper::Error>()).map(HttpCause::from);
        let refusal = chain.iter().find_map(|error| error.downcast_ref::<TunnelError>());
        Self {
            io: io.filter(|_| tls.is_none() && excess.is_none()),
            tls,
            http: excess.map(|excess| HttpCause::Malformed(excess.to_string())).or(parser),
            refusal: refusal.map(ToString::to_string),
            timed_out: io == Some(ErrorKind::TimedOut),
            message: innermost_message(&chain),
        }
    }

    /// A response that is not HTTP, for this reason.
    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self { http: Some(HttpCause::Malformed(reason.into())), ..Self::default() }
    }
}

impl From<&hyper::Error> for HttpCause {
    fn from(error: &hyper::Error) -> Self {
        let words = error.to_string().replace(" parsed", "");
        if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
            Self::Ended
        } else if error.is_parse() && words.contains("too large") {
            // By the message: the method for it exists only in servers.
            Self::HeadTooLarge
        } else if error.is_parse() && words.contains("version") {
            Self::Foreign(words)
        } else {
            Self::Malformed(words)
        }
    }
}

fn innermost_message(chain: &[&(dyn Error + 'static)]) -> String {
    let last = chain.last().map(ToString::to_string).unwrap_or_default();
    // Without the number in "Connection refused (os error 111)".
    match last.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => last,
    }
}

/// This error and its sources. `io::Error::source` would skip the error that it wraps.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut chain: Vec<&(dyn Error + 'static)> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        chain.push(error);
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|error| error as &(dyn Error + 'static)).or_else(|| error.source());
    }
    chain
}
