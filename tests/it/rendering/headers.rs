//! Values in headers, and the headers that every request has.

use hooks::core::export::http;
use hooks::core::request::PreparedRequest;

use crate::fixture::{Case, placed};

fn lines(request: &PreparedRequest) -> Vec<String> {
    request.headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect()
}

fn names(request: &PreparedRequest) -> Vec<&str> {
    request.headers.iter().map(|header| &*header.name).collect()
}

/// The header lines of the message that goes over the wire.
fn wire_lines(request: &PreparedRequest) -> Vec<String> {
    let message = String::from_utf8(http(request, true)).unwrap();
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    head.split('\n').skip(1).map(|line| line.trim_end_matches('\r').to_owned()).collect()
}

#[test]
fn no_byte_in_a_value_creates_another_header() {
    for code in 0..=0xff_u32 {
        let odd = char::from_u32(code).unwrap();
        for position in 0..3 {
            let mut characters = vec!['\u{416}', '\u{42f}'];
            characters.insert(position, odd);
            let value: String = characters.into_iter().collect();
            let element = serde_json::json!({ "f": value }).to_string();
            let environment = [("E", value.as_str())];
            for (template, placeholder) in [("{{f}}", "`{{f}}`"), ("${E}", "`${E}`")] {
                let case = Case {
                    header: vec![("X-Odd", template)],
                    element: &element,
                    environment: &environment,
                    ..Case::default()
                };
                assert_sent_or_refused(&case, &value, odd, position, placeholder);
            }
        }
    }
}

fn assert_sent_or_refused(case: &Case<'_>, value: &str, odd: char, position: usize, placeholder: &str) {
    let is_refused = odd.is_ascii_control() && odd != '\t';
    if !is_refused {
        let request = case.request();
        let mut expected = lines(&Case { header: Vec::new(), ..case.clone() }.request());
        expected.insert(4, format!("x-odd: {}", value.trim_matches([' ', '\t'])));
        assert_eq!(wire_lines(&request), expected, "{value:?}");
        return;
    }
    let errors = case.errors();
    assert_eq!(errors.iter().map(placed).collect::<Vec<_>>(), ["header-value-invalid 8:11"]);
    let message = &errors[0].message;
    let kind = match odd {
        '\0' => "a NUL byte".to_owned(),
        '\n' => "a line feed (LF)".to_owned(),
        '\r' => "a carriage return (CR)".to_owned(),
        odd => format!("the control character 0x{:02X}", u32::from(odd)),
    };
    // Each of the other two characters takes two bytes.
    for part in ["`X-Odd`", "`w`", &kind, &format!("at byte {}", 2 * position), placeholder] {
        assert!(message.contains(part), "{message}: {part}");
    }
    let said = format!("{message} {:?}", errors[0].helps);
    assert!(!said.contains(['\u{416}', '\u{42f}']) && !said.contains(odd), "{said}");
}

#[test]
fn a_literal_line_break_is_refused_too() {
    let case = Case { header: vec![("X-A", "a\r\nX-B: 1")], ..Case::default() };
    assert_eq!(case.findings(), ["header-value-invalid 8:9"]);
    assert!(case.errors()[0].message.ends_with("a carriage return (CR) at byte 1"));
}

#[test]
fn encoded_line_breaks_and_wide_characters_are_sent_as_they_are() {
    let value = "%0d%0a \\u000d \u{10d}\u{560a} Jürgen 🫵";
    let element = serde_json::json!({ "f": value }).to_string();
    let case = Case { header: vec![("X-A", "{{f}}")], element: &element, ..Case::default() };
    assert!(wire_lines(&case.request()).contains(&format!("x-a: {value}")));
    assert_eq!(case.findings(), ["header-non-ascii 8:9"]);
}

#[test]
fn surrounding_spaces_are_not_sent_and_empty_values_are() {
    let case = Case {
        header: vec![("X-A", " \t a b\t "), ("X-B", ""), ("X-C", "  "), ("X-D", "{{f}}")],
        element: r#"{"f":null}"#,
        ..Case::default()
    };
    assert_eq!(lines(&case.request())[4..8], ["x-a: a b", "x-b: ", "x-c: ", "x-d: "]);
    assert_eq!(case.findings(), [""; 0]);
}

