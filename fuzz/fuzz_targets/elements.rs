//! Splits bytes into elements and rows: the result does not depend on the size of reads, and a list is valid if and only if it is JSON.
#![no_main]

use std::io::BufReader;

use hooks::core::csv::{CsvRow, Rows, delimiter};
use hooks::core::json::{Record, Records, check};
use libfuzzer_sys::fuzz_target;

const LONGEST: usize = 1 << 20;

/// The elements, and why reading ended early.
fn records(text: &[u8], size: usize) -> (Vec<Record>, Option<String>) {
    let records = Records::new("text".into(), BufReader::with_capacity(size, text), 0, LONGEST);
    let mut end = None;
    let found = records.map_while(|record| record.map_err(|error| end = Some(error)).ok()).collect();
    (found, end.map(|error| format!("{error:?}")))
}

fn rows(text: &[u8], size: usize) -> Vec<CsvRow> {
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut rows = Rows::new(BufReader::with_capacity(size, text), delimiter(first_line), 0, LONGEST);
    std::iter::from_fn(|| rows.next_row().expect("short rows")).collect()
}

fuzz_target!(|input: (u8, &str)| {
    let (size, text) = input;
    let (size, whole) = (usize::from(size) + 1, text.len().max(1));
    let (found, error) = records(text.as_bytes(), size);
    assert_eq!((&found, &error), (&records(text.as_bytes(), whole).0, &error));
    let raw =
        |record: &Record| String::from_utf8(record.bytes.clone().expect("short")).expect("whole characters");
    if text.trim_ascii_start().starts_with('[') && text.len() < LONGEST {
        let is_list = error.is_none() && found.iter().all(|record| check(&raw(record)).is_ok());
        let lists: Result<Vec<serde_json::Value>, _> =
            serde_json::Deserializer::from_str(text).into_iter().collect();
        match lists {
            Ok(lists) => assert_eq!(is_list, lists.iter().all(serde_json::Value::is_array)),
            // `serde_json` also refuses numbers beyond the range of floats, and nesting of the whole.
            Err(error) => {
                let error = error.to_string();
                assert!(!is_list || error.contains("recursion") || error.contains("out of range"), "{error}");
            }
        }
    }
    for record in &found {
        assert!(text[record.offset..].starts_with(&raw(record)));
    }
    let table = rows(text.as_bytes(), size);
    assert_eq!(table, rows(text.as_bytes(), whole));
    for row in &table {
        assert!(text.as_bytes()[row.offset..].starts_with(&row.raw));
        assert!(row.fields.iter().all(|field| row.raw.get(field.span.clone()).is_some()));
    }
});
