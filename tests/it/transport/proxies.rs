//! Through a proxy, and around it.

use hooks::core::exchange::{FailureKind, State};
use hooks::effects::http::{Options, Proxies};

use super::{assert_failed, failure, options, send};
use crate::server::certificates::Authority;
use crate::server::{Server, Step, answering, say};

fn through(proxy: &Server) -> Options {
    let url = format!("http://me:s3cret@127.0.0.1:{}", proxy.address().port());
    Options { proxy: Proxies::Url(url), ..options() }
}

#[test]
fn a_plain_request_goes_to_the_proxy_with_its_credentials() {
    let proxy = answering("HTTP/1.1 204 No Content\r\n\r\n");
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
fn an_encrypted_request_goes_through_a_tunnel() {
    let authority = Authority::new("trusted");
    let config = authority.issue(&["receiver.invalid"], |_| {}).server();
    let proxy = Server::start([
        Step::Read,
        say("HTTP/1.1 200 Connection established\r\n\r\n"),
        Step::Tls(config),
        Step::Read,
        say("HTTP/1.1 204 No Content\r\n\r\n"),
    ]);
    let options = Options { ca_certificates: vec![authority.pem()], ..through(&proxy) };
    let exchange = send(&options, "https://receiver.invalid/hooks");
    assert_eq!(failure(&exchange), None, "{exchange:#?}");
    let received = String::from_utf8(proxy.received()).unwrap();
    assert!(received.starts_with("CONNECT receiver.invalid:443 HTTP/1.1\r\n"), "{received}");
    assert!(received.contains("POST /hooks HTTP/1.1\r\nhost: receiver.invalid\r\n"), "{received}");
    assert!(exchange.phases.connect.is_some() && exchange.phases.tls.is_some());
    assert!(exchange.phases.lookup.is_none(), "the proxy looks the name up");
}

#[test]
fn a_proxy_that_refuses_is_a_proxy_error_and_nothing_was_sent() {
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
        "",
        "gibberish\r\n\r\n",
    ] {
        let proxy = answering(answer);
        let exchange = send(&through(&proxy), "https://receiver.invalid/");
        let words = assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
        assert!(words.contains(&proxy.address().to_string()), "{words}");
    }
    let proxy = answering("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    let exchange = send(&through(&proxy), "http://receiver.invalid/");
    assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
}

#[test]
fn a_proxy_that_is_not_there_is_a_proxy_error() {
    for proxy in ["http://127.0.0.1:1", "socks5h://127.0.0.1:1", "http://no-such-proxy.invalid:3128"] {
        let options = Options { proxy: Proxies::Url(proxy.to_owned()), ..options() };
        for target in ["http://receiver.invalid/", "https://receiver.invalid/"] {
            let exchange = send(&options, target);
            assert_failed(&exchange, FailureKind::ProxyError, State::NotSent);
        }
    }
}

#[test]
fn a_receiver_on_this_machine_is_reached_directly() {
    let proxy = answering("").maybe_unvisited();
    let server = answering("HTTP/1.1 204 No Content\r\n\r\n");
    for host in ["http://localhost", "http://127.0.0.1", "http://app.localhost"] {
        let exchange = send(&through(&proxy), &server.url(host, "/"));
        assert_eq!(failure(&exchange), None, "{exchange:#?}");
        assert_eq!(exchange.proxy, None);
    }
    assert_eq!(proxy.visits(), 0);
}
