//! `docs/failures.md` is current, and the failure table is complete.

use std::path::Path;

use hooks::core::delivery::{FailureKind, failures_page};
use regex::Regex;

/// Findings about the whole input, and warnings.
const OF_NO_ELEMENT: [&str; 4] =
    ["element-over-lines", "element-data-hidden", "csv-header", "csv-form-columns"];

#[test]
fn failures_page_is_fresh() {
    snapbox::assert_data_eq!(failures_page(), snapbox::file!("../../docs/failures.md").raw());
}

#[test]
fn every_error_about_an_element_is_in_the_failure_table() {
    let code =
        Regex::new(r#""((?:json|csv|file-encoding|element|set|header-value|variable-missing)[a-z-]*)""#)
            .unwrap();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for file in [
        "core/json/records.rs",
        "core/json/syntax.rs",
        "core/request/answer_columns.rs",
        "core/request/element.rs",
        "core/request/validate.rs",
        "core/request/render.rs",
        "io/files/elements.rs",
    ] {
        let text = std::fs::read_to_string(top.join(file)).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        let codes = code.captures_iter(text).map(|captures| captures.extract::<1>().1[0]);
        for code in codes.filter(|code| code.contains('-') && !OF_NO_ELEMENT.contains(code)) {
            seen += 1;
            let is_known = FailureKind::of_element(code).is_some();
            assert!(is_known, "{file}: `{code}` is not in the table");
        }
    }
    assert!(seen > 25, "{seen}");
}
