//! Variables in templates, and the findings for unknown ones.

use hooks::core::model::TriggerElement;

use crate::fixture::{Case, placed};

/// The help of the first error.
fn help(case: &Case<'_>) -> String {
    case.errors()[0].helps.join("; ")
}

#[test]
fn invalid_templates_are_reported_at_their_position() {
    for (template, findings) in [
        ("{{", &["unclosed-variable 9:8"][..]),
        ("}}", &[]),
        ("a }} b { c } $ d $5", &[]),
        ("{{}}", &["unknown-template-syntax 9:8"]),
        ("{{{email}}}", &["unknown-template-syntax 9:8"]),
        ("x {{#email}}y{{/email}}", &["unknown-template-syntax 9:10", "unknown-template-syntax 9:21"]),
        ("{{ email | upper }}", &["unknown-template-syntax 9:8"]),
        ("{{\u{a0}email}}", &["unknown-template-syntax 9:8"]),
        ("ä {{email", &["unclosed-variable 9:10"]),
        ("{{email.}}", &["unknown-template-syntax 9:8"]),
        ("{{email.name}}", &["variable-missing 9:8"]),
        ("{{Email}} \"{{nothing_like_it}}\"", &["variable-missing 9:8", "variable-missing 9:20"]),
        ("${", &["unclosed-environment 9:8"]),
        ("${a b}", &["bad-environment-name 9:8"]),
        ("{{ email }}", &[]),
    ] {
        let case = Case { body: vec![("k", template)], ..Case::default() };
        // `"k" = "` takes seven columns.
        assert_eq!(case.findings(), findings, "{template}");
        let in_header = Case { header: vec![("k", template)], ..Case::default() };
        let moved: Vec<String> = findings.iter().map(|finding| finding.replace(" 9:", " 8:")).collect();
        assert_eq!(in_header.findings(), moved, "{template}");
    }
}

#[test]
fn a_value_with_many_errors_has_few_findings() {
    for (wrong, trigger) in [
        ("{{", "create"),
        ("${", "create"),
        ("{{gone}}", "create"),
        ("${GONE}", "create"),
        ("{{email}}", "delete"),
    ] {
        let template = wrong.repeat(250_000 / wrong.len());
        let case =
            Case { trigger, body: vec![("k", &template)], element: "{\"email\":\"a\"}", ..Case::default() };
        assert!((1..=20).contains(&case.errors().len()), "{wrong}");
        let url = format!("https://example.com/{template}");
        // Variables in the URL are sent as they are.
        if wrong == "{{gone}}" || trigger == "delete" {
            assert_eq!(Case { url: &url, body: Vec::new(), ..case }.findings().len(), 20);
            continue;
        }
        assert!((1..=20).contains(&Case { url: &url, body: Vec::new(), ..case }.errors().len()), "{wrong}");
    }
    let template = "{{gone}}".repeat(25_000);
    let case = Case { body: vec![("k", &template)], allow_missing: true, ..Case::default() };
    assert!(case.request().body.ends_with(b"\"k\":\"\"}"));
    assert_eq!(case.findings().len(), 20);
}

#[test]
fn a_missing_variable_is_an_error_that_names_the_nearest() {
    let misspelt = Case { body: vec![("k", "{{emial}}")], ..Case::default() };
    assert_eq!(misspelt.errors()[0].message, "`{{emial}}` is not in data.json");
    assert_eq!(
        help(&misspelt),
        "did you mean `{{email}}`?; use `--allow-missing` to send an empty string instead"
    );
    let nested = Case {
        element: r#"{"payload":{"first_name":"Ada"},"dates":[{"name":"x"}]}"#,
        body: vec![("k", "{{payload.firstname}}")],
        ..Case::default()
    };
    assert!(help(&nested).starts_with("did you mean `{{payload.first_name}}`?"), "{}", help(&nested));
    let stranger = Case { body: vec![("k", "{{zzzzzz}}")], ..Case::default() };
    assert!(help(&stranger).starts_with("`hooks vars rsvp_answer` lists"), "{}", help(&stranger));
}

