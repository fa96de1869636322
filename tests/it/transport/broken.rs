//! Receivers that are not there, not well or not HTTP.

use std::net::TcpListener;
use std::time::Duration;

use hooks::core::delivery::{Exchange, FailureKind, State};
use hooks::core::model::Method;
use hooks::io::http::{Options, Transport, send_once};

use super::{assert_failed, hasty, options, request, send};
use crate::server::{Server, Step, answering, say};

/// A port on which nothing listens.
pub(super) fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_name_that_does_not_exist_is_not_found() {
    let exchange = send(&options(), "http://no-such-receiver.invalid/");
    let words = assert_failed(&exchange, FailureKind::DnsNotFound, State::NotSent);
    assert!(words.contains("`no-such-receiver.invalid`"), "{words}");
    assert_eq!(exchange.phases.connect, None);
}

#[test]
fn a_closed_port_is_refused_and_every_address_is_named() {
    let port = closed_port();
    let words = assert_failed(
        &send(&options(), &format!("http://localhost:{port}/")),
        FailureKind::ConnectRefused,
        State::NotSent,
    );
    assert!(words.contains("localhost (tried ::1, 127.0.0.1)"), "{words}");
    let words = assert_failed(
        &send(&options(), &format!("https://127.0.0.1:{port}/")),
        FailureKind::ConnectRefused,
        State::NotSent,
    );
    assert!(words.contains(&format!("port {port} of 127.0.0.1.")), "{words}");
}

#[test]
fn no_answer_at_all_is_in_doubt() {
    let server = Server::start([Step::Read, Step::Hold]);
    let exchange = send(&hasty(), &server.url("http://127.0.0.1", "/"));
    let words = assert_failed(&exchange, FailureKind::ResponseTimeout, State::InDoubt);
    assert!(words.contains("300 ms"), "{words}");
    assert_eq!(exchange.peer, Some(server.address()));
    assert_eq!(exchange.phases.first_byte, None);
}

#[test]
fn a_head_that_never_ends_is_a_timeout_too() {
    for step in [
        Step::Drip(b"HTTP/1.1 200 OK\r\nx: y\r\n".repeat(50), Duration::from_millis(30)),
        Step::Drip(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(200), Duration::from_millis(1)),
    ] {
        let server = Server::start([Step::Read, step]);
        let exchange = send(&hasty(), &server.url("http://127.0.0.1", "/"));
        assert_failed(&exchange, FailureKind::ResponseTimeout, State::InDoubt);
    }
}

#[test]
fn a_receiver_that_stops_reading_is_told_from_one_that_does_not_answer() {
    let server = Server::start([Step::Peek, Step::Stall(Duration::from_secs(2))]);
    let body = vec![b'x'; 30_000_000];
    let request = request(Method::Post, &server.url("http://127.0.0.1", "/"), &[], &body);
    let exchange = send_once(&hasty(), &request).unwrap();
    assert_failed(&exchange, FailureKind::SendTimeout, State::InDoubt);
}

#[test]
fn a_connection_closed_without_an_answer_is_in_doubt() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let server = answering(answer);
        let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
        assert_failed(&exchange, FailureKind::EmptyResponse, State::InDoubt);
    }
}

#[test]
fn a_connection_reset_is_in_doubt_and_says_when() {
    let server = Server::start([Step::Peek]);
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    let words = assert_failed(&exchange, FailureKind::ConnectionReset, State::InDoubt);
    assert!(words.contains("while waiting for the response"), "{words}");
    assert!(words.contains("If this port expects TLS, write `https://`"), "{words}");
}

#[test]
fn what_is_not_http_is_a_bad_response_and_never_a_success() {
    let answers = [
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
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
        "\0\0\0\0\0\0\0\0",
    ];
    std::thread::scope(|all| {
        for answer in answers {
            all.spawn(move || {
                let server = answering(answer);
                let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
                assert_failed(&exchange, FailureKind::BadResponse, State::InDoubt);
            });
        }
    });
}

#[test]
fn a_server_that_speaks_http_2_only_is_named_and_nothing_was_sent() {
    for response in [
        &b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff"[..],
        b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01",
    ] {
        let server = Server::start([Step::Read, Step::Write(response.to_vec())]);
        let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
        let words = assert_failed(&exchange, FailureKind::Http2Only, State::NotSent);
        assert!(words.contains("supports only HTTP/2"), "{words}");
        assert_eq!(server.visits(), 1);
    }
}

#[test]
fn endless_headers_are_cut_off() {
    let many = "x: y\r\n".repeat(200);
    let server = answering(&format!("HTTP/1.1 200 OK\r\n{many}\r\n"));
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_failed(&exchange, FailureKind::ResponseHeadersTooLarge, State::InDoubt);
    let server = Server::start([Step::Read, say("HTTP/1.1 200 OK\r\nx: "), Step::Repeat(vec![b'x'; 10_000])]);
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_failed(&exchange, FailureKind::ResponseHeadersTooLarge, State::InDoubt);
}

#[test]
fn the_whole_time_may_be_over_before_the_connection_stands() {
    let server = Server::start([Step::Hold]);
    let exchange = send(&hasty(), &server.url("https://127.0.0.1", "/"));
    let words = assert_failed(&exchange, FailureKind::TotalTimeout, State::NotSent);
    assert!(words.contains("while performing the TLS handshake"), "{words}");
}

#[test]
fn a_time_limit_of_nothing_or_of_centuries_is_no_panic() {
    let server = answering("HTTP/1.1 204 No Content\r\n\r\n").maybe_unvisited();
    for limit in [Duration::ZERO, Duration::MAX] {
        let options = Options { timeout: limit, connect_timeout: limit, ..options() };
        send(&options, &server.url("http://127.0.0.1", "/"));
    }
}

/// From a port that drops connections.
pub(super) fn unanswered() -> Exchange {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // Nobody accepts; once the queue of one is full, Linux leaves further callers without an answer.
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

#[test]
#[cfg(target_os = "linux")]
fn a_port_that_drops_connections_is_a_connect_timeout() {
    let words = assert_failed(&unanswered(), FailureKind::ConnectTimeout, State::NotSent);
    assert!(words.contains("300 ms"), "{words}");
}
