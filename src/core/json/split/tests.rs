//! The laws of taking apart.

use proptest::prelude::*;

use super::*;
use crate::core::json::check;

const LONGEST: usize = 1 << 20;

/// What is found in bytes that come in parts of these sizes, again and again; with the error at the end.
fn split(bytes: &[u8], sizes: &[usize], longest: usize) -> (Vec<Piece>, Option<SplitError>) {
    let mut pieces = Vec::new();
    let mut all = || {
        let mut splitter = Splitter::new(&bytes[..bytes.len().min(4)], longest)?;
        let (mut rest, mut sizes) = (bytes, sizes.iter().cycle());
        while !rest.is_empty() {
            let (mut part, after) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
            while !part.is_empty() {
                let (used, piece) = splitter.take(part)?;
                assert!(used > 0 || piece.is_some());
                pieces.extend(piece);
                part = &part[used..];
            }
            rest = after;
        }
        pieces.extend(splitter.finish()?);
        Ok(())
    };
    let error = all().err();
    (pieces, error)
}

type Found = (u64, Place, String);

fn texts(text: &str) -> (Vec<Found>, Option<(&'static str, Place)>) {
    let (pieces, error) = split(text.as_bytes(), &[1 << 20], LONGEST);
    let text = |piece: Piece| String::from_utf8(piece.bytes.unwrap()).unwrap();
    let pieces = pieces.into_iter().map(|piece| (piece.number, piece.place, text(piece)));
    (pieces.collect(), error.map(|error| (error.code, error.place)))
}

fn at(line: usize, column: usize) -> Place {
    Place { line, column }
}

fn found(number: u64, line: usize, column: usize, text: &str) -> Found {
    (number, at(line, column), text.to_owned())
}

#[test]
fn lines_keep_their_number_and_lose_their_ends() {
    let (pieces, error) = texts("\n{\"a\":1}\r\n  \t\r\n {\"b\":2} \n{\"ä\":3}");
    let expected = [found(2, 2, 1, "{\"a\":1}"), found(4, 4, 1, " {\"b\":2} "), found(5, 5, 1, "{\"ä\":3}")];
    assert_eq!((pieces.as_slice(), error), (expected.as_slice(), None));
}

#[test]
fn items_of_a_list_keep_their_position_and_their_place() {
    let (pieces, error) =
        texts("\u{feff}\n [\"ä]\\\"\", {\"a\": \"}\",\n  \"b\": [[1], 2]},\n-1e5 , null\n]\r\n");
    let expected = [
        found(1, 2, 3, "\"ä]\\\"\""),
        found(2, 2, 11, "{\"a\": \"}\",\n  \"b\": [[1], 2]}"),
        found(3, 4, 1, "-1e5"),
        found(4, 4, 8, "null"),
    ];
    assert_eq!((pieces.as_slice(), error), (expected.as_slice(), None));
}

#[test]
fn nothing_is_found_in_nothing() {
    for text in ["", " \n\t\r\n", "\u{feff}", "[]", " [\n] \n"] {
        assert_eq!(texts(text), (Vec::new(), None), "{text:?}");
    }
}

#[test]
fn what_ends_a_list_is_told_with_its_place() {
    for (text, pieces, code, place) in [
        ("[", 0, "json-unclosed", at(1, 2)),
        ("[{}", 1, "json-unclosed", at(1, 4)),
        ("[{},", 1, "json-unclosed", at(1, 5)),
        ("[{},\n {\"a\": 1, \"b", 1, "json-unclosed", at(2, 2)),
        ("[1, 2", 1, "json-unclosed", at(1, 5)),
        ("[{},\n]", 1, "json-trailing-comma", at(1, 4)),
        ("[,{}]", 0, "json-missing-value", at(1, 2)),
        ("[{},,{}]", 1, "json-missing-value", at(1, 5)),
        ("[{} {}]", 1, "json-unexpected", at(1, 5)),
        ("[{}}, {}]", 1, "json-unexpected", at(1, 4)),
        ("[{}]\n{}", 1, "json-trailing-data", at(2, 1)),
        ("[{}]\n[{}", 2, "json-unclosed", at(2, 4)),
        ("[]]", 0, "json-trailing-data", at(1, 3)),
        ("{\0}\0", 0, "file-encoding", at(1, 1)),
        ("\0\0\0\0", 0, "file-encoding", at(1, 1)),
    ] {
        let (found, error) = texts(text);
        assert_eq!((found.len(), error), (pieces, Some((code, place))), "{text:?}");
    }
}

#[test]
fn a_line_that_is_too_long_is_left_out_and_an_item_ends_the_list() {
    let text = "{\"a\":1}\n{\"long\":\"xxxxxxxxxxxx\"}\n{\"b\":2}\n";
    for sizes in [[3], [100]] {
        let (pieces, error) = split(text.as_bytes(), &sizes, 10);
        let kept: Vec<_> = pieces.iter().map(|piece| (piece.number, piece.bytes.is_some())).collect();
        assert_eq!((kept.as_slice(), error), ([(1, true), (2, false), (3, true)].as_slice(), None));
        let (pieces, error) = split(b"[{\"a\":1},\n{\"long\":\"xxxxxxxxxxxx\"}]", &sizes, 10);
        let error = error.unwrap();
        assert_eq!((pieces.len(), error.code, error.place), (1, "element-too-long", at(2, 1)));
    }
}

/// Texts that are nearly JSON.
fn nearly_json() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\"a\"",
        "\"a\":",
        "{\"a\":1}",
        "[1]",
        "1",
        "-",
        "null",
        " ",
        "\n",
        "\r\n",
        "ä",
        "/",
        "#",
        "{\"}\":\"]\"}",
        "\u{feff}",
    ]);
    prop::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
}