#[test]
fn null_is_a_value_and_a_path_beyond_it_is_not() {
    let case =
        Case { element: r#"{"a":null}"#, body: vec![("k", "{{a}}"), ("l", "{{a.b}}")], ..Case::default() };
    assert_eq!(case.findings(), ["variable-missing 10:8"]);
}

#[test]
fn a_missing_variable_can_be_allowed_and_is_a_warning() {
    let case = Case {
        header: vec![("X-A", "<{{gone}}>")],
        body: vec![("k", "{{gone}}"), ("l", "<{{gone}}>")],
        allow_missing: true,
        element: "{}",
        ..Case::default()
    };
    let request = case.request();
    assert_eq!(request.body, r#"{"element_data":{},"k":"","l":"<>"}"#);
    assert!(request.header("x-a") == Some("<>"));
    assert_eq!(case.findings(), ["variable-missing 8:11", "variable-missing 10:8", "variable-missing 11:9"]);
    for warning in case.prepare().unwrap().1 {
        assert!(!warning.helps.iter().any(|help| help.contains("--allow-missing")), "{warning:?}");
    }
}

#[test]
fn a_missing_environment_variable_is_an_error_even_when_variables_may_be_missing() {
    let case = Case {
        url: "https://example.com/${CMS_PATH}",
        header: vec![("Authorization", "Bearer ${CMS_TOKN}")],
        environment: &[("CMS_TOKEN", "t")],
        allow_missing: true,
        ..Case::default()
    };
    assert_eq!(case.findings(), ["environment-missing 6:36", "environment-missing 8:27"]);
    let errors = case.errors();
    assert_eq!(errors[1].message, "the environment variable `CMS_TOKN` is not set");
    assert_eq!(
        errors[1].helps,
        ["did you mean `${CMS_TOKEN}`?", "set it in the environment, or as `CMS_TOKN=…` in `.env`"]
    );
}

#[test]
fn an_empty_environment_variable_is_a_value() {
    let case =
        Case { body: vec![("k", "${E}")], environment: &[("E", "")], element: "{}", ..Case::default() };
    assert_eq!(case.request().body, r#"{"element_data":{},"k":""}"#);
}

#[test]
fn everything_wrong_is_found_in_one_run() {
    let case = Case {
        url: "ftp://example.com",
        header: vec![("X Y", "1"), ("X-A", "{{gone}}"), ("X-B", "${GONE}"), ("Host", "x")],
        body: vec![("{{id}}", "1"), ("${id}", "1"), ("b", "{{"), ("c", "{{emial}}")],
        ..Case::default()
    };
    let expected = [
        "payload-url 6:15",
        "header-name 8:1",
        "variable-missing 9:10",
        "environment-missing 10:10",
        "header-framing 11:1",
        "unclosed-variable 15:8",
        "variable-missing 16:8",
    ];
    assert_eq!(case.findings(), expected);
}

#[test]
fn on_delete_id_is_the_only_variable_and_the_element_is_still_whole() {
    let case = Case {
        trigger: "delete",
        header: vec![("X-Id", "{{id}}"), ("X-Mail", "{{email}}")],
        body: vec![("seats", "{{amount}}"), ("gone", "{{gone}}")],
        allow_missing: true,
        ..Case::default()
    };
    let findings: Vec<String> = case.errors().iter().map(placed).collect();
    assert_eq!(findings, ["variable-on-delete 9:13", "variable-on-delete 11:12", "variable-on-delete 12:11"]);
    let fine = Case { header: vec![("X-Id", "{{id}}")], body: Vec::new(), ..case };
    let request = fine.request();
    assert_eq!(request.body, format!("{{\"element_data\":{}}}", fine.element));
    assert!(request.header("x-id") == Some("a1"));
}

#[test]
fn id_takes_the_prokey_where_elements_are_addressed_by_one() {
    for kind in TriggerElement::ALL {
        for trigger in ["create", "delete"] {
            let case = Case {
                trigger,
                element_kind: kind.as_str(),
                element: r#"{"prokey":"p1"}"#,
                body: vec![("id", "{{id}}")],
                ..Case::default()
            };
            if kind.is_addressed_by_prokey() {
                assert!(case.request().body.ends_with(b"\"id\":\"p1\"}"), "{kind}");
            } else {
                assert_eq!(case.findings(), ["variable-missing 9:9"], "{kind}");
            }
        }
    }
}

#[test]
fn a_dot_never_leads_to_a_key_with_a_dot_in_it() {
    let element = r#"{"a.b":1,"payload":{"c.d":2,"c":{"d":3}}}"#;
    let case = Case { element, body: vec![("k", "{{payload.c.d}}")], ..Case::default() };
    assert!(case.request().body.ends_with(br#""k":3}"#));
    let missing = Case { element, body: vec![("k", "{{a.b}}")], ..Case::default() };
    assert_eq!(missing.findings(), ["variable-missing 9:8"]);
}
