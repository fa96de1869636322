//! Answers: success and refusal, and bodies of every length and end.

use std::time::Duration;

use hooks::core::delivery::{BodyEnd, FailureKind, NoteKind, Response, State};
use hooks::io::http::{Options, Transport};

use super::{assert_failed, failure, hasty, options, send};
use crate::server::certificates::Authority;
use crate::server::{Server, Step, answering, say};

#[test]
fn a_2xx_is_delivered_with_its_whole_response() {
    let server = answering(
        "HTTP/1.1 201 Created\r\nX-First: 1\r\nx-bytes: \u{fc}\r\nContent-Length: 5\r\nX-First: 2\r\n\r\nhello",
    );
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(exchange.state, State::Delivered);
    assert_eq!(exchange.peer, Some(server.address()));
    let response = exchange.response.unwrap();
    assert_eq!(
        (response.status, &*response.version, response.body.as_slice()),
        (201, "HTTP/1.1", &b"hello"[..])
    );
    assert_eq!(response.header("x-first"), Some("1"));
    assert_eq!(response.header("x-bytes"), Some("ü"));
    assert!(!response.body_truncated());
}

#[test]
fn the_name_of_a_status_is_the_one_that_the_receiver_wrote() {
    for (line, shown) in [
        ("HTTP/1.1 500 Oops, again", "500 Oops, again"),
        ("HTTP/1.1 500 Internal Server Error", "500 Internal Server Error"),
        ("HTTP/1.1 500 ", "500 Internal Server Error"),
        ("HTTP/1.1 500", "500 Internal Server Error"),
        ("HTTP/1.0 202 Got it", "202 Got it"),
        ("HTTP/1.1 401 Non-Autorisé", "401 Non-Autorisé"),
        ("HTTP/1.1 100 Ährlich\r\n\r\nHTTP/1.1 401 Böse\u{202e}", "401 Böse\\u{202e}"),
    ] {
        let server = answering(&format!("{line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
        let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
        assert_eq!(exchange.response.unwrap().status_line(), shown);
        assert!(exchange.failure.is_none_or(|failure| failure.what.contains(shown)), "{line}");
    }
}

#[test]
fn a_reason_phrase_that_is_not_utf_8_is_latin_1() {
    let response = b"HTTP/1.1 401 Non-Autoris\xe9\r\ncontent-length: 0\r\n\r\n".to_vec();
    let server = Server::start([Step::Read, Step::Write(response)]);
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(exchange.response.unwrap().status_line(), "401 Non-Autorisé");
}

#[test]
fn each_refusal_has_its_name() {
    for (status, kind) in [
        (400, FailureKind::BadRequest),
        (401, FailureKind::Unauthorized),
        (403, FailureKind::Forbidden),
        (404, FailureKind::NotFound),
        (405, FailureKind::MethodNotAllowed),
        (406, FailureKind::NotAcceptable),
        (408, FailureKind::RequestTimeout),
        (409, FailureKind::Conflict),
        (410, FailureKind::Gone),
        (411, FailureKind::LengthRequired),
        (413, FailureKind::PayloadTooLarge),
        (415, FailureKind::UnsupportedMediaType),
        (422, FailureKind::Unprocessable),
        (429, FailureKind::RateLimited),
        (431, FailureKind::HeadersTooLarge),
        (500, FailureKind::ServerError),
        (501, FailureKind::ServerError),
        (502, FailureKind::BadGateway),
        (503, FailureKind::Unavailable),
        (504, FailureKind::GatewayTimeout),
        (300, FailureKind::OtherStatus),
        (304, FailureKind::OtherStatus),
        (407, FailureKind::OtherStatus),
        (421, FailureKind::Misdirected),
        (425, FailureKind::TooEarly),
        (426, FailureKind::UpgradeRequired),
        (451, FailureKind::LegalReasons),
        (499, FailureKind::ClientClosed),
        (519, FailureKind::ServerError),
        (520, FailureKind::CdnUnknown),
        (521, FailureKind::CdnRefused),
        (522, FailureKind::CdnConnectTimeout),
        (523, FailureKind::CdnUnreachable),
        (524, FailureKind::CdnTimeout),
        (525, FailureKind::CdnTls),
        (526, FailureKind::CdnCertificate),
        (527, FailureKind::ServerError),
        (530, FailureKind::CdnError),
        (418, FailureKind::OtherStatus),
        (999, FailureKind::OtherStatus),
    ] {
        let server = answering(&format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 0\r\n\r\n"));
        let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
        let words = assert_failed(&exchange, kind, State::Failed);
        assert!(words.contains(&status.to_string()), "{words}");
    }
}

#[test]
fn a_redirect_says_what_to_change() {
    for status in [301, 302, 303, 307, 308] {
        let server = answering(&format!(
            "HTTP/1.1 {status} Moved\r\nlocation: /v2/hooks?x=1\r\ncontent-length: 0\r\n\r\n"
        ));
        let exchange = send(&options(), &server.url("http://127.0.0.1", "/v1/hooks"));
        let words = assert_failed(&exchange, FailureKind::Redirect, State::Failed);
        let target = server.url("http://127.0.0.1", "/v2/hooks?x=1");
        assert!(words.contains(&format!("Set `payload_url` to `{target}`")), "{words}");
    }
}

#[test]
fn headers_of_the_response_are_quoted_in_the_failure() {
    let server = answering("HTTP/1.1 503 No\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n");
    let words = assert_failed(
        &send(&options(), &server.url("http://127.0.0.1", "/")),
        FailureKind::Unavailable,
        State::Failed,
    );
    assert!(words.contains("120 s"), "{words}");
    let server = answering("HTTP/1.1 405 No\r\nallow: GET, \u{1b}[31mPUT\r\ncontent-length: 0\r\n\r\n");
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    // A control character in a header is no HTTP at all.
    assert_failed(&exchange, FailureKind::BadResponse, State::InDoubt);
    let server = answering("HTTP/1.1 405 No\r\nallow: GET, \u{202e}PUT\r\ncontent-length: 0\r\n\r\n");
    let words = assert_failed(
        &send(&options(), &server.url("http://127.0.0.1", "/")),
        FailureKind::MethodNotAllowed,
        State::Failed,
    );
    assert!(words.contains("GET, \\u{202e}PUT"), "{words}");
}

#[test]
fn an_html_page_is_delivered_with_a_note() {
    let server = answering("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>");
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(failure(&exchange), None);
    assert_eq!(exchange.notes[0].kind, NoteKind::HtmlPage);
}

#[test]
fn of_an_endless_body_only_the_beginning_is_kept() {
    let endless = Server::start([
        Step::Read,
        say("HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n"),
        Step::Repeat(vec![b'x'; 10_000]),
    ]);
    let exchange = send(&options(), &endless.url("http://127.0.0.1", "/"));
    assert_eq!(failure(&exchange), None);
    let response = exchange.response.unwrap();
    assert_eq!(response.body.len(), Response::KEPT);
    assert!((Response::READ..2 * Response::READ).contains(&response.body_read));
    assert_eq!(response.body_end, BodyEnd::Stopped);
    assert!(response.body_truncated());
}

#[test]
fn more_than_is_kept_and_less_than_is_read_is_a_complete_body() {
    let server = answering(&format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000)));
    let response = send(&options(), &server.url("http://127.0.0.1", "/")).response.unwrap();
    assert_eq!((response.body.len(), response.body_read), (Response::KEPT, 100_000));
    assert_eq!(response.body_end, BodyEnd::Complete);
    assert!(response.body_truncated());
}

#[test]
fn the_status_counts_though_the_body_is_cut_short() {
    for (status, state) in [("200 OK", State::Delivered), ("500 No", State::Failed)] {
        for body in ["content-length: 100\r\n\r\nshort", "transfer-encoding: chunked\r\n\r\n5\r\nab"] {
            assert_body_ends(&format!("{status}\r\n{body}"), state, NoteKind::BodyCutShort);
        }
        let malformed = "transfer-encoding: chunked\r\n\r\nzz\r\nab";
        assert_body_ends(&format!("{status}\r\n{malformed}"), state, NoteKind::BodyMalformed);
    }
}

fn assert_body_ends(response: &str, state: State, note: NoteKind) {
    let server = answering(&format!("HTTP/1.1 {response}"));
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(exchange.state, state, "{exchange:?}");
    assert!(exchange.notes.iter().any(|own| own.kind == note), "{:?}", exchange.notes);
    let end = exchange.response.unwrap().body_end;
    assert!(matches!(end, BodyEnd::CutShort | BodyEnd::Malformed), "{end:?}");
}

#[test]
fn endless_framing_of_a_body_is_cut_short() {
    // What is read of it takes moments; the limit for the whole exchange is far away.
    let endless = Server::start([
        Step::Read,
        say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
        Step::Repeat(vec![b'0'; 10_000]),
    ]);
    let exchange = send(&options(), &endless.url("http://127.0.0.1", "/"));
    assert_eq!(failure(&exchange), None);
    assert_eq!(exchange.response.unwrap().body_end, BodyEnd::Stopped);
}

#[test]
fn a_flood_of_interim_responses_is_refused_before_the_time_is_up() {
    let endless = Server::start([Step::Read, Step::Repeat(b"HTTP/1.1 102 Processing\r\n\r\n".repeat(10))]);
    let exchange = send(&options(), &endless.url("http://127.0.0.1", "/"));
    let words = assert_failed(&exchange, FailureKind::BadResponse, State::InDoubt);
    assert!(words.contains("more than 100 interim responses"), "{words}");
}

#[test]
fn a_response_with_two_lengths_is_never_a_success() {
    for framing in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "transfer-encoding: identity\r\ncontent-length: 5\r\n\r\nhello",
    ] {
        let server = answering(&format!("HTTP/1.1 200 OK\r\n{framing}"));
        let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
        let words = assert_failed(&exchange, FailureKind::BadResponse, State::InDoubt);
        assert!(words.contains("both `Content-Length` and `Transfer-Encoding`"), "{words}");
    }
}

