//! Reading many elements: positions, invalid elements, and errors that end reading.

use std::fs;
#[cfg(unix)]
use std::io::Write;
use std::path::{Path, PathBuf};

use hooks::core::diagnostic::Diagnostic;
use hooks::core::request::Element;
use hooks::io::files::{Elements, FileErrorKind, InputFormat, Prescan, prescan};
use hooks::output::report;
use hooks::output::style::Style;
use snapbox::{assert_data_eq, str};
use tempfile::TempDir;

/// A directory with a file of these bytes.
fn file(bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("answers.json");
    put(&path, bytes.as_ref());
    (folder, path)
}

#[expect(clippy::disallowed_methods, reason = "a file of the test's own")]
fn put(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
}

fn renamed(path: &Path, name: &str) -> PathBuf {
    let new = path.with_file_name(name);
    fs::rename(path, &new).unwrap();
    new
}

fn parse(item: hooks::io::files::Item) -> Result<String, Diagnostic> {
    let (element, _) = Element::parse(item.text?)?;
    let mut compact = Vec::new();
    element.write_compact(&mut compact);
    Ok(String::from_utf8(compact).unwrap())
}

/// Each element with its number, as compact JSON or the code of its error; then the error that ended reading early.
fn read(path: &Path) -> (Vec<(u64, String)>, Option<Diagnostic>) {
    let mut elements = Elements::open(path, InputFormat::of(Some(path))).unwrap();
    let mut found = Vec::new();
    while let Some(item) = elements.next() {
        match item {
            Ok(item) => found.push((item.number, parse(item).unwrap_or_else(|error| error.code.to_owned()))),
            Err(error) => {
                assert!(elements.next().is_none(), "an error is the end");
                return (found, Some(error));
            }
        }
    }
    (found, None)
}

fn prescanned(path: &Path) -> Prescan {
    prescan(path, InputFormat::of(Some(path))).unwrap().unwrap()
}

/// Findings as they are printed, without the directory.
fn shown(path: &Path) -> String {
    let folder = format!("{}/", path.parent().unwrap().display());
    let bad = prescanned(path).bad;
    bad.iter().map(|finding| report::text(finding, Style::OFF, None)).collect::<String>().replace(&folder, "")
}

