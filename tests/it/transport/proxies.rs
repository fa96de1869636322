//! Through a proxy, and around it.

use std::time::Duration;

use hooks::core::delivery::{FailureKind, State};
use hooks::io::http::{Options, Proxies};

use super::{NO_CONTENT, PLAIN, assert_failed, failure, options, send};
use crate::server::certificates::Authority;
use crate::server::{Server, Step, answering, say};

fn through(proxy: &Server) -> Options {
    let url = format!("http://me:s3cret@127.0.0.1:{}", proxy.address().port());
    Options { proxy: Proxies::Url(url), ..options() }
}

#[test]
fn a_plain_request_goes_to_the_proxy_with_its_credentials() {
    let proxy = answering(NO_CONTENT);
    let exchange = send(&through(&proxy), "http://receiver.invalid/hooks");
    assert_eq!(failure(&exchange), None, "{exchange:#?}");
    assert_eq!(exchange.proxy, Some(proxy.address().to_string()));
    assert_eq!(exchange.peer, Some(proxy.address()));
    let received = String::from_utf8(proxy.received()).unwrap();
    assert!(received.starts_with("POST http://receiver.invalid/hooks HTTP/1.1\r\n"), "{received}");
    assert!(received.contains("proxy-authorization: Basic "), "{received}");
    assert!(!format!("{exchange:?}").contains("s3cret"));
}

#[test]
fn an_encrypted_request_goes_through_a_tunnel_that_any_2xx_opens() {
    let authority = Authority::new("trusted");
    for response in ["200 Connection established\r\n\r\n", "201 Created\r\n\r\n", "200 OK\r\nvia: x\r\n\r\n"]
    {
        let tls = Step::Tls(authority.issue(&["receiver.invalid"], |_| {}).server());
        let opened = say(&format!("HTTP/1.1 {response}"));
        let proxy = Server::start([Step::Read, opened, tls, Step::Read, say(NO_CONTENT)]);
        let options = Options { ca_certificates: vec![authority.pem()], ..through(&proxy) };
        let exchange = send(&options, "https://receiver.invalid/hooks");
        assert_eq!(failure(&exchange), None, "{exchange:#?}");
        let received = String::from_utf8(proxy.received()).unwrap();
        assert!(received.starts_with("CONNECT receiver.invalid:443 HTTP/1.1\r\n"), "{received}");
        assert!(received.contains("POST /hooks HTTP/1.1\r\nhost: receiver.invalid\r\n"), "{received}");
        assert!(exchange.phases.connect.is_some() && exchange.phases.tls.is_some());
        assert!(exchange.phases.lookup.is_none(), "the proxy looks the name up");
    }
}

#[test]
fn a_proxy_that_opens_no_tunnel_is_quoted_and_nothing_was_sent() {
    for (url, response, said) in [
        ("https", "HTTP/1.1 403 Forbidden by policy\r\n\r\n", "(it responded 403 Forbidden by policy)"),
        ("https", "HTTP/1.1 407 Who\r\ncontent-length: 0\r\n\r\n", "(it responded 407 Who)"),
        ("https", "HTTP/1.1 502\r\ncontent-length: 5\r\n\r\nhello", "(it responded 502 Bad Gateway)"),
        ("https", "HTTP/1.1 400", "(it responded 400 Bad Request and closed the connection)"),
        ("https", "HTTP/1.1 503 Wrong password s3cret\r\n\r\n", "(it responded 503 Wrong password ***)"),
        ("https", "", "(it closed the connection without a response)"),
        ("https", "gibberish\r\n\r\n", "(its response is not HTTP)"),
        ("http", "HTTP/1.1 407 Who\r\ncontent-length: 0\r\n\r\n", "(it responded 407 Who)"),
    ] {
        let proxy = answering(response);
        let exchange = send(&through(&proxy), &format!("{url}://receiver.invalid/"));
        let words = assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
        assert!(words.contains(said) && words.contains(&proxy.address().to_string()), "{words}");
    }
}

#[test]
fn a_timeout_of_a_proxy_is_attributed_to_the_proxy() {
    for url in ["http://127.0.0.1", "https://127.0.0.1", "socks5h://127.0.0.1", "socks4a://127.0.0.1"] {
        for (connect_timeout, timeout) in [(300, 5000), (5000, 300)] {
            let proxy = Server::start([Step::Hold]);
            let options = Options {
                proxy: Proxies::Url(proxy.url(url, "")),
                connect_timeout: Duration::from_millis(connect_timeout),
                timeout: Duration::from_millis(timeout),
                ..options()
            };
            let exchange = send(&options, "https://receiver.invalid/");
            let words = assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
            assert!(words.contains("within 300 ms"), "{url}: {words}");
        }
    }
    let proxy = Server::start([Step::Read, Step::Hold]);
    let options = Options { timeout: Duration::from_millis(300), ..through(&proxy) };
    let exchange = send(&options, "http://receiver.invalid/");
    let words = assert_failed(&exchange, FailureKind::ResponseTimeout, State::InDoubt);
    assert!(words.starts_with(&format!("The proxy {} accepted the request", proxy.address())), "{words}");
}

