//! `--ui`: the inspector page shows requests with the same masks, and can replay them.

use serde_json::{Value, json};
use snapbox::str;

use super::Listener;
use crate::harness::{Project, hooks, requests};
use crate::inspector::Client;
use crate::server::{Server, Step, say};

fn client(listener: &Listener) -> Client {
    Client::of(listener.ready["inspector"].as_str().unwrap())
}

/// The requests on the page.
fn shown(client: &Client, count: usize) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&client.get("/documents").body).unwrap();
    let requests = answer["documents"].as_array().unwrap().clone();
    assert_eq!(requests.len(), count);
    requests
}

fn replayed(client: &Client, id: u64, url: &str) -> Value {
    let answer = client.replay(id, &json!({ "url": url }).to_string());
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn the_page_shows_the_same_as_the_json_lines() {
    let project = Project::example();
    let mut listener = Listener::start(&project, &["--ui"]);
    let client = client(&listener);
    let about: Value = serde_json::from_str(&client.get("/documents").body).unwrap();
    let command = format!("hooks fire rsvp-to-cms --to {}/hooks/rsvp", listener.url);
    assert_eq!(about["about"], json!({ "url": listener.url, "file": "webhooks.toml", "try": [command] }));
    let lines = [
        listener.request("POST /hooks/rsvp?a=b&token=c", "X-Key: d\r\n", "{\"n\":1.10}"),
        listener.request("PURGE /", "", ""),
    ];
    for (mut shown, line) in shown(&client, 2).into_iter().zip(lines) {
        let is_truncated = shown.as_object_mut().unwrap().shift_remove("body_truncated");
        assert_eq!((shown, is_truncated), (line, Some(Value::Bool(false))));
    }
}

#[test]
fn the_page_shows_the_beginning_of_a_long_body_and_downloads_all_of_it() {
    let mut listener = Listener::start(&Project::new(), &["--ui"]);
    let client = client(&listener);
    let text = format!("x{}", "ä".repeat(40_000));
    listener.request("POST /", "", &text);
    let shown = &shown(&client, 1)[0];
    assert_eq!(shown["body"].as_str().unwrap(), &text[..64 * 1024 - 1]);
    assert_eq!((&shown["body_truncated"], &shown["body_bytes"]), (&json!(true), &json!(text.len())));
    assert_eq!(client.get("/requests/1/body").body, text);
}

#[test]
fn secrets_are_masked_on_the_page_in_downloads_and_in_curl_commands() {
    const SECRET: &str = "c4nary-s3cret";
    let project = Project::example();
    for (arguments, is_revealed) in [(["--ui"].as_slice(), false), (&["--ui", "--reveal"], true)] {
        let environment = [("CMS_HOST", "cms.example.com"), ("CMS_TOKEN", SECRET)];
        let mut listener = Listener::start_with(&project, arguments, &environment);
        let client = client(&listener);
        listener.request(
            "POST /?token=t0ken",
            "Authorization: h34der\r\n",
            &format!("{{\"a\":\"{SECRET}\"}}"),
        );
        let pages = ["/documents", "/requests/1/curl", "/requests/1/body"].map(|path| client.get(path).body);
        for (secret, places) in
            [(SECRET, [true, true, true]), ("h34der", [true, true, false]), ("t0ken", [true, true, false])]
        {
            let found = pages.each_ref().map(|page| page.contains(secret));
            assert_eq!(found, places.map(|place| place && is_revealed), "{secret} {pages:?}");
        }
        assert!(pages.iter().all(|page| !page.is_empty()));
    }
}

#[test]
fn a_replay_is_sent_as_received_and_returns_the_result() {
    let receiver = Server::start([
        Step::Read,
        say("HTTP/1.1 201 Created\r\nx-echo: h34der\r\ncontent-length: 2\r\n\r\nok"),
    ]);
    let mut listener = Listener::start(&Project::new(), &["--ui"]);
    let client = client(&listener);
    let headers = "X-First: 1\r\nAuthorization: h34der\r\nTransfer-Encoding: chunked\r\n";
    listener.send(format!(
        "PATCH /a?b HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n4\r\n1.10\r\n0\r\n\r\n"
    ));
    listener.expect("request");
    let answer = client.replay(1, &json!({ "url": receiver.url("http://127.0.0.1", "/c?d") }).to_string());
    assert!(!answer.body.contains("h34der"), "{}", answer.body);
    let outcome: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (&outcome["state"], &outcome["status"], &outcome["response"]["body"]),
        (&json!("delivered"), &json!(201), &json!("ok"))
    );
    let sent = requests(&receiver.received());
    assert_eq!(sent.len(), 1);
    let head = String::from_utf8_lossy(&receiver.received()).into_owned();
    let port = receiver.address().port();
    let expected = format!(
        "PATCH /c?d HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-first: 1\r\nauthorization: h34der\r\ncontent-length: 4\r\n\r\n1.10"
    );
    assert_eq!(head, expected);
}

