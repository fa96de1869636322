//! TLS: which certificates are accepted, and how each problem is reported. The failures that `messages.rs` provokes are not
//! repeated here.

use std::sync::Arc;
use std::time::Duration;

use hooks::core::delivery::{Exchange, FailureKind, NoteKind, State};
use hooks::io::http::{Options, SetupError, Transport};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, date_time_ymd};
use rustls::ServerConfig;

use super::{NO_CONTENT, assert_failed, failure, options, responded, send, send_to};
use crate::server::certificates::{Authority, Identity};
use crate::server::{Server, Step, say};

const LOCALHOST: &str = "https://localhost";

fn serving(config: Arc<ServerConfig>) -> [Step; 3] {
    [Step::Tls(config), Step::Read, say(NO_CONTENT)]
}

fn trusting(pem: Vec<u8>) -> Options {
    Options { ca_certificates: vec![pem], ..options() }
}

/// Sends to a server with this certificate.
fn send_to_server(identity: Identity, options: &Options) -> Exchange {
    send_to(serving(identity.server()), LOCALHOST, options)
}

/// What `openssl req -x509` makes.
fn is_authority(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

#[test]
fn a_valid_certificate_is_accepted_in_both_versions() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let authority = Authority::new("trusted");
        let identity = authority.issue(&["localhost", "127.0.0.1"], |_| {});
        let server = Server::start(serving(identity.server_speaking(&[version])));
        for host in [LOCALHOST, "https://127.0.0.1"] {
            let exchange = send(&trusting(authority.pem()), &server.url(host, "/"));
            assert_eq!(failure(&exchange), None, "{exchange:#?}");
            assert!(exchange.notes.is_empty());
        }
    }
}

#[test]
fn the_problem_of_a_certificate_from_a_trusted_authority_is_named() {
    type Change = fn(&mut CertificateParams);
    let cases: [(&[&str], Change, FailureKind, &str); 3] = [
        (
            &["localhost"],
            |params| {
                params.not_before = date_time_ymd(2030, 1, 1);
                params.not_after = date_time_ymd(2020, 2, 29);
            },
            FailureKind::TlsBadCertificate,
            "from 2030-01-01 00:00 UTC to 2020-02-29 00:00 UTC",
        ),
        (&[], |_| {}, FailureKind::TlsNameMismatch, "it has no `subjectAltName`"),
        (
            &["www.example.com"],
            |params| params.distinguished_name.push(DnType::CommonName, "\u{1b}[2J"),
            FailureKind::TlsNameMismatch,
            "`www.example.com`",
        ),
    ];
    let authority = Authority::new("trusted");
    for (names, change, kind, said) in cases {
        let exchange = send_to_server(authority.issue(names, change), &trusting(authority.pem()));
        let words = assert_failed(&exchange, kind, State::NotSent);
        assert!(words.contains(said) && !words.contains('\u{1b}'), "{words:?}");
    }
}

#[test]
fn a_self_signed_certificate_is_accepted_if_it_is_trusted_itself_and_otherwise_valid() {
    type Change = fn(&mut CertificateParams);
    let cases: [(&str, Change, Option<FailureKind>); 5] = [
        ("localhost", |_| {}, None),
        ("localhost", is_authority, None),
        ("www.example.com", is_authority, Some(FailureKind::TlsNameMismatch)),
        (
            "localhost",
            |params| {
                is_authority(params);
                params.not_after = date_time_ymd(2020, 2, 29);
            },
            Some(FailureKind::TlsExpired),
        ),
        (
            "localhost",
            |params| {
                is_authority(params);
                params.not_before = date_time_ymd(2999, 12, 31);
            },
            Some(FailureKind::TlsNotYetValid),
        ),
    ];
    for (name, change, kind) in cases {
        let identity = Identity::self_signed(&[name], change);
        let options = trusting(identity.pem());
        assert_eq!(failure(&send_to_server(identity, &options)), kind);
    }
}

