//! Encryption: what is accepted, and each way in which it is refused.

use std::sync::Arc;
use std::time::Duration;

use hooks::core::delivery::{Exchange, FailureKind, NoteKind, State};
use hooks::io::http::{Options, SetupError, Transport};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, date_time_ymd};
use rustls::ServerConfig;

use super::{assert_failed, failure, options, send};
use crate::server::certificates::{Authority, Identity};
use crate::server::{Server, Step, answering, say};

const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn serving(config: Arc<ServerConfig>) -> Server {
    Server::start([Step::Tls(config), Step::Read, say(OK)])
}

fn trusting(authority: &Authority) -> Options {
    Options { ca_certificates: vec![authority.pem()], ..options() }
}

/// A server on `localhost` with a certificate of a trusted authority, changed.
fn changed(change: impl FnOnce(&mut CertificateParams)) -> Exchange {
    let authority = Authority::new("trusted");
    let server = serving(authority.issue(&["localhost"], change).server());
    send(&trusting(&authority), &server.url("https://localhost", "/"))
}

#[test]
fn a_good_certificate_is_accepted_in_both_versions() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let authority = Authority::new("trusted");
        let identity = authority.issue(&["localhost", "127.0.0.1"], |_| {});
        let server = serving(identity.server_speaking(&[version]));
        for host in ["https://localhost", "https://127.0.0.1"] {
            let exchange = send(&trusting(&authority), &server.url(host, "/"));
            assert_eq!(failure(&exchange), None, "{exchange:#?}");
            assert!(exchange.notes.is_empty());
        }
    }
}

#[test]
fn an_expired_certificate_says_since_when() {
    let exchange = changed(|params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 29);
    });
    let words = assert_failed(&exchange, FailureKind::TlsExpired, State::NotSent);
    assert!(words.contains("expired on 2020-02-29 00:00 UTC"), "{words}");
}

#[test]
fn a_certificate_of_the_future_points_at_the_clock() {
    let exchange = changed(|params| params.not_before = date_time_ymd(2999, 12, 31));
    let words = assert_failed(&exchange, FailureKind::TlsNotYetValid, State::NotSent);
    assert!(words.contains("2999-12-31") && words.contains("clock"), "{words}");
}

#[test]
fn a_certificate_for_another_name_names_both() {
    let authority = Authority::new("trusted");
    let server = serving(authority.issue(&["www.example.com", "*.example.org"], |_| {}).server());
    let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::TlsNameMismatch, State::NotSent);
    assert!(
        words.contains("is not valid for `localhost`: it is valid for `www.example.com` and `*.example.org`"),
        "{words}"
    );
}

#[test]
fn an_unknown_authority_is_told_from_none() {
    let server = serving(Authority::new("stranger").issue(&["localhost"], |_| {}).server());
    let trusted = Authority::new("trusted");
    let exchange = send(&trusting(&trusted), &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::TlsUnknownIssuer, State::NotSent);
    assert!(words.contains("`--cacert`"), "{words}");

    let server = serving(Identity::self_signed(&["localhost"], |_| {}).server());
    let exchange = send(&trusting(&trusted), &server.url("https://localhost", "/"));
    assert_failed(&exchange, FailureKind::TlsSelfSigned, State::NotSent);

    // What `openssl req -x509` makes.
    let both = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let server = serving(Identity::self_signed(&["localhost"], both).server());
    let exchange = send(&trusting(&trusted), &server.url("https://localhost", "/"));
    assert_failed(&exchange, FailureKind::TlsSelfSigned, State::NotSent);
}

#[test]
fn a_self_signed_certificate_can_be_trusted_by_name() {
    let identity = Identity::self_signed(&["localhost"], |_| {});
    let options = Options { ca_certificates: vec![identity.pem()], ..options() };
    let server = serving(identity.server());
    assert_eq!(failure(&send(&options, &server.url("https://localhost", "/"))), None);
}

