//! A compiled webhook: rendered for many elements.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use hooks::core::diagnostic::Diagnostic;
use hooks::core::request::PreparedRequest;

use crate::fixture::{Case, placed};

const ENVIRONMENT: &[(&str, &str)] =
    &[("TOKEN", "s3cret-value"), ("HOST", "cms.example.com"), ("SHORT", "1")];

/// Valid and invalid headers and body fields of every kind.
const HEADERS: &[(&str, &str)] = &[
    ("Authorization", "Bearer ${TOKEN}"),
    ("authorization", "Bearer {{id}}"),
    ("X-Who", " {{email}}\t"),
    ("x-who", "{{payload.first_name}} ${SHORT}"),
    ("X-Größe", "a"),
    ("X-City", "Köln"),
    ("X-Gone", "{{gone}} ${GONE} {{gone}}"),
    ("User-Agent", "own/{{amount}}"),
    ("Content-Type", "application/json"),
    ("X-Lines", "a\nb"),
    ("X-Bad", "{{id"),
    ("X-Empty", ""),
];
const FIELDS: &[(&str, &str)] = &[
    ("email", "{{email}}"),
    ("seats", "{{amount}}"),
    ("whole", "{{payload}}"),
    ("greeting", "Dear {{payload.first_name}}, \"${TOKEN}\""),
    ("gone", "{{gone}}"),
    ("unset", "<${GONE}> {{gone}}"),
    ("bad", "{{#if}}"),
    ("${X}", "a"),
    ("element_data", "{{email}}"),
    ("plain", "\u{1f}\\ é"),
];
const URLS: &[&str] = &[
    "https://cms.example.com/hooks",
    "https://${HOST}/hooks?token=${TOKEN}",
    "https://user:${TOKEN}@cms.example.com/#x",
    "https://${GONE}/",
    "https://cms.example.com/{{id}}",
    "ftp://cms.example.com/",
];
const ELEMENTS: &[&str] = &[
    "{\"id\":\"a1\",\"email\":\"ada@example.com\",\"amount\":2,\"payload\":{\"first_name\":\"Ada \\u00e4 \\\"A\\\"\"}}",
    "{ \"id\" : 1.10 , \"email\" : \"a\\nb\", \"amount\": null, \"payload\": [ 1, {\"a\" : 2} ], \"gone\": \"\" }",
    "{\"email\":\"ö\",\"email\":\"ü\",\"amount\":true}",
    "{}",
];

fn any_case() -> impl Strategy<Value = Case<'static>> {
    let what = (select(URLS), select(&["create", "delete"][..]), select(&["POST", "GET"][..]), any::<bool>());
    let fields = (subsequence(HEADERS, 0..4), subsequence(FIELDS, 0..4));
    (what, fields).prop_map(|((url, trigger, method, allow_missing), (header, body))| Case {
        url,
        trigger,
        method,
        header,
        body,
        allow_missing,
        environment: ENVIRONMENT,
        ..Case::default()
    })
}

/// Everything that is sent or shown, with secrets.
fn all_of(request: &PreparedRequest) -> String {
    let headers: Vec<_> =
        request.headers.iter().map(|header| (&header.name, &header.value, header.is_secret)).collect();
    format!(
        "{} {} {} {} {headers:?} {:?} {:?} {}",
        request.webhook,
        request.method,
        request.url,
        request.shown_url,
        String::from_utf8_lossy(&request.body),
        request.body_secrets,
        request.redactor.redact("s3cret-value, czNjcmV0LXZhbHVl, user:s3cret-value"),
    )
}

fn lines(findings: &[Diagnostic]) -> Vec<String> {
    let line = |finding: &Diagnostic| format!("{} {} {:?}", placed(finding), finding.message, finding.helps);
    let mut lines: Vec<_> = findings.iter().map(line).collect();
    lines.sort();
    lines
}

