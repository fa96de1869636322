//! `JSONTestSuite`: `y_` files must be accepted and arrive unchanged, `n_` files must be refused with line and column.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hooks::core::diagnostic::Diagnostic;
use hooks::core::request::Element;
use hooks::io::files::decode;

/// The files of one kind: name and content.
fn suite(kind: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suites/json");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path));
    named
        .filter(|(name, _)| name.starts_with(kind))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

fn parse(bytes: Vec<u8>) -> Result<Element, Diagnostic> {
    Ok(Element::parse(Arc::new(decode("d.json", bytes)?))?.0)
}

fn compact(element: &Element) -> String {
    let mut out = Vec::new();
    element.write_compact(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn valid_documents_arrive_unchanged() {
    let files = suite("y_");
    assert!(files.len() > 60, "{}", files.len());
    for (name, bytes) in files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let element = parse(format!("{{\"v\": {text}}}").into_bytes())
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(element.root().get("v").unwrap().raw(), text.trim(), "{name}");
        let wrapped: serde_json::Value = serde_json::from_str(&compact(&element)).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(wrapped["v"], value, "{name}");
        let is_object = value.is_object();
        assert_eq!(
            parse(bytes).err().map(|error| error.code),
            (!is_object).then_some("element-not-object"),
            "{name}"
        );
    }
}

#[test]
fn invalid_documents_are_refused_with_line_and_column() {
    let files = suite("n_");
    assert!(files.len() > 130, "{}", files.len());
    let mut wrong = Vec::new();
    for (name, bytes) in files {
        let error = parse(bytes).expect_err(&name);
        let is_encoding = error.code == "file-encoding" && error.message.starts_with("`d.json:1:");
        let is_at_place = error.code.starts_with("json-") && error.primary.is_some();
        if !(is_encoding || is_at_place) || error.helps.is_empty() {
            wrong.push(format!("{name}: {error:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