#[test]
fn a_list_and_lines_contain_the_same_elements() {
    let list = "\u{feff}[{\"a\": 1.10},\r\n {\"b\": [\"]\"]} ]\r\n";
    let lines = "\u{feff}{\"a\": 1.10}\r\n\r\n{\"b\": [\"]\"]}";
    let [one, two] = [r#"{"a":1.10}"#, r#"{"b":["]"]}"#].map(str::to_owned);
    for (text, second) in [(list, 2), (lines, 3)] {
        let (_folder, path) = file(text);
        let (found, error) = read(&path);
        assert!(error.is_none());
        assert_eq!(found, [(1, one.clone()), (second, two.clone())]);
        let found = prescanned(&path);
        assert_eq!(found.elements, 2);
        assert!(found.bad.is_empty());
    }
}

#[test]
fn consecutive_lists_are_read_as_one() {
    let (_folder, path) = file("[{\"a\":1},{\"a\":2}]\n[]\n [{\"a\":3}]");
    let (found, error) = read(&path);
    assert!(error.is_none());
    assert_eq!(found, [1, 2, 3].map(|number| (number, format!("{{\"a\":{number}}}"))));
    let found = prescanned(&path);
    assert_eq!((found.elements, found.is_complete, found.bad.is_empty()), (3, true, true));
}

#[test]
fn a_recorded_delivery_is_an_element_and_one_object_is_one_line() {
    let (_folder, path) = file("{\"element_data\": {\"a\": 1}}");
    assert_eq!(read(&path).0, [(1, "{\"a\":1}".to_owned())]);
}

#[test]
fn an_empty_file_contains_no_elements() {
    for text in ["", "\u{feff}", " \n\n", "[]", "[ ]\n"] {
        let (_folder, path) = file(text);
        assert!(matches!(read(&path), (found, None) if found.is_empty()), "{text:?}");
        assert_eq!(prescanned(&path).elements, 0);
    }
}

#[test]
fn an_invalid_line_does_not_affect_others_and_is_shown_with_its_position() {
    let mut text = b"{\"a\": 1}\n{\"a\": tru}\n".to_vec();
    text.extend_from_slice(b"\n{\"\xc3\xa4\": \"\xff\"}\n[{}]\n{} {}\n{\"a\": \n{\"z\": 2}\n");
    let (_folder, path) = file(&text);
    let (found, error) = read(&path);
    let found: Vec<(u64, &str)> = found.iter().map(|(number, text)| (*number, text.as_str())).collect();
    assert!(error.is_none());
    assert_eq!(
        found,
        [
            (1, "{\"a\":1}"),
            (2, "json-syntax"),
            (4, "file-encoding"),
            (5, "element-not-object"),
            (6, "json-trailing-data"),
            (7, "json-unclosed"),
            (8, "{\"z\":2}"),
        ]
    );
    assert_data_eq!(
        shown(&path),
        str![[r#"
error[json-syntax]: expected a value
 --> answers.json:2:7
  |
2 | {"a": tru}
  |       ^^^^
  |
  = help: put text in double quotes, or write `null` for a missing value

error[file-encoding]: `answers.json:4:8` is not UTF-8: byte 0xFF at offset 29
  = help: save it as UTF-8

error[element-not-object]: expected a JSON object, found a list
 --> answers.json:5:1
  |
5 | [{}]
  | ^
  |
  = help: remove the brackets, so that each line is one element

error[json-trailing-data]: unexpected data after the value
 --> answers.json:6:4
  |
6 | {} {}
  |    ^
  |
  = help: put each element on its own line

error[json-unclosed]: the JSON is truncated inside a value
 --> answers.json:7:6
  |
7 | {"a": 
  |      ^
  |
  = help: add the missing bracket or quote, or check that the file is complete


"#]]
    );
}

#[test]
fn an_invalid_item_of_a_list_is_shown_with_its_position() {
    let (_folder, path) = file("[{\"a\": 1}, {\"a\": 01},\n  {\n    \"b\": 'x'\n  }, 7]");
    let (found, error) = read(&path);
    assert!(error.is_none());
    assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_data_eq!(
        shown(&path),
        str![[r#"
error[json-syntax]: invalid number
 --> answers.json:1:19
  |
1 |            {"a": 01}
  |                   ^
  |
  = help: remove leading zeros, `+` and a final `.`, or put text in double quotes

error[json-single-quotes]: strings need double quotes
 --> answers.json:3:10
  |
3 |     "b": 'x'
  |          ^
  |
  = help: write `"…"` instead of `'…'`

error[element-not-object]: expected a JSON object, found a number
 --> answers.json:4:6
  |
4 |      7
  |      ^
  |
  = help: `hooks sample ELEMENT` prints an element to start from


"#]]
    );
}

#[test]
fn an_error_that_ends_reading_has_a_position_and_help() {
    let cases = [
        "[{\"a\": 1},\n {\"b\": \"",
        "[{\"a\": 1}\n {\"b\": 2}]",
        "[{\"a\": 1},\n]",
        "[{\"a\": 1}]\n{\"b\": 2}",
        "\n{\n  \"a\": 1\n}\n",
        "{\0\"\0a\0\"\0:\x001\0}\0",
        "\0\0\0\0\0\0",
    ];
    let mut all = String::new();
    for text in cases {
        let (_folder, path) = file(text);
        assert!(read(&path).1.is_some(), "{text:?}");
        all.push_str(&shown(&path));
    }
    assert_data_eq!(
        all,
        str![[r#"
error[json-unclosed]: the list is truncated inside element 2, which starts here
--> answers.json:2:2
 = help: check that the file is complete, and that no bracket or quote is missing before this position

error[json-syntax]: expected `,` or `]`
--> answers.json:2:2
 = help: separate the elements of a list with commas

error[json-trailing-comma]: trailing comma after the last element
--> answers.json:1:10
 = help: remove it

error[json-trailing-data]: unexpected data after the list
--> answers.json:2:1
 = help: pass lists one after the other, or one element per line without brackets

error[element-over-lines]: the first element spans several lines
 --> answers.json:2:1
  |
2 | {
  | ^
  |
  = help: pass many elements as a JSON list or one per line; `jq -c .` writes each on its own line

error[file-encoding]: `answers.json` is UTF-16, not UTF-8
  = help: save it as UTF-8

error[file-encoding]: `answers.json` is not text: it begins with a zero byte
  = help: pass a JSON list, or one element per line


"#]]
    );
}

#[test]
fn a_list_in_an_object_over_several_lines_is_named_with_its_path() {
    let element = r#"{"id": "1", "email": "a@example.com"}"#;
    let cases = [
        (format!("{{\n  \"data\": [\n    {element}\n  ],\n  \"total\": 1\n}}\n"), ".data[]"),
        (format!("{{\"data\": [\n{element},\n{element}\n], \"total\": 2}}\n"), ".data[]"),
        (
            "{\"data\": [{\n  \"id\": \"1\",\n  \"email\": \"a@example.com\"\n}, {\n  \"id\": \"1\",\n  \"email\": \"b@example.com\"\n}],\n\"total\": 2}\n".to_owned(),
            ".data[]",
        ),
        (format!("{{\n  \"data\":\n  [\n{element}\n]\n}}\n"), ".data[]"),
        (format!("{{\n  \"data\": {{\n  \"items\": [\n{element}\n]\n}}\n}}\n"), ".data.items[]"),
        (format!("{{\n  \"links\": [\n  1\n  ],\n  \"data\": [\n{element}\n]\n}}\n"), ".data[]"),
    ];
    for (text, jq) in cases {
        let (_folder, path) = file(&text);
        let shown = shown(&path);
        assert!(shown.starts_with("error[element-wrapped]"), "{text}\n{shown}");
        assert!(shown.contains(&format!("`jq -c '{jq}'` prints them")), "{text}\n{shown}");
    }
}

#[test]
fn a_truncated_first_line_is_one_invalid_line() {
    let (_folder, path) = file("{\"a\": \"\n{\"b\": 2}\n");
    let (found, error) = read(&path);
    assert!(error.is_none());
    assert_eq!(found, [(1, "json-unclosed".to_owned()), (2, "{\"b\":2}".to_owned())]);
    let (_folder, path) = file("{\"a\": ");
    assert_eq!(read(&path).0, [(1, "json-unclosed".to_owned())]);
}

#[test]
fn the_first_invalid_lines_are_kept_and_the_others_counted() {
    let (_folder, path) = file("nul\n".repeat(1_000));
    let found = prescanned(&path);
    assert_eq!((found.elements, found.bad.len(), found.more), (1_000, Prescan::KEPT, 1_000 - 20));
    assert_eq!(found.bad[19].primary.as_ref().unwrap().start().line, 20);
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    let (_folder, path) = file("");
    // From FIPS 180-4's examples.
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(prescanned(&path).sha256, empty);
    let long = "{\"a\":1}\n".repeat(100_000);
    let (_folder, path) = file(&long);
    assert_eq!(prescanned(&path).sha256, hooks::core::backfill::fingerprint(long.as_bytes()));
}

#[test]
fn a_long_line_and_many_lines_are_read() {
    let long = format!("{{\"a\":\"{}\"}}\n{{}}\n", "x".repeat(10 << 20));
    let (_folder, path) = file(&long);
    let (found, error) = read(&path);
    assert!(error.is_none());
    assert_eq!((found[0].1.len(), found[1].1.as_str()), ((10 << 20) + 8, "{}"));
    let (_folder, path) = file("{\"a\":1}\n".repeat(1_000_000));
    let mut last = 0;
    for item in Elements::open(&path, InputFormat::Json).unwrap() {
        last += 1;
        assert_eq!(item.unwrap().number, last);
    }
    assert_eq!(last, 1_000_000);
}

#[test]
fn directories_devices_and_missing_files_are_distinguished() {
    let folder = TempDir::new().unwrap();
    let json = InputFormat::Json;
    let kind =
        |path: &Path| (Elements::open(path, json).unwrap_err().kind, prescan(path, json).unwrap_err().kind);
    assert!(matches!(kind(folder.path()), (FileErrorKind::Directory, FileErrorKind::Directory)));
    let missing = folder.path().join("none");
    assert!(matches!(kind(&missing), (FileErrorKind::Missing, FileErrorKind::Missing)));
    if cfg!(unix) {
        let zero = kind(Path::new("/dev/zero"));
        assert!(matches!(zero, (FileErrorKind::Device, FileErrorKind::Device)));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once_and_not_prescanned() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Without a writer, opening it would wait forever.
    assert!(prescan(&pipe, InputFormat::Json).unwrap().is_none());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut pipe = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
            for part in ["{\"a\":1}\n{\"b\"", ":2}"] {
                pipe.write_all(part.as_bytes()).unwrap();
            }
        });
        let (found, error) = read(&pipe);
        assert!(error.is_none());
        assert_eq!(found, [(1, "{\"a\":1}".to_owned()), (2, "{\"b\":2}".to_owned())]);
    });
}

#[test]
fn a_table_from_a_spreadsheet_is_read_row_by_row() {
    let text = "\u{feff}email;amount;Gr\u{f6}\u{df}e\r\na@example.com;2;\"4\n2\"\r\n;;\r\nb@example.com;zwei;\r\nc@example.com;;x\r\n";
    let (_folder, path) = file(text);
    let path = renamed(&path, "answers.csv");
    let (found, error) = read(&path);
    assert!(error.is_none());
    assert_eq!(
        found,
        [
            (
                2,
                "{\"email\":\"a@example.com\",\"amount\":2,\"payload\":{\"Gr\u{f6}\u{df}e\":\"4\\n2\"}}"
                    .to_owned()
            ),
            (5, "csv-value".to_owned()),
            (
                6,
                "{\"email\":\"c@example.com\",\"amount\":null,\"payload\":{\"Gr\u{f6}\u{df}e\":\"x\"}}"
                    .to_owned()
            ),
        ]
    );
    let found = prescanned(&path);
    assert_eq!((found.elements, found.is_complete), (3, true));
    let note = found.note.unwrap();
    assert_eq!(note.message, "`Gr\u{f6}\u{df}e` is sent below `payload`, as text");
    assert_data_eq!(
        shown(&path),
        str![[r#"
error[csv-value]: expected an integer for `amount`, found `zwei`
 --> answers.csv:5:15
  |
5 | b@example.com;zwei;
  |               ^^^^
  |
  = help: change the value, or leave it empty


"#]]
    );
}

#[test]
fn an_unreadable_table_has_an_error_with_the_reason() {
    let mut all = String::new();
    for text in [
        &b"a@example.com,2\n"[..],
        b"email,email\n",
        b"email,Gr\xf6\xdfe\n",
        b"email\na\nb\xf6\n\"c,\n",
        b"email,amount\na\n",
        b"PK\x03\x04",
    ] {
        let (_folder, path) = file(text);
        all.push_str(&shown(&renamed(&path, "answers.csv")));
    }
    assert_data_eq!(
        all,
        str![[r#"
error[csv-header]: the first row contains no field name of `rsvp_answer`
 --> answers.csv:1:1
  |
1 | a@example.com,2
  | ^^^^^^^^^^^^^^^
  |
  = help: it must contain column names such as `email` or `amount`; `hooks vars rsvp_answer` lists them

error[csv-header]: duplicate column `email`
 --> answers.csv:1:7
  |
1 | email,email
  |       ^^^^^
  |
  = help: rename or remove one of them

error[file-encoding]: `answers.csv:1:9` is not UTF-8: byte 0xF6 at offset 8
  = help: save it as UTF-8

error[file-encoding]: `answers.csv:3:2` is not UTF-8: byte 0xF6 at offset 9
  = help: save it as UTF-8

error[csv-row]: the row has 1 field, but the table has 2 columns
 --> answers.csv:2:1
  |
2 | a
  | ^
  |
  = help: put fields that contain the delimiter, a quote or a line break in double quotes

error[data-format]: `answers.csv` is a ZIP archive or a spreadsheet, not CSV
  = help: unpack it, or export the sheet as CSV or JSON


"#]]
    );
    let (_folder, path) = file("email,amount\n\n");
    assert!(matches!(read(&renamed(&path, "empty.csv")), (found, None) if found.is_empty()));
}
