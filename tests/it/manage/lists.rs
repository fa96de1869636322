//! Headers and body fields written as a list, in which keys may be repeated.

use super::{text, untouched};
use crate::harness::{Project, hooks};
use crate::server::answering;

const LIST: &str = r#"# ours
[webhooks.w]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/rsvp"
header = [
  { key = "X-A", value = "{{email}}" }, # first
  { key = "Accept", value = "a" },
  { key = "X-A", value = "hunter2" },
]

[[webhooks.w.body]]
key = "seats"
value = "{{amount}}"

[[webhooks.w.body]]
key = "seats"
value = "x" # last
"#;

#[test]
fn a_list_is_sent_in_its_order_with_a_warning_for_each_repeated_key() {
    let server = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let project = Project::new().definitions(LIST);
    let run = hooks(["fire", "w", "--to", &server.url("http://127.0.0.1", "/x")]).in_project(&project).run();
    run.success().stdout_with(|_| {}).stderr_with(|text| {
        assert!(
            text.contains("warning[header-repeated]") && text.contains("warning[body-field-repeated]"),
            "{text}"
        );
    });
    let request = String::from_utf8(server.received()).unwrap();
    let lines: Vec<_> =
        request.lines().filter(|line| line.starts_with("x-a:") || line.starts_with("accept:")).collect();
    assert_eq!(lines, ["x-a: jane.doe@example.com", "x-a: hunter2", "accept: a"]);
    assert!(request.ends_with(r#","seats":2,"seats":"x"}"#), "{request}");
}

#[test]
fn credentials_are_an_error_when_repeated_and_bad_items_are_found() {
    let fields =
        "trigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://cms.example.com\"\n";
    for (list, code) in [
        (
            r#"header = [{ key = "Authorization", value = "${A}" }, { key = "authorization", value = "${B}" }]"#,
            "error[header-repeated]",
        ),
        (
            r#"header = [{ key = "Content-Type", value = "application/json" }, { key = "Content-Type", value = "application/json" }]"#,
            "error[header-repeated]",
        ),
        (r#"header = [{ key = "Host", value = "x" }]"#, "error[header-framing]"),
        (r#"body = [{ key = "a" }]"#, "error[missing-field]"),
        (r#"body = [{ key = "a", value = "1", extra = "x" }]"#, "error[unknown-key]"),
        (r#"body = [{ key = "a", value = 1 }]"#, "error[wrong-type]"),
        (r#"body = ["a"]"#, "error[wrong-type]"),
    ] {
        let run = hooks(["check", "-"]).stdin(format!("[webhooks.w]\n{fields}{list}\n")).run();
        run.code(1).no_stderr().stdout_with(|text| assert!(text.starts_with(code), "{list}: {text}"));
    }
}

#[test]
fn single_items_are_edited_and_what_is_ambiguous_is_refused() {
    let accept = "  { key = \"Accept\", value = \"a\" },\n";
    let last = "  { key = \"X-A\", value = \"hunter2\" },\n";
    let first = "  { key = \"X-A\", value = \"{{email}}\" }, # first\n";
    for (change, before, after) in [
        (
            &["edit", "w", "--header", "accept: b"][..],
            accept,
            "  { key = \"Accept\", value = \"b\" },\n".to_owned(),
        ),
        (&["edit", "w", "--header", "B: 1"], last, format!("{last}  {{ key = \"B\", value = \"1\" }},\n")),
        (&["edit", "w", "--remove-header", "accept"], accept, String::new()),
        (&["edit", "w", "--remove-header", "x-a"], &[first, accept, last].concat(), accept.to_owned()),
        (
            &["edit", "w", "--body", "n=1"],
            "value = \"x\" # last\n",
            "value = \"x\" # last\n\n[[webhooks.w.body]]\nkey = \"n\"\nvalue = \"1\"\n".to_owned(),
        ),
    ] {
        let project = Project::new().definitions(LIST);
        hooks(change).in_project(&project).run().success().stdout_with(|_| {}).no_stderr();
        assert_eq!(text(&project), LIST.replacen(before, &after, 1), "{change:?}");
    }
    let project = Project::new().definitions(LIST);
    for (change, lines) in [
        (&["edit", "w", "--header", "X-A: 2"][..], "`header.X-A` is in the list 2 times, on lines 7 and 9"),
        (
            &["edit", "w", "--body", "seats=x", "--method", "PUT"],
            "`body.seats` is in the list 2 times, on lines",
        ),
    ] {
        untouched(&project, || {
            let run = hooks(change).in_project(&project).run();
            run.code(3).no_stdout().stderr_with(|text| {
                assert!(text.contains(lines) && text.contains("hooks check"), "{change:?}: {text}");
                assert!(!text.contains("hunter2"), "{text}");
            });
        });
    }
    untouched(&project, || {
        let run = hooks(["add", "v", "--from", "w"]).in_project(&project).run();
        run.code(3).no_stdout().stderr_with(|text| assert!(text.contains("which needs a list"), "{text}"));
    });
    for (change, before, after) in [
        (&["edit", "w", "--method", "PUT"][..], "payload_url", "method = \"PUT\"\npayload_url"),
        (&["rename", "w", "v"], "webhooks.w", "webhooks.v"),
    ] {
        let project = Project::new().definitions(LIST);
        hooks(change).in_project(&project).run().success().stdout_with(|_| {}).no_stderr();
        assert_eq!(text(&project), LIST.replace(before, after), "{change:?}");
    }
    let body = LIST.find("\n[[").unwrap();
    let header = LIST.find("header").unwrap();
    for (field, expected) in
        [("body", LIST[..body].to_owned()), ("header", LIST[..header].to_owned() + &LIST[body..])]
    {
        let project = Project::new().definitions(LIST);
        let run = hooks(["edit", "w", "--clear", field]).in_project(&project).run();
        run.success().stdout_with(|_| {}).no_stderr();
        assert_eq!(text(&project), expected, "{field}");
    }
}
