//! `--forward`: requests are forwarded as received, and responses are returned and shown.

use std::io::{Read, Write};
use std::time::Duration;

use serde_json::Value;
use snapbox::str;

use super::show::shown;
use super::{Listener, message, unanswered};
use crate::harness::{Project, hooks};
use crate::server::certificates::Authority;
use crate::server::{Server, Step, answering, say};

const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// A listener that forwards to this path of the server.
fn forwarding(server: &Server, path: &str, arguments: &[&str]) -> Listener {
    let url = server.url("http://127.0.0.1", path);
    Listener::start(&Project::new(), &[["--forward", &url].as_slice(), arguments].concat())
}

/// The response that the sender gets if the target responds with `answer`, and the line.
fn returned(request: &str, answer: &str) -> (String, Value) {
    let server = answering(answer);
    let mut listener = forwarding(&server, "/", &["--once"]);
    (listener.send(request), listener.expect("request"))
}

fn get(method: &str) -> String {
    message(&format!("{method} /"), "", "")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first line, the header lines with their names in lower case, sorted, and the body.
fn parts(message: &str) -> (&str, Vec<String>, &str) {
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap();
    let line = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        format!("{}: {}", name.to_ascii_lowercase(), value.trim())
    };
    let mut headers: Vec<String> = lines.map(line).collect();
    headers.sort();
    (first, headers, body)
}

#[test]
fn method_path_query_header_values_and_body_are_forwarded_unchanged() {
    let server = answering(NO_CONTENT);
    let mut listener = forwarding(&server, "/app/", &["--once"]);
    let body = b"\x00\xff{\"a\" : 1}\r\n";
    let head = "PoST /hooks//%7e?b=%20&token=t0p HTTP/1.1\r\nX-Twice: 1\r\nHOST: old.example\r\nx-twice:   2 \r\n\
        Authorization: Bearer s3cret\r\nconnection: keep-alive, close\r\nX-Uml: ü\r\ncontent-LENGTH: 13\r\n\r\n";
    let mut answer = listener.send([head.as_bytes(), &body[..]].concat());
    let expected = head
        .replace("/hooks", "/app/hooks")
        .replace("old.example", &server.address().to_string())
        .replace("keep-alive, close", "close");
    let expected = text(&[expected.as_bytes(), &body[..]].concat());
    let received = text(&server.received());
    let (first, mut headers, body) = parts(&received);
    headers.retain(|line| !line.starts_with("x-hooks-forwarded-by: "));
    assert_eq!((first, headers, body), parts(&expected));
    assert!(received.find("x-twice: 1") < received.find("x-twice: 2"), "{received}");
    assert_eq!(answer.split_off(answer.len() - 4), "\r\n\r\n");
    let line = listener.expect("request");
    assert_eq!((&line["path"], &line["response"]["status"]), (&"/hooks//%7e".into(), &204.into()));
    let forward = &line["response"]["forward"];
    let url = server.url("http://127.0.0.1", "/app/hooks//%7e?b=%20&token=***");
    assert_eq!((&forward["url"], &forward["status"]), (&url.into(), &204.into()));
    assert!(forward["ms"].as_f64().unwrap() > 0.0 && forward["failure"].is_null(), "{forward}");
}

#[test]
fn a_request_that_cannot_be_sent_unchanged_is_not_forwarded() {
    let server = answering(NO_CONTENT).maybe_unvisited();
    let mut listener = forwarding(&server, "/", &["--once"]);
    let answer = listener.send(message("GET /a#b", "", ""));
    assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("cannot-send: "), "{answer}");
    assert_eq!(listener.expect("request")["response"]["forward"]["failure"], "cannot-send");
    assert_eq!(server.visits(), 0);
}

#[test]
fn dot_segments_stay_below_the_path_of_the_target() {
    for (path, forwarded) in
        [("/../../x?../y", "/app/x?../y"), ("/a/%2e%2E/../x", "/app/x"), ("/a..b//c", "/app/a..b//c")]
    {
        let server = answering(NO_CONTENT);
        let mut listener = forwarding(&server, "/app", &["--once"]);
        listener.send(message(&format!("POST {path}"), "Trailer: X-Sum\r\nTE: trailers\r\n", "{}"));
        listener.expect("request");
        let received = text(&server.received());
        assert!(received.starts_with(&format!("POST {forwarded} HTTP/1.1\r\n")), "{received}");
        let lower = received.to_ascii_lowercase();
        assert!(!lower.contains("trailer") && !lower.contains("te:"), "{received}");
    }
}

