//! Headers and body fields in list form, in which keys may be repeated.

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
fn single_items_are_edited_and_ambiguous_ones_are_refused() {
    let accept = "  { key = \"Accept\", value = \"a\" },\n";
    let last = "value = \"x\" # last\n";
    for (flags, before, after) in [
        (["--header", "accept: b"], "value = \"a\"", "value = \"b\"".to_owned()),
        (["--remove-header", "accept"], accept, String::new()),
        (["--body", "n=1"], last, format!("{last}\n[[webhooks.w.body]]\nkey = \"n\"\nvalue = \"1\"\n")),
        (["--clear", "body"], &LIST[LIST.find("\n[[").unwrap()..], String::new()),
    ] {
        let project = Project::new().definitions(LIST);
        let run = hooks(["edit", "w"].iter().chain(&flags)).in_project(&project).run();
        run.success().stdout_with(|_| {}).no_stderr();
        assert_eq!(text(&project), LIST.replacen(before, &after, 1), "{flags:?}");
    }
    let project = Project::new().definitions(LIST);
    for (words, reason) in [
        (&["edit", "w", "--header", "X-A: 2"][..], "`header.X-A` is in the list 2 times, on lines 7 and 9"),
        (&["edit", "w", "--body", "seats=x", "--method", "PUT"], "`body.seats` is in the list 2 times"),
        (&["add", "v", "--from", "w"], "which requires a list"),
    ] {
        untouched(&project, || {
            hooks(words).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
                assert!(text.contains(reason) && text.contains("hooks check"), "{words:?}: {text}");
                assert!(!text.contains("hunter2"), "{text}");
            });
        });
    }
}
