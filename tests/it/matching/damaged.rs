//! Requests that are truncated, joined or changed.

use serde_json::Value;

use super::{BODY, DEFINITIONS, lines, matched, message, project};
use crate::harness::{Project, Terminal, hooks};

#[track_caller]
fn bodies(text: &str, code: i32) -> Vec<(u64, String)> {
    let found = lines(&project(), text, code);
    found
        .iter()
        .map(|own| (own["line"].as_u64().unwrap(), own["body"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn a_missing_file_is_a_usage_error_on_any_terminal() {
    let project = project();
    for arguments in [["CI=true", "TERM=xterm"], ["CI=", "TERM=dumb"]] {
        let program = env!("CARGO_BIN_EXE_hooks");
        let words = arguments.into_iter().chain([program, "match"]);
        let mut terminal = Terminal::start(&project, "env", words, (80, 24), "xterm");
        terminal.expect("which request? Give it as FILE, or pipe it in");
        terminal.code(2);
    }
}

#[test]
fn a_body_after_a_truncated_one_is_a_separate_request() {
    for (cut, between, code) in [
        ("{\"element_data\":{\"sta", "\n", 1),
        ("{\"element_data\":{\"sta", "\r\n\r\n", 1),
        ("{\"element_data\":{\"sta", "\n\nThe second one:\n\n", 1),
        ("{\"element_data\":{\"status\":\"confirmed\",", "\n", 0),
        ("{\"element_data\":{\"status\":\"confirmed\"}", "\n\n", 0),
    ] {
        let line = 1 + between.matches('\n').count() as u64;
        let expected = [(1, "truncated".to_owned()), (line, "complete".to_owned())];
        assert_eq!(bodies(&format!("{cut}{between}{BODY}\n"), code), expected, "{cut}{between}");
    }
    // A list of objects, one per line, is one value, even if it is truncated itself.
    let list = "{\"element_data\":{\"list\":[\n{\"a\":1},\n{\"b\":2},\n{\"c\":";
    assert_eq!(bodies(list, 1), [(1, "truncated".to_owned())]);
}

#[test]
fn messages_that_are_joined_are_separated_by_their_length() {
    let whole = message(BODY, BODY.len());
    let found = lines(&project(), format!("{whole}{whole}"), 0);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found.iter().all(|own| own["matches"][0] == "answers" && own["body_problem"].is_null()),
        "{found:?}"
    );
}

const HEADERS: &str =
    "-H 'Content-Type: application/json' -H 'X-Source: calendar' -H 'Authorization: Bearer x'";

/// A text escaped for the C runtime, which reads an even number of backslashes before a quote as half of them, and an odd
/// one as an escape.
fn as_an_argument(text: &str) -> String {
    let (mut escaped, mut backslashes) = (String::new(), 0);
    for c in text.chars() {
        if c == '"' {
            escaped.push_str(&"\\".repeat(backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        escaped.push(c);
    }
    escaped
}

#[test]
fn quotes_are_read_as_each_version_of_powershell_passes_them() {
    let definitions = format!(
        "{DEFINITIONS}\n[webhooks.quotes]\ntrigger = \"create\"\n\
        trigger_element = \"rsvp_answer\"\npayload_url = \"https://q.example.com/q\"\n\
        [webhooks.quotes.body]\nq = 'a \"x\" \\'\n"
    );
    let project = Project::new().definitions(&definitions);
    let body: Value = serde_json::from_str(BODY).unwrap();
    let body = serde_json::json!({"element_data": body["element_data"], "q": "a \"x\" \\"}).to_string();
    let windows = as_an_argument(&body);
    let headers = "-H 'Content-Type: application/json'";
    for body in [body, windows] {
        let command = format!("PS C:\\> curl.exe https://q.example.com/q {headers} -d '{body}'");
        let found = lines(&project, &command, 0);
        assert_eq!(found[0]["matches"], serde_json::json!(["quotes"]), "{command}: {found:?}");
    }
}

#[test]
fn typographic_characters_in_a_command_are_named() {
    let project = project();
    for (command, place, name) in [
        ("curl ’http://x/’ -d a", "1:6", "U+2019 right single quotation mark"),
        ("curl http://x/ -d “{\"a\": 1}”", "1:19", "U+201C left double quotation mark"),
        ("curl http://x/ –d a", "1:16", "U+2013 en dash"),
        ("curl http://x/ -H ‘A: b', -d 'x", "1:19", "U+2018 left single quotation mark"),
        ("curl.exe http://x/ --data=”a”", "1:27", "U+201D right double quotation mark"),
    ] {
        matched(&project, command, &["-"]).code(3).no_stdout().stderr_with(|said| {
            assert!(
                said.contains(place) && said.contains(name) && said.contains("replace it with"),
                "{said}"
            );
        });
    }
    let quoted = format!(
        "curl 'https://cms.example.com/hooks/answers?v=1' {HEADERS} -H 'X-Note: it’s – “so”' -d '{BODY}'"
    );
    assert_eq!(lines(&project, quoted, 0).len(), 1);
}

#[test]
fn a_body_that_is_a_variable_is_not_compared() {
    let command = format!("curl 'https://cms.example.com/hooks/answers?v=1' {HEADERS} -d \"$BODY\"");
    let found = lines(&project(), command, 0);
    assert_eq!((&found[0]["body"], &found[0]["masked"]), (&"missing".into(), &1.into()), "{found:?}");
    assert_eq!(found[0]["matches"][0], "answers");
}

#[test]
fn preview_is_only_suggested_for_a_file_that_it_can_read() {
    for (text, is_plain) in [
        (format!("\n{BODY}\n"), true),
        (format!("The customer wrote:\n\n{BODY}\n"), false),
        (serde_json::to_string(BODY).unwrap(), false),
    ] {
        let project = project().file("answer.json", &text);
        let run = hooks(["match", "answer.json"]).in_project(&project).run();
        run.success().stdout_with(|_| ()).stderr_with(|said| {
            assert_eq!(said.contains("try `hooks preview answers answer.json`"), is_plain, "{text}: {said}");
            assert_eq!(said.contains("try `hooks show answers`"), !is_plain, "{text}: {said}");
        });
    }
}

#[test]
fn the_inbox_of_webhook_site_is_not_compared() {
    let inbox = "a94a7294-c4aa-4074-ab77-c4cf86fd53b1";
    let request = serde_json::json!({
        "uuid": "a2a6a4ae-4130-4063-953a-84fa29d81d43", "type": "web", "token_id": inbox, "method": "POST",
        "content": BODY, "url": format!("https://webhook.site/{inbox}"),
        "headers": {"content-type": ["application/json"], "x-source": ["calendar"], "authorization": ["Bearer x"]},
    });
    let found = lines(&project(), request.to_string(), 0);
    assert_eq!(found[0]["matches"][0], "answers", "{found:?}");
    // If a webhook is sent there, the path is a part of it.
    let other = DEFINITIONS.replace("${GUESTS}/gala", &format!("https://webhook.site/{inbox}"));
    let found = lines(&Project::new().definitions(&other), request.to_string(), 1);
    assert_eq!(found[0]["matches"], serde_json::json!([]), "{found:?}");
}

#[test]
fn other_formats_of_browsers_are_named() {
    let project = project();
    let power = "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n\
        Invoke-WebRequest -UseBasicParsing -Uri \"https://x.example.com/\" `\n-Method \"POST\" `\n\
        -Body \"{`\"a`\":1}\"\n";
    let fetch = "fetch(\"https://x.example.com/\", {\n  \"method\": \"POST\"\n});";
    for (text, name) in [(power, "`Invoke-WebRequest`"), (fetch, "`fetch`")] {
        matched(&project, text, &["-"]).code(3).no_stdout().stderr_with(|said| {
            assert!(said.contains(name) && said.contains("Copy as cURL"), "{said}");
        });
    }
}

#[test]
fn a_truncated_or_empty_har_file_is_an_error() {
    let project = project();
    let har = |entries: &str| {
        format!(
            "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"x\",\"version\":\"1\"}},\"entries\":[{entries}]}}}}"
        )
    };
    let whole = har("{\"request\":{\"method\":\"POST\",\"url\":\"https://x.example.com/\",\"headers\":[]}}");
    for (text, message) in [
        (&whole[..whole.len() - 20], "HAR file in standard input is truncated"),
        (&har("")[..40], "HAR file in standard input is truncated"),
        (&har(""), "HAR file in standard input has no requests"),
        ("{\"log\":{\"version\":\"1.2\",\"creator\":{}}}", "HAR file in standard input has no requests"),
    ] {
        matched(&project, text, &["-"]).code(3).no_stdout().stderr_with(|said| {
            assert!(said.contains(message), "{said}");
        });
    }
}