#[test]
fn a_self_signed_certificate_that_is_not_trusted_is_named_so() {
    let namesake = |params: &mut CertificateParams| {
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "localhost");
    };
    let other = Identity::self_signed(&["localhost"], is_authority).pem();
    for (identity, trusted) in [
        (Identity::self_signed(&["localhost"], is_authority), Authority::new("trusted").pem()),
        // The trusted certificate has the same name.
        (Identity::self_signed(&["localhost"], is_authority), other),
        (
            Identity::self_signed(&["localhost"], namesake),
            [Authority::new("trusted").pem(), Authority::new("localhost").pem()].concat(),
        ),
    ] {
        let exchange = send_to_server(identity, &trusting(trusted));
        let words = assert_failed(&exchange, FailureKind::TlsSelfSigned, State::NotSent);
        assert!(!words.contains("CA:FALSE"), "{words}");
    }
}

#[test]
fn insecure_sends_and_notes_what_was_wrong() {
    let authority = Authority::new("trusted");
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 2, 29);
    let stranger = Authority::new("stranger").issue(&["localhost"], expired);
    let insecure = Options { insecure: true, ..trusting(authority.pem()) };
    let exchange = send_to_server(stranger, &insecure);
    assert_eq!(failure(&exchange), None);
    let note = &exchange.notes[0];
    assert_eq!(note.kind, NoteKind::CertificateNotAccepted);
    assert!(note.what.contains("the certificate of localhost"), "{}", note.what);
    assert!(send_to_server(authority.issue(&["localhost"], |_| {}), &insecure).notes.is_empty());
}

#[test]
fn a_client_certificate_that_is_required_is_reported_in_both_versions() {
    let authority = Authority::new("trusted");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let config = authority.issue(&["localhost"], |_| {}).server_for_members(&authority, version);
        let exchange = send_to(serving(config), LOCALHOST, &trusting(authority.pem()));
        assert_failed(&exchange, FailureKind::TlsClientCertRequired, State::NotSent);
    }
}

#[test]
fn a_handshake_that_fails_or_stalls_sends_nothing() {
    let hasty = Options { connect_timeout: Duration::from_millis(300), ..options() };
    let alert = Step::Write(vec![21, 3, 1, 0, 2, 2, 112]);
    for (script, options, kind) in [
        (vec![Step::Hold], &hasty, FailureKind::TlsHandshakeTimeout),
        (vec![], &options(), FailureKind::TlsHandshakeFailed),
        (vec![Step::Peek, alert, Step::Hold], &options(), FailureKind::TlsHandshakeFailed),
    ] {
        assert_failed(&send_to(script, LOCALHOST, options), kind, State::NotSent);
    }
}

#[test]
fn a_tls_server_that_supports_only_http_2_received_nothing() {
    let authority = Authority::new("trusted");
    let config = || authority.issue(&["localhost"], |_| {}).server();
    let mut only_http2 = Arc::unwrap_or_clone(config());
    only_http2.alpn_protocols = vec![b"h2".to_vec()];
    // Node.js, if it was not offered a protocol that it supports.
    let refusal = "HTTP/1.0 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<p>Unknown ALPN Protocol, expected `h2` to be available.</p>";
    for script in [serving(Arc::new(only_http2)), [Step::Tls(config()), Step::Read, say(refusal)]] {
        let exchange = send_to(script, LOCALHOST, &trusting(authority.pem()));
        assert_failed(&exchange, FailureKind::Http2Only, State::NotSent);
    }
}

#[test]
fn a_plain_400_that_asks_for_https_is_not_a_bad_request() {
    let exchange =
        responded("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    assert_failed(&exchange, FailureKind::HttpToTlsPort, State::NotSent);
    assert_eq!(exchange.response.unwrap().status, 400);
}

#[test]
fn a_failure_after_the_handshake_is_in_doubt() {
    let authority = Authority::new("trusted");
    let tls = Step::Tls(authority.issue(&["localhost"], |_| {}).server());
    let exchange = send_to([tls, Step::Read], LOCALHOST, &trusting(authority.pem()));
    assert_failed(&exchange, FailureKind::EmptyResponse, State::InDoubt);
    assert!(exchange.phases.tls.is_some());
}

#[test]
fn a_file_without_a_certificate_is_refused_by_its_index() {
    let good = Authority::new("trusted").pem();
    let truncated = &good[..good.len() - 40];
    let malformed = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (bad, said) in [(&b""[..], ""), (b"hello", ""), (malformed, ""), (truncated, "it is truncated")] {
        let options = Options { ca_certificates: vec![good.clone(), bad.to_vec()], ..options() };
        let error = Transport::new(&options).unwrap_err();
        assert!(matches!(error, SetupError::Certificates { index: 1, .. }), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}
