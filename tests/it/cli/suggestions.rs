//! Suggestions for unknown variables, and for `--set` values of the wrong type.

use crate::harness::{Project, hooks};

fn project(variable: &str) -> Project {
    let answer = "{\"email\":\"a\",\"amount\":1,\"payload\":{\"Di\u{e4}t\":\"x\",\"shoe\u{a0}size\":3,\"first_name\":\"J\",\"a.b\":1}}";
    Project::new().file("a.json", answer).definitions(&format!(
        "[webhooks.w]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"http://127.0.0.1:9/\"\nbody.a = \"{{{{{variable}}}}}\"\n"
    ))
}

#[test]
fn suggestions_consider_meaning_nesting_and_look_alikes() {
    for (variable, help) in [
        ("seats", "did you mean `{{amount}}` (how many seats the answer is for)?"),
        ("payload.seats", "did you mean `{{amount}}` (how many seats the answer is for)?"),
        ("first_name", "did you mean `{{payload.first_name}}`? It is nested under `payload`"),
        ("Vorname", "did you mean `{{payload.first_name}}` (the first name, if the form asks for it)?"),
        (
            "payload.a.b",
            "a field named `{{payload.a.b}}` cannot be used between braces: rename it in the form",
        ),
        ("Diät", "did you mean `{{payload.Diät}}`? It is nested under `payload`"),
        (
            "payload.Dia\u{308}t",
            "did you mean `{{payload.Diät}}`? They look alike: U+0061 U+0308 here is U+00E4 in the element",
        ),
        (
            "payload.shoe size",
            "They look alike: U+0020 here is U+00A0 in the element, and cannot be written between braces: rename the field in the form",
        ),
    ] {
        let project = project(variable);
        let run = hooks(["preview", "w", "a.json"]).in_project(&project).run();
        let _ =
            run.code(3).no_stdout().stderr_with(|text| assert!(text.contains(help), "{variable}: {text}"));
    }
}

#[test]
fn a_near_miss_is_an_error_and_any_other_unknown_name_a_warning() {
    for (variable, code, level) in [
        ("seats", 1, "error"),
        ("Vorname", 1, "error"),
        ("emial", 1, "error"),
        ("waitlist_position", 0, "warning"),
    ] {
        let project = project(variable);
        hooks(["check", "--json"])
            .in_project(&project)
            .run()
            .code(code)
            .stdout_json(|all| {
                let finding =
                    all["findings"].as_array().unwrap().iter().find(|own| own["code"] == "variable-missing");
                assert_eq!(finding.unwrap()["level"], level, "{variable}: {all}");
            })
            .no_stderr();
    }
}

#[test]
fn set_sends_strings_and_hints_at_set_json() {
    let project = project("amount");
    for (words, hint) in [
        (
            ["--set", "amount=12"],
            Some(
                "hint: `amount` has the type integer, but `--set` sends a string: use `--set-json amount=12`\n",
            ),
        ),
        (["--set", "payload.required_check=yes"], Some("use `--set-json 'payload.required_check=…'`\n")),
        (["--set", "date_updated=null"], Some("`date_updated` has the type string or null")),
        (["--set", "email=12"], None),
        (["--set-json", "amount=12"], None),
    ] {
        let run = hooks(["preview", "w", "a.json", "--format", "body"].iter().chain(&words))
            .in_project(&project)
            .run();
        run.success()
            .stdout_json(|body| {
                assert_eq!(body["a"].is_string(), words[1] == "amount=12" && words[0] == "--set");
            })
            .stderr_with(|text| match hint {
                Some(hint) => assert!(text.contains(hint), "{words:?}: {text}"),
                None => assert!(!text.contains("--set-json"), "{words:?}: {text}"),
            });
    }
}