#[test]
fn unusual_framing_that_leaves_no_doubt_is_accepted() {
    for framing in [
        "content-length: 5, 5\r\n\r\nhello",
        "content-length: 5\r\ncontent-length: 5\r\n\r\nhello",
        "transfer-encoding: identity\r\n\r\nhello",
    ] {
        let server = answering(&format!("HTTP/1.1 200 OK\r\n{framing}"));
        let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
        assert_eq!(failure(&exchange), None, "{framing}");
        assert_eq!(exchange.response.unwrap().body, b"hello", "{framing}");
    }
}

#[test]
fn folded_header_lines_are_unfolded() {
    let server = answering("HTTP/1.1 200 OK\r\nx-long: a\r\n\t b\r\n  c\r\ncontent-length: 0\r\n\r\n");
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(failure(&exchange), None);
    assert_eq!(exchange.response.unwrap().header("x-long"), Some("a b c"));
}

#[test]
fn a_body_of_one_byte_now_and_then_does_not_hold_us_up() {
    let server = Server::start([
        Step::Read,
        say("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"),
        Step::Drip(vec![b'x'; 1000], Duration::from_millis(50)),
    ]);
    let exchange = send(&hasty(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(failure(&exchange), None);
    assert_eq!(exchange.notes[0].kind, NoteKind::BodyTimeout);
    assert_eq!(exchange.response.unwrap().body_end, BodyEnd::TimedOut);
}

#[test]
fn a_status_without_a_body_has_none_whatever_follows() {
    let server = Server::start([Step::Read, say("HTTP/1.1 204 No Content\r\n\r\nsomething"), Step::Hold]);
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(failure(&exchange), None);
    assert_eq!(exchange.response.unwrap().body, b"");
}

#[test]
fn an_encoded_body_is_kept_as_it_is() {
    let server = answering("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nGZIP");
    assert_eq!(send(&options(), &server.url("http://127.0.0.1", "/")).response.unwrap().body, b"GZIP");
}

#[test]
fn an_early_refusal_of_a_large_body_is_seen() {
    let server = Server::start([
        Step::ReadHead,
        say("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        Step::Hold,
    ]);
    let body = vec![b'x'; 200_000];
    let request =
        super::request(hooks::core::model::Method::Post, &server.url("http://127.0.0.1", "/"), &[], &body);
    let exchange = hooks::io::http::send_once(&options(), &request).unwrap();
    assert_failed(&exchange, FailureKind::PayloadTooLarge, State::Failed);
}

#[test]
fn an_early_response_is_read_although_the_rest_of_the_body_cannot_be_written() {
    let authority = Authority::new("trusted");
    let options = Options { ca_certificates: vec![authority.pem()], ..options() };
    let refusal = say("HTTP/1.1 413 Too Large\r\ncontent-length: 4\r\nconnection: close\r\n\r\nno!\n");
    // Closed with most of the body unread, the connection is reset.
    for round in 0..10 {
        let tls = Step::Tls(authority.issue(&["localhost"], |_| {}).server());
        for (host, script) in [
            ("http://127.0.0.1", vec![Step::ReadHead, refusal.clone()]),
            ("https://localhost", vec![tls, Step::ReadHead, refusal.clone()]),
        ] {
            let server = Server::start(script);
            let body = vec![b'x'; 1_000_000];
            let request =
                super::request(hooks::core::model::Method::Post, &server.url(host, "/"), &[], &body);
            let exchange = hooks::io::http::send_once(&options, &request).unwrap();
            assert_failed(&exchange, FailureKind::PayloadTooLarge, State::Failed);
            assert_eq!(exchange.response.unwrap().body, b"no!\n", "{host}, round {round}");
        }
    }
}

#[test]
fn a_connection_that_could_not_be_written_to_is_not_used_again() {
    let refusal = say("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
    let ok = say("HTTP/1.1 204 No Content\r\n\r\n");
    let server = Server::start_in_turn(vec![vec![Step::ReadHead, refusal], vec![Step::Read, ok]]);
    let url = server.url("http://127.0.0.1", "/");
    let large = super::request(hooks::core::model::Method::Post, &url, &[], &vec![b'x'; 1_000_000]);
    let options = Options { idle_connections: 8, ..options() };
    let transport = Transport::new(&options).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) =
        runtime.block_on(async { (transport.send(&large).await, transport.send(&super::post(&url)).await) });
    assert_failed(&first, FailureKind::PayloadTooLarge, State::Failed);
    assert_eq!(failure(&second), None, "{second:?}");
    assert_eq!(server.visits(), 2);
}

#[test]
fn interim_responses_are_skipped() {
    let server = answering(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
    );
    let exchange = send(&options(), &server.url("http://127.0.0.1", "/"));
    assert_eq!(failure(&exchange), None);
    assert_eq!(exchange.response.unwrap().version, "HTTP/1.0");
}
