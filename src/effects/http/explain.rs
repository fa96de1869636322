//! From an error, wherever it comes from, to an entry of the catalogue and to what may have happened at
//! the receiver.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use super::certificate;
use super::marks::Moments;
use super::transport::Trouble;
use crate::core::exchange::{Facts, Failure, FailureKind, Phase, State};

/// The limits that were set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    pub(super) total: Duration,
}

/// Says why there is no answer, and whether the request may have been received.
pub(super) fn explain(
    trouble: &Trouble,
    moments: &Moments,
    all_sent: bool,
    limits: Limits,
    facts: Facts,
) -> (Failure, State) {
    let phase = match moments.phase() {
        Phase::Wait if !all_sent => Phase::Send,
        phase => phase,
    };
    let addresses = tried(moments, &facts);
    let mut facts = Facts { phase: Some(phase), addresses, ..facts };
    let kind = match trouble {
        Trouble::CannotSend(reason) => {
            facts.reason = Some(reason.clone());
            FailureKind::CannotSend
        }
        Trouble::Stopped => FailureKind::Interrupted,
        Trouble::TimeIsUp => {
            facts.elapsed = Some(limits.total);
            match phase {
                Phase::Wait | Phase::Body => FailureKind::ResponseTimeout,
                Phase::Send => FailureKind::SendTimeout,
                Phase::Lookup | Phase::Connect | Phase::Tls => FailureKind::TotalTimeout,
            }
        }
        Trouble::Error(error) => classify(error, moments, phase, limits, &mut facts),
    };
    let never_received = !moments.may_have_sent()
        || matches!(
            kind,
            // TLS 1.3 refuses a client only after the handshake has ended on our side.
            FailureKind::CannotSend | FailureKind::TlsClientCertRequired
        );
    let state = if never_received { State::NotSent } else { State::InDoubt };
    (Failure { kind, facts }, state)
}

fn classify(
    error: &reqwest::Error,
    moments: &Moments,
    phase: Phase,
    limits: Limits,
    facts: &mut Facts,
) -> FailureKind {
    let chain = chain(error);
    let find_io = chain.iter().rev().find_map(|error| error.downcast_ref::<io::Error>());
    if let Some(tls) = chain.iter().find_map(|error| error.downcast_ref::<rustls::Error>()) {
        return certificate::classify(tls, moments.self_signed, facts);
    }
    let timed_out = error.is_timeout() || find_io.is_some_and(|error| error.kind() == ErrorKind::TimedOut);
    facts.reason = Some(reason(&chain));
    if timed_out {
        facts.elapsed = Some(limits.connect);
    }
    match phase {
        Phase::Tls if timed_out => FailureKind::TlsHandshakeTimeout,
        Phase::Tls => FailureKind::TlsHandshakeFailed,
        Phase::Lookup | Phase::Connect if facts.proxy.is_some() => {
            if timed_out {
                facts.reason = Some("it did not answer in time".to_owned());
            }
            FailureKind::ProxyError
        }
        Phase::Lookup if timed_out => FailureKind::DnsTimeout,
        Phase::Lookup => lookup(moments, facts),
        Phase::Connect if timed_out => FailureKind::ConnectTimeout,
        Phase::Connect => match find_io.map(io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => FailureKind::ConnectRefused,
            Some(
                ErrorKind::NetworkUnreachable
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkDown
                | ErrorKind::AddrNotAvailable,
            ) => FailureKind::NetworkUnreachable,
            _ => FailureKind::ConnectFailed,
        },
        Phase::Send | Phase::Wait | Phase::Body => exchange(&chain, find_io, facts),
    }
}

/// What went wrong once the connection stood.
fn exchange(chain: &[&(dyn Error + 'static)], io: Option<&io::Error>, facts: &mut Facts) -> FailureKind {
    match io.map(io::Error::kind) {
        Some(ErrorKind::UnexpectedEof) => return FailureKind::EmptyResponse,
        Some(_) => return FailureKind::ConnectionReset,
        None => {}
    }
    let Some(hyper) = chain.iter().find_map(|error| error.downcast_ref::<hyper::Error>()) else {
        return FailureKind::ConnectionReset;
    };
    // The test for this is compiled into servers only.
    if hyper.is_parse() && hyper.to_string().contains("too large") {
        FailureKind::ResponseHeadersTooLarge
    } else if hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed() {
        FailureKind::EmptyResponse
    } else {
        facts.reason = Some(hyper.to_string().replace(" parsed", ""));
        FailureKind::BadResponse
    }
}

/// The operating system tells a name that does not exist from a name server that does not answer by words only.
fn lookup(moments: &Moments, facts: &mut Facts) -> FailureKind {
    const NOT_FOUND: [&str; 7] = [
        "name or service not known",
        "no address associated",
        "nodename nor servname",
        "does not resolve",
        "no such host",
        "host not found",
        "name has no usable address",
    ];
    let error = moments.lookup_error.as_deref().unwrap_or_default();
    let words = error.to_ascii_lowercase();
    if NOT_FOUND.iter().any(|phrase| words.contains(phrase)) {
        return FailureKind::DnsNotFound;
    }
    let reason = error.strip_prefix("failed to lookup address information: ").unwrap_or(error);
    facts.reason = Some(reason.to_owned());
    FailureKind::DnsTemporary
}

/// The addresses that were tried, with the port that the resolver does not know.
fn tried(moments: &Moments, facts: &Facts) -> Vec<SocketAddr> {
    let with_port = |address: &SocketAddr| SocketAddr::new(address.ip(), facts.port);
    moments.addresses.iter().map(with_port).collect()
}

/// The last words of the chain: the cause, not what it caused.
fn reason(chain: &[&(dyn Error + 'static)]) -> String {
    let last = chain.last().map(ToString::to_string).unwrap_or_default();
    // "Connection refused (os error 111)": the number is for programmers.
    match last.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => last,
    }
}

/// The errors below this one. `io::Error::source` skips the error that it wraps, which is the one to see.
fn chain(error: &reqwest::Error) -> Vec<&(dyn Error + 'static)> {
    let mut chain: Vec<&(dyn Error + 'static)> = Vec::new();
    let mut next = error.source();
    while let Some(error) = next {
        chain.push(error);
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|error| error as &(dyn Error + 'static)).or_else(|| error.source());
    }
    chain
}

/// Whether what came back does not even begin like HTTP.
pub(super) fn is_foreign_protocol(error: &reqwest::Error) -> bool {
    let hyper = chain(error).into_iter().find_map(|error| error.downcast_ref::<hyper::Error>());
    hyper.is_some_and(|error| error.is_parse() && error.to_string().contains("version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_name_is_told_from_a_silent_name_server() {
        for (words, kind) in [
            ("failed to lookup address information: Name or service not known", FailureKind::DnsNotFound),
            ("failed to lookup address information: Name does not resolve", FailureKind::DnsNotFound),
            ("nodename nor servname provided, or not known", FailureKind::DnsNotFound),
            (
                "failed to lookup address information: Temporary failure in name resolution",
                FailureKind::DnsTemporary,
            ),
            ("Try again", FailureKind::DnsTemporary),
        ] {
            let moments = Moments { lookup_error: Some(words.to_owned()), ..Moments::default() };
            assert_eq!(lookup(&moments, &mut Facts::default()), kind, "{words}");
        }
    }
}
