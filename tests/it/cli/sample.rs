//! `hooks sample`

use hooks::core::catalog;
use hooks::core::model::{Trigger, TriggerElement};
use snapbox::str;

use crate::harness::{Project, hooks};

#[test]
fn a_sample_is_json_that_other_commands_accept() {
    for kind in TriggerElement::ALL {
        let created = catalog::sample(kind, Trigger::Create);
        let outcome = hooks(["sample", &kind.as_str().to_uppercase()]).run();
        outcome.success().stdout_is(&*created).no_stderr();
        let deleted = hooks(["sample", kind.as_str(), "--trigger", "delete"]).run();
        deleted.success().stdout_is(&*catalog::sample(kind, Trigger::Delete)).no_stderr();
        let project = Project::new().file("element.json", &*created);
        let vars = hooks(["vars", kind.as_str(), "element.json", "--json"]).in_project(&project).run();
        vars.success().stdout_json(|all| assert_eq!(all["version"], 1)).no_stderr();
    }
}

#[test]
fn the_id_of_an_answer_is_a_variable_and_is_not_delivered() {
    let project = Project::new().definitions(
        r#"
[webhooks.gone]
trigger = "delete"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/"
body.remove = "{{id}}"
"#,
    );
    hooks(["preview", "gone", "--format", "body"])
        .in_project(&project)
        .run()
        .success()
        .stdout_json(|body| {
            assert_eq!(body["remove"], "abcdef12-3456-4789-8bcd-ef0123456788");
            assert_eq!(body["element_data"].get("id"), None);
            assert!(body["element_data"]["date_updated"].is_string());
        })
        .ignore_stderr();
    hooks(["sample", "event"])
        .run()
        .success()
        .stdout_json(|event| assert!(event["date_updated"].is_null()))
        .no_stderr();
    hooks(["vars", "event", "--trigger", "update", "--json"])
        .run()
        .success()
        .stdout_json(|all| {
            let variables = all["elements"][0]["variables"].as_array().unwrap();
            let updated = variables.iter().find(|variable| variable["name"] == "date_updated").unwrap();
            assert!(updated["example"].is_string(), "{updated}");
        })
        .no_stderr();
}

#[test]
fn without_an_element_all_seven_are_listed() {
    hooks(["sample"]).run().code(2).no_stdout().stderr(str![[r#"
error: which trigger element? Give it as ELEMENT
  = help: use `rsvp_answer`, `event`, `event_group`, `style`, `rsvp_template`, `cta_template` or `landingpage_template`

"#]]);
    hooks(["sample", "evnt"]).run().code(2).no_stdout().stderr(str![[r#"
error: unknown trigger element or webhook `evnt`
  = help: did you mean `event`?

"#]]);
}