#[test]
fn the_reason_why_a_replay_is_not_possible_is_returned() {
    let mut listener = Listener::start(&Project::new(), &["--ui"]);
    let client = client(&listener);
    listener.request("POST /", "", "");
    listener.request("PURGE /", "", "");
    let refused = replayed(&client, 1, "http://127.0.0.1:1/");
    assert_eq!(
        (&refused["state"], &refused["failure"]["name"]),
        (&json!("not_sent"), &json!("connect-refused"))
    );
    for (id, url, words) in [
        (1, "ftp://127.0.0.1/", "the URL must start with `http://` or `https://`; change the scheme"),
        (1, "", "the URL is empty; write the whole URL, e.g. `https://cms.example.com/hooks/rsvp`"),
        (
            2,
            "http://127.0.0.1:1/",
            "unsupported method `PURGE`: webhooks use POST, PUT, PATCH, GET or DELETE",
        ),
    ] {
        let answer = client.replay(id, &json!({ "url": url }).to_string());
        assert_eq!((answer.status, answer.body.as_str()), (422, words));
    }
}

#[test]
fn requests_are_received_while_a_replay_waits_for_its_response() {
    let receiver = Server::start([Step::Read, Step::Hold]);
    let mut listener = Listener::start(&Project::new(), &["--ui"]);
    let client = client(&listener);
    listener.request("POST /first", "", "");
    let url = receiver.url("http://127.0.0.1", "/");
    std::thread::scope(|scope| {
        let replay = scope.spawn(|| client.raw_replay(1, &url));
        while requests(&receiver.received()).is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(listener.request("POST /second", "", "")["id"], 2);
        drop(listener);
        replay.join().unwrap();
    });
}

#[test]
fn the_page_uses_the_given_port_or_fails_with_the_reason() {
    let project = Project::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    hooks(["listen", "--port", "0", "--ui", "--ui-port", &port])
        .in_project(&project)
        .run()
        .code(3)
        .no_stdout()
        .stderr_with(|text| {
            assert!(text.contains(&format!("the inspector page cannot use port {port}")), "{text}");
        });
    drop(taken);
    let listener = Listener::start(&project, &["--ui", "--ui-port", &port]);
    assert!(
        listener.ready["inspector"]
            .as_str()
            .unwrap()
            .starts_with(&format!("http://127.0.0.1:{port}/#token="))
    );
    hooks(["listen", "--ui-port", "1"]).in_project(&project).run().code(2).no_stdout().stderr(str![[r#"
error: the following required arguments were not provided:
  --ui

Usage: hooks listen --ui --ui-port <PORT> [DATA]

For more information, try '--help'.

"#]]);
}

#[test]
fn the_url_of_the_page_is_printed() {
    hooks(["listen", "--port", "0", "--ui", "--for", "1ms"])
        .in_project(&Project::new())
        .run()
        .code(1)
        .no_stdout()
        .stderr_with(|text| {
            let line = text.lines().find(|line| line.starts_with("inspector: http://127.0.0.1:")).unwrap();
            assert_eq!(line.split_once("/#token=").unwrap().1.len(), 43);
        });
}
