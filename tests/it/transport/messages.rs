//! Each failure of the table, provoked by a receiver that behaves that way: all messages in one snapshot, in the order of
//! the table.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use hooks::core::delivery::{Exchange, FailureKind, Group, NoteKind, State};
use hooks::core::model::Method;
use hooks::io::http::{Options, Proxies, Transport, send_once};
use rcgen::{CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, date_time_ymd};
use regex::Regex;
use rustls::ServerConfig;

use super::broken::{closed_port, unanswered};
use super::{NO_CONTENT, PLAIN, hasty, options, post, request, responded, send, send_to};
use crate::server::certificates::{Authority, Identity};
use crate::server::{Server, Step, answering, say};

/// How an HTTP/2 server begins: with a SETTINGS frame, here an empty one.
const HTTP_2: &str = "\0\0\0\x04\0\0\0\0\0";

/// Where, according to a receiver's certificate, its issuer's certificate can be downloaded.
const ISSUER_URL: &[u8] = b"http://authority.example/issuer.crt";

#[test]
fn messages_are_up_to_date_and_every_failure_is_provoked() {
    let failures = all(FailureKind::ALL, |kind| {
        let exchange = failing(kind)?;
        let failure = exchange.failure.unwrap_or_else(|| panic!("{kind:?} did not fail"));
        assert_eq!(failure.kind, kind, "{failure:?}");
        assert_ne!(exchange.state, State::Delivered, "{kind:?}");
        Some((kind.name(), exchange.state.as_str(), failure.what, failure.next))
    });
    let notes = all(NoteKind::ALL, |kind| {
        let exchange = noted(kind)?;
        let note = exchange.notes.iter().find(|note| note.kind == kind);
        let note = note.unwrap_or_else(|| panic!("{kind:?}: {:?}", exchange.notes));
        Some((kind.name(), exchange.state.as_str(), note.what.clone(), note.next.clone()))
    });
    let text = [failures, notes].concat();
    snapbox::assert_data_eq!(text, snapbox::file!("messages.txt").raw());
}

/// Provokes all of them at the same time, and returns the messages.
fn all<K: Copy + Send + Sync>(
    kinds: &[K],
    met: impl Fn(K) -> Option<(&'static str, &'static str, String, String)> + Sync,
) -> String {
    let port = Regex::new(r"((localhost|127\.0\.0\.1|\[::1\]):|on port )\d+").unwrap();
    let time = Regex::new(r"\b3\d\d ms\b").unwrap();
    std::thread::scope(|scope| {
        let met = &met;
        let running: Vec<_> = kinds.iter().map(|kind| scope.spawn(move || met(*kind))).collect();
        let said = running.into_iter().filter_map(|thread| thread.join().unwrap());
        let text: String = said
            .map(|(name, state, what, next)| format!("{name}: {state}\n  {what}\n  {next}\n\n"))
            .collect();
        let text = port.replace_all(&text, "$1[PORT]");
        time.replace_all(&text, "[TIME]").into_owned()
    })
}

