//! JSON output. Its shapes are documented by tables that `output/json/page.rs` generates from them.

use serde_json::Value;

use crate::harness::{Project, hooks};
use crate::server::{Server, Step, answering, say};

/// The output of a command that ends with this code.
fn printed(project: &Project, arguments: &[&str]) -> String {
    let mut printed = String::new();
    hooks(arguments)
        .in_project(project)
        .env("CMS_TOKEN", "t0ken-of-the-cms")
        .env("CMS_HOST", "cms.example.com")
        .run()
        .success()
        .stdout_with(|text| text.clone_into(&mut printed))
        .stderr_with(|_| ());
    printed
}

#[test]
fn a_body_that_was_truncated_inside_a_character_is_still_text() {
    let (whole, kept) = ("ä".repeat(40_000), 64 * 1024 - 1);
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\nx{whole}", whole.len() + 1);
    let receiver = Server::start([Step::Read, say(&answer)]);
    let url = receiver.url("http://127.0.0.1", "/");
    let fired = printed(&Project::example(), &["fire", "rsvp-to-cms", "--to", &url, "--json"]);
    let fired: Value = serde_json::from_str(&fired).unwrap();
    assert_eq!(fired["response"]["body"].as_str().unwrap().len(), kept);
    assert_eq!(fired["response"]["body_bytes"], whole.len() + 1);
    assert!(fired["response"].get("body_base64").is_none());
}

#[test]
fn trigger_prints_a_line_for_each_webhook() {
    let receiver = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let (project, url) = (Project::example(), receiver.url("http://127.0.0.1", "/"));
    for (arguments, fired) in [(["--to", url.as_str()].as_slice(), 2), (&["--dry-run"], 0)] {
        let arguments = [["trigger", "create", "rsvp_answer", "--json"].as_slice(), arguments].concat();
        let printed = printed(&project, &arguments);
        let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 7);
        assert_eq!(lines.iter().filter(|line| line.get("state").is_some()).count(), fired);
    }
}
