//! Values of the element and of the environment in the body.

use hooks::core::request::{Origin, PreparedRequest, ValuePlace};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fixture::Case;

/// Texts that break programs that concatenate JSON, templates or lines.
const NAUGHTY: [&str; 40] = [
    "",
    " ",
    "null",
    "undefined",
    "NaN",
    "true",
    "0",
    "-0.0",
    "1E400",
    "0x1F",
    "\",\"admin\":true,\"x\":\"",
    "\"}]}",
    "\\",
    "\\\"",
    "\\u0022",
    "\\u000d\\u000a",
    "%0d%0a",
    "\r\nX-Injected: 1",
    "\u{0}",
    "\u{1}\u{8}\u{b}\u{c}\u{1f}\u{7f}",
    "\u{80}\u{85}\u{9b}",
    "\u{2028}\u{2029}",
    "\u{feff}bom",
    "\u{202e}reversed\u{202c}",
    "\u{200b}\u{200d}\u{2060}",
    "\u{e000}\u{fffd}\u{ffff}\u{10ffff}",
    "e\u{301} é",
    "ﬀ ſ İ ı ß",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "مرحبا بالعالم",
    "🫵🏽 👩‍👩‍👧‍👦 🇩🇪",
    "{{email}}",
    "{{ secret }} {{{x}}} {{#if}}",
    "${HOME} $${HOME} $(id) `id`",
    "<script>alert(1)</script>",
    "'; DROP TABLE users; --",
    "__proto__",
    "{\"a\":1}",
    "[1,2,3]",
];

fn body(request: &PreparedRequest) -> Value {
    serde_json::from_slice(&request.body).expect("the body is JSON")
}

/// The body's text, which shows digits and escapes as they are sent.
fn body_text(request: &PreparedRequest) -> &str {
    std::str::from_utf8(&request.body).expect("the body is UTF-8")
}

/// A template that renders to this text.
fn as_template(text: &str) -> Option<String> {
    let is_plain = !text.contains("{{") && !text.contains("$${");
    is_plain.then(|| text.replace("${", "$${"))
}

#[test]
fn a_value_is_never_expanded_twice() {
    let element =
        r#"{"email":"ada@example.com","a":"{{email}}","b":"${HOME}","c":"$${HOME}","d":"{","e":"{email}}"}"#;
    let case = Case {
        element,
        header: vec![("X-A", "{{a}} {{b}} {{c}} ${NAME}"), ("X-Joined", "{{d}}{{e}}")],
        body: vec![
            ("a", "{{a}}"),
            ("b", "<{{b}}>"),
            ("c", "{{c}}"),
            ("env", "${NAME}"),
            ("joined", "{{d}}{{e}}"),
        ],
        environment: &[("HOME", "/root"), ("NAME", "{{email}} ${HOME}")],
        ..Case::default()
    };
    let request = case.request();
    let header = |name: &str| request.header(name).unwrap();
    assert_eq!(header("x-a"), "{{email}} ${HOME} $${HOME} {{email}} ${HOME}");
    assert_eq!(header("x-joined"), "{{email}}");
    let mut body = body(&request);
    assert_eq!(body["element_data"].take(), serde_json::from_str::<Value>(element).unwrap());
    let fields = json!({
        "element_data": null, "a": "{{email}}", "b": "<${HOME}>", "c": "$${HOME}", "env": "{{email}} ${HOME}",
        "joined": "{{email}}",
    });
    assert_eq!(body, fields);
}

#[test]
fn naughty_texts_arrive_unchanged() {
    for text in NAUGHTY {
        assert_text_arrives(text);
    }
}

/// Sends a text as the element's, as the definition's and as the environment's, alone and inside a longer one.
fn assert_text_arrives(text: &str) {
    // Also as a key that differs from the field for any text.
    let key = format!("{text} as a key");
    let element = json!({ "f": text, key: 1 });
    let literal = as_template(text);
    let inside = format!("<{{{{f}}}}|${{E}}|{}>", literal.as_deref().unwrap_or_default());
    let case = Case {
        element: &element.to_string(),
        body: vec![
            ("alone", "{{f}}"),
            ("inside", &inside),
            ("environment", "${E}"),
            ("literal", literal.as_deref().unwrap_or_default()),
        ],
        environment: &[("E", text)],
        ..Case::default()
    };
    let literal = literal.as_ref().map_or("", |_| text);
    let expected = json!({
        "element_data": element, "alone": text, "inside": format!("<{text}|{text}|{literal}>"),
        "environment": text, "literal": literal,
    });
    assert_eq!(body(&case.request()), expected, "{text:?}");
}

#[test]
fn a_key_is_any_text_without_placeholders() {
    for text in NAUGHTY.into_iter().filter(|text| !text.contains("{{") && !text.contains("${")) {
        let request = Case { body: vec![(text, "1")], ..Case::default() }.request();
        assert_eq!(body(&request)[text], "1", "{text:?}");
    }
}

#[test]
fn digits_and_escapes_are_sent_as_the_element_has_them() {
    let element = "{ \"a\" : 1.10, \"b\":[ 12345678901234567890 , 1E400, -0, 0.1e-7 ],\n\t\"c\":\"\\u00e4\\/\\ud83e\\udef5 \u{e4}\" }";
    let case = Case {
        element,
        header: vec![("X-Digits", "{{a}} {{b.0}} {{b.1}} {{b}}")],
        body: vec![
            ("a", "{{a}}"),
            ("b", "{{b}}"),
            ("b1", "{{b.1}}"),
            ("text", "{{a}}/{{b.0}}"),
            ("c", "{{c}}"),
            ("cc", "{{c}}!"),
        ],
        ..Case::default()
    };
    let request = case.request();
    assert_eq!(
        body_text(&request),
        "{\"element_data\":{\"a\":1.10,\"b\":[12345678901234567890,1E400,-0,0.1e-7],\"c\":\"\\u00e4\\/\\ud83e\\udef5 \u{e4}\"},\
         \"a\":1.10,\"b\":[12345678901234567890,1E400,-0,0.1e-7],\"b1\":1E400,\"text\":\"1.10/12345678901234567890\",\
         \"c\":\"\\u00e4\\/\\ud83e\\udef5 \u{e4}\",\"cc\":\"\u{e4}/🫵 \u{e4}!\"}"
    );
    let digits = request.header("x-digits").unwrap();
    assert_eq!(digits, "1.10 12345678901234567890 1E400 [12345678901234567890,1E400,-0,0.1e-7]");
}