/// An exchange with this failure; none if no receiver on this machine can provoke it.
fn failing(kind: FailureKind) -> Option<Exchange> {
    use FailureKind as Kind;
    Some(match kind {
        kind if kind.group() == Group::Element => return None,
        // These need a name server of our own, or revocation lists, which are not fetched.
        Kind::DnsTemporary | Kind::DnsTimeout | Kind::TlsRevoked => return None,
        Kind::DnsNotFound => send(&options(), "http://no-such-receiver.invalid/"),
        Kind::CannotSend => {
            let bad = request(Method::Post, "http://127.0.0.1:1/", &[("x-bad", "a\nb")], b"");
            send_once(&options(), &bad).unwrap()
        }
        Kind::ConnectRefused => send(&options(), &format!("http://localhost:{}/", closed_port())),
        Kind::ConnectTimeout => unanswered(),
        // Linux has no route for TCP to a broadcast address, nor to a link-local address without an interface, and sends
        // nothing.
        Kind::NetworkUnreachable => send(&options(), "http://127.255.255.255:81/"),
        Kind::ConnectFailed => send(&options(), "http://[fe80::1]:81/"),
        Kind::TotalTimeout => send_to([Step::Hold], "https://127.0.0.1", &hasty()),
        Kind::ProxyError => with_answer("HTTP/1.1 407 Who?\r\ncontent-length: 0\r\n\r\n", |server| {
            let proxy = Proxies::Url(server.url(PLAIN, ""));
            send(&Options { proxy, ..options() }, "https://receiver.invalid/")
        }),
        Kind::TlsExpired => encrypted(|params| params.not_after = date_time_ymd(2020, 2, 29)),
        Kind::TlsNotYetValid => encrypted(|params| params.not_before = date_time_ymd(2999, 12, 31)),
        Kind::TlsUnknownIssuer => encrypted_by(Authority::new("stranger").issue(&["localhost"], |_| {})),
        Kind::TlsIncompleteChain => {
            let says_where = |params: &mut CertificateParams| params.custom_extensions.push(issuer_access());
            encrypted_by(Authority::new("stranger").issue(&["localhost"], says_where))
        }
        Kind::TlsSelfSigned => encrypted_by(Identity::self_signed(&["localhost"], |_| {})),
        Kind::TlsNameMismatch => encrypted_by(TRUSTED.issue(&["www.example.com", "*.example.org"], |_| {})),
        Kind::TlsBadPurpose => {
            encrypted(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth])
        }
        Kind::TlsBadSignature => encrypted_by(TRUSTED.impostor().issue(&["localhost"], |_| {})),
        Kind::TlsBadCertificate => encrypted(|params| {
            let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
            unknown.set_criticality(true);
            params.custom_extensions.push(unknown);
        }),
        Kind::TlsVersion => alerting(70),
        Kind::TlsNoCommonCipher => alerting(40),
        Kind::TlsPlaintextServer => {
            send_to([Step::Peek, say("HTTP/1.1 400 No\r\n\r\n"), Step::Hold], "https://localhost", &options())
        }
        Kind::HttpToTlsPort => {
            let identity = TRUSTED.issue(&["localhost"], |_| {});
            send_to([Step::Tls(identity.server()), Step::Read], "http://localhost", &options())
        }
        Kind::TlsClientCertRequired => {
            let identity = TRUSTED.issue(&["localhost"], |_| {});
            encrypted_with(identity.server_for_members(&TRUSTED, &rustls::version::TLS13))
        }
        Kind::TlsHandshakeTimeout => with([Step::Hold], |server| {
            let hasty = Options { connect_timeout: Duration::from_millis(300), ..options() };
            send(&hasty, &server.url("https://localhost", "/"))
        }),
        Kind::TlsHandshakeFailed => send_to([Step::Peek], "https://localhost", &options()),
        Kind::ConnectionReset => send_to([Step::Peek], PLAIN, &options()),
        Kind::SendTimeout => with([Step::Peek, Step::Stall(Duration::from_secs(2))], |server| {
            let body = vec![b'x'; 30_000_000];
            let large = request(Method::Post, &server.url(PLAIN, "/"), &[], &body);
            send_once(&hasty(), &large).unwrap()
        }),
        Kind::ResponseTimeout => send_to([Step::Read, Step::Hold], PLAIN, &hasty()),
        Kind::EmptyResponse => responded(""),
        Kind::BadResponse => responded("SSH-2.0-OpenSSH_9.9\r\n"),
        Kind::Http2Only => responded(HTTP_2),
        Kind::ResponseHeadersTooLarge => {
            responded(format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(200)))
        }
        Kind::Interrupted => with([Step::Read, Step::Hold], |server| {
            let request = post(&server.url(PLAIN, "/"));
            run(async {
                let soon = tokio::time::sleep(Duration::from_millis(300));
                Transport::new(&options()).unwrap().send_until(&request, soon).await
            })
        }),
        status => {
            let (status, headers) = answer(status);
            refused(status, headers)
        }
    })
}

