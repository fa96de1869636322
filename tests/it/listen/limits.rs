//! Requests over a limit are refused with its status. Timeouts are tested with short limits of the library, everything else
//! with the program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hooks::io::listeners::Listeners;
use hooks::io::receiver::{Event, Receiver, ReceiverLimits, ReceiverOptions};

use super::{Listener, PATIENCE, message};
use crate::harness::Project;

#[test]
fn a_body_that_is_too_large_gets_413_before_or_while_it_is_sent() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    let line = format!("POST /big HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", 10 * 1024 * 1024 + 1);
    assert!(listener.send(line).starts_with("HTTP/1.1 413 "));
    let refused = listener.expect("refused");
    assert_eq!((&refused["name"], &refused["status"]), (&"body-too-large".into(), &413.into()));
    assert_eq!((&refused["method"], &refused["path"]), (&"POST".into(), &"/big".into()));
    assert_eq!(refused["what"], "the body is larger than 10 MiB");
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
    let mut stream = listener.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
    for _ in 0..11 {
        // The connection may be closed before the last chunk.
        let _ = stream.write_all(chunk.as_bytes());
    }
    assert_eq!(listener.expect("refused")["status"], 413);
    listener.request("GET /", "", "");
}

#[test]
fn the_largest_body_is_received_whole() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    let body = "x".repeat(10 * 1024 * 1024);
    let line = listener.request("POST /", "", &body);
    assert_eq!(line["body_bytes"], body.len());
    assert!(line["body"] == body);
}

#[test]
fn headers_that_are_too_large_or_too_many_get_431() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    for (headers, name) in [
        (format!("x: {}\r\n", "a".repeat(64 * 1024)), "head-too-large"),
        ("x: a\r\n".repeat(100), "too-many-headers"),
    ] {
        let answer = listener.send(format!("GET / HTTP/1.1\r\nhost: x\r\n{headers}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        assert_eq!(listener.expect("refused")["name"], name);
    }
    listener.request("GET /", &"x: a\r\n".repeat(97), "");
}

#[test]
fn connections_over_the_limit_get_503() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    let mut taken: Vec<TcpStream> = (0..64).map(|_| listener.connect()).collect();
    for stream in &mut taken {
        // Each has started a request, so that it certainly has a slot.
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n")
            .unwrap();
        stream.read_exact(&mut [0; 25]).unwrap();
    }
    let answer = listener.send(message("GET /", "", ""));
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
    assert_eq!(listener.expect("refused")["name"], "too-many-connections");
    drop(taken);
    for _ in 0..64 {
        assert_eq!(listener.expect("refused")["name"], "cut-short");
    }
    listener.request("GET /", "", "");
    assert_eq!(listener.end().code, Some(0));
}

fn receiver(limits: ReceiverLimits) -> (Receiver, TcpStream) {
    let listeners = Listeners::bind(None, 0).unwrap();
    let stream = TcpStream::connect(listeners.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let options = ReceiverOptions { limits, ..ReceiverOptions::default() };
    (Receiver::start(listeners, options).unwrap(), stream)
}

fn next(receiver: &mut Receiver) -> Event {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(receiver.next()).unwrap()
}

#[test]
fn a_head_or_body_that_is_not_sent_in_time_gets_408() {
    let short = Duration::from_millis(50);
    for (limits, bytes, name) in [
        (ReceiverLimits { head_time: short, ..ReceiverLimits::default() }, "POST / HT", "head-timeout"),
        (
            ReceiverLimits { body_time: short, ..ReceiverLimits::default() },
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nabc",
            "body-timeout",
        ),
    ] {
        let (mut receiver, mut stream) = receiver(limits);
        stream.write_all(bytes.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
        let Event::Refused(refused) = next(&mut receiver) else { panic!("it should be refused") };
        assert_eq!(refused.why.name(), name);
    }
}

#[test]
fn an_idle_connection_is_closed_silently() {
    let limits = ReceiverLimits { idle_time: Duration::from_millis(50), ..ReceiverLimits::default() };
    let (mut receiver, mut stream) = receiver(limits);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    receiver.stop();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(receiver.next()).is_none());
}

#[test]
fn senders_wait_while_events_are_not_handled() {
    let body = 100 * 1024;
    let limits = ReceiverLimits { waiting: body, body, ..ReceiverLimits::default() };
    let (mut receiver, mut first) = receiver(limits);
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {body}\r\n\r\n{}", "x".repeat(body));
    first.write_all(request.as_bytes()).unwrap();
    first.read_exact(&mut [0; 15]).unwrap();
    let mut second = TcpStream::connect(first.peer_addr().unwrap()).unwrap();
    second.write_all(request.as_bytes()).unwrap();
    second.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(second.read(&mut [0; 1]).is_err(), "the second request must wait");
    assert!(matches!(next(&mut receiver), Event::Request(_)));
    second.set_read_timeout(Some(PATIENCE)).unwrap();
    second.read_exact(&mut [0; 15]).unwrap();
}