#[test]
fn a_single_placeholder_keeps_its_type_and_becomes_text_inside_longer_text() {
    for (value, alone, inside) in [
        ("2", json!(2), "<2>"),
        ("true", json!(true), "<true>"),
        ("false", json!(false), "<false>"),
        ("null", json!(null), "<>"),
        ("\"a \\\"b\\\"\"", json!("a \"b\""), "<a \"b\">"),
        ("\"\"", json!(""), "<>"),
        ("[1, \"a\", null]", json!([1, "a", null]), "<[1,\"a\",null]>"),
        ("{\"k\": {\"l\": []}}", json!({"k": {"l": []}}), "<{\"k\":{\"l\":[]}}>"),
        ("{}", json!({}), "<{}>"),
    ] {
        let element = format!("{{\"f\": {value}}}");
        let case = Case {
            element: &element,
            header: vec![("X-Alone", "{{f}}"), ("X-Inside", "<{{f}}>")],
            body: vec![
                ("alone", "{{f}}"),
                ("spaces", "{{ f\t}}"),
                ("inside", "<{{f}}>"),
                ("twice", "{{f}}{{f}}"),
            ],
            ..Case::default()
        };
        let request = case.request();
        let body = body(&request);
        let text = &inside[1..inside.len() - 1];
        assert_eq!((&body["alone"], &body["spaces"]), (&alone, &alone), "{value}");
        assert_eq!(body["inside"], inside, "{value}");
        assert_eq!(body["twice"], format!("{text}{text}"), "{value}");
        let header = |name: &str| request.header(name).unwrap();
        assert_eq!((header("x-alone"), header("x-inside")), (text, inside), "{value}");
        let kept: Vec<bool> = request.values.iter().map(|value| value.keeps_type).collect();
        assert_eq!(kept, [false, false, true, true, false, false], "{value}");
    }
}

#[test]
fn a_number_from_the_environment_is_text() {
    let case = Case { body: vec![("n", "${N}")], environment: &[("N", "42")], ..Case::default() };
    assert_eq!(body(&case.request())["n"], "42");
}

#[test]
fn every_value_has_its_origin() {
    let case = Case {
        header: vec![("X-Who", "{{ email }}/${TOKEN}")],
        body: vec![("gone", "{{phone}}")],
        environment: &[("TOKEN", "t0ken")],
        allow_missing: true,
        ..Case::default()
    };
    let request = case.request();
    assert_eq!(request.values[0].place, ValuePlace::Header("X-Who".to_owned()));
    assert_eq!(request.values[0].template, "{{ email }}/${TOKEN}");
    let origins: Vec<&Origin> = request.values[0].parts.iter().map(|part| &part.origin).collect();
    let variable = Origin::Variable { name: "email".to_owned(), source: "data.json".to_owned() };
    let environment = Origin::Environment { name: "TOKEN".to_owned(), source: ".env".to_owned() };
    assert_eq!(origins, [&variable, &Origin::Literal, &environment]);
    assert_eq!(request.values[1].parts[0].origin, Origin::Missing { name: "phone".to_owned() });
}

#[test]
fn the_element_comes_first_and_the_fields_in_file_order() {
    let case = Case {
        body: vec![("z", "1"), ("a", "2"), ("m", "3")],
        element: "{\"b\":1,\"a\":2}",
        ..Case::default()
    };
    assert_eq!(body_text(&case.request()), r#"{"element_data":{"b":1,"a":2},"z":"1","a":"2","m":"3"}"#);
    let empty = Case { element: "{}", ..Case::default() };
    assert_eq!(body_text(&empty.request()), r#"{"element_data":{}}"#);
    let hidden = Case { body: vec![("a", "1"), ("element_data", "{{email}}")], ..Case::default() };
    assert_eq!(body_text(&hidden.request()), r#"{"a":"1","element_data":"ada@example.com"}"#);
    assert_eq!(hidden.findings(), ["element-data-hidden 10:1"]);
}

#[test]
fn a_recorded_delivery_sends_its_element_once() {
    let case = Case { element: r#"{"seats":2,"element_data":{"email":"a@b"}}"#, ..Case::default() };
    assert_eq!(body_text(&case.request()), r#"{"element_data":{"email":"a@b"}}"#);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn any_element_arrives_whole(value in any_json(), text in any::<String>(), is_pretty: bool) {
        let element = json!({ "f": value, "g": text });
        let written = if is_pretty { format!("{element:#}") } else { element.to_string() };
        let case = Case { element: &written, body: vec![("f", "{{f}}"), ("g", "a{{g}}b")], ..Case::default() };
        let body = body(&case.request());
        prop_assert_eq!(&body["element_data"], &element);
        prop_assert_eq!(&body["f"], &element["f"]);
        prop_assert_eq!(&body["g"], &json!(format!("a{text}b")));
        prop_assert_eq!(body.as_object().unwrap().len(), 3);
    }

    #[test]
    fn any_text_arrives_unchanged(text in any::<String>()) {
        assert_text_arrives(&text);
    }
}
