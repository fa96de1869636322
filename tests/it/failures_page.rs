//! `docs/failures.md` says what the catalogue says, and the catalogue has all that is said.

use std::path::Path;

use hooks::core::exchange::{ElementFault, failures_page};
use regex::Regex;

/// A finding of the whole input, at which a run does not begin or ends, and one that hinders nothing.
const OF_NO_ELEMENT: [&str; 2] = ["element-over-lines", "element-data-hidden"];

#[test]
fn failures_page_is_fresh() {
    snapbox::assert_data_eq!(failures_page(), snapbox::file!("../../docs/failures.md").raw());
}

#[test]
fn everything_that_can_be_wrong_with_an_element_is_in_the_catalogue() {
    let code =
        Regex::new(r#""((?:json|file-encoding|element|set|header-value|variable-missing)[a-z-]*)""#).unwrap();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for file in [
        "core/json/scan/mod.rs",
        "core/json/scan/offence.rs",
        "core/json/split/offence.rs",
        "core/request/element.rs",
        "core/request/judge.rs",
        "core/request/plan.rs",
        "io/files/elements.rs",
    ] {
        let text = std::fs::read_to_string(top.join(file)).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        let codes = code.captures_iter(text).map(|captures| captures.extract::<1>().1[0]);
        for code in codes.filter(|code| code.contains('-') && !OF_NO_ELEMENT.contains(code)) {
            seen += 1;
            let fault = ElementFault::parse(code).unwrap_or_else(|| panic!("{file}: `{code}` has no entry"));
            assert_eq!(fault.name(), code);
        }
    }
    assert!(seen > 30, "{seen}");
}
