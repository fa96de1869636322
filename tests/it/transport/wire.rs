//! The request is sent as prepared, byte for byte.

use hooks::core::delivery::{FailureKind, State};
use hooks::core::model::Method;
use hooks::core::request::PreparedRequest;
use hooks::io::http::send_once;

use super::{NO_CONTENT, PLAIN, assert_failed, options, post, request};
use crate::server::answering;

fn on_the_wire(request: &PreparedRequest) -> Vec<u8> {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut bytes = format!("{} {}{query} HTTP/1.1\r\n", request.method, request.url.path()).into_bytes();
    for header in &request.headers {
        bytes.extend(format!("{}: {}\r\n", header.name, header.value).as_bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(&request.body);
    bytes
}

#[test]
fn every_byte_is_as_prepared() {
    let extra = [
        ("x-zulu", "last letter, first header"),
        ("authorization", "Bearer abc"),
        ("x-name", "Jürgen 🫵"),
        ("content-type", "application/json; charset=utf-8"),
        ("x-empty", ""),
        ("x-alpha", "a  b"),
    ];
    let bodies: [&[u8]; 3] = [b"", b"{\"a\":\"\xc3\xbc\"}", &vec![b'x'; 100_000]];
    for method in Method::ALL {
        for body in bodies {
            let server = answering(NO_CONTENT);
            let url = server.url("http://localhost", "/hooks/a%20b/^|?q=1&q=%C3%BC&{x}=|^`'");
            let request = request(method, &url, &extra, body);
            let exchange = send_once(&options(), &request).unwrap();
            assert_eq!(exchange.state, State::Delivered, "{exchange:?}");
            let (received, prepared) = (server.received(), on_the_wire(&request));
            assert!(
                received == prepared,
                "{}\n---\n{}",
                String::from_utf8_lossy(&received),
                String::from_utf8_lossy(&prepared)
            );
            assert_eq!(server.visits(), 1);
        }
    }
}

#[test]
fn a_large_body_arrives_completely() {
    let server = answering(NO_CONTENT);
    let body: Vec<u8> = (0..3_000_000_u32).map(|n| b'a' + (n % 26) as u8).collect();
    let request = request(Method::Post, &server.url(PLAIN, "/"), &[], &body);
    let exchange = send_once(&options(), &request).unwrap();
    assert_eq!(exchange.state, State::Delivered, "{exchange:?}");
    assert!(server.received() == on_the_wire(&request));
}

#[test]
fn a_cookie_is_never_sent_back_and_a_redirect_never_followed() {
    let server =
        answering("HTTP/1.1 302 Found\r\nset-cookie: a=b\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n");
    let request = post(&server.url(PLAIN, "/"));
    for _ in 0..2 {
        send_once(&options(), &request).unwrap();
    }
    assert_eq!(server.visits(), 2);
    assert!(server.received() == on_the_wire(&request).repeat(2));
}

#[test]
fn a_request_that_cannot_be_written_as_http_is_not_sent() {
    let server = answering("").maybe_unvisited();
    let long = server.url(PLAIN, &format!("/{}", "x".repeat(70_000)));
    let injected = [("x-bad", "a\r\nx-injected: b")];
    for (request, said) in
        [(post(&long), ""), (request(Method::Post, &server.url(PLAIN, "/"), &injected, b""), "`x-bad`")]
    {
        let words =
            assert_failed(&send_once(&options(), &request).unwrap(), FailureKind::CannotSend, State::NotSent);
        assert!(words.contains(said) && !words.contains("injected"), "{words}");
    }
    assert_eq!(server.visits(), 0);
}
