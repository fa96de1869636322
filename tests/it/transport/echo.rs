//! The receiver of our own, which keeps a request as it arrived.

use hooks::core::exchange::State;
use hooks::core::model::Method;
use hooks::io::http::{EchoReceiver, send_to_echo};

use super::{options, request};

#[test]
fn what_was_sent_is_handed_back_byte_for_byte() {
    for body in [&b""[..], b"{\"a\":1}", &vec![b'x'; 500_000]] {
        let receiver = EchoReceiver::bind().unwrap();
        let url = format!("http://{}/a?b=c", receiver.address());
        let request = request(Method::Put, &url, &[("x-name", "Jürgen")], body);
        let (exchange, received) = send_to_echo(&options(), &request, receiver).unwrap();
        assert_eq!(exchange.state, State::Delivered, "{exchange:?}");
        assert_eq!(exchange.answer.unwrap().body, b"{\"received\":true}");
        let received = received.unwrap();
        let head = String::from_utf8(received.head).unwrap();
        assert!(head.starts_with("PUT /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:"), "{head}");
        assert!(head.contains("\r\nx-name: Jürgen\r\n") && head.ends_with("\r\n\r\n"), "{head}");
        assert!(received.body == body);
    }
}

#[test]
fn a_request_that_goes_elsewhere_leaves_nothing() {
    let receiver = EchoReceiver::bind().unwrap();
    let request = request(Method::Post, "http://no-such-receiver.invalid/", &[], b"");
    let (exchange, received) = send_to_echo(&options(), &request, receiver).unwrap();
    assert_eq!(exchange.state, State::NotSent);
    assert!(received.is_none());
}
