//! How `listen` ends, and with which exit code.

use std::io::{Read, Write};

use serde_json::Value;
use snapbox::str;

use super::{Listener, message};
use crate::harness::{Project, hooks, shell};

#[test]
fn it_ends_after_the_given_number_of_requests() {
    let project = Project::new();
    for (arguments, count) in [(["--once"].as_slice(), 1), (&["--count", "3"], 3)] {
        let mut listener = Listener::start(&project, arguments);
        for number in 1..=count {
            let answer = listener.send(message("GET /", "", ""));
            assert!(answer.ends_with("\r\n\r\n{\"received\":true}"), "{answer}");
            assert_eq!(listener.expect("request")["id"], number);
        }
        let ended = listener.end();
        assert_eq!((ended.code, ended.lines.len()), (Some(0), 1));
        assert_eq!(ended.lines[0]["reason"], "done");
        assert_eq!(ended.lines[0]["requests"], count);
    }
}

#[test]
fn concurrent_requests_do_not_exceed_the_count() {
    let listener = Listener::start(&Project::new(), &["--once"]);
    let mut streams: Vec<_> = (0..8).map(|_| listener.connect()).collect();
    for stream in &mut streams {
        // The listener may have closed the connection.
        let _ = stream.write_all(message("GET /", "", "").as_bytes());
    }
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.lines.iter().filter(|line| line["type"] == "request").count(), 1);
}

#[test]
fn a_timeout_reports_whether_requests_were_received() {
    let project = Project::new();
    for arguments in
        [["--for", "100ms"].as_slice(), &["--for", "100ms", "--once"], &["--for", "100ms", "--count", "2"]]
    {
        let ended = Listener::start(&project, arguments).end();
        assert_eq!(ended.code, Some(1), "{arguments:?}");
        assert_eq!((&ended.lines[0]["reason"], &ended.lines[0]["expected"]), (&"time".into(), &Value::Null));
        let told = "error[not-received]: received no request within 100 ms\n  = help: ";
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
    let mut listener = Listener::start(&project, &["--for", "2s"]);
    listener.request("GET /", "", "");
    let ended = listener.end();
    assert_eq!((ended.code, ended.stderr.contains("error")), (Some(0), false), "{}", ended.stderr);
}

#[test]
fn too_few_requests_are_a_failure_with_the_reason() {
    let mut listener = Listener::start(&Project::example(), &["--for", "2s", "--count", "3"]);
    listener.request("GET /", "", "");
    listener.send("nonsense\r\n\r\n");
    let ended = listener.end();
    assert_eq!(ended.code, Some(1));
    snapbox::assert_data_eq!(
        ended.stderr,
        str![[r#"
error[not-received]: received only 1 of 3 requests within 2 s
  = help: check the URL that requests are sent to, or wait longer with `--for`
  = help: 1 message refused: see the output above

"#]]
    );
}

#[test]
#[cfg(unix)]
fn a_signal_is_success_unless_something_was_waited_for() {
    let project = Project::new();
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mut listener = Listener::start(&project, &[]);
        listener.request("GET /", "", "");
        listener.signal(signal);
        let ended = listener.end();
        assert_eq!(ended.code, Some(0), "{signal}");
        assert_eq!(ended.lines[0]["reason"], "signal");
        assert_eq!(ended.lines[0]["requests"], 1);
    }
    let listener = Listener::start(&project, &["--count", "2"]);
    listener.signal("-INT");
    let ended = listener.end();
    assert_eq!(ended.code, Some(130));
    assert!(ended.stderr.contains("error[not-received]: "), "{}", ended.stderr);
}

#[test]
#[cfg(unix)]
fn idle_connections_do_not_delay_the_end() {
    let listener = Listener::start(&Project::new(), &[]);
    let _idle = listener.connect();
    let mut half = listener.connect();
    half.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab").unwrap();
    listener.signal("-TERM");
    let ended = listener.end();
    assert_eq!((ended.code, ended.lines.len()), (Some(0), 1));
}

#[test]
fn a_closed_pipe_ends_it_silently() {
    let mut listener = Listener::start(&Project::new(), &[]);
    listener.lines = std::io::BufReader::new({
        // It is replaced by the output of a program that prints nothing.
        let mut quiet =
            std::process::Command::new("true").stdout(std::process::Stdio::piped()).spawn().unwrap();
        quiet.wait().unwrap();
        quiet.stdout.take().unwrap()
    });
    // A program that another test starts may hold the read end of the pipe for a moment.
    let address = listener.address();
    let requests = std::thread::spawn(move || {
        while let Ok(mut stream) = std::net::TcpStream::connect(address) {
            let sent = stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            // The listener may end before it has responded.
            let _ = sent.and_then(|()| stream.read_to_end(&mut Vec::new()));
        }
    });
    let ended = listener.end();
    requests.join().unwrap();
    assert_eq!((ended.code, ended.stderr.contains("error")), (Some(0), false), "{}", ended.stderr);
}

#[test]
fn a_port_in_use_is_an_error_with_help() {
    let project = Project::new();
    let first = Listener::start(&project, &["--for", "20s", "--once"]);
    let port = first.address().port().to_string();
    hooks(["listen", "--port", &port]).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains(&format!("error[port]: 127.0.0.1:{port} is in use")), "{text}");
        assert!(text.contains("--port 0") && text.contains(&format!("lsof -i :{port}")), "{text}");
    });
    first.send(message("GET /", "", ""));
    assert_eq!(first.end().code, Some(0));
}

