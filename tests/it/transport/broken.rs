//! Receivers that are unreachable, broken or not HTTP servers.

use std::net::TcpListener;
use std::time::Duration;

use hooks::core::delivery::{Exchange, FailureKind, State};
use hooks::io::http::{Options, Transport};

use super::{PLAIN, assert_failed, hasty, options, responded, send, send_to};
use crate::server::{Step, answering, say};

/// A port on which nothing listens.
pub(crate) fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn an_address_is_not_listed_as_tried_if_the_url_has_it() {
    let url = format!("https://127.0.0.1:{}/", closed_port());
    let words = assert_failed(&send(&options(), &url), FailureKind::ConnectRefused, State::NotSent);
    assert!(words.contains("of 127.0.0.1.") && !words.contains("tried"), "{words}");
}

#[test]
fn a_response_that_never_ends_or_ends_early_is_in_doubt() {
    use FailureKind as Kind;
    let drip = |text: &str, pause| Step::Drip(text.as_bytes().repeat(200), Duration::from_millis(pause));
    let two_lengths = "both `Content-Length` and `Transfer-Encoding`";
    let cases = [
        (vec![Step::Hold], Kind::ResponseTimeout, "300 ms"),
        (vec![drip("HTTP/1.1 200 OK\r\nx: y\r\n", 30)], Kind::ResponseTimeout, ""),
        (vec![drip("HTTP/1.1 100 Continue\r\n\r\n", 1)], Kind::ResponseTimeout, ""),
        (vec![], Kind::EmptyResponse, ""),
        (vec![say("HTTP/1.1 200 OK\r\ncontent-le")], Kind::EmptyResponse, ""),
        (
            vec![say("HTTP/1.1 200 OK\r\nx: "), Step::Repeat(vec![b'x'; 10_000])],
            Kind::ResponseHeadersTooLarge,
            "",
        ),
        (
            vec![Step::Repeat(b"HTTP/1.1 102 Processing\r\n\r\n".repeat(10))],
            Kind::BadResponse,
            "more than 100 interim responses",
        ),
        (
            vec![say(
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            )],
            Kind::BadResponse,
            two_lengths,
        ),
        (
            vec![say(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            )],
            Kind::BadResponse,
            two_lengths,
        ),
        (
            vec![say("HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\ncontent-length: 5\r\n\r\nhello")],
            Kind::BadResponse,
            two_lengths,
        ),
    ];
    std::thread::scope(|all| {
        for (script, kind, said) in cases {
            all.spawn(move || {
                let options = if kind == Kind::ResponseTimeout { hasty() } else { options() };
                let exchange = send_to([vec![Step::Read], script].concat(), PLAIN, &options);
                let words = assert_failed(&exchange, kind, State::InDoubt);
                assert!(words.contains(said), "{words}");
                assert!(exchange.peer.is_some() && !exchange.reused);
            });
        }
    });
}

#[test]
fn a_response_that_is_not_http_is_never_a_success() {
    let responses = [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "just some text without any sense, and longer than a status line",
        "<html>HTTP/0.9</html>\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 99999999\r\n\r\n",
        "HTTP/1.1 -12 OK\r\n\r\n",
        "HTTP/1.1 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n",
        "HTTP/1.1 405 No\r\nallow: GET, \u{1b}[31mPUT\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
        "\0\0\0\0\0\0\0\0",
    ];
    std::thread::scope(|all| {
        for response in responses {
            all.spawn(move || assert_failed(&responded(response), FailureKind::BadResponse, State::InDoubt));
        }
    });
}

#[test]
fn a_server_that_supports_only_http_2_received_nothing() {
    for response in [
        &b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff"[..],
        b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01",
    ] {
        assert_failed(&responded(response), FailureKind::Http2Only, State::NotSent);
    }
}

#[test]
fn any_time_limit_is_accepted() {
    let server = answering(super::NO_CONTENT).maybe_unvisited();
    for limit in [Duration::ZERO, Duration::MAX] {
        let options = Options { timeout: limit, connect_timeout: limit, ..options() };
        send(&options, &server.url(PLAIN, "/"));
    }
}

/// From a port that drops connections.
pub(super) fn unanswered() -> Exchange {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // Nothing accepts: once the backlog of one is full, Linux drops further connections.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let full = socket.listen(1).unwrap();
        let address = full.local_addr().unwrap();
        let mut callers = Vec::new();
        for _ in 0..4 {
            let call = tokio::net::TcpStream::connect(address);
            callers.push(tokio::time::timeout(Duration::from_millis(100), call).await);
        }
        let options = Options { connect_timeout: Duration::from_millis(300), ..options() };
        let transport = Transport::new(&options).unwrap();
        transport.send(&super::post(&format!("http://{address}/"))).await
    })
}