proptest! {
    #[test]
    fn a_compiled_webhook_renders_elements_as_single_preparation_does(case in any_case()) {
        let compiled = case.compile();
        for element in ELEMENTS {
            let case = Case { element, ..case.clone() };
            match (&compiled, case.prepare()) {
                (Err(always), prepared) => {
                    let errors = lines(&prepared.expect_err("no element can fix it"));
                    let always = lines(always);
                    prop_assert!(always.iter().all(|error| errors.contains(error)), "{always:?}\n{errors:?}");
                }
                (Ok((compiled, always)), prepared) => match (compiled.render(&case.element()), prepared) {
                    (Ok((rendered, own)), Ok((prepared, warnings))) => {
                        prop_assert_eq!(all_of(&rendered), all_of(&prepared));
                        prop_assert_eq!(lines(&[always.clone(), own].concat()), lines(&warnings));
                    }
                    (Err(rendered), Err(prepared)) => prop_assert_eq!(lines(&rendered), lines(&prepared)),
                    (rendered, prepared) => prop_assert!(false, "{rendered:?}\n{prepared:?}"),
                },
            }
        }
    }
}

#[test]
fn compiling_only_fails_for_errors_that_no_element_can_fix() {
    let case = Case {
        url: "https://${GONE}/",
        header: vec![("X Y", "a"), ("X-Id", "{{gone}}"), ("X-Lines", "a\nb")],
        body: vec![("a", "{{b"), ("c", "{{gone}} ${GONE}")],
        ..Case::default()
    };
    let places: Vec<String> = case.compile().unwrap_err().iter().map(placed).collect();
    assert_eq!(
        places,
        [
            "environment-missing 6:24",
            "header-name 8:1",
            "header-value-invalid 10:13",
            "unclosed-variable 12:8",
            "environment-missing 13:17",
        ]
    );
}

#[test]
fn an_invalid_element_does_not_affect_the_next() {
    let case =
        Case { header: vec![("X-Who", "{{email}}")], body: vec![("n", "{{amount}}")], ..Case::default() };
    let (compiled, _) = case.compile().unwrap();
    let good = compiled.render(&case.element()).unwrap().0;
    for (element, code) in [
        ("{\"email\":\"a\\nb\",\"amount\":1}", "header-value-invalid 8:11"),
        ("{\"email\":\"a\"}", "variable-missing 10:8"),
    ] {
        let errors = compiled.render(&Case { element, ..Case::default() }.element()).unwrap_err();
        assert_eq!(errors.iter().map(placed).collect::<Vec<_>>(), [code]);
        let again = compiled.render(&case.element()).unwrap().0;
        assert_eq!(all_of(&again), all_of(&good));
    }
}

#[test]
fn headers_that_differ_between_elements_keep_their_place_among_the_others() {
    let header = vec![
        ("X-A", "{{id}}"),
        ("X-B", "{{email}}"),
        ("x-a", "fixed"),
        ("X-C", "${SHORT}"),
        ("x-A", "{{amount}}"),
        ("x-b", "2"),
    ];
    let case = Case { header, environment: ENVIRONMENT, ..Case::default() };
    let request = case.compile().unwrap().0.render(&case.element()).unwrap().0;
    let lines: Vec<_> =
        request.headers.iter().skip(4).map(|header| format!("{}: {}", header.name, header.value)).collect();
    assert_eq!(
        lines,
        ["x-a: a1", "x-a: fixed", "x-a: 2", "x-b: ada@example.com", "x-b: 2", "x-c: 1", "content-length: 65",]
    );
}

#[test]
fn a_compiled_webhook_shows_no_secret() {
    let case = Case {
        url: "https://cms.example.com/?token=${TOKEN}",
        header: vec![("Authorization", "Bearer ${TOKEN}")],
        environment: ENVIRONMENT,
        ..Case::default()
    };
    let shown = format!("{:?}", case.compile().unwrap().0);
    assert!(shown.contains("token=***") && !shown.contains("s3cret"), "{shown}");
}
