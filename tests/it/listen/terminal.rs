//! The live view in a terminal.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{PATIENCE, message};
use crate::harness::{Key, Project, Terminal};

/// A listener in a terminal, and its port.
fn open(project: &Project, arguments: &[&str]) -> (Terminal, u16) {
    // The port is very likely still free when the program binds it.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = port.to_string();
    let arguments = [["listen", "--port", &text].as_slice(), arguments].concat();
    let mut terminal = Terminal::open(project, arguments);
    terminal.expect("listening on");
    terminal.expect("try:");
    (terminal, port)
}

fn send(port: u16, count: usize) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = [0; 102];
    for _ in 0..count {
        stream.write_all(b"POST /burst HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}").unwrap();
        stream.read_exact(&mut answer[..1]).unwrap();
        let mut seen = 1;
        while !answer[..seen].ends_with(b"}") {
            seen += stream.read(&mut answer[seen..]).unwrap();
        }
    }
}

#[test]
fn ctrl_c_ends_it_with_a_summary() {
    let (mut terminal, port) = open(&Project::example(), &[]);
    send(port, 1);
    terminal.expect("POST /burst");
    terminal.press(Key::CtrlC);
    let text = terminal.code(0);
    // The echo of the key is cleared before anything else is written.
    assert!(text.contains("^C\r\x1b[2K1 request, 0 matched"), "{text:?}");
}

#[test]
fn a_burst_is_limited_to_a_few_lines_and_a_count() {
    let (terminal, port) = open(&Project::new(), &["--count", "500"]);
    send(port, 500);
    let text = terminal.code(0);
    let shown = text.lines().filter(|line| line.contains("POST /burst  2 B")).count();
    let counted: usize = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("… and ")?.strip_suffix(" more"))
        .map(|number| number.parse::<usize>().unwrap())
        .sum();
    assert_eq!(shown + counted, 500, "{text}");
    assert!(counted > 0, "{text}");
    assert!(text.contains("500 requests"), "{text}");
}

#[test]
fn a_long_body_does_not_flood_the_terminal() {
    let body = "line\n".repeat(500);
    let (terminal, port) = open(&Project::example(), &["--once", "--verbose"]);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(message("POST /", "", &body).as_bytes()).unwrap();
    let text = terminal.code(0);
    assert_eq!(text.lines().filter(|line| line.trim_end() == "│ line").count(), 60, "{text}");
    assert!(text.contains("│ … 2199 more bytes; use `--json` for all of it"), "{text}");
}

#[test]
fn a_long_path_is_shortened_to_the_width_of_the_terminal() {
    let (terminal, port) = open(&Project::example(), &["--once"]);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(message(&format!("GET /{}", "long/".repeat(50)), "", "").as_bytes()).unwrap();
    let text = terminal.code(0);
    let line = text.lines().find(|line| line.contains("GET /long")).unwrap();
    assert!(
        line.trim_end().chars().count() <= 80 && line.contains('…') && line.contains("no match"),
        "{line}"
    );
}

#[test]
fn a_match_that_does_not_fit_goes_to_the_next_line() {
    let handle = "rsvp-to-the-content-management-system-of-the-team";
    let example = include_str!("../../../webhooks.example.toml");
    let project = Project::new().definitions(&example.replace("rsvp-to-cms", handle));
    let (terminal, port) = open(&project, &["--once"]);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let headers = "Content-Type: application/json\r\n";
    stream.write_all(message("POST /hooks/rsvp", headers, r#"{"element_data":{}}"#).as_bytes()).unwrap();
    let text = terminal.code(0);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let first = lines.iter().position(|line| line.contains("POST /hooks/rsvp")).unwrap();
    assert!(lines[first].ends_with(" 200"), "{text}");
    assert_eq!(lines[first + 1], format!("          no match, closest is {handle}"), "{text}");
}
