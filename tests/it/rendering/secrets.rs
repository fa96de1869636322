//! Values from the environment are never shown.

use hooks::core::export::{curl, http};
use hooks::core::request::{Destination, PreparedRequest};

use crate::fixture::Case;

/// Short ones are not searched for, and are masked by position; long ones occur in every encoding.
const CANARIES: [&str; 6] =
    ["~", "Q~", "q7~", "c4nary-value", "C4n%41ry/+&= value", "\"c4n\\ary\"'\u{e4}\u{1fad5}"];

/// Payload URLs with a secret in every possible part.
const URLS: [&str; 12] = [
    "${SECRET}",
    "https://${SECRET}",
    "https://example.com:${SECRET}/x",
    "https://${SECRET}.example.com/x",
    "https://example.com${SECRET}/x",
    "https://example.com/a/${SECRET}/b?page=2",
    "https://example.com/?page=${SECRET}&x=1",
    "https://example.com/?${SECRET}=1",
    "https://example.com/#${SECRET}",
    "https://${SECRET}@example.com/",
    "https://user:${SECRET}@example.com/",
    "${SECRET}://example.com/",
];

/// All output about a case.
fn said(case: &Case<'_>) -> Vec<String> {
    let (request, findings) = match case.prepare() {
        Ok((request, warnings)) => (Some(request), warnings),
        Err(errors) => (None, errors),
    };
    let mut said: Vec<String> = findings.iter().map(|finding| finding.message.clone()).collect();
    said.extend(findings.iter().flat_map(|finding| finding.helps.clone()));
    said.extend(
        findings.iter().flat_map(|finding| finding.primary.iter().map(|place| place.label.to_owned())),
    );
    said.extend(request.iter().flat_map(shown));
    said
}

fn shown(request: &PreparedRequest) -> Vec<String> {
    vec![
        request.shown_url.to_string(),
        curl(request, false),
        String::from_utf8(http(request, false)).unwrap(),
        String::from_utf8(request.shown_body(false).into_owned()).unwrap(),
        format!("{request:?}"),
        format!("{:?}", request.values.iter().map(|value| &value.parts).collect::<Vec<_>>()),
    ]
}

/// Asserts that no text contains a secret, in any case, or encoded in a URL or JSON.
fn assert_hidden(secret: &str, texts: &[String], context: &str) {
    let json = serde_json::Value::from(secret).to_string();
    let url = url::Url::parse(&format!("http://x/{secret}")).unwrap();
    let debug = format!("{secret:?}");
    let forms = [secret, &json[1..json.len() - 1], &url.path()[1..], &debug[1..debug.len() - 1]];
    for text in texts {
        for form in forms {
            assert!(!text.to_lowercase().contains(&form.to_lowercase()), "{context}: {form} is in: {text}");
        }
    }
}

#[test]
fn a_secret_in_any_part_of_the_address_is_hidden() {
    for secret in CANARIES {
        for url in URLS {
            let environment = [("SECRET", secret)];
            let case = Case { url, environment: &environment, ..Case::default() };
            assert_hidden(secret, &said(&case), url);
            let receiver = Destination::Receiver("127.0.0.1:9".parse().unwrap());
            assert_hidden(secret, &said(&Case { destination: receiver, ..case.clone() }), url);
            let own = Case { header: vec![("Authorization", "x")], ..case };
            assert_hidden(secret, &said(&own), url);
        }
    }
}

#[test]
fn a_secret_that_makes_the_address_wrong_is_hidden() {
    for wrong in [
        "c4nary",
        "c4nary.example/x",
        "ftp://c4nary.example/",
        "c4nary:alert(1)",
        "https://c4nary.example:99999/",
        "https://c4nary.example:0/",
        "https://[c4nary]/",
        "https:///c4nary",
        "https://c4na\try.example/c4nary",
        "https://c4nary.example\\c4nary",
        "https://c4nary<.example/",
    ] {
        let environment = [("SECRET", wrong)];
        let case = Case { url: "${SECRET}", environment: &environment, ..Case::default() };
        assert!(case.prepare().is_err() || wrong.starts_with("https:///"), "{wrong}");
        assert_hidden("c4nary", &said(&case), wrong);
    }
}

#[test]
fn a_secret_in_a_header_or_in_the_body_is_hidden() {
    for secret in CANARIES {
        let environment = [("SECRET", secret)];
        let case = Case {
            header: vec![
                ("Authorization", "Bearer ${SECRET}"),
                ("X-Request-Id", "${SECRET}"),
                ("User-Agent", "<${SECRET}>"),
                ("Content-Type", "${SECRET}"),
            ],
            body: vec![("a", "${SECRET}"), ("b", "<${SECRET}|{{email}}|${SECRET}>")],
            environment: &environment,
            ..Case::default()
        };
        let said = said(&case);
        assert_hidden(secret, &said, "header and body");
        let request = case.request();
        assert_eq!(request.masked_places(), 4 + 3);
        let shown: serde_json::Value = serde_json::from_slice(&request.shown_body(false)).unwrap();
        assert_eq!((&shown["a"], &shown["b"]), (&"***".into(), &"<***|ada@example.com|***>".into()));
        assert!(curl(&request, true).len() > curl(&request, false).len() - 100);
        assert_eq!(*request.shown_body(true), *request.body);
    }
}

#[test]
fn a_secret_that_a_header_cannot_carry_is_hidden() {
    let long = "c4nary".repeat(2000);
    for secret in ["c4nary\nc4nary", "c4nary\u{7f}", "\0c4nary", long.as_str()] {
        let environment = [("SECRET", secret)];
        let case =
            Case { header: vec![("X-Key", "${SECRET}")], environment: &environment, ..Case::default() };
        assert!(case.prepare().is_err());
        assert_hidden("c4nary", &said(&case), "header");
    }
}

#[test]
fn the_same_text_elsewhere_in_the_request_is_hidden_too() {
    let case = Case {
        url: "https://example.com/c4nary-value/x",
        element: r#"{"note":"it is c4nary-value"}"#,
        header: vec![("X-Key", "${SECRET}"), ("X-Request-Id", "c4nary-value")],
        body: vec![("note", "{{note}}")],
        environment: &[("SECRET", "c4nary-value")],
        ..Case::default()
    };
    let request = case.request();
    let mut shown = shown(&request);
    // The caller redacts the parts of the definition and of the element.
    shown.pop();
    assert_hidden("c4nary-value", &shown, "elsewhere");
}

#[test]
fn a_literal_credential_is_hidden_as_well() {
    let case = Case {
        url: "https://user:pa55word@example.com/?access_token=pa55word",
        header: vec![("Authorization", "Bearer pa55word"), ("X-Api-Key", "pa55word")],
        ..Case::default()
    };
    let mut shown = said(&case);
    shown.pop();
    assert_hidden("pa55word", &shown, "literal");
    let request = Case { header: Vec::new(), ..case }.request();
    for text in ["pa55word", "user:pa55word", "Basic dXNlcjpwYTU1d29yZA=="] {
        assert!(!request.redactor.redact(text).contains("pa55word"), "{text}");
        assert_ne!(request.redactor.redact(text), text);
    }
}

#[test]
fn other_values_are_shown() {
    let case = Case { header: vec![("X-Request-Id", "r1"), ("X-Key", "k")], ..Case::default() };
    let masked: Vec<String> = case
        .request()
        .headers
        .iter()
        .filter(|header| header.is_secret)
        .map(|header| header.name.to_string())
        .collect();
    assert_eq!(masked, ["x-key"]);
}