#[test]
fn names_are_tokens_and_do_not_frame_the_message() {
    let long = "x".repeat(257);
    for (name, code) in [
        ("", "header-name"),
        ("X Y", "header-name"),
        ("X:", "header-name"),
        ("X\r\nY", "header-name"),
        ("Größe", "header-name"),
        (long.as_str(), "header-name"),
        ("X-{{id}}", "variable-in-header-name"),
        ("X-${ID}", "variable-in-header-name"),
        ("content-LENGTH", "header-framing"),
        ("Transfer-Encoding", "header-framing"),
        ("Connection", "header-framing"),
        ("Keep-Alive", "header-framing"),
        ("TE", "header-framing"),
        ("Trailer", "header-framing"),
        ("Upgrade", "header-framing"),
        ("Expect", "header-framing"),
        ("Proxy-Authorization", "header-framing"),
        ("Host", "header-framing"),
    ] {
        assert_eq!(Case { header: vec![(name, "1")], ..Case::default() }.findings(), [format!("{code} 8:1")]);
    }
}

#[test]
fn repeated_headers_are_sent_in_order_unless_only_one_is_valid() {
    let case = Case { header: vec![("X-A", "1"), ("X-B", "2"), ("x-a", "3")], ..Case::default() };
    assert_eq!(lines(&case.request())[4..7], ["x-a: 1", "x-a: 3", "x-b: 2"]);
    assert_eq!(case.findings(), ["header-repeated 10:1"]);
    for name in ["Authorization", "Content-Type"] {
        let lower = name.to_lowercase();
        let case = Case { header: vec![(name, "1"), (&lower, "2")], ..Case::default() };
        assert_eq!(case.errors().iter().map(placed).collect::<Vec<_>>(), ["header-repeated 9:1"]);
    }
}

#[test]
fn a_value_has_at_most_8_kib() {
    for (length, findings) in [
        (8 * 1024, &[][..]),
        (8 * 1024 + 1, &["header-value-too-long 8:9"]),
        (10_000_000, &["header-value-too-long 8:9"]),
    ] {
        let element = serde_json::json!({ "f": "x".repeat(length) }).to_string();
        let case = Case { header: vec![("X-A", "{{f}}")], element: &element, ..Case::default() };
        assert_eq!(case.findings(), findings);
        let in_body = Case { body: vec![("a", "{{f}}")], header: Vec::new(), ..case };
        assert!(in_body.request().body.len() > 2 * length);
    }
}

#[test]
fn every_request_has_the_same_headers_in_the_same_order() {
    let request = Case::default().request();
    let expected = [
        "host: cms.example.com".to_owned(),
        format!("user-agent: hooks/{}", env!("CARGO_PKG_VERSION")),
        "accept: */*".to_owned(),
        "content-type: application/json".to_owned(),
        format!("content-length: {}", request.body.len()),
    ];
    assert_eq!(lines(&request), expected);
}

#[test]
fn a_definition_can_replace_default_headers() {
    let header =
        vec![("X-First", "1"), ("CONTENT-TYPE", "text/plain"), ("User-Agent", "me"), ("accept", "text/html")];
    let request = Case { header, ..Case::default() }.request();
    assert_eq!(
        names(&request),
        ["host", "x-first", "content-type", "user-agent", "accept", "content-length"]
    );
}

#[test]
fn a_body_with_get_or_delete_is_a_warning() {
    for (method, findings) in [
        ("GET", &["body-on-get 5:10"][..]),
        ("DELETE", &["body-on-get 5:10"]),
        ("POST", &[]),
        ("PUT", &[]),
        ("PATCH", &[]),
    ] {
        let case = Case { method, ..Case::default() };
        assert_eq!(case.findings(), findings);
        assert!(!case.request().body.is_empty());
    }
}
