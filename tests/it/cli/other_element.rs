//! Data of another kind: another element, a page of an API, a recorded request.

use snapbox::str;

use crate::harness::{Project, hooks};

const DEFINITIONS: &str = r#"
[webhooks.w]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/"
"#;

fn project() -> Project {
    let event = r#"{"prokey":"p","dates":[],"event_group":"g","status":"published"}"#;
    let answer = r#"{"email":"a@example.com","amount":1,"payload":{},"prokey":"p","status":"confirmed"}"#;
    Project::new()
        .definitions(DEFINITIONS)
        .file("answer.json", answer)
        .file("event.json", event)
        .file("events.jsonl", format!("{event}\n{event}\n{answer}\n"))
        .file("page.json", format!("{{\"data\":[{answer},{answer}],\"total\":2}}"))
        .file("laid-out.json", format!("{{\n  \"total\": 2,\n  \"data\": [\n    {answer}\n  ]\n}}\n"))
        .file("capture.json", format!("{{\"method\":\"POST\",\"body\":{{\"element_data\":{answer}}}}}"))
        .file("bin.json", r#"{"uuid":"u","content":"{\"element_data\":{}}"}"#)
}

#[test]
fn another_kind_of_element_is_reported() {
    let project = project();
    hooks(["preview", "w", "event.json", "--format", "body"])
        .in_project(&project)
        .run()
        .success()
        .stdout_json(|body| assert_eq!(body["element_data"]["event_group"], "g"))
        .stderr(str![[r#"
warning[other-element]: `event.json` looks like `event`, not like `rsvp_answer`
 --> event.json:1:1
  |
1 | {"prokey":"p","dates":[],"event_group":"g","status":"published"}
  | ^
  |
  = help: pass an element of the kind `rsvp_answer`; `hooks sample rsvp_answer` prints one


"#]]);
    let own = hooks(["preview", "w", "answer.json", "--format", "body"]).in_project(&project).run();
    own.success().ignore_stdout().no_stderr();
    hooks(["trigger", "create", "rsvp_answer", "event.json", "--dry-run"])
        .in_project(&project)
        .run()
        .success()
        .ignore_stdout()
        .stderr_with(|text| assert!(text.contains("looks like `event`, not like `rsvp_answer`"), "{text}"));
}

#[test]
fn elements_of_another_kind_are_counted() {
    let project = project();
    hooks(["backfill", "w", "events.jsonl", "--dry-run"])
        .in_project(&project)
        .run()
        .success()
        .ignore_stdout()
        .stderr_with(|text| {
            assert!(text.contains("`events.jsonl` looks like `event`, not like `rsvp_answer`"), "{text}");
            assert!(text.contains("other-element applies to 2 elements"), "{text}");
        });
}

#[test]
fn a_list_inside_an_object_is_refused_with_the_expression_that_extracts_it() {
    let project = project();
    for words in [&["preview", "w", "page.json"][..], &["backfill", "w", "page.json", "--yes"]] {
        hooks(words).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
            let finding = "error[element-wrapped]: `page.json` is not an element: it contains a list of elements at `data`\n  = help: `jq -c '.data[]'` prints them, one per line; `jq '.data[0]'` prints the first\n";
            assert!(text.contains(finding), "{text}");
        });
    }
    let each = hooks(["backfill", "w", "laid-out.json", "--yes"]).in_project(&project).run();
    each.code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("element-wrapped]: `laid-out.json` is not an element: it contains a list of elements at `data`"), "{text}");
    });
}

#[test]
fn an_element_inside_a_recorded_request_is_found() {
    let project = project();
    for (file, warning) in [
        (
            "capture.json",
            "warning[element-nested]: `capture.json` contains an element at `body.element_data`, but all of it is sent\n  = help: `jq '.body.element_data'` prints the element alone\n",
        ),
        (
            "bin.json",
            "warning[element-nested]: `bin.json` contains a delivery as a string at `content`, but all of it is sent\n  = help: `jq '.content | fromjson | .element_data'` prints the element alone\n",
        ),
    ] {
        let run = hooks(["preview", "w", file]).in_project(&project).run().success();
        run.ignore_stdout().stderr_with(|text| assert_eq!(text, format!("{warning}\n")));
    }
}
