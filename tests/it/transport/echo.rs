//! `--echo`: a receiver for one request, which keeps the request as received.

use std::net::Ipv4Addr;

use hooks::core::delivery::State;
use hooks::core::model::Method;
use hooks::io::http::send_once;
use hooks::io::listeners::Listeners;
use hooks::io::receiver::{Receiver, ReceiverOptions};

use super::{options, request};

/// A receiver for one request, and its address.
fn receiver() -> (Receiver, String) {
    let listeners = Listeners::bind(Some(Ipv4Addr::LOCALHOST.into()), 0).unwrap();
    let url = format!("http://{}", listeners.address());
    (
        Receiver::start(listeners, ReceiverOptions { most: Some(1), ..ReceiverOptions::default() }).unwrap(),
        url,
    )
}

#[test]
fn a_request_is_kept_byte_for_byte() {
    for body in [&b""[..], b"{\"a\":1}", &vec![b'x'; 500_000]] {
        let (receiver, url) = receiver();
        let request = request(Method::Put, &format!("{url}/a?b=c"), &[("x-name", "Jürgen")], body);
        let exchange = send_once(&options(), &request).unwrap();
        assert_eq!(exchange.state, State::Delivered, "{exchange:?}");
        assert_eq!(exchange.response.unwrap().body, b"{\"received\":true}");
        let arrival = receiver.into_request().unwrap();
        let head = String::from_utf8(arrival.request.head.bytes().to_vec()).unwrap();
        assert!(head.starts_with("PUT /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:"), "{head}");
        assert!(head.contains("\r\nx-name: Jürgen\r\n") && head.ends_with("\r\n\r\n"), "{head}");
        assert!(arrival.request.body == body);
    }
}

#[test]
fn an_echo_receiver_without_a_request_returns_none() {
    assert!(receiver().0.into_request().is_none());
}
