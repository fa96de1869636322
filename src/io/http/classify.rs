//! Classifies an error by its cause and by the progress of the exchange: a failure, and whether the receiver may have the
//! request.

use std::io::ErrorKind;
use std::time::Duration;

use super::error::{Cause, HttpCause, SendError};
use super::response::ReceivedResponse;
use super::timing::{Moments, ProxyStep};
use super::tls_error;
use crate::core::delivery::{BodyEnd, Facts, Failure, FailureKind, Phase, State, duration_in_words};

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    pub(super) total: Duration,
}

/// Why a request got no response, and whether it may have been received.
pub(super) fn classify(
    error: &SendError,
    moments: &Moments,
    all_sent: bool,
    limits: Limits,
    facts: Facts,
) -> (Failure, State) {
    let phase = match moments.phase() {
        Phase::Wait if !all_sent => Phase::Send,
        phase => phase,
    };
    let addresses = moments.addresses.clone();
    let mut facts = Facts { phase: Some(phase), addresses, reused: moments.reused, ..facts };
    let kind = match error {
        SendError::CannotSend(reason) => {
            facts.reason = Some(reason.clone());
            FailureKind::CannotSend
        }
        SendError::Stopped => FailureKind::Interrupted,
        SendError::TimedOut if moments.at_proxy() && !moments.may_have_sent() => {
            facts.reason = Some(timed_out(moments.proxy, limits.total));
            FailureKind::ProxyError
        }
        SendError::TimedOut => {
            facts.elapsed = Some(limits.total);
            match phase {
                Phase::Wait | Phase::Body => FailureKind::ResponseTimeout,
                Phase::Send => FailureKind::SendTimeout,
                Phase::Lookup | Phase::Connect | Phase::Tls => FailureKind::TotalTimeout,
            }
        }
        SendError::Failed(cause) => name(cause, moments, phase, limits, &mut facts),
    };
    let kind = if facts.proxy_forwards { blamed_on_proxy(kind, phase, &mut facts) } else { kind };
    // In TLS 1.3, a server refuses the client only after the handshake has completed on our side.
    let refused =
        matches!(kind, FailureKind::CannotSend | FailureKind::TlsClientCertRequired | FailureKind::Http2Only);
    let state = if refused || !moments.may_have_sent() { State::NotSent } else { State::InDoubt };
    (Failure::new(kind, &facts), state)
}

/// Why a response cannot be forwarded. A response that is too large is left to the caller.
pub(super) fn incomplete(response: &ReceivedResponse, is_stopped: bool, facts: Facts) -> Option<Failure> {
    let (kind, reason) = match response.body_end {
        BodyEnd::Complete | BodyEnd::Stopped => (FailureKind::BadResponse, Some(response.unforwardable()?)),
        BodyEnd::Malformed => (FailureKind::BadResponse, Some("a chunk of the body is malformed".to_owned())),
        BodyEnd::TimedOut => (FailureKind::ResponseTimeout, None),
        BodyEnd::CutShort if is_stopped => (FailureKind::Interrupted, None),
        BodyEnd::CutShort => (FailureKind::EmptyResponse, None),
    };
    Some(Failure::new(kind, &Facts { reason, phase: Some(Phase::Body), ..facts }))
}

fn name(cause: &Cause, moments: &Moments, phase: Phase, limits: Limits, facts: &mut Facts) -> FailureKind {
    if moments.at_proxy() && !moments.may_have_sent() {
        facts.reason = Some(at_proxy(cause, moments, limits, facts));
        return FailureKind::ProxyError;
    }
    if let Some(tls) = &cause.tls {
        return tls_error::classify(tls, moments, facts);
    }
    facts.reason = Some(cause.message.clone());
    if cause.timed_out {
        facts.elapsed = Some(connecting_took(moments, limits));
    }
    match phase {
        Phase::Tls if cause.timed_out => FailureKind::TlsHandshakeTimeout,
        Phase::Tls => {
            if cause.io == Some(ErrorKind::UnexpectedEof) {
                facts.reason = Some("it closed the connection".to_owned());
            }
            FailureKind::TlsHandshakeFailed
        }
        Phase::Lookup if cause.timed_out => FailureKind::DnsTimeout,
        Phase::Lookup => lookup(moments, facts),
        Phase::Connect if cause.timed_out => FailureKind::ConnectTimeout,
        Phase::Connect => connect(cause.io),
        Phase::Send | Phase::Wait | Phase::Body => exchange(cause, facts),
    }
}

