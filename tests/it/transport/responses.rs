//! Responses: what is kept of them, and which irregularities are accepted.

use std::time::Duration;

use hooks::core::delivery::{BodyEnd, FailureKind, NoteKind, Response, State};
use hooks::core::model::Method;
use hooks::io::http::{Options, Transport, send_once};

use super::{NO_CONTENT, PLAIN, assert_failed, failure, hasty, options, request, responded, send, send_to};
use crate::server::certificates::Authority;
use crate::server::{Server, Step, answering, say};

#[test]
fn a_2xx_is_delivered_with_its_whole_response() {
    let server = answering(
        "HTTP/1.1 201 Created\r\nX-First: 1\r\nx-bytes: \u{fc}\r\nContent-Length: 5\r\nX-First: 2\r\n\r\nhello",
    );
    let exchange = send(&options(), &server.url(PLAIN, "/"));
    assert_eq!(exchange.state, State::Delivered);
    assert_eq!(exchange.peer, Some(server.address()));
    let response = exchange.response.unwrap();
    assert_eq!((response.status, &*response.version, &*response.body), (201, "HTTP/1.1", &b"hello"[..]));
    assert_eq!((response.header("x-first"), response.header("x-bytes")), (Some("1"), Some("ü")));
    assert!(!response.body_truncated());
}

#[test]
fn the_reason_phrase_is_the_one_that_the_receiver_wrote() {
    for (line, shown) in [
        (&b"HTTP/1.1 500 Oops, again"[..], "500 Oops, again"),
        (b"HTTP/1.1 500 Internal Server Error", "500 Internal Server Error"),
        (b"HTTP/1.1 500 ", "500 Internal Server Error"),
        (b"HTTP/1.1 500", "500 Internal Server Error"),
        (b"HTTP/1.0 202 Got it", "202 Got it"),
        ("HTTP/1.1 401 Non-Autorisé".as_bytes(), "401 Non-Autorisé"),
        (b"HTTP/1.1 401 Non-Autoris\xe9", "401 Non-Autorisé"),
        ("HTTP/1.1 100 Ährlich\r\n\r\nHTTP/1.1 401 Böse\u{202e}".as_bytes(), "401 Böse\\u{202e}"),
    ] {
        let exchange = responded([line, b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"].concat());
        assert_eq!(exchange.response.unwrap().status_line(), shown);
        assert!(exchange.failure.is_none_or(|failure| failure.what.contains(shown)), "{shown}");
    }
}

#[test]
fn unusual_but_unambiguous_responses_are_accepted() {
    for (response, body) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello", "hello"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello", "hello"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\nhello", "hello"),
        ("HTTP/1.1 200 OK\r\nx: a\r\n\t b\r\n  c\r\ncontent-length: 5\r\n\r\nhello", "hello"),
        ("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nGZIP", "GZIP"),
        ("HTTP/1.1 204 No Content\r\n\r\nsomething", ""),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.0 200 OK\r\n\r\nhello",
            "hello",
        ),
    ] {
        let exchange = responded(response);
        assert_eq!(failure(&exchange), None, "{response}");
        let own = exchange.response.unwrap();
        assert_eq!((&*own.body, own.body_end), (body.as_bytes(), BodyEnd::Complete), "{response}");
        assert!(own.header("x").is_none_or(|folded| folded == "a b c"));
    }
}

#[test]
fn only_the_beginning_of_a_long_body_is_kept() {
    let endless = |head: &str, byte| vec![say(head), Step::Repeat(vec![byte; 10_000])];
    let medium = say(&format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000)));
    for (script, kept, read, end) in [
        (vec![medium], Response::KEPT, 100_000..=100_000, BodyEnd::Complete),
        (
            endless("HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n", b'x'),
            Response::KEPT,
            Response::READ..=2 * Response::READ,
            BodyEnd::Stopped,
        ),
        // A chunk size without an end.
        (endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b'0'), 0, 0..=0, BodyEnd::Stopped),
    ] {
        let exchange = send_to([vec![Step::Read], script].concat(), PLAIN, &options());
        assert_eq!(failure(&exchange), None);
        let response = exchange.response.unwrap();
        assert_eq!((response.body.len(), response.body_end), (kept, end));
        assert!(read.contains(&response.body_read) && response.body_truncated());
    }
}

#[test]
fn the_status_counts_even_if_the_body_is_incomplete() {
    let dripping =
        vec![say("content-length: 1000\r\n\r\n"), Step::Drip(vec![b'x'; 1000], Duration::from_millis(50))];
    for (body, end, note) in [
        (vec![say("content-length: 100\r\n\r\nshort")], BodyEnd::CutShort, NoteKind::BodyCutShort),
        (vec![say("transfer-encoding: chunked\r\n\r\n5\r\nab")], BodyEnd::CutShort, NoteKind::BodyCutShort),
        (
            vec![say("transfer-encoding: chunked\r\n\r\nzz\r\nab")],
            BodyEnd::Malformed,
            NoteKind::BodyMalformed,
        ),
        (dripping, BodyEnd::TimedOut, NoteKind::BodyTimeout),
    ] {
        for (status, state) in [("200 OK", State::Delivered), ("500 No", State::Failed)] {
            let script = [vec![Step::Read, say(&format!("HTTP/1.1 {status}\r\n"))], body.clone()].concat();
            let options = if end == BodyEnd::TimedOut { hasty() } else { options() };
            let exchange = send_to(script, PLAIN, &options);
            assert_eq!((exchange.state, exchange.notes[0].kind), (state, note), "{exchange:?}");
            assert_eq!(exchange.response.unwrap().body_end, end);
        }
    }
}

#[test]
fn an_early_response_is_read_although_the_rest_of_the_body_cannot_be_written() {
    let authority = Authority::new("trusted");
    let options = Options { ca_certificates: vec![authority.pem()], ..options() };
    let refusal = say("HTTP/1.1 413 Too Large\r\ncontent-length: 4\r\nconnection: close\r\n\r\nno!\n");
    let body = vec![b'x'; 1_000_000];
    // Closed with most of the body unread, the connection is reset.
    for round in 0..10 {
        let tls = Step::Tls(authority.issue(&["localhost"], |_| {}).server());
        for (host, script) in [
            (PLAIN, vec![Step::ReadHead, refusal.clone()]),
            (PLAIN, vec![Step::ReadHead, refusal.clone(), Step::Hold]),
            ("https://localhost", vec![tls, Step::ReadHead, refusal.clone()]),
        ] {
            let server = Server::start(script);
            let exchange =
                send_once(&options, &request(Method::Post, &server.url(host, "/"), &[], &body)).unwrap();
            assert_failed(&exchange, FailureKind::PayloadTooLarge, State::Failed);
            assert_eq!(exchange.response.unwrap().body, b"no!\n", "{host}, round {round}");
        }
    }
}

#[test]
fn a_connection_that_could_not_be_written_to_is_not_reused() {
    let refusal = say("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
    let server =
        Server::start_in_turn(vec![vec![Step::ReadHead, refusal], vec![Step::Read, say(NO_CONTENT)]]);
    let url = server.url(PLAIN, "/");
    // More than the buffers of both ends hold.
    let large = request(Method::Post, &url, &[], &vec![b'x'; 32_000_000]);
    let transport = Transport::new(&Options { idle_connections: 8, ..options() }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) =
        runtime.block_on(async { (transport.send(&large).await, transport.send(&super::post(&url)).await) });
    assert_failed(&first, FailureKind::PayloadTooLarge, State::Failed);
    assert_eq!(failure(&second), None, "{second:?}");
    assert_eq!(server.visits(), 2);
}