#[test]
fn a_forward_loop_through_another_port_is_detected() {
    let relay = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", relay.local_addr().unwrap());
    let mut listener = Listener::start(&Project::new(), &["--forward", &url, "--count", "2"]);
    let address = listener.address();
    std::thread::spawn(move || {
        for incoming in relay.incoming().flatten() {
            let outgoing = std::net::TcpStream::connect(address).unwrap();
            let (mut from, mut to) = (incoming.try_clone().unwrap(), outgoing.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            let (mut from, mut to) = (outgoing, incoming);
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        }
    });
    let answer = listener.send(get("GET"));
    assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("forward-loop: "), "{answer}");
    assert_eq!(listener.expect("request")["response"]["forward"]["failure"], "forward-loop");
    listener.expect("request");
}

#[test]
fn a_bare_port_means_localhost() {
    let server = answering(NO_CONTENT);
    let port = server.address().port().to_string();
    let mut listener = Listener::start(&Project::new(), &["--forward", &port, "--once"]);
    assert_eq!(listener.ready["forward"], format!("http://localhost:{port}/"));
    listener.send(get("GET"));
    assert_eq!(listener.expect("request")["response"]["status"], 204);
}

#[test]
fn the_timeout_of_forwarded_requests_can_be_set() {
    let server = Server::start([Step::Read, Step::Hold]);
    let mut listener = forwarding(&server, "/", &["--once", "--timeout", "300ms"]);
    listener.send(get("GET"));
    assert_eq!(listener.expect("request")["response"]["forward"]["failure"], "response-timeout");
    let server = answering(NO_CONTENT);
    let mut listener = forwarding(&server, "/", &["--once", "--timeout", "0"]);
    listener.send(get("GET"));
    assert_eq!(listener.expect("request")["response"]["status"], 204);
}

#[test]
fn a_response_is_returned_with_its_values() {
    let (answer, line) = returned(
        &get("GET"),
        "HTTP/1.1 418 Short and stout\r\nX-B: 1\r\nSet-Cookie: a\r\nKeep-Alive: 5\r\nset-cookie:  b\r\nConnection: x-gone\r\n\
         X-Gone: 1\r\nContent-Length: 3\r\n\r\nabc",
    );
    let expected = "HTTP/1.1 418 Short and stout\r\nX-B: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 3\r\nconnection: close\r\n\r\nabc";
    assert_eq!(parts(&answer), parts(expected));
    assert!(answer.find("set-cookie: a") < answer.find("set-cookie: b"), "{answer}");
    assert_eq!(line["response"]["status"], 418);
}

