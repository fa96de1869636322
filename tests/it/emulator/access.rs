//! Keys, scopes, the rate limit, and requests that are refused before they reach a resource.

use hooks::core::emulator::ApiKey;
use hooks::io::emulator::EmulatorOptions;
use serde_json::{Value, json};

use super::{KEY, NOW, Server, event, group, options, webhook};

fn keys(all: &[&str]) -> EmulatorOptions {
    let keys = all.iter().map(|key| ApiKey::parse(key).unwrap()).collect();
    EmulatorOptions { keys, ..options() }
}

#[test]
fn a_key_allows_what_its_scope_says() {
    let server = Server::with(keys(&["reader=read", "writer=write", "both=read-write"]));
    let body = webhook();
    for (key, reads, writes) in [("reader", 404, 403), ("writer", 403, 200), ("both", 404, 200)] {
        assert_eq!(server.call_as(key, "GET", "/v1/webhook/all", &Value::Null).status, reads, "{key}");
        assert_eq!(server.call_as(key, "POST", "/v1/webhook", &body).status, writes, "{key}");
    }
    let refused = server.call_as("reader", "DELETE", "/v1/webhook/1", &Value::Null);
    assert_eq!(refused.error(403), "the API key does not allow write access");
    for (key, reason) in [("other", "unknown API key (…)"), (KEY, "unknown API key (…9b11)")] {
        assert_eq!(server.call_as(key, "GET", "/v1/webhook/all", &Value::Null).error(401), reason);
    }
}

#[test]
fn a_key_expires_by_the_emulators_clock() {
    let server = Server::with(keys(&[&format!("{KEY}=read-write@2026-03-01T10:00:00Z")]));
    server.get("/v1/event/all").ok();
    server.patch("/_emulator/clock", &json!({ "advance": "59m" })).ok();
    server.get("/v1/event/all").ok();
    server.patch("/_emulator/clock", &json!({ "advance": "1m" })).ok();
    assert_eq!(server.get("/v1/event/all").error(401), "the API key has expired");
}

#[test]
fn a_missing_or_malformed_key_is_refused_and_no_key_is_logged() {
    let server = Server::start();
    for headers in [
        "",
        "authorization: Bearer abc\r\n",
        "authorization: a\r\nauthorization: b\r\n",
        "authorization: \r\n",
    ] {
        assert_eq!(server.request("GET", "/v1/event/all", headers, "").status, 401, "{headers}");
    }
    server.get("/v1/event/all").ok();
    let logged = server.logged(|call| call.namespace.is_some());
    assert!(!format!("{logged:?}").contains(KEY));
    assert!(!server.get("/_emulator/journal").text.contains(KEY));
}

#[test]
fn the_81st_request_within_a_second_is_refused_and_only_for_that_key() {
    let server = Server::start();
    let statuses: Vec<u16> = (0..90).map(|_| server.get("/v1/webhook/all").status).collect();
    // On a slow machine more of them are allowed, but never fewer.
    assert_eq!(statuses[..80], [404; 80]);
    if let Some(at) = statuses.iter().position(|status| *status == 429) {
        let other = server.call_as("another-key", "GET", "/v1/event/all", &Value::Null);
        assert_eq!(other.status, 200, "{at}");
    }
    let unlimited = Server::with(EmulatorOptions { rate_limit: 0, ..options() });
    assert!((0..200).all(|_| unlimited.get("/v1/webhook/all").status == 404));
    let limited = Server::with(EmulatorOptions { rate_limit: 1, ..options() });
    let refused =
        (0..50).map(|_| limited.get("/v1/event/all")).find(|response| response.status == 429).unwrap();
    assert_eq!(refused.error(429), "rate limit exceeded: 1 requests per second");
    assert_eq!(refused.header("retry-after"), Some("1"));
    limited.get("/_emulator/clock").ok();
}

