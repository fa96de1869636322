//! `hooks preview`

use serde_json::json;
use snapbox::str;

use super::{findings, project, refused, rsvp};
use crate::harness::{Outcome, Project, hooks, shell};

/// Previews the body of `w` for this element.
fn body(rest: &str, element: &str) -> Outcome {
    hooks(["preview", "w", "-", "--format", "body"]).in_project(&project(rest)).stdin(element).run()
}

#[test]
fn the_request_and_the_source_of_each_value_are_shown() {
    let project = Project::example();
    let outcome = hooks(["preview", "rsvp-to-cms"]).in_project(&project).run();
    outcome
        .success()
        .stdout(str![[r#"
POST https://cms.example.com/hooks/rsvp

host: cms.example.com
user-agent: hooks/[VERSION]
accept: */*
content-type: application/json
content-length: 381

{
  "element_data": {
    "status": "confirmed",
    "date_created": "2023-12-07T08:58:47.510Z",
    "date_updated": "2023-12-07T08:58:47.512Z",
    "email": "jane.doe@example.com",
    "prokey": "c6510c06-a277-4e1c-9baf-deec9c5507c7",
    "amount": 2,
    "payload": {
      "first_name": "Jane",
      "last_name": "Doe",
      "required_check": true
    }
  },
  "user-email": "jane.doe@example.com",
  "first-name": "Jane",
  "seats": 2,
  "note": "2 seat(s), confirmed"
}

Sources of the values
  body user-email
    "jane.doe@example.com"  {{email}} from the built-in sample of rsvp_answer
  body first-name
    "Jane"  {{payload.first_name}} from the built-in sample of rsvp_answer
  body seats
    2  {{amount}} from the built-in sample of rsvp_answer
  body note
    "2"  {{amount}} from the built-in sample of rsvp_answer
    " seat(s), "  as written
    "confirmed"  {{status}} from the built-in sample of rsvp_answer

"#]])
        .stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data

"#]]);
}

#[test]
fn each_source_of_a_value_is_named() {
    let rest = "[webhooks.w.header]\nX-Key = \"${KEY}-{{id}}\"\nX-Request-Id = \"{{id}}\"\n[webhooks.w.body]\na = \"{{amount}} of ${KEY}\"\nb = \"{{nope}}\"\n";
    let project = project(rest).file(".env", "KEY=from-the-file\n").file("a.json", r#"{"id": "a-1"}"#);
    let arguments = ["preview", "w", "a.json", "--set-json", "amount=1.10", "--allow-missing"];
    hooks(arguments)
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
POST http://receiver.invalid/hook

host: receiver.invalid
user-agent: hooks/[VERSION]
accept: */*
content-type: application/json
x-key: ***
x-request-id: a-1
content-length: 78

{
  "element_data": {
    "id": "a-1",
    "amount": 1.10
  },
  "a": "1.10 of ***",
  "b": ""
}

Sources of the values
  header X-Key
    ***  ${KEY} from .env
    ***  as written
    ***  {{id}} from a.json
  header X-Request-Id
    "a-1"  {{id}} from a.json
  body a
    "1.10"  {{amount}} from --set
    " of "  as written
    ***  ${KEY} from .env
  body b
    ""  {{nope}} is missing, sent as an empty string

"#]])
        .stderr(str![[r#"
warning[variable-missing]: `{{nope}}` is not in a.json
  --> webhooks.toml:10:6
   |
10 | b = "{{nope}}"
   |      ^^^^^^^^
   |
   = help: `hooks vars rsvp_answer a.json` lists the variables

hint: 2 values masked; use `--reveal` to show all

"#]]);
}

#[test]
fn json_contains_the_whole_request() {
    let project = project("[webhooks.w.header]\nX-Key = \"k\"\n[webhooks.w.body]\nseats = \"{{amount}}\"\n");
    hooks(["preview", "w", "-", "--json"])
        .in_project(&project)
        .stdin(r#"{"amount": 2}"#)
        .run()
        .success()
        .stdout_json(|preview| {
            assert_eq!(
                *preview,
                json!({
                    "version": 1, "webhook": "w", "method": "POST", "url": "http://receiver.invalid/hook",
                    "headers": [
                        {"name": "host", "value": "receiver.invalid"},
                        {"name": "user-agent", "value": concat!("hooks/", env!("CARGO_PKG_VERSION"))},
                        {"name": "accept", "value": "*/*"},
                        {"name": "content-type", "value": "application/json"},
                        {"name": "x-key", "value": "***"},
                        {"name": "content-length", "value": "39"},
                    ],
                    "body": "{\"element_data\":{\"amount\":2},\"seats\":2}",
                    "values": [
                        {"place": "header", "name": "X-Key", "template": "***", "keeps_type": false,
                         "parts": [{"text": "***", "origin": "literal"}]},
                        {"place": "body", "name": "seats", "template": "{{amount}}", "keeps_type": true,
                         "parts": [{"text": "2", "origin": "variable", "variable": "amount", "source": "standard input"}]},
                    ],
                    "data": "standard input",
                    "masked": 1,
                })
            );
        })
        .stderr_with(|text| assert!(text.ends_with("masked; use `--reveal` to show all\n"), "{text}"));
}

#[test]
fn numbers_keep_their_digits_everywhere() {
    let rest = "[webhooks.w.header]\nAccept = \"{{amount}} {{payload.x}}\"\n[webhooks.w.body]\nsole = \"{{amount}}\"\ntext = \"n={{amount}} {{payload.x}}\"\n";
    for number in ["1.10", "12345678901234567890", "1E400", "-0", "1.000000000000000005"] {
        let element = format!("{{\"amount\": {number}, \"payload\": {{\"x\": {number}}}}}");
        let expected = format!(
            "{{\"element_data\":{{\"amount\":{number},\"payload\":{{\"x\":{number}}}}},\"sole\":{number},\"text\":\"n={number} {number}\"}}"
        );
        body(rest, &element).success().stdout_is(&expected).no_stderr();
        let http =
            hooks(["preview", "w", "-", "--format", "http"]).in_project(&project(rest)).stdin(&element).run();
        let line = format!("accept: {number} {number}\r\n");
        http.success().stdout_with(|text| assert!(text.contains(&line), "{text}")).no_stderr();
    }
}

#[test]
fn a_recorded_delivery_is_unwrapped_and_ignored_fields_are_reported() {
    let bare = body("", r#"{"element_data": {"id": "a-1"}}"#);
    bare.success().stdout_is(r#"{"element_data":{"id":"a-1"}}"#).no_stderr();
    let more = body("", r#"{"seats": 2, "element_data": {"id": "a-1"}}"#);
    more.success().stdout_is(r#"{"element_data":{"id":"a-1"}}"#).stderr(str![[r#"
warning[delivery-unwrapped]: `standard input` is a recorded delivery: its `element_data` is used, and `seats` is ignored
 --> standard input:1:1
  |
1 | {"seats": 2, "element_data": {"id": "a-1"}}
  | ^


"#]]);
}

#[test]
fn an_element_without_id_has_its_prokey() {
    let definitions = rsvp("http://receiver.invalid", "[webhooks.w.body]\nx = \"{{id}}\"\n");
    for kind in ["event", "event_group"] {
        let project = Project::new().definitions(&definitions.replace("rsvp_answer", kind));
        let run =
            hooks(["preview", "w", "-", "--format", "body"]).in_project(&project).stdin(r#"{"prokey":"p"}"#);
        run.run().success().stdout_is(r#"{"element_data":{"prokey":"p"},"x":"p"}"#).no_stderr();
    }
}

#[test]
fn a_delete_sends_the_full_element_and_has_only_the_variable_id() {
    let file =
        |value: &str| rsvp("http://receiver.invalid", &format!("[webhooks.w.body]\nx = \"{value}\"\n"));
    let deleting = |value: &str| {
        let project = Project::new().definitions(&file(value).replace("\"create\"", "\"delete\""));
        let element = r#"{"id": "a-1", "email": "ada@example.com"}"#;
        hooks(["preview", "w", "-", "--format", "body"]).in_project(&project).stdin(element).run()
    };
    let sent = r#"{"element_data":{"id":"a-1","email":"ada@example.com"},"x":"a-1"}"#;
    deleting("{{id}}").success().stdout_is(sent).no_stderr();
    refused(deleting("{{email}}"), &["variable-on-delete webhooks.toml:6:6"]);
}

#[test]
fn form_fields_with_spaces_empty_forms_and_null_are_valid() {
    let rest = "[webhooks.w.body]\nsize = \"{{payload.shoe size}}\"\nchanged = \"{{date_updated}}\"\ntext = \"[{{date_updated}}]\"\n";
    let full = body(rest, r#"{"payload":{"shoe size":"43"},"date_updated":null}"#);
    let sent = r#"{"element_data":{"payload":{"shoe size":"43"},"date_updated":null},"size":"43","changed":null,"text":"[]"}"#;
    full.success().stdout_is(sent).no_stderr();
    let _ =
        body("", r#"{"payload":{}}"#).success().stdout_is(r#"{"element_data":{"payload":{}}}"#).no_stderr();
}

#[test]
fn the_last_of_duplicate_keys_counts_in_body_and_variables() {
    let rest = "[webhooks.w.body]\nx = \"{{email}}\"\n";
    let outcome = body(rest, r#"{"email": "a", "amount": 2, "email": "b"}"#);
    outcome.success().stdout_is(r#"{"element_data":{"email":"b","amount":2},"x":"b"}"#).stderr(str![[r#"
warning[duplicate-key]: duplicate key `email`; the last one counts
 --> standard input:1:29
  |
1 | {"email": "a", "amount": 2, "email": "b"}
  |                             ^^^^^^^
  |
  = help: parsers disagree on which one counts: remove one


"#]]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    let outcome = body("", "\u{feff}{\r\n\t\"a\": 1\r\n}\r\n");
    outcome.success().stdout_is(r#"{"element_data":{"a":1}}"#).no_stderr();
}

#[cfg(unix)]
#[test]
fn data_can_be_a_named_pipe() {
    let script = "mkfifo pipe && { printf '{\"a\":1}' > pipe & } && \"$0\" preview w pipe --format body";
    let outcome = shell(script).in_project(&project("")).run();
    outcome.success().stdout_is(r#"{"element_data":{"a":1}}"#).no_stderr();
}

#[test]
fn a_value_from_the_element_is_never_expanded_again() {
    let rest = "[webhooks.w.body]\nx = \"{{email}} ${KEY}\"\n";
    let project = project(rest);
    let outcome = hooks(["preview", "w", "-", "--format", "body", "--reveal"])
        .in_project(&project)
        .env("KEY", "{{id}} ${KEY}")
        .stdin(r#"{"id": 1, "email": "{{id}} ${KEY}"}"#)
        .run();
    let sent = r#"{"element_data":{"id":1,"email":"{{id}} ${KEY}"},"x":"{{id}} ${KEY} {{id}} ${KEY}"}"#;
    outcome.success().stdout_is(sent).no_stderr();
}

#[test]
fn fields_are_set_before_rendering() {
    let rest = "[webhooks.w.body]\nx = \"{{amount}}\"\ny = \"{{email}}\"\n";
    let arguments = [
        "--set-json",
        "amount=1.10",
        "--set-json",
        "email=null",
        "--set",
        "email=a=b",
        "--set",
        "payload.shoe size=43",
    ];
    let outcome = hooks(["preview", "w", "-", "--format", "body"].iter().chain(&arguments))
        .in_project(&project(rest))
        .stdin(r#"{"amount":2,"email":"","payload":{}}"#)
        .run();
    let sent =
        r#"{"element_data":{"amount":1.10,"email":"a=b","payload":{"shoe size":"43"}},"x":1.10,"y":"a=b"}"#;
    outcome.success().stdout_is(sent).no_stderr();
}

#[test]
fn an_unknown_path_and_invalid_json_are_refused() {
    let set =
        |option: &str, value: &str| hooks(["preview", "w", option, value]).in_project(&project("")).run();
    set("--set", "emial=x").code(3).no_stdout().stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error[set-path]: `rsvp_answer` has no field `emial`
  = help: did you mean `email`?


"#]]);
    set("--set", "amount.x=1").code(3).no_stdout().stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error[set-path]: `rsvp_answer` has no field `amount.x`
  = help: did you mean `amount`?


"#]]);
    set("--set-json", "amount=two").code(3).no_stdout().stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error[json-syntax]: expected a value
 --> --set-json amount:1:1
  |
1 | two
  | ^^^
  |
  = help: put text in double quotes, or write `null` for a missing value
  = help: to set a string, use `--set amount=…`


"#]]);
    set("--set-json", "amount={\"a\":1,}").code(3).no_stdout().stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error[json-trailing-comma]: trailing comma
 --> --set-json amount:1:7
  |
1 | {"a":1,}
  |       ^
  |
  = help: remove it
  = help: to set a string, use `--set amount=…`


"#]]);
    set("--set", "=x").code(2).no_stdout().stderr(str![[r#"
error: invalid value '=x' for '--set <PATH=TEXT>': the path before `=` is empty

For more information, try '--help'.

"#]]);
}

#[test]
fn a_missing_variable_is_refused_or_sent_empty_with_a_warning() {
    let rest = "[webhooks.w.body]\nx = \"{{emial}}\"\n";
    let element = r#"{"email": "ada@example.com"}"#;
    body(rest, element).code(3).no_stdout().stderr(str![[r#"
error[variable-missing]: `{{emial}}` is not in standard input
 --> webhooks.toml:6:6
  |
6 | x = "{{emial}}"
  |      ^^^^^^^^^
  |
  = help: did you mean `{{email}}`?
  = help: use `--allow-missing` to send an empty string instead


"#]]);
    let allowed = hooks(["preview", "w", "-", "--format", "body", "--allow-missing"])
        .in_project(&project(rest))
        .stdin(element)
        .run();
    let sent = r#"{"element_data":{"email":"ada@example.com"},"x":""}"#;
    allowed.success().stdout_is(sent).stderr_with(|text| {
        assert_eq!(findings(text), ["variable-missing webhooks.toml:6:6"], "{text}");
    });
}

#[test]
fn a_missing_environment_variable_matters_only_where_it_is_used() {
    let project = Project::new().definitions(&rsvp("https://${CMS_HOST}/x", ""));
    let real = hooks(["fire", "w"]).in_project(&project).run();
    real.code(3).no_stdout().stderr_with(|text| {
        assert_eq!(findings(text), ["environment-missing webhooks.toml:4:24"], "{text}");
    });
    let elsewhere = hooks(["preview", "w", "--to", "http://127.0.0.1:1/y", "--format", "http"])
        .in_project(&project)
        .run();
    elsewhere
        .success()
        .stdout_with(|text| assert!(text.starts_with("POST /y HTTP/1.1\r\nhost: 127.0.0.1:1\r\n"), "{text}"))
        .stderr_with(|text| assert!(findings(text).is_empty(), "{text}"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_element_takes_at_most_three_times_its_size() {
    let size = 20 * 1024 * 1024;
    let date = r#"{"name":"A date","startDate":"2025-06-27","endDate":null,"n":1.10}"#;
    let dates = vec![date; size / date.len()].join(", ");
    let project = project("").file("big.json", format!("{{\"dates\": [{dates}]}}"));
    // In KiB.
    let run_within = |limit: usize| {
        let script = format!("ulimit -d {limit} && \"$0\" preview w big.json --format body | wc -c");
        shell(&script).in_project(&project).run()
    };
    let bytes = |text: &str| text.trim().parse::<usize>().unwrap();
    let enough = run_within(3 * size / 1024);
    enough.success().stdout_with(|text| assert!(bytes(text) > size * 9 / 10, "{text}")).no_stderr();
    let too_little = run_within(size / 1024);
    too_little.success().stdout_with(|text| assert_eq!(bytes(text), 0)).ignore_stderr();
}

#[test]
fn only_what_is_printed_counts_as_masked() {
    let rest = "header = { X-Api-Key = \"${KEY}\" }\nbody = { a = \"{{id}}\" }\n";
    let project = project(rest).file(".env", "KEY=k3y-value").file("d.json", r#"{"id": "a-1"}"#);
    for (format, note) in [
        ("body", ""),
        ("http", "warning: 1 value masked, so this is not the real request; use `--reveal` to show all\n"),
        ("curl", "warning: 1 value masked, so this is not the real request; use `--reveal` to show all\n"),
        ("text", "hint: 1 value masked; use `--reveal` to show all\n"),
        ("json", "hint: 1 value masked; use `--reveal` to show all\n"),
    ] {
        for (more, note) in [(&[][..], note), (&["--reveal"], "")] {
            let arguments = [&["preview", "w", "d.json", "--format", format], more].concat();
            let outcome = hooks(arguments).in_project(&project).run().success();
            // Without a terminal, no line break is added.
            let is_body = matches!(format, "body" | "http");
            outcome
                .stdout_with(|text| assert_eq!(text.ends_with('}'), is_body, "{text}"))
                .stderr_with(|text| assert_eq!(text, note, "{format}"));
        }
    }
}

const SNAPSHOT: &str = "\
[webhooks.first]
trigger = \"create\"
trigger_element = \"rsvp_answer\"
payload_url = \"https://${HOST}/in?token=literal-token\"
header = { Authorization = \"Bearer ${KEY}\" }
body = { seats = \"{{amount}}\" }

[webhooks.second]
active = false
trigger = \"delete\"
trigger_element = \"event\"
method = \"DELETE\"
payload_url = \"http://localhost:4000/gone\"
";

#[test]
fn the_requests_of_all_webhooks_do_not_depend_on_the_environment() {
    let project = Project::new().definitions(SNAPSHOT);
    let all = |format: &str| hooks(["preview", "--all", "-q", "--format", format]).in_project(&project);
    for format in ["text", "json", "http", "curl"] {
        let mut without = String::new();
        all(format).run().success().no_stderr().stdout_with(|text| text.clone_into(&mut without));
        let with = all(format).env("HOST", "cms.example.com").env("KEY", "k3y-value").run();
        with.success().no_stderr().stdout_with(|text| assert_eq!(text, without));
        assert!(!without.contains("literal-token"), "{without}");
    }
    all("http").run().success().no_stderr().stdout(str![[r####"
### first: create rsvp_answer
# payload_url: https://${HOST}/in?token=***
POST /in?token=*** HTTP/1.1
host: not-set
content-type: application/json
authorization: ***

{
  "element_data": {
    "status": "confirmed",
    "date_created": "2023-12-07T08:58:47.510Z",
    "date_updated": "2023-12-07T08:58:47.512Z",
    "email": "jane.doe@example.com",
    "prokey": "c6510c06-a277-4e1c-9baf-deec9c5507c7",
    "amount": 2,
    "payload": {
      "first_name": "Jane",
      "last_name": "Doe",
      "required_check": true
    }
  },
  "seats": 2
}

### second: delete event, inactive
DELETE /gone HTTP/1.1
host: localhost:[PORT]
content-type: application/json

{
  "element_data": {
    "date_created": "2023-11-24T15:12:40.215Z",
    "date_updated": "2023-11-27T09:30:04.112Z",
    "iCalFileName": "open-house",
    "recurrence": null,
    "recurrence_interval": 1,
    "recurrence_count": 6,
    "recurrence_byDay": "4FR",
    "recurrence_byMonthDay": null,
    "recurrence_byMonth": null,
    "recurrence_weekstart": "MO",
    "recurrence_simple_type": "monthly",
    "dates": [
      {
        "name": "Open house at Café Lindenhof",
        "description": "<p>Coffee, cake and a look behind the counter. <strong>Seats are limited!</strong></p>",
        "startDate": "2025-06-27",
        "endDate": "2025-06-27",
        "startTime": "14:45",
        "endTime": "16:15",
        "timeZone": "Europe/Berlin",
        "location": "Café Lindenhof, Berlin",
        "status": "CONFIRMED",
        "availability": "busy",
        "organizer_name": "Café Lindenhof",
        "organizer_email": "events@example.com",
        "attendee_name": null,
        "attendee_email": null
      }
    ],
    "title_event_series": null,
    "rsvp_block": 34,
    "cta_block": 74,
    "rsvp": true,
    "cta": true,
    "layout": 21,
    "status": "published",
    "hideButton": false,
    "simplified_recurrence": true,
    "sequence": "0",
    "distribution": true,
    "landingpage": 67,
    "prokey": "c6510c06-a277-4e1c-9baf-deec9c5507c7",
    "event_group": "31a17cce-5b1e-4ee3-99bb-6144c6a3d2f1"
  }
}

"####]]);
}

#[test]
fn a_webhook_whose_request_cannot_be_built_is_reported_and_the_others_are_shown() {
    let text = SNAPSHOT.replace("{{amount}}", "{{payload.absent}}");
    let project = Project::new().definitions(&text);
    hooks(["preview", "--all", "--json"])
        .in_project(&project)
        .run()
        .code(3)
        .stdout_with(|text| {
            assert!(text.starts_with("{\"version\":1,\"webhook\":\"second\","), "{text}");
            assert_eq!(text.lines().count(), 1, "{text}");
        })
        .stderr_with(|text| assert!(text.contains("{{payload.absent}}"), "{text}"));
    for other in
        [&["first"][..], &["--set", "a=b"], &["--env-file", "x"], &["--reveal"], &["--format", "body"]]
    {
        let run = hooks([&["preview", "--all"], other].concat()).in_project(&project).run();
        run.code(2).no_stdout().ignore_stderr();
    }
}

#[test]
fn the_help_for_a_missing_variable_names_the_data_and_a_changed_field() {
    let project = Project::new()
        .definitions(&rsvp("http://127.0.0.1:9/", "[webhooks.w.body]\nname = \"{{payload.first_name}}\""))
        .file("my answer.json", r#"{"payload": {}}"#);
    let run = |more: &[&str]| {
        hooks([&["preview", "w", "my answer.json"], more].concat()).in_project(&project).run()
    };
    run(&[]).code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("`{{payload.first_name}}` is not in my answer.json\n"), "{text}");
        assert!(text.contains("`hooks vars rsvp_answer 'my answer.json'` lists the variables"), "{text}");
    });
    run(&["--set-json", "payload={\"x\":1}"]).code(3).no_stdout().stderr_with(|text| {
        let message = "`{{payload.first_name}}` is not in my answer.json after `--set` or `--set-json`\n";
        assert!(text.contains(message), "{text}");
    });
}