/// Errors on a connection to a forwarding proxy are attributed to the proxy.
fn blamed_on_proxy(kind: FailureKind, phase: Phase, facts: &mut Facts) -> FailureKind {
    let reason = facts.reason.as_deref().unwrap_or_default();
    let reason = match kind {
        FailureKind::EmptyResponse => "it closed the connection without a complete response".to_owned(),
        FailureKind::ConnectionReset if phase == Phase::Send => {
            format!("the connection broke while the request was being sent: {reason}")
        }
        FailureKind::ConnectionReset => format!("the connection broke before its response: {reason}"),
        FailureKind::BadResponse => format!("its response is not valid HTTP: {reason}"),
        FailureKind::ResponseHeadersTooLarge => "its response has too many headers".to_owned(),
        FailureKind::SendTimeout => "it stopped reading the request".to_owned(),
        other => return other,
    };
    facts.reason = Some(reason);
    FailureKind::ProxyError
}

fn at_proxy(cause: &Cause, moments: &Moments, limits: Limits, facts: &Facts) -> String {
    if let Some(refusal) = &cause.refusal {
        return refusal.clone();
    }
    if cause.timed_out {
        return timed_out(moments.proxy, connecting_took(moments, limits));
    }
    if let Some(tls) = &cause.tls {
        let address = facts.proxy.as_deref().unwrap_or_default();
        let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
        let own = Facts { host: host.to_owned(), port: port.parse().unwrap_or_default(), ..Facts::default() };
        return tls_error::of_proxy(tls, moments, own);
    }
    match (moments.proxy, cause.io) {
        (ProxyStep::Connect, _) if moments.lookup_start.is_some() && moments.lookup_end.is_none() => {
            "its name could not be looked up".to_owned()
        }
        (ProxyStep::Tunnel | ProxyStep::Tls, Some(ErrorKind::UnexpectedEof)) => {
            "it closed the connection".to_owned()
        }
        _ => cause.message.clone(),
    }
}

/// The limit, or less if the operating system gave up earlier.
fn connecting_took(moments: &Moments, limits: Limits) -> Duration {
    moments.connect_start.map_or(limits.connect, |start| start.elapsed().min(limits.connect))
}

fn timed_out(step: ProxyStep, limit: Duration) -> String {
    let limit = duration_in_words(limit);
    match step {
        ProxyStep::Connect => format!("no connection to it within {limit}"),
        ProxyStep::Tls => format!("it did not complete the TLS handshake within {limit}"),
        _ => format!("it did not respond within {limit}"),
    }
}

fn connect(io: Option<ErrorKind>) -> FailureKind {
    match io {
        Some(ErrorKind::ConnectionRefused) => FailureKind::ConnectRefused,
        Some(
            ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable,
        ) => FailureKind::NetworkUnreachable,
        _ => FailureKind::ConnectFailed,
    }
}

/// Why the exchange failed after connecting.
fn exchange(cause: &Cause, facts: &mut Facts) -> FailureKind {
    match (cause.io, &cause.http) {
        (Some(ErrorKind::UnexpectedEof), _) | (None, Some(HttpCause::Ended)) => FailureKind::EmptyResponse,
        (Some(_), _) | (None, None) => FailureKind::ConnectionReset,
        (None, Some(HttpCause::HeadTooLarge)) => FailureKind::ResponseHeadersTooLarge,
        (None, Some(HttpCause::Foreign(words) | HttpCause::Malformed(words))) => {
            facts.reason = Some(words.clone());
            FailureKind::BadResponse
        }
    }
}