/// The status of a response that causes this failure, and further headers.
fn answer(kind: FailureKind) -> (u16, &'static str) {
    use FailureKind as Kind;
    match kind {
        Kind::Redirect => (308, "location: /v2/\u{202e}hooks\r\n"),
        Kind::BadRequest => (400, ""),
        Kind::Unauthorized => (401, ""),
        Kind::Forbidden => (403, ""),
        Kind::NotFound => (404, ""),
        Kind::MethodNotAllowed => (405, "allow: GET, PUT\r\n"),
        Kind::NotAcceptable => (406, ""),
        Kind::RequestTimeout => (408, ""),
        Kind::Conflict => (409, ""),
        Kind::Gone => (410, ""),
        Kind::LengthRequired => (411, ""),
        Kind::PayloadTooLarge => (413, ""),
        Kind::Misdirected => (421, ""),
        Kind::TooEarly => (425, ""),
        Kind::UpgradeRequired => (426, "upgrade: h2c, websocket\r\n"),
        Kind::LegalReasons => (451, ""),
        Kind::ClientClosed => (499, ""),
        Kind::CdnUnknown => (520, ""),
        Kind::CdnRefused => (521, ""),
        Kind::CdnConnectTimeout => (522, ""),
        Kind::CdnUnreachable => (523, ""),
        Kind::CdnTimeout => (524, ""),
        Kind::CdnTls => (525, ""),
        Kind::CdnCertificate => (526, ""),
        Kind::CdnError => (530, ""),
        Kind::UnsupportedMediaType => (415, ""),
        Kind::Unprocessable => (422, ""),
        Kind::RateLimited => (429, "retry-after: 120\r\n"),
        Kind::HeadersTooLarge => (431, ""),
        Kind::ServerError => (500, ""),
        Kind::BadGateway => (502, ""),
        Kind::Unavailable => (503, "retry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\n"),
        Kind::GatewayTimeout => (504, ""),
        Kind::OtherStatus => (418, ""),
        other => panic!("no response causes this failure: {other:?}"),
    }
}

/// An exchange with this note; none if no receiver can provoke it.
fn noted(kind: NoteKind) -> Option<Exchange> {
    Some(match kind {
        // This needs a machine without trusted root certificates.
        NoteKind::BundledRoots => return None,
        NoteKind::HtmlPage => {
            responded("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<form action=/login>")
        }
        NoteKind::BodyCutShort => responded("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"),
        NoteKind::BodyMalformed => {
            responded("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfive\r\nabcde\r\n")
        }
        NoteKind::BodyTimeout => {
            let slow = Step::Drip(vec![b'x'; 1000], Duration::from_millis(50));
            let head = say("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
            send_to([Step::Read, head, slow], PLAIN, &hasty())
        }
        NoteKind::CertificateNotAccepted => {
            let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 2, 29);
            let identity = TRUSTED.issue(&["localhost"], expired);
            with([Step::Tls(identity.server()), Step::Read, say(NO_CONTENT)], |server| {
                let lenient = Options { insecure: true, ca_certificates: vec![TRUSTED.pem()], ..options() };
                send(&lenient, &server.url("https://localhost", "/"))
            })
        }
    })
}

fn with<const N: usize>(script: [Step; N], exchange: impl FnOnce(&Server) -> Exchange) -> Exchange {
    exchange(&Server::start(script))
}

fn with_answer(answer: &str, exchange: impl FnOnce(&Server) -> Exchange) -> Exchange {
    exchange(&answering(answer))
}

fn refused(status: u16, headers: &str) -> Exchange {
    responded(format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\n\r\n"))
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The only trusted authority.
static TRUSTED: LazyLock<Authority> = LazyLock::new(|| Authority::new("trusted"));

/// From a receiver whose certificate the trusted authority has issued, after `change`.
fn encrypted(change: impl FnOnce(&mut CertificateParams)) -> Exchange {
    encrypted_by(TRUSTED.issue(&["localhost"], change))
}

fn encrypted_by(identity: Identity) -> Exchange {
    encrypted_with(identity.server())
}

fn encrypted_with(config: Arc<ServerConfig>) -> Exchange {
    with([Step::Tls(config), Step::Read], |server| {
        let trusting = Options { ca_certificates: vec![TRUSTED.pem()], ..options() };
        send(&trusting, &server.url("https://localhost", "/"))
    })
}

/// From a receiver that ends the handshake with this alert.
fn alerting(alert: u8) -> Exchange {
    send_to(
        [Step::Peek, Step::Write(vec![21, 3, 1, 0, 2, 2, alert]), Step::Hold],
        "https://localhost",
        &options(),
    )
}

/// The certificate extension that says where the issuer's certificate can be downloaded (RFC 5280, 4.2.2.1).
fn issuer_access() -> CustomExtension {
    let tagged = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let method = tagged(6, &[0x2b, 6, 1, 5, 5, 7, 0x30, 2]);
    let description = tagged(0x30, &[method, tagged(0x86, ISSUER_URL)].concat());
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], tagged(0x30, &description))
}