#[test]
fn only_the_given_address_is_bound_with_a_warning_if_others_can_reach_it() {
    let listener = Listener::start(&Project::new(), &["--bind", "127.0.0.2", "--once"]);
    assert_eq!(listener.address().ip().to_string(), "127.0.0.2");
    assert!(std::net::TcpStream::connect(("127.0.0.1", listener.address().port())).is_err());
    listener.send(message("GET /", "", ""));
    assert!(!listener.end().stderr.contains("warning"));
    let open = Listener::start(&Project::new(), &["--bind", "0.0.0.0", "--once"]);
    open.send(message("GET /", "", ""));
    let ended = open.end();
    assert!(ended.stderr.contains("warning: anyone who can reach 0.0.0.0:"), "{}", ended.stderr);
    hooks(["listen", "--bind", "192.0.2.1", "--for", "1s"]).run().code(3).no_stdout().stderr(str![[r#"
no `webhooks.toml` found: requests are shown, but not compared
error[port]: 192.0.2.1 is not an address of this machine
  = help: omit `--bind` to listen on 127.0.0.1 and ::1


"#]]);
}

#[test]
fn both_loopback_addresses_are_bound() {
    let mut listener = Listener::start(&Project::new(), &["--count", "2"]);
    listener.request("GET /", "", "");
    let port = listener.address().port();
    // Without IPv6 there is only one.
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        listener.request("GET /", "", "");
        return;
    }
    let mut stream = std::net::TcpStream::connect(("::1", port)).unwrap();
    stream.write_all(message("GET /six", "", "").as_bytes()).unwrap();
    let line = listener.expect("request");
    assert!(line["peer"].as_str().unwrap().starts_with("[::1]:"), "{line}");
    assert_eq!(listener.end().code, Some(0));
}

#[cfg(unix)]
#[test]
fn a_blocked_output_does_not_prevent_the_end() {
    let mut listener = Listener::start(&Project::new(), &["--no-history"]);
    let body = "x".repeat(1024 * 1024);
    for _ in 0..3 {
        listener.send(message("POST /", "", &body));
    }
    listener.signal("-TERM");
    let mut said = String::new();
    listener.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(listener.child.wait().unwrap().code(), Some(0));
    assert!(
        said.ends_with("warning: the output is incomplete: standard output is not being read\n"),
        "{said}"
    );
}

#[test]
fn an_output_error_ends_it_at_once() {
    let script = format!("exec '{}' listen --port 0 --json >/dev/full", env!("CARGO_BIN_EXE_hooks"));
    shell(&script).in_project(&Project::new()).run().code(5).no_stdout().stderr_with(|said| {
        assert!(said.contains("error: cannot write to standard output"), "{said}");
    });
}

#[test]
fn options_without_effect_are_refused() {
    let project = Project::new();
    for (words, says) in [
        (["--set", "amount=1"].as_slice(), "DATA and `--set` are only used with `--expect`"),
        (&["--allow-missing"], "DATA and `--set` are only used with `--expect`"),
        (&["--status", "204", "--body", "x"], "a response with the status 204 has no body"),
        (&["--bind", "localhost"], "expected an IP address of this machine"),
        (&["--rotate", "200,304", "--body", "x"], "a response with the status 304 has no body"),
    ] {
        let run = hooks([&["listen", "--port", "0", "--for", "1ms"], words].concat()).in_project(&project);
        run.run().code(2).no_stdout().stderr_with(|said| assert!(said.contains(says), "{said}"));
    }
}