/// The error of the operating system distinguishes an unknown name from a failing name server only by its text.
fn lookup(moments: &Moments, facts: &mut Facts) -> FailureKind {
    const NOT_FOUND: [&str; 6] = [
        "name or service not known",
        "no address associated",
        "nodename nor servname",
        "does not resolve",
        "no such host",
        "host not found",
    ];
    let error = moments.lookup_error.as_deref().unwrap_or_default();
    let words = error.to_ascii_lowercase();
    if NOT_FOUND.iter().any(|phrase| words.contains(phrase)) {
        return FailureKind::DnsNotFound;
    }
    let reason = error.strip_prefix("failed to lookup address information: ").unwrap_or(error);
    facts.reason = Some(reason.to_lowercase());
    FailureKind::DnsTemporary
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const LIMITS: Limits = Limits { connect: Duration::from_secs(10), total: Duration::from_secs(30) };

    /// An exchange that reached this phase.
    fn during(phase: Phase) -> Moments {
        let now = Some(Instant::now());
        let mut moments = Moments { connect_start: now, lookup_start: now, ..Moments::default() };
        if phase == Phase::Lookup {
            return moments;
        }
        moments.lookup_end = now;
        moments.tls_start = now.filter(|_| phase != Phase::Connect);
        moments.connected = now.filter(|_| phase == Phase::Wait);
        moments
    }

    fn explained(cause: Cause, moments: &Moments, facts: Facts) -> (FailureKind, State) {
        let (failure, state) = classify(&SendError::Failed(cause), moments, true, LIMITS, facts);
        (failure.kind, state)
    }

    #[test]
    fn an_unknown_name_differs_from_a_failing_name_server() {
        for (words, kind) in [
            ("failed to lookup address information: Name or service not known", FailureKind::DnsNotFound),
            ("failed to lookup address information: Name does not resolve", FailureKind::DnsNotFound),
            ("nodename nor servname provided, or not known", FailureKind::DnsNotFound),
            ("No such host is known. (os error 11001)", FailureKind::DnsNotFound),
            ("Temporary failure in name resolution", FailureKind::DnsTemporary),
            ("Try again", FailureKind::DnsTemporary),
        ] {
            let moments = Moments { lookup_error: Some(words.to_owned()), ..during(Phase::Lookup) };
            let explained = explained(Cause::default(), &moments, Facts::default());
            assert_eq!(explained, (kind, State::NotSent), "{words}");
        }
    }

    #[test]
    fn a_connect_timeout_names_the_step() {
        let cause = || Cause { timed_out: true, ..Cause::default() };
        for (phase, kind) in [
            (Phase::Lookup, FailureKind::DnsTimeout),
            (Phase::Connect, FailureKind::ConnectTimeout),
            (Phase::Tls, FailureKind::TlsHandshakeTimeout),
        ] {
            assert_eq!(explained(cause(), &during(phase), Facts::default()), (kind, State::NotSent));
        }
        let proxied = Facts { proxy: Some("proxy.test:3128".to_owned()), ..Facts::default() };
        for proxy in [ProxyStep::Connect, ProxyStep::Tls, ProxyStep::Tunnel] {
            let moments = Moments { proxy, ..during(Phase::Connect) };
            let (kind, state) = explained(cause(), &moments, proxied.clone());
            assert_eq!((kind, state), (FailureKind::ProxyError, State::NotSent));
            let (failure, _) = classify(&SendError::TimedOut, &moments, true, LIMITS, proxied.clone());
            assert_eq!(failure.kind, FailureKind::ProxyError);
            assert!(failure.what.contains("within 30 s"), "{}", failure.what);
        }
        let passed = Moments { proxy: ProxyStep::Passed, ..during(Phase::Tls) };
        assert_eq!(explained(cause(), &passed, proxied), (FailureKind::TlsHandshakeTimeout, State::NotSent));
    }

    #[test]
    fn connection_errors_are_classified() {
        for (io, kind) in [
            (ErrorKind::ConnectionRefused, FailureKind::ConnectRefused),
            (ErrorKind::NetworkUnreachable, FailureKind::NetworkUnreachable),
            (ErrorKind::HostUnreachable, FailureKind::NetworkUnreachable),
            (ErrorKind::PermissionDenied, FailureKind::ConnectFailed),
        ] {
            let cause = Cause { io: Some(io), ..Cause::default() };
            let explained = explained(cause, &during(Phase::Connect), Facts::default());
            assert_eq!(explained, (kind, State::NotSent));
        }
    }

    #[test]
    fn a_failure_after_connecting_is_in_doubt() {
        let causes = [
            Cause { io: Some(ErrorKind::BrokenPipe), ..Cause::default() },
            Cause { io: Some(ErrorKind::UnexpectedEof), ..Cause::default() },
            Cause { http: Some(HttpCause::Ended), ..Cause::default() },
            Cause { http: Some(HttpCause::Malformed(String::new())), ..Cause::default() },
            Cause { timed_out: true, ..Cause::default() },
            Cause::default(),
        ];
        for cause in causes {
            let (_, state) = explained(cause.clone(), &during(Phase::Wait), Facts::default());
            assert_eq!(state, State::InDoubt, "{cause:?}");
            let reused = Moments { reused: true, ..Moments::default() };
            let (_, state) = explained(cause.clone(), &reused, Facts::default());
            assert_eq!(state, State::InDoubt, "over a reused connection: {cause:?}");
            let (_, state) = explained(cause.clone(), &Moments::default(), Facts::default());
            assert_eq!(state, State::NotSent, "without a connection: {cause:?}");
        }
    }
}