#[test]
fn every_framing_of_a_response_is_read() {
    let whole = "content-length: 3\r\nconnection: close\r\n\r\nabc";
    for (method, target, sender) in [
        ("GET", "transfer-encoding: chunked\r\n\r\n1\r\na\r\n2;x\r\nbc\r\n0\r\nx: y\r\n\r\n", whole),
        ("GET", "\r\nabc", whole),
        ("GET", "content-length: 3\r\ncontent-length: 3\r\n\r\nabc, and more", whole),
        ("HEAD", "content-length: 3\r\n\r\n", "content-length: 3\r\nconnection: close\r\n\r\n"),
        ("GET", "content-length: 3, 3\r\n\r\nabc", whole),
        ("GET", "transfer-encoding: identity\r\n\r\nabc", whole),
        ("HEAD", "transfer-encoding: chunked\r\n\r\n", "connection: close\r\n\r\n"),
    ] {
        let (answer, line) = returned(&get(method), &format!("HTTP/1.1 200 OK\r\n{target}"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 200 OK\r\n{sender}")),
            "{method} {target:?}: {answer:?}"
        );
        assert_eq!(line["response"]["status"], 200);
    }
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    let (answer, _) = returned(&get("GET"), &format!("{interim}{NO_CONTENT}"));
    assert_eq!(answer, "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
}

#[test]
fn a_chunked_body_stays_chunked() {
    let server = Server::start([Step::ReadHead, say(NO_CONTENT), Step::Hold]);
    let mut listener = forwarding(&server, "/", &["--once"]);
    listener.send(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\nX-Sum: 1\r\n\r\n",
    );
    assert_eq!(listener.expect("request")["body"], "abcd");
    let received = text(&server.received());
    let (_, headers, _) = parts(&received);
    assert!(headers.contains(&"transfer-encoding: chunked".to_owned()), "{received}");
    assert!(!headers.iter().any(|line| line.starts_with("trailer")), "{received}");
    assert!(received.ends_with("\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"), "{received}");
}

#[test]
fn expect_100_continue_is_answered_before_forwarding() {
    let server = answering(NO_CONTENT);
    let mut listener = forwarding(&server, "/", &["--once"]);
    let mut stream = listener.connect();
    let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut word = [0; 25];
    stream.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"ok").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    let received = text(&server.received());
    assert!(received.contains("expect: 100-continue\r\n") && received.ends_with("\r\n\r\nok"), "{received}");
    listener.expect("request");
}

#[test]
fn without_a_response_the_sender_gets_502_with_the_reason() {
    let mut listener = Listener::start(&Project::new(), &["--forward", &unanswered(), "--once"]);
    let answer = listener.send(get("GET"));
    assert!(answer.starts_with("HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain"), "{answer}");
    assert!(answer.contains("\r\n\r\nconnect-refused: Nothing is listening on port "), "{answer}");
    let line = listener.expect("request");
    assert_eq!((&line["response"]["state"], &line["response"]["status"]), (&"sent".into(), &502.into()));
    let forward = &line["response"]["forward"];
    assert_eq!((&forward["failure"], &forward["status"]), (&"connect-refused".into(), &Value::Null));
    assert!(forward["what"].as_str().unwrap().starts_with("Nothing is listening on port "));
    let large = "a".repeat(1024 * 1024 + 1);
    for (answer, name) in [
        ("", "empty-response"),
        ("SSH-2.0-x\r\n", "bad-response"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc", "empty-response"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 3\r\n\r\nabcd", "bad-response"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nabc", "bad-response"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nabc", "bad-response"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", "bad-response"),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "bad-response"),
        (&format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(101)), "response-headers-too-large"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n", "response-too-large"),
        (&format!("HTTP/1.1 200 OK\r\n\r\n{large}"), "response-too-large"),
        (
            &format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100001\r\n{large}"),
            "response-too-large",
        ),
    ] {
        let (head, line) = returned(&get("GET"), answer);
        assert_eq!(line["response"]["forward"]["failure"], name, "{line}");
        assert!(head.starts_with("HTTP/1.1 502 "), "{name}: {head}");
    }
}

#[test]
fn a_response_body_of_1_mib_is_returned_whole() {
    let body = "a".repeat(1024 * 1024);
    let (answer, _) = returned(&get("GET"), &format!("HTTP/1.1 200 OK\r\n\r\n{body}"));
    assert!(answer.ends_with(&format!("\r\ncontent-length: 1048576\r\nconnection: close\r\n\r\n{body}")));
}

#[test]
fn a_slow_response_does_not_delay_other_requests() {
    let slow = vec![Step::Read, Step::Hold];
    let server = Server::start_in_turn(vec![slow, vec![Step::Read, say(NO_CONTENT)]]);
    let mut listener = forwarding(&server, "/", &[]);
    let mut waiting = listener.connect();
    waiting.write_all(message("GET /slow", "", "").as_bytes()).unwrap();
    while server.received().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    for number in 0..3 {
        listener.send(message(&format!("GET /{number}"), "", ""));
        assert_eq!(listener.expect("request")["path"], format!("/{number}"));
    }
    // Ctrl-C ends requests in progress at once, and they are reported.
    #[cfg(unix)]
    {
        listener.signal("-INT");
        let mut answer = String::new();
        waiting.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("interrupted: "), "{answer}");
        let line = listener.expect("request");
        assert_eq!(line["response"]["forward"]["failure"], "interrupted");
        assert_eq!(listener.end().code, Some(0));
    }
}

#[test]
fn a_sender_that_leaves_before_the_response_is_reported_as_gone() {
    let pause = Step::Stall(Duration::from_millis(300));
    let server = Server::start([Step::Read, pause, say(NO_CONTENT)]);
    let mut listener = forwarding(&server, "/", &["--once"]);
    let mut stream = listener.connect();
    stream.write_all(message("GET /", "", "").as_bytes()).unwrap();
    while server.received().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stream);
    let line = listener.expect("request");
    assert_eq!(
        (&line["response"]["state"], &line["response"]["forward"]["status"]),
        (&"gone".into(), &204.into())
    );
}