/// JSON values, as text, with white space here and there.
fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<i32>().prop_map(|number| number.to_string()),
        "\\PC{0,6}".prop_map(|text| super::super::quote(&text)),
        "[\"\\\\\\[\\]{},: ]{0,8}".prop_map(|text| super::super::quote(&text)),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let member = (any::<u8>(), inner.clone()).prop_map(|(key, value)| format!(" \"{key}]\" :\n{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(" , "))),
            prop::collection::vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

fn raw(piece: &Piece) -> &str {
    std::str::from_utf8(piece.bytes.as_deref().unwrap()).unwrap()
}

proptest! {
    #[test]
    fn however_the_bytes_come_the_same_is_found(
        text in prop_oneof![nearly_json(), nearly_json().prop_map(|text| format!("[{text}"))],
        sizes in prop::collection::vec(1_usize..9, 1..6),
        longest in prop_oneof![Just(6_usize), Just(LONGEST)],
    ) {
        let bytes = text.as_bytes();
        prop_assert_eq!(split(bytes, &sizes, longest), split(bytes, &[bytes.len().max(1)], longest));
    }

    #[test]
    fn a_list_is_its_items(items in prop::collection::vec(value(), 0..6), space in "[ \n\t]{0,2}") {
        let list = format!("{space}[{space}{}{space}]{space}", items.join(&format!("{space},{space}")));
        let (pieces, error) = split(list.as_bytes(), &[7], LONGEST);
        prop_assert_eq!(error, None);
        let found: Vec<&str> = pieces.iter().map(raw).collect();
        prop_assert_eq!(&found, &items);
        for piece in &pieces {
            prop_assert_eq!(&list[piece.offset..piece.offset + raw(piece).len()], raw(piece));
        }
        let theirs: serde_json::Value = serde_json::from_str(&list).unwrap();
        let ours: serde_json::Value = serde_json::from_str(&format!("[{}]", found.join(","))).unwrap();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn lists_whose_items_are_json_are_json_and_nothing_else_is(text in nearly_json().prop_map(|text| format!("[{text}"))) {
        let (pieces, error) = split(text.as_bytes(), &[LONGEST], LONGEST);
        let is_ours = error.is_none() && pieces.iter().all(|piece| check(raw(piece)).is_ok());
        let lists: Result<Vec<serde_json::Value>, _> = serde_json::Deserializer::from_str(&text).into_iter().collect();
        prop_assert_eq!(is_ours, lists.is_ok_and(|lists| lists.iter().all(serde_json::Value::is_array)));
    }

    #[test]
    fn lines_are_those_of_the_text_that_are_not_blank(text in nearly_json()) {
        let bare = text.trim_start_matches('\u{feff}');
        prop_assume!(!bare.trim_start().starts_with('[') && text.len() - bare.len() <= 3);
        let (pieces, error) = split(text.as_bytes(), &[5], LONGEST);
        prop_assert_eq!(error, None);
        let found: Vec<_> = pieces.iter().map(|piece| (piece.number, raw(piece).trim_start())).collect();
        let lines = bare.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).zip(1..);
        let expected: Vec<_> = lines
            .filter(|(line, _)| !line.bytes().all(is_space))
            .map(|(line, number)| (number, line.trim_start_matches([' ', '\t', '\r'])))
            .collect();
        prop_assert_eq!(found, expected);
    }
}
