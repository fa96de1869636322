//! A ledger that cannot be opened or written, outputs that fail, and secrets.

use snapbox::str;
use std::io::{Read, Write};

use super::receiver::{Receiver, ok, status};
use super::{backfill, backfilled, file, in_state, project, resumed, run_of};
use crate::harness::{hooks, shell};

#[test]
fn the_summary_is_printed_even_if_standard_output_is_full() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3);
    let fire = format!("'{}' backfill a data.jsonl >/dev/full", env!("CARGO_BIN_EXE_hooks"));
    shell(&fire).in_project(&project).run().code(5).no_stdout().stderr_with(|said| {
        assert!(said.contains("\ndelivered  3\n") && said.contains("\nelements   3\n"), "{said}");
    });
    assert_eq!(receiver.received().len(), 3);
}

#[test]
fn web_pages_as_responses_cause_a_warning() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let receiver = Receiver::answering(move |id, _| if id == "e1" { ok() } else { page.to_owned() });
    let project = project(&receiver, 3);
    let (lines, said) = backfilled(&project, &[], 0);
    let noted = lines.iter().filter(|line| line["notes"][0] == "html-page").count();
    assert_eq!((in_state(&lines, "delivered").len(), noted), (3, 2));
    assert!(said.contains("warning: 2 responses, first warning: The response is a web page"), "{said}");
}

#[test]
fn nothing_is_sent_if_the_ledger_cannot_be_opened() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3).file("../home/.local/state/hooks/history.db", [b'x'; 8192]);
    backfill(&project, &[]).code(3).no_stdout().stderr(str![[r#"
error[history]: `[HOME]/.local/state/hooks/history.db` is not a history, or is damaged: the run could not be recorded
  = help: move the file away (a new one is created)
  = help: use `--no-history` to send without records; such a run cannot be resumed


"#]]);
    assert!(receiver.received().is_empty());
    let (lines, _) = backfilled(&project, &["--no-history"], 0);
    assert_eq!(lines.len(), 3);
}

/// The largest file that a shell allows stands in for a full disk.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_stops_the_run_and_nothing_is_sent_twice() {
    let receiver = Receiver::start();
    let project = project(&receiver, 2000);
    backfilled(&project, &["--limit", "1"], 0);
    let script = format!(
        "trap '' XFSZ; ulimit -f 200; exec '{}' backfill a data.jsonl --concurrency 4 --json",
        env!("CARGO_BIN_EXE_hooks")
    );
    let output = project.command("sh").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert_eq!(said.matches("results are not recorded").count(), 1, "{said}");
    let sent = receiver.received().len() - 1;
    assert!(sent < 2000, "{sent}");
    let run = run_of(&project, 2);
    let lines = String::from_utf8(output.stdout).unwrap();
    let end: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((super::counts(&end), &end["reason"]), (super::counts(&run), &"unrecorded".into()));
    let (delivered, in_doubt) = (run["delivered"].as_u64().unwrap(), run["in_doubt"].as_u64().unwrap());
    assert!(
        delivered <= sent as u64 && sent as u64 <= delivered + in_doubt && in_doubt <= 8,
        "{sent}, {run}"
    );
    let (lines, _) = resumed(&project, &["2"], 0);
    let again = lines.iter().filter(|line| line["repeated"] == true).count();
    assert_eq!(again as u64, in_doubt);
    assert_eq!(receiver.received().len() - 1, sent + 2000 - usize::try_from(delivered).unwrap());
    assert_eq!(run_of(&project, 2)["delivered"], 2000);
}

#[test]
fn no_secret_is_in_the_ledger_or_the_command_to_resume() {
    let receiver =
        Receiver::answering(|id, _| if id == "e2" { status("500 Internal Server Error", "") } else { ok() });
    let url = receiver.url();
    let project = project(&receiver, 4).definitions(&format!(
        "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{url}/${{PART}}?token=${{TOKEN}}\"\n\
         [webhooks.a.header]\nAuthorization = \"Bearer ${{TOKEN}}\"\n"
    ));
    let token = "c4nary-0f-the-ledger";
    hooks(["backfill", "a", "data.jsonl", "--set", &format!("email={token}")])
        .in_project(&project)
        .env("TOKEN", token)
        .env("PART", "p4rt-0f-the-url")
        .run()
        .code(1)
        .stdout_with(|text| assert!(!text.contains(token), "{text}"))
        .stderr_with(|text| assert!(!text.contains(token) && !text.contains("p4rt"), "{text}"));
    let folder = file(&project).parent().unwrap().to_owned();
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [token.as_bytes(), b"p4rt-0f-the-url"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }
}

/// Nothing announces that the connection is closed after each response: only requests that were in flight when the first
/// one met a closed connection may be in doubt.
#[test]
fn after_an_unannounced_close_connections_are_not_reused() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || respond_once(&stream));
        }
    });
    let receiver = Receiver::start();
    let project = project(&receiver, 60);
    let mut command: std::process::Command = project.command(env!("CARGO_BIN_EXE_hooks"));
    command.args(["backfill", "a", "data.jsonl", "--json", "--concurrency", "4", "--to", &url]);
    let output = command.output().unwrap();
    let end = String::from_utf8(output.stdout).unwrap();
    let end: serde_json::Value = serde_json::from_str(end.lines().last().unwrap()).unwrap();
    assert!(end["delivered"].as_u64() >= Some(56), "{end}");
    assert_eq!((end["failed"].as_u64(), end["not_sent"].as_u64()), (Some(0), Some(0)), "{end}");
}

/// Reads one request with a body, responds, and closes the connection.
fn respond_once(mut stream: &std::net::TcpStream) {
    let (mut read, mut part) = (Vec::new(), [0; 4096]);
    while !read.windows(4).any(|end| end == b"\r\n\r\n") || !read.ends_with(b"}") {
        match stream.read(&mut part) {
            Ok(length) if length > 0 => read.extend_from_slice(&part[..length]),
            _ => return,
        }
    }
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
}
