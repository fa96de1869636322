//! `hooks vars`

use serde_json::{Value, json};
use snapbox::str;

use crate::harness::{Outcome, Project, hooks};

/// How to use a variable, below the tables.
fn is_hint(said: &str) {
    assert!(said.starts_with("hint: write `{{VARIABLE}}`"), "{said}");
}

#[test]
fn the_variables_of_an_element_are_listed_in_a_table() {
    hooks(["vars", "rsvp_answer"]).run().success().stdout(str![[r#"
rsvp_answer  an answer to the RSVP form of an event

Variable                Type               Meaning                                                                 Example
id                      string, optional   the id of the answer; the delivered element does not contain it         "abcdef12-3456-4789-8bcd-ef0123456788"
status                  string             the answer: `confirmed`, `undecided` or `declined`                      "confirmed"
date_created            string             when the answer was given, in UTC                                       "2023-12-07T08:58:47.510Z"
date_updated            string or null     when the answer was last changed, in UTC                                "2023-12-07T08:58:47.512Z"
email                   string             the email address of the person who answered                            "jane.doe@example.com"
prokey                  string             the prokey (long id) of the event that the answer is for                "c6510c06-a277-4e1c-9baf-deec9c5507c7"
amount                  integer            how many seats the answer is for                                        2
payload                 object             the values of the form's custom fields, which differ from form to form  {"first_name":"Jane","last_name":"Doe","required_check":true}
payload.first_name      string, optional   the first name, if the form asks for it                                 "Jane"
payload.last_name       string, optional   the last name, if the form asks for it                                  "Doe"
payload.required_check  boolean, optional  whether the checkbox was ticked, if the form has one of this name       true

"#]]).stderr_with(is_hint);
}

#[test]
fn on_delete_the_only_variable_is_id() {
    let outcome = hooks(["vars", "event", "--trigger", "Löschen"]).run();
    outcome
        .success()
        .stdout(str![[r#"
event  an event with its dates

Variable  Type    Meaning                                                 Example
id        string  same as the prokey; events are delivered without an id  "c6510c06-a277-4e1c-9baf-deec9c5507c7"

"#]])
        .stderr(str![[r#"
hint: on delete, `{{id}}` is the only variable, but the whole element is sent as `element_data`

"#]]);
    hooks(["vars", "--trigger", "delete", "--json"])
        .run()
        .success()
        .stdout_json(|all| {
            assert_eq!(all["trigger"], "delete");
            for element in all["elements"].as_array().unwrap() {
                assert_eq!(names(element), ["id"], "{element}");
            }
        })
        .no_stderr();
}

#[test]
fn json_has_all_seven_elements_with_nested_variables() {
    hooks(["vars", "--json"])
        .run()
        .success()
        .stdout_json(|all| {
            assert_eq!((&all["version"], &all["trigger"]), (&json!(1), &Value::Null));
            let elements = all["elements"].as_array().unwrap();
            assert_eq!(elements.len(), 7);
            assert!(names(&elements[0]).contains(&"payload.first_name"));
            assert!(names(&elements[1]).contains(&"dates.0.name"));
            let answer = elements[0]["variables"].as_array().unwrap();
            let of = |name: &str| answer.iter().find(|variable| variable["name"] == name).unwrap();
            assert_eq!(of("status")["allowed_values"], json!(["confirmed", "undecided", "declined"]));
            assert_eq!(of("email").get("allowed_values"), None);
            for variable in elements.iter().flat_map(|element| element["variables"].as_array().unwrap()) {
                assert!(variable["type"].is_string() && variable["nullable"].is_boolean(), "{variable}");
                let has_example = variable.get("example").is_some();
                assert!(variable["meaning"].is_string(), "{variable}");
                assert!(has_example || variable["optional"] == true, "{variable}");
            }
        })
        .no_stderr();
}

#[test]
fn with_data_the_variables_of_that_element_are_listed() {
    let event =
        r#"{"prokey": "p-1", "dates": [{"name": "Gala"}], "layout": null, "big": 12345678901234567890}"#;
    let project = Project::new().file("event.json", event);
    hooks(["vars", "event", "event.json"])
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
event  an event with its dates

Variable      Type     Value                 Meaning
id            string   "p-1"                 same as the prokey; events are delivered without an id
prokey        string   "p-1"                 the prokey (long id) of the event
dates         list     [{"name":"Gala"}]     the dates of the event, each with its own name, times and place
dates.0       object   {"name":"Gala"}       one of the dates: `dates.0` is the first, `dates.1` the second
dates.0.name  string   "Gala"                the title of the date
layout        null     null                  the id of the style of its button
big           integer  12345678901234567890

"#]])
        .stderr_with(is_hint);
    hooks(["vars", "event", "-", "--json"])
        .stdin(event)
        .run()
        .success()
        .stdout_with(|text| assert!(text.contains("\"value\": 12345678901234567890"), "{text}"))
        .no_stderr();
}

#[test]
fn with_data_order_types_and_usable_names_come_from_the_data() {
    let group = r#"{"name": null, "cta": "yes", "events": ["p-1", "p-2"], "a}}b": 1, "c.d": 2, "c": {"d": 3}, "x": 1.50}"#;
    hooks(["vars", "event_group", "-"])
        .stdin(group)
        .run()
        .success()
        .stdout(str![[r#"
event_group  a group of events, such as a calendar to subscribe to

Variable  Type     Value          Meaning
name      null     null           the name of the group; public if people can subscribe to it
cta       string   "yes"          whether a call to action is shown
events    list     ["p-1","p-2"]  the prokeys (long ids) of the events in the group
events.0  string   "p-1"          the prokey of one event: `events.0` is the first, `events.1` the second
events.1  string   "p-2"          the prokey of one event: `events.0` is the first, `events.1` the second
a}}b      integer  1              cannot be used between braces; it is sent as part of the element
c.d       integer  2              cannot be used between braces; it is sent as part of the element
c         object   {"d":3}
c.d       integer  3
x         number   1.50

"#]])
        .stderr_with(is_hint);
    hooks(["vars", "event_group", "-", "--json"])
        .stdin(group)
        .run()
        .success()
        .stdout_json(|all| {
            let variables = all["elements"][0]["variables"].as_array().unwrap();
            let of = |name: &str| variables.iter().find(|own| own["name"] == name).unwrap();
            assert_eq!((&of("name")["type"], &of("cta")["type"]), (&json!("null"), &json!("string")));
            assert_eq!((&of("a}}b")["usable"], &of("events.1")["usable"]), (&json!(false), &json!(true)));
        })
        .no_stderr();
}

#[test]
fn a_webhook_can_be_named_instead_of_its_element_and_trigger() {
    let project = Project::new().definitions(
        r#"
[webhooks.changes]
trigger = "update"
trigger_element = "event"
payload_url = "https://cms.example.com/"
[webhooks.rsvp-gone]
trigger = "delete"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/"
"#,
    );
    let vars = |words: &[&str]| hooks([&["vars"], words].concat()).in_project(&project).run();
    vars(&["changes", "--json"]).success().no_stderr().stdout_json(|all| {
        assert_eq!(
            (&all["trigger"], &all["elements"][0]["trigger_element"]),
            (&json!("update"), &json!("event"))
        );
        assert!(names(&all["elements"][0]).contains(&"dates.0.name"));
    });
    vars(&["rsvp-gone", "--json"]).success().no_stderr().stdout_json(|all| {
        assert_eq!(names(&all["elements"][0]), ["id"]);
    });
    vars(&["rsvp-gone", "--trigger", "create", "--json"]).success().no_stderr().stdout_json(|all| {
        assert!(names(&all["elements"][0]).contains(&"email"));
    });
    let updated = hooks(["sample", "changes"]).in_project(&project).run().success().no_stderr();
    updated.stdout_json(|event| assert!(event["date_updated"].is_string()));
    vars(&["rsvp"]).code(2).no_stdout().stderr(str![[r#"
error: unknown trigger element or webhook `rsvp`
  = help: did you mean `rsvp_answer`, `rsvp_template` or `rsvp-gone`?

"#]]);
    vars(&["chnages"]).code(2).no_stdout().stderr(str![[r#"
error: unknown trigger element or webhook `chnages`
  = help: did you mean `changes`?

"#]]);
    hooks(["vars", "rsvp"]).run().code(2).no_stdout().stderr(str![[r#"
error: unknown trigger element or webhook `rsvp`
  = help: did you mean `rsvp_answer` or `rsvp_template`?

"#]]);
}

#[test]
fn form_fields_with_spaces_and_an_empty_form_are_listed() {
    let project = Project::new()
        .file("a.json", r#"{"payload": {"shoe size": 43}}"#)
        .file("b.json", r#"{"payload": {}}"#);
    let listed = |file: &str| hooks(["vars", "rsvp_answer", file]).in_project(&project).run();
    let has = |outcome: Outcome, name: &str| {
        outcome.success().stdout_with(|text| assert!(text.contains(name), "{text}")).stderr_with(is_hint);
    };
    has(listed("a.json"), "\npayload.shoe size  ");
    has(listed("b.json"), "\npayload   object  {}");
}

#[test]
fn at_most_ten_thousand_variables_are_listed() {
    let list = vec!["0"; 20_000].join(",");
    hooks(["vars", "event", "-"])
        .stdin(format!("{{\"dates\":[{list}]}}"))
        .run()
        .success()
        .stdout_with(|text| assert!(text.lines().count() < 10_010))
        .stderr(str![[r#"
warning: only the first 10000 variables are shown
hint: write `{{VARIABLE}}` in the value of a header or body field; try `hooks preview WEBHOOK` to see the result

"#]]);
}

#[test]
fn data_requires_an_element_and_names_get_suggestions() {
    hooks(["vars", "evnt"]).run().code(2).no_stdout().stderr(str![[r#"
error: unknown trigger element or webhook `evnt`
  = help: did you mean `event`?

"#]]);
    hooks(["vars", "event", "--trigger", "crate"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value 'crate' for '--trigger <TRIGGER>': did you mean `create`?

For more information, try '--help'.

"#]]);
}

#[test]
fn the_first_row_of_a_csv_file_is_shown() {
    let table = "\u{feff}E-Mail;Pl\u{e4}tze;amount;payload.required_check\r\na@example.com;\"2; 3\";2;WAHR\r\nb;;x;\r\n";
    let project = Project::new().file("answers.CSV", table).file("event.csv", "prokey\na\n");
    let shown = hooks(["vars", "rsvp_answer", "answers.CSV"]).in_project(&project).run();
    shown.success().stdout(str![[r#"
rsvp_answer  an answer to the RSVP form of an event

Variable                Type     Value                                                          Meaning
amount                  integer  2                                                              how many seats the answer is for
payload                 object   {"E-Mail":"a@example.com","Plätze":"2; 3","required_check":t…  the values of the form's custom fields, which differ from form to form
payload.E-Mail          string   "a@example.com"
payload.Plätze          string   "2; 3"
payload.required_check  boolean  true                                                           whether the checkbox was ticked, if the form has one of this name

"#]]).stderr(str![[r#"
note[csv-form-columns]: `E-Mail` and `Plätze` are sent below `payload`, as text
 --> answers.CSV:1:1
  |
1 | E-Mail;Plätze;amount;payload.required_check
  | ^^^^^^
  |
  = help: `E-Mail`: did you mean `email`?
  = help: `Plätze`: did you mean `amount` (how many seats the answer is for)?

hint: write `{{VARIABLE}}` in the value of a header or body field; try `hooks preview WEBHOOK` to see the result

"#]]);
    hooks(["vars", "rsvp_answer", "-", "--input-format", "csv"])
        .in_project(&project)
        .stdin("email\n")
        .run()
        .code(3)
        .no_stdout()
        .stderr(str![[r#"
error[csv-row]: `standard input` contains no rows
  = help: add a row below the header row


"#]]);
    hooks(["vars", "event", "event.csv"]).in_project(&project).run().code(3).no_stdout().stderr(str![[r#"
error[data-format]: CSV is supported for `rsvp_answer` only, not for `event`
  = help: convert it to JSON lines, or use `--input-format json` if it is JSON


"#]]);
}

fn names(element: &Value) -> Vec<&str> {
    element["variables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| variable["name"].as_str().unwrap())
        .collect()
}