#[test]
fn a_failed_tls_handshake_with_the_proxy_is_attributed_to_the_proxy() {
    let proxy = Server::start([Step::Peek, say("HTTP/1.1 400 No\r\n\r\n"), Step::Hold]);
    let url = proxy.url("https://127.0.0.1", "");
    let exchange = send(&Options { proxy: Proxies::Url(url), ..options() }, "https://receiver.invalid/");
    let words = assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
    assert!(words.contains("does not speak TLS") && !words.contains("receiver.invalid"), "{words}");

    let authority = Authority::new("trusted");
    let stranger = Step::Tls(Authority::new("stranger").issue(&["receiver.invalid"], |_| {}).server());
    let proxy = Server::start([Step::Read, say("HTTP/1.1 200 OK\r\n\r\n"), stranger]);
    let options = Options { ca_certificates: vec![authority.pem()], ..through(&proxy) };
    let exchange = send(&options, "https://receiver.invalid/");
    let words = assert_failed(&exchange, FailureKind::TlsUnknownIssuer, State::NotSent);
    assert!(words.contains("The certificate of receiver.invalid:443"), "{words}");
    assert!(words.contains("The connection goes through the proxy 127.0.0.1:"), "{words}");
}

#[test]
fn a_connection_that_breaks_at_a_proxy_is_attributed_to_it_and_in_doubt() {
    for (response, said) in [
        ("HTTP/1.1 400", "(it closed the connection without a complete response)"),
        ("gibberish that goes on and on\r\n\r\n", "(its response is not valid HTTP: "),
    ] {
        let proxy = answering(response);
        let exchange = send(&through(&proxy), "http://receiver.invalid/");
        let words = assert_failed(&exchange, FailureKind::ProxyError, State::InDoubt);
        assert!(words.contains(said) && words.contains("whether it arrived"), "{words}");
    }
}

#[test]
fn credentials_that_a_proxy_echoes_are_masked() {
    let token = "bWU6czNjcmV0";
    let proxy = answering(&format!(
        "HTTP/1.1 403 No s3cret\r\nx-sent: Basic {token}\r\ncontent-length: 19\r\n\r\nbad password s3cret"
    ));
    let exchange = send(&through(&proxy), "http://receiver.invalid/");
    let words = assert_failed(&exchange, FailureKind::Forbidden, State::Failed);
    assert!(words.contains("403 No ***"), "{words}");
    let said = format!("The response came through the proxy {} and may be its own.", proxy.address());
    assert!(words.contains(&said), "{words}");
    let response = exchange.response.unwrap();
    assert_eq!(response.body, b"bad password ***");
    assert_eq!(response.header("x-sent"), Some("Basic ***"));
    assert!(!response.body_truncated());
}

#[test]
fn a_socks_proxy_opens_a_tunnel_or_says_why_not() {
    let greeting = Step::Exactly(3);
    let none_wanted = Step::Write(vec![5, 0]);
    let request = Step::Exactly(4 + 1 + "receiver.invalid".len() + 2);
    let done = Step::Write(vec![5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let answer = say(NO_CONTENT);
    let via = |proxy: &Server, scheme: &str| Options {
        proxy: Proxies::Url(proxy.url(&format!("{scheme}://127.0.0.1"), "")),
        ..options()
    };
    let script = [greeting.clone(), none_wanted.clone(), request.clone(), done, Step::Read, answer];
    let proxy = Server::start(script);
    let exchange = send(&via(&proxy, "socks5h"), "http://receiver.invalid/a");
    assert_eq!(failure(&exchange), None, "{exchange:#?}");
    let received = proxy.received();
    assert!(received.windows(18).any(|part| part == b"receiver.invalid\0\x50"), "port 80");
    assert!(String::from_utf8_lossy(&received).contains("POST /a HTTP/1.1\r\n"));

    let refused = Step::Write(vec![5, 5, 0, 1, 0, 0, 0, 0, 0, 0]);
    let proxy = Server::start([greeting.clone(), none_wanted, request, refused]);
    let exchange = send(&via(&proxy, "socks5h"), "https://receiver.invalid/");
    let words = assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
    assert!(words.contains("(SOCKS: connection refused)"), "{words}");

    let proxy = Server::start([greeting, say("HTTP/1.1 400 No\r\n\r\n")]);
    let exchange = send(&via(&proxy, "socks5h"), "https://receiver.invalid/");
    let words = assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
    assert!(words.contains("(it does not speak SOCKS)"), "{words}");

    // A name that this machine has to look up, and does not find, is not the proxy's fault.
    let proxy = Server::start([Step::Hold]).maybe_unvisited();
    let exchange = send(&via(&proxy, "socks5"), "http://receiver.invalid/");
    assert_failed(&exchange, FailureKind::DnsNotFound, State::NotSent);
}

#[test]
fn a_proxy_that_cannot_be_reached_is_a_proxy_error() {
    for proxy in ["http://127.0.0.1:1", "socks5h://127.0.0.1:1", "http://no-such-proxy.invalid:3128"] {
        let options = Options { proxy: Proxies::Url(proxy.to_owned()), ..options() };
        for target in ["http://receiver.invalid/", "https://receiver.invalid/"] {
            let exchange = send(&options, target);
            let words = assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
            let said = if proxy.contains("invalid") { "its name could not be looked up" } else { "refused" };
            assert!(words.contains(said), "{words}");
        }
    }
}

#[test]
fn a_receiver_on_this_machine_is_reached_directly() {
    let proxy = answering("").maybe_unvisited();
    let server = answering(NO_CONTENT);
    for host in ["http://localhost", PLAIN, "http://app.localhost"] {
        let exchange = send(&through(&proxy), &server.url(host, "/"));
        assert_eq!(failure(&exchange), None, "{exchange:#?}");
        assert_eq!(exchange.proxy, None);
    }
    assert_eq!(proxy.visits(), 0);
}