#[test]
fn a_certificate_that_is_an_authority_too_can_be_trusted_by_name() {
    // What `openssl req -x509` makes.
    let both = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let named = |identity: Identity, host: &str| {
        let options = Options { ca_certificates: vec![identity.pem()], ..options() };
        let server = serving(identity.server());
        send(&options, &server.url(host, "/"))
    };
    assert_eq!(failure(&named(Identity::self_signed(&["localhost"], both), "https://localhost")), None);

    let exchange = named(Identity::self_signed(&["www.example.com"], both), "https://localhost");
    assert_failed(&exchange, FailureKind::TlsNameMismatch, State::NotSent);
    let expired = |params: &mut CertificateParams| {
        both(params);
        params.not_after = date_time_ymd(2020, 2, 29);
    };
    let exchange = named(Identity::self_signed(&["localhost"], expired), "https://localhost");
    let words = assert_failed(&exchange, FailureKind::TlsExpired, State::NotSent);
    assert!(words.contains("2020-02-29"), "{words}");
    let future = |params: &mut CertificateParams| {
        both(params);
        params.not_before = date_time_ymd(2999, 12, 31);
    };
    let exchange = named(Identity::self_signed(&["localhost"], future), "https://localhost");
    assert_failed(&exchange, FailureKind::TlsNotYetValid, State::NotSent);

    // Another one of the same name is not the one that was named.
    let options =
        Options { ca_certificates: vec![Identity::self_signed(&["localhost"], both).pem()], ..options() };
    let server = serving(Identity::self_signed(&["localhost"], both).server());
    let exchange = send(&options, &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::TlsSelfSigned, State::NotSent);
    assert!(!words.contains("CA:FALSE"), "{words}");
}

#[test]
fn a_self_signed_certificate_with_the_name_of_a_trusted_one_is_self_signed() {
    let authority = Authority::new("localhost");
    let namesake = |params: &mut CertificateParams| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "localhost");
    };
    let server = serving(Identity::self_signed(&["localhost"], namesake).server());
    let mut trusted = Authority::new("trusted").pem();
    trusted.extend(authority.pem());
    let options = Options { ca_certificates: vec![trusted], ..options() };
    let exchange = send(&options, &server.url("https://localhost", "/"));
    assert_failed(&exchange, FailureKind::TlsSelfSigned, State::NotSent);
}

#[test]
fn a_certificate_whose_validity_ends_before_it_begins_is_reported() {
    let exchange = changed(|params| {
        params.not_before = date_time_ymd(2030, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 29);
    });
    let words = assert_failed(&exchange, FailureKind::TlsBadCertificate, State::NotSent);
    assert!(words.contains("valid from 2030-01-01 00:00 UTC to 2020-02-29 00:00 UTC"), "{words}");
}

#[test]
fn a_certificate_without_names_says_what_is_missing() {
    let authority = Authority::new("trusted");
    let server = serving(authority.issue(&[], |_| {}).server());
    let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::TlsNameMismatch, State::NotSent);
    assert!(words.contains("it has no `subjectAltName`") && words.contains("with `localhost` as"), "{words}");
}

#[test]
fn a_server_that_speaks_http_2_only_is_named_and_nothing_was_sent() {
    let authority = Authority::new("trusted");
    let identity = authority.issue(&["localhost"], |_| {});
    let mut config = Arc::unwrap_or_clone(identity.server());
    config.alpn_protocols = vec![b"h2".to_vec()];
    let server = serving(Arc::new(config));
    let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::Http2Only, State::NotSent);
    assert!(words.contains("supports only HTTP/2"), "{words}");

    // Node.js, when it was not asked for a protocol it knows.
    let refusal = "HTTP/1.0 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<p>Unknown ALPN Protocol, expected `h2` to be available.</p>";
    let tls = authority.issue(&["localhost"], |_| {}).server();
    let server = Server::start([Step::Tls(tls), Step::Read, say(refusal)]);
    let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
    assert_failed(&exchange, FailureKind::Http2Only, State::NotSent);
}

#[test]
fn a_certificate_for_clients_does_not_do() {
    let exchange = changed(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    assert_failed(&exchange, FailureKind::TlsBadPurpose, State::NotSent);
}

#[test]
fn a_signature_of_an_impostor_is_a_bad_one() {
    let authority = Authority::new("trusted");
    let server = serving(authority.impostor().issue(&["localhost"], |_| {}).server());
    let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
    assert_failed(&exchange, FailureKind::TlsBadSignature, State::NotSent);
}

#[test]
fn insecure_sends_and_says_what_was_wrong() {
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 2, 29);
    let server = serving(Authority::new("stranger").issue(&["localhost"], expired).server());
    let options = Options { insecure: true, ..options() };
    let exchange = send(&options, &server.url("https://localhost", "/"));
    assert_eq!(failure(&exchange), None);
    let note = &exchange.notes[0];
    assert_eq!(note.kind, NoteKind::CertificateNotAccepted);
    assert!(note.what.contains("the certificate of localhost"), "{}", note.what);

    let authority = Authority::new("trusted");
    let server = serving(authority.issue(&["localhost"], |_| {}).server());
    let options = Options { insecure: true, ..trusting(&authority) };
    assert!(send(&options, &server.url("https://localhost", "/")).notes.is_empty());
}

