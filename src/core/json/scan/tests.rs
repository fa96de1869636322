//! The laws of the check.

use super::*;
use proptest::prelude::*;

fn code(text: &str) -> (&'static str, Span) {
    let error = check(text).unwrap_err();
    (error.code, error.span)
}

#[test]
fn a_long_word_is_cut_between_characters() {
    for text in [format!("0xA{}", "ä".repeat(200)), format!("x{}", "\u{fffd}".repeat(200))] {
        let (code, span) = code(&text);
        assert!(["json-bad-number", "json-unknown-word", "json-bad-key"].contains(&code), "{text}: {code}");
        assert!(text.get(span.clone()).is_some(), "{span:?}");
    }
}

#[test]
fn each_offence_has_its_name_and_place() {
    for (text, expected, span) in [
        ("", "json-empty", 0..0),
        (" \n", "json-empty", 0..0),
        ("{} {}", "json-trailing-data", 3..4),
        ("{\"a\": 1, // x\n}", "json-comment", 9..11),
        ("/* x */ {}", "json-comment", 0..2),
        ("{\"a\": 1,\n}", "json-trailing-comma", 7..8),
        ("[1,]", "json-trailing-comma", 2..3),
        ("{'a': 1}", "json-single-quotes", 1..2),
        ("{\u{201c}a\u{201d}: 1}", "json-look-alike", 1..4),
        ("{\"a\":\u{a0}1}", "json-look-alike", 5..7),
        ("[1\u{200b}]", "json-look-alike", 2..5),
        ("[tru\u{ad}e]", "json-look-alike", 4..6),
        ("1\u{202e}", "json-look-alike", 1..4),
        ("['a']", "json-single-quotes", 1..2),
        ("{a: 1}", "json-bad-key", 1..2),
        ("[01]", "json-bad-number", 1..3),
        ("[+1]", "json-bad-number", 1..3),
        ("[.5]", "json-bad-number", 1..3),
        ("[1.]", "json-bad-number", 1..3),
        ("[1e]", "json-bad-number", 1..3),
        ("[-]", "json-bad-number", 1..2),
        ("[0x1F]", "json-bad-number", 1..5),
        ("[NaN]", "json-bad-number", 1..4),
        ("[-Infinity]", "json-bad-number", 1..10),
        ("[True]", "json-unknown-word", 1..5),
        ("[undefined]", "json-unknown-word", 1..10),
        ("[nulle]", "json-unknown-word", 1..6),
        ("{\"a\": }", "json-missing-value", 6..7),
        ("{\"a\" 1}", "json-unexpected", 5..6),
        ("[1 2]", "json-unexpected", 3..4),
        ("{\"a\": [1, 2}", "json-unexpected", 11..12),
        ("[1, 2", "json-unclosed", 0..1),
        ("[\"a", "json-unclosed", 1..2),
        ("[\"a\nb\"]", "json-unclosed", 1..3),
        ("[\"a\tb\"]", "json-control-character", 3..4),
        (r#"["\x"]"#, "json-bad-escape", 2..4),
        (r#"["\u12G4"]"#, "json-bad-escape", 2..4),
        (r#"["\ud800"]"#, "json-lone-surrogate", 2..8),
        (r#"["\udc00\ud800"]"#, "json-lone-surrogate", 2..8),
        ("ä", "json-unknown-word", 0..2),
    ] {
        assert_eq!(code(text), (expected, span), "{text:?}");
    }
}

#[test]
fn nesting_is_bounded_whatever_its_size() {
    assert!(check(&("[".repeat(128) + &"]".repeat(128))).is_ok());
    assert_eq!(code(&"[".repeat(100_000)).0, "json-too-deep");
    assert_eq!(code(&"[{\"\":".repeat(50_000)).0, "json-too-deep");
}

#[test]
fn repeated_keys_are_found_among_few_and_many_and_behind_escapes() {
    let document = check(r#"{"a":1,"\u0061":2,"b":{"a":3}}"#).unwrap();
    assert_eq!(document.repeated_keys().first(), Some(&(7..15)));
    let members: Vec<String> = (0..100).map(|n| format!("\"k{}\":{n}", n % 99)).collect();
    let document = check(&format!("{{{}}}", members.join(","))).unwrap();
    assert_eq!(document.repeated_keys().len(), 1);
}

#[test]
fn the_compact_form_keeps_digits_escapes_and_the_last_of_repeated_keys() {
    let text = "{ \"n\" : 1.10, \"b\": 12345678901234567890, \"s\": \"a \\u00e4\\\" b\", \"n\": [ 1E400 ] }";
    let mut out = Vec::new();
    check(text).unwrap().write_compact(text, &mut out);
    let expected = r#"{"n":[1E400],"b":12345678901234567890,"s":"a \u00e4\" b"}"#;
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn valid_json_is_accepted_and_its_compact_form_means_the_same(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let mut out = Vec::new();
        check(&text).unwrap().write_compact(&text, &mut out);
        prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).unwrap(), value.clone());
        prop_assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
    }

    #[test]
    fn whatever_serde_json_refuses_is_refused_and_the_place_lies_in_the_text(
        text in r#"[\[\]{}:,"0-9eE.+\-\\untrlsaf /\n]{0,24}"#,
    ) {
        let peer = serde_json::from_str::<serde_json::Value>(&text);
        match check(&text) {
            Ok(_) => prop_assert!(peer.is_ok() || peer.unwrap_err().to_string().contains("out of range"), "{}", text),
            Err(error) => {
                prop_assert!(peer.is_err(), "{} {:?}", text, error);
                prop_assert!(text.get(error.span).is_some());
            }
        }
    }
}