#[test]
fn requests_that_the_api_does_not_accept_are_refused_with_a_reason() {
    let server = Server::start();
    let key = format!("authorization: {KEY}\r\n");
    let json = format!("{key}content-type: application/json\r\n");
    for (method, path, headers, body, status, reason) in [
        ("GET", "/v1/team", &key, "", 404, "the emulator does not implement `GET /v1/team`"),
        (
            "GET",
            "/v1/webhook/1/test",
            &key,
            "",
            404,
            "the emulator does not implement `GET /v1/webhook/1/test`",
        ),
        ("GET", "/v1/webhook", &key, "", 405, "`GET` is not allowed here"),
        ("DELETE", "/v1/webhook/all", &key, "", 405, "`DELETE` is not allowed here"),
        (
            "POST",
            "/v1/webhook",
            &key,
            "{}",
            415,
            "the body must be JSON with `Content-Type: application/json`",
        ),
        ("POST", "/v1/webhook", &json, "[]", 400, "the body must be a JSON object"),
        ("POST", "/v1/webhook", &json, "", 400, "the body is missing; send a JSON object"),
        (
            "POST",
            "/v1/webhook",
            &json,
            "{\"a\": // b\n 1}",
            400,
            "the body is not JSON: expected value at line 1 column 7",
        ),
    ] {
        assert_eq!(server.request(method, path, headers, body).error(status), reason, "{method} {path}");
    }
    assert!(server.logged(|call| call.path == "/v1/team").has_unknown_endpoint);
    assert!(!server.logged(|call| call.status == Some(405)).has_unknown_endpoint);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(1024 * 1024));
    let refused = server.request("POST", "/v1/webhook", &json, &large);
    assert_eq!(refused.error(413), "the body is too large");
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(server.request("POST", "/v1/webhook", &json, &deep).status, 400);
}

#[test]
fn only_this_machine_controls_the_emulator_and_no_page_of_another_origin() {
    let server = Server::start();
    let port = server.client.address.port();
    let key = format!("authorization: {KEY}\r\n");
    for (path, headers, status) in [
        ("/_emulator/clock", "x-forwarded-for: 192.0.2.1\r\n".to_owned(), 403),
        ("/_emulator/clock", "forwarded: for=192.0.2.1\r\n".to_owned(), 403),
        ("/_emulator/clock", "origin: https://example.com\r\n".to_owned(), 403),
        ("/_emulator/clock", "sec-fetch-site: cross-site\r\n".to_owned(), 403),
        ("/_emulator/clock", format!("origin: http://127.0.0.1:{port}\r\n"), 200),
        ("/v1/event/all", "x-forwarded-for: 192.0.2.1\r\n".to_owned(), 200),
    ] {
        assert_eq!(
            server.request("GET", path, &format!("{key}{headers}"), "").status,
            status,
            "{path} {headers}"
        );
    }
    for host in ["example.com", "localhost.example.com", "127.0.0.1", "127.0.0.1:1"] {
        let response = raw(
            &server,
            &format!("GET /_emulator/health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
        );
        assert!(response.starts_with("HTTP/1.1 421 "), "{host}: {response}");
    }
    let listed = server.get("/v1/event/all");
    assert_eq!(listed.header("access-control-allow-origin"), None);
}

fn raw(server: &Server, request: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(server.client.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn anyone_can_list_the_events_of_a_group_with_a_public_overview_from_any_origin() {
    let server = Server::start();
    let public = server.post("/v1/group", &json!({ "name": "x", "public_event_overview": true })).created();
    let private = group(&server);
    let prokey = server.post("/v1/event", &event(&public)).created();
    let path = |group: &str| format!("/v1/event/all?group={group}&dates=true");
    let listed = server.request("GET", &path(&public), "origin: https://example.com\r\n", "");
    let dates = json!([{ "name": "Open house", "startDate": "2026-06-01" }]);
    assert_eq!(listed.ok(), json!([{ "prokey": prokey, "label": "Open house", "dates": dates }]));
    assert_eq!(listed.header("access-control-allow-origin"), Some("*"));
    for path in [path(&private), path("unknown"), "/v1/event/all".to_owned(), "/v1/webhook/all".to_owned()] {
        let refused = server.request("GET", &path, "", "");
        assert_eq!(refused.status, 401, "{path}");
        assert_eq!(refused.header("access-control-allow-origin"), None);
    }
    let preflight = server.request("OPTIONS", &path(&public), "origin: https://example.com\r\n", "");
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(server.get("/_emulator/clock").ok()["now"].as_str().unwrap()[..16], NOW[..16]);
}
