//! Each phase of an exchange has a time if it took place.

use hooks::core::delivery::{FailureKind, Phases, State};

use super::{NO_CONTENT, PLAIN, assert_failed, failure, options, send};
use crate::server::certificates::Authority;
use crate::server::{Server, Step, answering, say};

/// Whether lookup, connect, TLS and first byte have a time.
fn happened(phases: &Phases) -> [bool; 4] {
    [phases.lookup, phases.connect, phases.tls, phases.first_byte].map(|phase| phase.is_some())
}

#[test]
fn a_plain_exchange_has_a_connection_and_a_first_byte() {
    let server = answering(NO_CONTENT);
    for host in [PLAIN, "http://localhost"] {
        let exchange = send(&options(), &server.url(host, "/"));
        assert_eq!(happened(&exchange.phases), [false, true, false, true], "{exchange:?}");
        assert!(!exchange.reused);
    }
}

#[test]
fn an_encrypted_exchange_has_a_handshake_too() {
    let authority = Authority::new("trusted");
    let config = authority.issue(&["localhost"], |_| {}).server();
    let server = Server::start([Step::Tls(config), Step::Read, say(NO_CONTENT)]);
    let options = hooks::io::http::Options { ca_certificates: vec![authority.pem()], ..options() };
    let exchange = send(&options, &server.url("https://localhost", "/"));
    assert_eq!(failure(&exchange), None);
    assert_eq!(happened(&exchange.phases), [false, true, true, true]);
}

#[test]
fn the_phases_never_take_longer_than_the_exchange() {
    let server = answering(NO_CONTENT);
    let phases = send(&options(), &server.url(PLAIN, "/")).phases;
    let parts = [phases.lookup, phases.connect, phases.tls, phases.first_byte];
    assert!(parts.into_iter().flatten().sum::<std::time::Duration>() <= phases.total);
}

#[test]
fn a_failed_lookup_leaves_no_time() {
    let exchange = send(&options(), "http://no-such-receiver.invalid/");
    assert_failed(&exchange, FailureKind::DnsNotFound, State::NotSent);
    assert_eq!(happened(&exchange.phases), [false; 4]);
}
