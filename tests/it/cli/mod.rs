//! Output and exit codes of each command.

mod bad_definitions;
mod bad_element;
mod bad_headers;
mod bad_urls;
mod completions;
mod destination;
mod echoed_secrets;
mod encoded_secrets;
mod env;
mod fire;
mod help;
mod list;
mod man;
#[cfg(unix)]
mod narrow;
mod other_element;
mod other_format;
mod output;
mod preview;
mod sample;
mod secrets;
mod show;
mod suggestions;
mod trigger;
mod vars;
mod wrong_words;

use crate::harness::{Outcome, Project, Request, hooks, requests};
use crate::server::{Server, answering};

const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// A file with one webhook, `w`, for new RSVP answers. The payload URL is in line 4, `rest` starts in line 5.
fn rsvp(payload_url: &str, rest: &str) -> String {
    format!(
        "[webhooks.w]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{payload_url}\"\n{rest}"
    )
}

/// A project with that file.
fn project(rest: &str) -> Project {
    Project::new().definitions(&rsvp("http://receiver.invalid/hook", rest))
}

/// A receiver that responds with 204, and may get no request.
fn receiver() -> Server {
    answering(NO_CONTENT).maybe_unvisited()
}

/// Fires `w` at a receiver with these arguments.
fn fire_at(server: &Server, project: &Project, arguments: &[&str]) -> Outcome {
    let url = server.url("http://127.0.0.1", "/hook");
    hooks(["fire", "w", "--to", &url].iter().chain(arguments)).in_project(project).run()
}

/// The only request that a receiver got.
#[track_caller]
fn request(server: &Server) -> Request {
    let mut all = requests(&server.received());
    assert_eq!(all.len(), 1, "one request should have arrived");
    all.remove(0)
}

/// The code and position of each finding in a text, e.g. `json-comment d.json:1:3`.
fn findings(text: &str) -> Vec<String> {
    let mut lines = text.lines().peekable();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let code = line.strip_prefix("error[").or_else(|| line.strip_prefix("warning["));
        let Some((code, _)) = code.and_then(|rest| rest.split_once("]: ")) else { continue };
        let place = lines.peek().and_then(|next| next.trim_start().strip_prefix("--> "));
        found.push(place.map_or(code.to_owned(), |place| format!("{code} {place}")));
    }
    found
}

/// Checks that the run was refused with these findings, each with help.
#[track_caller]
fn refused(outcome: Outcome, expected: &[&str]) {
    outcome.code(3).no_stdout().stderr_with(|text| {
        assert_eq!(findings(text), expected, "{text}");
        // Some messages say themselves what is expected.
        let speaks_for_itself =
            |block: &&str| block.starts_with("error[toml-") || block.contains("is expected here");
        for block in
            text.split("\n\n").filter(|block| block.starts_with("error[") && !speaks_for_itself(block))
        {
            assert!(block.contains("= help: "), "no way out: {block}");
        }
    });
}