#[test]
fn a_client_certificate_that_is_wanted_is_named_in_both_versions() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let authority = Authority::new("trusted");
        let identity = authority.issue(&["localhost"], |_| {});
        let server = serving(identity.server_for_members(&authority, version));
        let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
        assert_failed(&exchange, FailureKind::TlsClientCertRequired, State::NotSent);
    }
}

#[test]
fn alerts_of_servers_that_cannot_agree_are_told_apart() {
    for (alert, kind) in [
        (70, FailureKind::TlsVersion),
        (40, FailureKind::TlsNoCommonCipher),
        (112, FailureKind::TlsHandshakeFailed),
    ] {
        let server = Server::start([Step::Peek, Step::Write(vec![21, 3, 1, 0, 2, 2, alert]), Step::Hold]);
        let exchange = send(&options(), &server.url("https://localhost", "/"));
        assert_failed(&exchange, kind, State::NotSent);
    }
}

#[test]
fn https_to_a_plain_server_and_http_to_a_tls_server_say_which_to_write() {
    let server = Server::start([Step::Peek, say("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Hold]);
    let exchange = send(&options(), &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::TlsPlaintextServer, State::NotSent);
    assert!(words.contains("Write `http://`"), "{words}");

    let authority = Authority::new("trusted");
    let server = serving(authority.issue(&["localhost"], |_| {}).server());
    let exchange = send(&options(), &server.url("http://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::HttpToTlsPort, State::NotSent);
    assert!(words.contains("Write `https://`"), "{words}");

    let server =
        answering("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    let exchange = send(&options(), &server.url("http://localhost", "/"));
    assert_failed(&exchange, FailureKind::HttpToTlsPort, State::NotSent);
    assert_eq!(exchange.response.unwrap().status, 400);
}

#[test]
fn a_silent_server_is_a_handshake_timeout_and_a_closing_one_a_failure() {
    let hasty = Options { connect_timeout: Duration::from_millis(300), ..options() };
    let server = Server::start([Step::Hold]);
    let exchange = send(&hasty, &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::TlsHandshakeTimeout, State::NotSent);
    assert!(words.contains("300 ms"), "{words}");

    for script in [vec![Step::Peek], vec![]] {
        let server = Server::start(script);
        let exchange = send(&options(), &server.url("https://localhost", "/"));
        assert_failed(&exchange, FailureKind::TlsHandshakeFailed, State::NotSent);
    }
}

#[test]
fn a_failure_after_the_handshake_is_in_doubt() {
    let authority = Authority::new("trusted");
    let config = authority.issue(&["localhost"], |_| {}).server();
    let server = Server::start([Step::Tls(config), Step::Read]);
    let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
    assert_failed(&exchange, FailureKind::EmptyResponse, State::InDoubt);
    assert!(exchange.phases.tls.is_some());
}

#[test]
fn a_file_without_a_certificate_is_refused_and_named() {
    let good = Authority::new("trusted").pem();
    for bad in [&b""[..], b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let options = Options { ca_certificates: vec![good.clone(), bad.to_vec()], ..options() };
        let error = Transport::new(&options).unwrap_err();
        assert!(matches!(error, SetupError::Certificates { index: 1, .. }), "{error}");
    }
    let truncated = good[..good.len() - 40].to_vec();
    let error = Transport::new(&Options { ca_certificates: vec![truncated], ..options() }).unwrap_err();
    assert!(error.to_string().contains("it is truncated"), "{error}");
}

#[test]
fn what_a_certificate_says_cannot_steer_a_terminal() {
    let authority = Authority::new("trusted");
    let rude = |params: &mut CertificateParams| {
        params.distinguished_name.push(DnType::CommonName, "\u{1b}[2J");
    };
    let server = serving(authority.issue(&["www.example.com"], rude).server());
    let exchange = send(&trusting(&authority), &server.url("https://localhost", "/"));
    let words = assert_failed(&exchange, FailureKind::TlsNameMismatch, State::NotSent);
    assert!(!words.contains('\u{1b}'), "{words:?}");
}
