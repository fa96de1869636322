//! Tests of the parser, of the positions of errors, and of the record splitter.

use std::io::BufReader;

use proptest::prelude::*;

use super::*;
use crate::core::text::{Position, Span};

fn code(text: &str) -> (&'static str, Span) {
    let error = check(text).unwrap_err();
    (error.code, error.span)
}

#[test]
fn each_error_has_its_name_and_span() {
    for (text, expected, span) in [
        ("", "json-empty", 0..0),
        (" \n", "json-empty", 0..0),
        ("{} {}", "json-trailing-data", 3..4),
        ("{\"a\": 1, // x\n}", "json-comment", 9..11),
        ("/* x */ {}", "json-comment", 0..2),
        ("{} # x", "json-comment", 3..4),
        ("{\"a\": 1,\n}", "json-trailing-comma", 7..8),
        ("[1,]", "json-trailing-comma", 2..3),
        ("{'a': 1}", "json-single-quotes", 1..2),
        ("['a']", "json-single-quotes", 1..2),
        ("{\u{201c}a\u{201d}: 1}", "json-look-alike", 1..4),
        ("{\"a\":\u{a0}1}", "json-look-alike", 5..7),
        ("[1\u{feff}]", "json-look-alike", 2..5),
        ("1\u{202e}", "json-look-alike", 1..4),
        ("[True]", "json-literal", 1..5),
        ("[None]", "json-literal", 1..5),
        ("[-Infinity]", "json-literal", 2..10),
        ("{a: 1}", "json-syntax", 1..2),
        ("[01]", "json-syntax", 2..3),
        ("[+1]", "json-syntax", 1..2),
        ("[nulle]", "json-syntax", 5..6),
        ("[tomorrow]", "json-syntax", 1..9),
        ("{\"a\": }", "json-syntax", 6..7),
        ("{\"a\" 1}", "json-syntax", 5..6),
        ("{\"a\": [1, 2}", "json-syntax", 11..12),
        ("\u{e4}", "json-syntax", 0..2),
        ("[\"a\nb\"]", "json-syntax", 3..4),
        ("[\"a\tb\"]", "json-syntax", 3..4),
        ("\n[\n\"\u{e4}\tb\"]", "json-syntax", 6..7),
        (r#"["\x"]"#, "json-syntax", 3..4),
        (r#"["\u12G4"]"#, "json-syntax", 7..8),
        ("[1, 2", "json-unclosed", 5..5),
        ("[\"a\n", "json-syntax", 3..4),
        ("[\"a", "json-unclosed", 3..3),
        (r#"["\ud800"]"#, "json-lone-surrogate", 2..8),
        (r#"["\udc00\ud800"]"#, "json-lone-surrogate", 2..8),
        (r#"{"\\\ud83e\\udef5": 1}"#, "json-lone-surrogate", 4..10),
    ] {
        assert_eq!(code(text), (expected, span), "{text:?}");
    }
}

#[test]
fn nesting_is_limited_at_any_size() {
    assert!(check(&("[".repeat(128) + &"]".repeat(128))).is_ok());
    assert_eq!(code(&("[".repeat(129) + &"]".repeat(129))), ("json-too-deep", 128..129));
    let deep = format!("{}1{}", "{\"a\":[".repeat(50_000), "]}".repeat(50_000));
    assert_eq!(code(&deep).0, "json-too-deep");
    assert_eq!(code(&"[".repeat(100_000)).0, "json-unclosed");
}

#[test]
fn duplicate_keys_are_found_at_any_depth_and_with_escapes() {
    let text = r#"{"a":1,"\u0061":2,"b":{"a":3},"c":["a",{"b":1,"b":2}]}"#;
    let document = check(text).unwrap();
    assert_eq!(document.duplicate_keys(), [7..15, 46..49]);
    let root = document.root(text);
    assert_eq!(root.get("a").unwrap().raw(), "2");
    assert_eq!(root.to_compact(), r#"{"a":2,"b":{"a":3},"c":["a",{"b":2}]}"#);
}

#[test]
fn the_compact_form_keeps_digits_escapes_and_the_last_of_duplicate_keys() {
    for (text, expected) in [
        (
            "{ \"n\" : 1.10, \"b\": 12345678901234567890, \"s\": \"a \\u00e4\\\" b\", \"n\": [ 1E400 ] }",
            r#"{"n":[1E400],"b":12345678901234567890,"s":"a \u00e4\" b"}"#,
        ),
        ("[ 1.10,\n{ \"a b\\\\\" : \" \\\" \" } ]", r#"[1.10,{"a b\\":" \" "}]"#),
    ] {
        assert_eq!(check(text).unwrap().root(text).to_compact(), expected);
    }
}

#[test]
fn escaped_text_is_what_serde_json_writes_between_quotes() {
    let all: String = (0..=0x80).filter_map(char::from_u32).collect();
    let mut out = b"\"".to_vec();
    escape_into(&all, &mut out);
    out.push(b'"');
    assert_eq!(String::from_utf8(out).unwrap(), serde_json::Value::from(all).to_string());
}

const MAX_RECORD_BYTES: usize = 1 << 20;

/// The elements of a text that is read in parts of this size, and how the reading ended.
fn split(text: &[u8], size: usize, longest: usize) -> (Vec<Record>, Option<(&'static str, Position)>) {
    let records = Records::new("x".into(), BufReader::with_capacity(size, text), 0, longest);
    let mut end = None;
    let found = records.map_while(|record| record.map_err(|error| end = Some(error)).ok()).collect();
    let end = end.map(|error| match error {
        RecordError::Format(error) => (error.code, error.primary.unwrap().start()),
        RecordError::Io(error) => panic!("{error}"),
    });
    (found, end)
}

fn raw(record: &Record) -> &str {
    std::str::from_utf8(record.bytes.as_deref().unwrap()).unwrap()
}

fn at(line: usize, column: usize) -> Position {
    Position { line, column }
}

#[test]
fn elements_keep_their_number_and_position() {
    let lines = "\n{\"a\":1}\r\n  \t\r\n {\"b\":2} \n{\"\u{e4}\":3}";
    let list = "\n [\"\u{e4}]\\\"\", {\"a\": \"}\",\n  \"b\": [[1], 2]},\n-1e5 , null\n]\r\n[]\n[7]";
    for (text, expected) in [
        (lines, vec![(2, 2, 1, "{\"a\":1}"), (4, 4, 1, " {\"b\":2} "), (5, 5, 1, "{\"\u{e4}\":3}")]),
        (
            list,
            vec![
                (1, 2, 3, "\"\u{e4}]\\\"\""),
                (2, 2, 11, "{\"a\": \"}\",\n  \"b\": [[1], 2]}"),
                (3, 4, 1, "-1e5"),
                (4, 4, 8, "null"),
                (5, 7, 2, "7"),
            ],
        ),
    ] {
        let (found, error) = split(text.as_bytes(), 3, MAX_RECORD_BYTES);
        assert_eq!(error, None);
        let found: Vec<_> =
            found.iter().map(|own| (own.number, own.place.line, own.place.column, raw(own))).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn an_error_that_ends_a_list_has_its_position() {
    for (text, count, expected) in [
        ("", 0, None),
        (" \n\t\r\n", 0, None),
        (" [\n] \n", 0, None),
        ("[", 0, Some(("json-unclosed", at(1, 2)))),
        ("[{}", 1, Some(("json-unclosed", at(1, 4)))),
        ("[{},", 1, Some(("json-unclosed", at(1, 5)))),
        ("[{},\n {\"a\": 1, \"b", 1, Some(("json-unclosed", at(2, 2)))),
        ("[1, 2", 1, Some(("json-unclosed", at(1, 5)))),
        ("[{},\n]", 1, Some(("json-trailing-comma", at(1, 4)))),
        ("[,{}]", 0, Some(("json-syntax", at(1, 2)))),
        ("[{},,{}]", 1, Some(("json-syntax", at(1, 5)))),
        ("[{} {}]", 1, Some(("json-syntax", at(1, 5)))),
        ("[{}}, {}]", 1, Some(("json-syntax", at(1, 4)))),
        ("[{}]\n{}", 1, Some(("json-trailing-data", at(2, 1)))),
        ("[{}]\n[{}", 2, Some(("json-unclosed", at(2, 4)))),
        ("[]]", 0, Some(("json-trailing-data", at(1, 3)))),
    ] {
        let (found, error) = split(text.as_bytes(), 64, MAX_RECORD_BYTES);
        assert_eq!((found.len(), error), (count, expected), "{text:?}");
    }
}

#[test]
fn a_line_that_is_too_long_is_skipped_and_such_an_item_ends_the_list() {
    let text = "{\"a\":12345}\r\n{\"long\":\"xxxxxxxxxxxx\"}\n{\"b\":2}\n";
    for size in [3, 100] {
        let (found, error) = split(text.as_bytes(), size, 11);
        let kept: Vec<_> = found.iter().map(|own| (own.number, own.bytes.is_some(), own.offset)).collect();
        assert_eq!((kept, error), (vec![(1, true, 0), (2, false, 13), (3, true, 37)], None));
        let (found, error) = split(b"[{\"a\":1},\n{\"long\":\"xxxxxxxxxxxx\"}]", size, 11);
        assert_eq!((found.len(), error), (1, Some(("element-too-long", at(2, 1)))));
    }
}

/// Texts that are nearly JSON.
fn nearly_json() -> impl Strategy<Value = String> {
    const TOKENS: &str = r#"{ } [ ] , : " \ \ud83e "a" "a": {"a":1} [1] 1 - null ä / # {"}":"]"}"#;
    const SPACES: [&str; 5] = [" ", "\n", "\r\n", "\t", "\u{feff}"];
    let token = prop::sample::select(TOKENS.split(' ').chain(SPACES).collect::<Vec<_>>());
    prop::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
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

fn written(value: &serde_json::Value, pretty: bool) -> String {
    if pretty { serde_json::to_string_pretty(value).unwrap() } else { value.to_string() }
}

proptest! {
    #[test]
    fn accepted_text_has_the_same_value_in_serde_json(text in nearly_json()) {
        let peer = serde_json::from_str::<serde_json::Value>(&text);
        match check(&text) {
            Ok(document) => prop_assert_eq!(
                serde_json::from_str::<serde_json::Value>(&document.root(&text).to_compact()).unwrap(),
                peer.unwrap(),
            ),
            Err(error) => {
                prop_assert!(peer.is_err(), "{} {:?}", text, error);
                prop_assert!(text.get(error.span).is_some());
            }
        }
    }

    #[test]
    fn values_read_in_place_equal_those_of_serde_json(value in any_json(), pretty: bool) {
        let text = written(&value, pretty);
        let root_document = check(&text).unwrap();
        let root = root_document.root(&text);
        prop_assert_eq!(root.to_compact(), value.to_string());
        let mut left = vec![(root, value)];
        while let Some((own, theirs)) = left.pop() {
            prop_assert_eq!(&text[own.span()], own.raw());
            prop_assert!(own.as_text().as_deref() == theirs.as_str());
            prop_assert_eq!(own.members().count(), theirs.as_object().map_or(0, serde_json::Map::len) + theirs.as_array().map_or(0, Vec::len));
            for (index, (key, member)) in own.members().enumerate() {
                let theirs = if theirs.is_object() { theirs[key.as_ref()].clone() } else { theirs[index].clone() };
                prop_assert_eq!(own.get(&key).map(Value::span), (own.kind() == Kind::Object).then(|| member.span()));
                left.push((member, theirs));
            }
        }
    }

    #[test]
    fn records_do_not_depend_on_the_size_of_reads(
        text in prop_oneof![nearly_json(), nearly_json().prop_map(|text| format!("[{text}"))],
        size in 1_usize..9,
        longest in prop_oneof![Just(6_usize), Just(MAX_RECORD_BYTES)],
    ) {
        prop_assert_eq!(split(text.as_bytes(), size, longest), split(text.as_bytes(), 1 << 10, longest));
    }

    #[test]
    fn a_list_is_split_into_its_elements(items in prop::collection::vec(any_json(), 0..6), pretty: bool, space in "[ \n\t]{0,2}") {
        let items: Vec<String> = items.iter().map(|item| written(item, pretty)).collect();
        let list = format!("{space}[{space}{}{space}]{space}", items.join(&format!("{space},{space}")));
        let (found, error) = split(list.as_bytes(), 7, MAX_RECORD_BYTES);
        prop_assert_eq!(error, None);
        prop_assert_eq!(&found.iter().map(raw).collect::<Vec<_>>(), &items);
        for record in &found {
            prop_assert!(list[record.offset..].starts_with(raw(record)));
        }
    }

    #[test]
    fn a_list_is_valid_if_its_elements_are(text in nearly_json().prop_map(|text| format!("[{text}"))) {
        let (found, error) = split(text.as_bytes(), MAX_RECORD_BYTES, MAX_RECORD_BYTES);
        let is_ours = error.is_none() && found.iter().all(|record| check(raw(record)).is_ok());
        let lists: Result<Vec<serde_json::Value>, _> = serde_json::Deserializer::from_str(&text).into_iter().collect();
        prop_assert_eq!(is_ours, lists.is_ok_and(|lists| lists.iter().all(serde_json::Value::is_array)));
    }

    #[test]
    fn lines_are_those_of_the_text_that_are_not_blank(text in nearly_json()) {
        prop_assume!(!text.trim_start().starts_with('['));
        let (found, error) = split(text.as_bytes(), 5, MAX_RECORD_BYTES);
        prop_assert_eq!(error, None);
        let found: Vec<_> = found.iter().map(|record| (record.number, raw(record).trim_ascii_start())).collect();
        let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).zip(1..);
        let expected: Vec<_> = lines
            .filter(|(line, _)| !line.bytes().all(is_space))
            .map(|(line, number)| (number, line.trim_ascii_start()))
            .collect();
        prop_assert_eq!(found, expected);
    }
}
