//! Well-formed and malformed requests.

use std::io::{Read, Write};

use super::{Listener, message};
use crate::harness::Project;

#[test]
fn a_request_is_reported_as_sent() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    let line =
        listener.request("PoST /a%20b?c=d&e", "X-Twice: 1\r\nx-twice:  2 \r\nAccept: ü\r\n", "{\"a\": 1}");
    assert_eq!(line["id"], 1);
    assert_eq!(line["method"], "PoST");
    assert_eq!((&line["path"], &line["query"]), (&"/a%20b".into(), &"c=d&e".into()));
    assert_eq!(line["http_version"], "HTTP/1.1");
    let names: Vec<&str> =
        line["headers"].as_array().unwrap().iter().map(|header| header["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Host", "X-Twice", "x-twice", "Accept", "Content-Length", "Connection"]);
    assert_eq!(line["headers"][3]["value"], "ü");
    assert_eq!((&line["body"], &line["body_bytes"]), (&"{\"a\": 1}".into(), &8.into()));
    assert_eq!(line["response"], serde_json::json!({"state": "sent", "status": 200, "forward": null}));
}

#[test]
fn a_binary_body_is_reported_in_base64() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    listener.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nconnection: close\r\n\r\n\xff\x00a");
    let line = listener.expect("request");
    assert_eq!((&line["body_base64"], &line["body_bytes"]), (&"/wBh".into(), &3.into()));
    assert!(line.get("body").is_none());
}

#[test]
fn every_method_is_received_and_head_gets_no_body() {
    let mut listener = Listener::start(&Project::new(), &["--count", "4"]);
    for method in ["OPTIONS", "HEAD", "PURGE", "TRACE"] {
        let answer = listener.send(message(&format!("{method} /"), "", ""));
        assert_eq!(listener.expect("request")["method"], method);
        assert_eq!(answer.ends_with("\r\n\r\n"), method == "HEAD", "{answer}");
        assert!(answer.contains("content-length: 17\r\n"), "{answer}");
    }
}

#[test]
fn one_connection_carries_many_requests() {
    let mut listener = Listener::start(&Project::new(), &["--count", "3"]);
    let mut stream = listener.connect();
    for number in 0..3 {
        write!(stream, "POST /{number} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nab").unwrap();
        let line = listener.expect("request");
        assert_eq!(line["path"], format!("/{number}"));
        let mut answer = [0; 90];
        let length = stream.read(&mut answer).unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
}

#[test]
fn chunked_bodies_and_expect_100_continue_are_supported() {
    let mut listener = Listener::start(&Project::new(), &["--count", "2"]);
    listener.send(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n",
    );
    assert_eq!(listener.expect("request")["body"], "abcd");
    let mut stream = listener.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        .unwrap();
    let mut word = [0; 25];
    stream.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"ok").unwrap();
    assert_eq!(listener.expect("request")["body"], "ok");
}

#[test]
fn malformed_requests_get_400_and_do_not_end_the_listener() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    for (bytes, name) in [
        (&b"garbage\r\n\r\n"[..], "malformed"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nbad header: 1\r\n\r\n", "malformed"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "tls"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http2"),
        (
            b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "two-lengths",
        ),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc", "bad-length"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "bad-chunk"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n", "bad-transfer-encoding"),
        (b"GET / HTTP/1.1\r\n\r\n", "bad-host"),
        (b"CONNECT x:443 HTTP/1.1\r\nhost: x:443\r\n\r\n", "connect"),
    ] {
        let answer = listener.send(bytes);
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{name}: {answer}");
        assert!(answer.contains("connection: close\r\n"), "{name}: {answer}");
        let line = listener.expect("refused");
        assert_eq!((&line["name"], &line["status"]), (&name.into(), &400.into()));
    }
    listener.request("GET /", "", "");
    assert_eq!(listener.end().code, Some(0));
}

#[test]
fn pipelined_requests_are_refused() {
    let mut listener = Listener::start(&Project::new(), &["--count", "2"]);
    let answer = listener.send("GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("{\"received\":true}HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert_eq!(listener.expect("request")["path"], "/1");
    assert_eq!(listener.expect("refused")["name"], "pipelined");
    listener.request("GET /3", "", "");
}

#[test]
fn a_request_that_is_cut_short_is_reported() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    drop({
        let mut stream = listener.connect();
        stream.write_all(b"POST /half HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc").unwrap();
        stream
    });
    let line = listener.expect("refused");
    assert_eq!((&line["name"], &line["status"]), (&"cut-short".into(), &serde_json::Value::Null));
    assert_eq!((&line["method"], &line["path"]), (&"POST".into(), &"/half".into()));
    // A connection without a request is not reported.
    drop(listener.connect());
    listener.request("GET /", "", "");
}
