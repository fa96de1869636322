//! Limits of the page's server.

use std::io::{Read, Write};
use std::time::Duration;

use hooks::io::web::{PageLimits, ServerLimits};

use super::{Client, Inspector, OWN_PAGE, start, with};

fn with_server(server: ServerLimits) -> (Inspector, Client) {
    with(PageLimits { server, ..PageLimits::default() })
}

#[test]
fn malformed_and_too_large_requests_are_refused() {
    let (inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let host = "host: 127.0.0.1:PORT\r\n";
    let long = "a".repeat(20_000);
    let many = "a: b\r\n".repeat(100);
    for (request, status) in [
        (format!("GET / HTTP/1.1\r\n{host}a: {long}\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\n{host}{many}\r\n"), 431),
        (format!("GET /{long} HTTP/1.1\r\n{host}\r\n"), 431),
        ("hello\r\n\r\n".to_owned(), 400),
        ("\u{16}\u{3}\u{1}".to_owned() + &long, 400),
        (format!("GET / HTTP/1.1\r\n{host} a: b\r\n\r\n"), 400),
    ] {
        let answer = client.raw(&request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer:.100}");
    }
    assert_eq!(client.replay(1, &format!(r#"{{"url":"{long}"}}"#)).status, 413);
    assert_eq!(client.get("/documents").status, 200);
}

#[test]
fn slow_senders_time_out() {
    let short = Duration::from_millis(50);
    let (inspector, client) =
        with_server(ServerLimits { head_time: short, body_time: short, ..ServerLimits::default() });
    inspector.page().publish("{}".to_owned());
    // These return when the server closes the connection.
    let mut stream = client.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: ").unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    let head = format!(
        "POST /requests/1/replay HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\ncontent-length: 9\r\n{OWN_PAGE}\r\n{{"
    );
    assert!(client.raw(&head).starts_with("HTTP/1.1 408 "));
    assert_eq!(client.get("/documents").status, 200);
}

#[test]
fn the_number_of_connections_is_limited() {
    let (_inspector, client) = with_server(ServerLimits { connections: 2, ..ServerLimits::default() });
    let open = || {
        let mut stream = client.connect();
        let head = "GET /events HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nx-hooks-token: TOKEN\r\n\r\n";
        stream.write_all(client.filled(head).as_bytes()).unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
        stream
    };
    let (first, second) = (open(), open());
    assert!(client.raw("").starts_with("HTTP/1.1 503 "));
    drop(first);
    // The server may need a moment to free the slot.
    let is_served = || {
        client
            .raw("GET / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nconnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200 ")
    };
    let served = (0..1000).any(|_| {
        is_served() || {
            std::thread::sleep(Duration::from_millis(10));
            false
        }
    });
    assert!(served);
    drop(second);
}

#[test]
fn it_ends_when_it_is_dropped() {
    let (inspector, client) = start();
    let mut stream = client.connect();
    let head = "GET /events HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nx-hooks-token: TOKEN\r\n\r\n";
    stream.write_all(client.filled(head).as_bytes()).unwrap();
    drop(inspector);
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!((0..1000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        std::net::TcpStream::connect(("127.0.0.1", client.port)).is_err()
    }));
}