#[test]
fn a_target_with_tls_needs_a_trusted_certificate() {
    let authority = Authority::new("trusted");
    let project = Project::new().file("ca.pem", authority.pem());
    for (arguments, failure) in [
        (["--cacert", "ca.pem"].as_slice(), Value::Null),
        (&["--insecure"], Value::Null),
        (&[], "tls-unknown-issuer".into()),
    ] {
        let identity = authority.issue(&["localhost"], |_| {});
        let script =
            [Step::Tls(identity.server()), Step::Read, say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")];
        let server = Server::start(script);
        let url = server.url("https://localhost", "/in?key=k3y");
        let arguments = [["--forward", &url, "--once"].as_slice(), arguments].concat();
        let mut listener = Listener::start(&project, &arguments);
        let masked = server.url("https://localhost", "/in?key=***");
        assert_eq!(listener.ready["forward"], masked);
        let answer = listener.send(message("POST /a", "", "{}"));
        let line = listener.expect("request");
        assert_eq!(line["response"]["forward"]["failure"], failure, "{line}");
        if failure.is_null() {
            assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
            let host = server.url("localhost", "");
            let received = text(&server.received());
            let (first, headers, _) = parts(&received);
            assert_eq!(first, "POST /in/a?key=k3y HTTP/1.1");
            assert!(headers.contains(&format!("host: {host}")), "{received}");
        }
        assert!(!line.to_string().contains("k3y") && !listener.end().stderr.contains("k3y"));
    }
}

#[test]
fn the_text_view_shows_the_status_of_the_target() {
    let server = Server::start_in_turn(vec![vec![Step::Read, say(NO_CONTENT)], vec![Step::Read]]);
    let url = server.url("http://127.0.0.1", "/in?token=t0p");
    let (stdout, stderr) = shown(
        &Project::example(),
        &["--forward", &url],
        &[message("GET /a", "", ""), message("GET /b", "", "")],
    );
    snapbox::assert_data_eq!(
        stdout,
        str![[r#"
[CLOCK]  GET /a  0 B  204 in [TIME]  no match
[CLOCK]  GET /b  0 B  502 empty-response  no match
          forward: 127.0.0.1:[PORT] closed the connection without a complete response.

"#]]
    );
    assert!(stderr.contains("forwarding to http://") && stderr.contains("/in?token=***\n"), "{stderr}");
    assert!(!stderr.contains("t0p"), "{stderr}");
}

#[test]
fn verbose_shows_the_whole_response_of_the_target() {
    let server = answering(
        "HTTP/1.1 201 Stored\r\nX-Id: 7\u{202e}\r\ncontent-type: application/json\r\n\r\n{\"id\":7,\"token\":\"t0ken-of-the-cms\"}",
    );
    let url = server.url("http://127.0.0.1", "/in?token=t0p");
    let project = Project::example();
    let (stdout, _) = shown(&project, &["-v", "--forward", &url], &[message("POST /a", "", "hi")]);
    snapbox::assert_data_eq!(
        stdout,
        str![[r#"
[CLOCK]  POST /a  2 B  201 in [TIME]  no match
│ POST /a HTTP/1.1
│ Host: x
│ Content-Length: 2
│ Connection: close
│ 
│ hi
          response from http://127.0.0.1:[PORT]/in/a?token=***
│ HTTP/1.1 201 Stored
│ x-id: 7/u{202e}
│ content-type: application/json
│ 
│ {
│   "id": 7,
│   "token": "***"
│ }

"#]]
    );
    let line = forwarding(&server, "/", &["--once"]).request("POST /a", "", "hi");
    let answer = &line["response"]["forward"]["response"];
    assert_eq!(answer["body"], "{\"id\":7,\"token\":\"t0ken-of-the-cms\"}");
    assert_eq!((&answer["headers"][0][0], &answer["body_bytes"]), (&"x-id".into(), &35.into()));
}

#[test]
fn a_forward_url_that_leads_back_is_refused() {
    let project = Project::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let refused = |arguments: &[&str], url: &str| {
        let arguments =
            [["listen", "--port", &port, "--for", "1s", "--forward", url].as_slice(), arguments].concat();
        hooks(arguments).in_project(&project).run().code(2).no_stdout().stderr_with(|text| {
            assert!(text.contains("error: the URL of `--forward` points to this listener"), "{text}");
        });
    };
    for host in ["127.0.0.1", "localhost", "a.localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"] {
        refused(&[], &format!("http://{host}:{port}/x"));
    }
    refused(&["--bind", "0.0.0.0"], &format!("https://127.0.0.3:{port}/"));
    refused(&["--bind", "127.0.0.2"], &format!("http://127.0.0.2:{port}/"));
}

#[test]
fn a_url_with_credentials_is_refused_without_showing_them() {
    hooks(["listen", "--port", "0", "--forward", "http://me:s3cret@127.0.0.1:9/"])
        .in_project(&Project::new())
        .run()
        .code(2)
        .no_stdout()
        .stderr(str![[r#"
no `webhooks.toml` found: requests are shown, but not compared
error: the URL of `--forward` contains credentials
  = help: remove them: requests are forwarded with their own headers

"#]]);
}
