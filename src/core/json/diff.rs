//! The differences between two values.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Kind, Value};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffEntry {
    /// Its dotted path, as [`Value::find`] reads it; empty for the whole.
    pub path: String,
    /// The expected value as compact JSON; none if nothing was expected.
    pub expected: Option<String>,
    /// The actual value as compact JSON; none if it is missing.
    pub actual: Option<String>,
}

/// The differences between two values, at most `most`. The order of members is ignored, the last of duplicate keys counts,
/// and numbers are compared by value. `agree` decides whether a string is accepted in place of the expected one.
pub fn diff(
    expected: Value<'_>,
    actual: Value<'_>,
    most: usize,
    agree: &dyn Fn(&str, &str) -> bool,
) -> Vec<DiffEntry> {
    let mut search = Search { found: Vec::new(), most, agree };
    search.compare("", expected, actual);
    search.found
}

struct Search<'a> {
    found: Vec<DiffEntry>,
    most: usize,
    agree: &'a dyn Fn(&str, &str) -> bool,
}

impl Search<'_> {
    fn note(&mut self, path: &str, expected: Option<Value<'_>>, actual: Option<Value<'_>>) {
        if self.found.len() < self.most {
            self.found.push(DiffEntry {
                path: path.to_owned(),
                expected: expected.map(Value::to_compact),
                actual: actual.map(Value::to_compact),
            });
        }
    }

    fn compare(&mut self, path: &str, expected: Value<'_>, actual: Value<'_>) {
        if self.found.len() >= self.most {
            return;
        }
        match (expected.kind(), actual.kind()) {
            (Kind::Object, Kind::Object) => self.compare_objects(path, expected, actual),
            (Kind::List, Kind::List) => self.compare_lists(path, expected, actual),
            _ if self.is_same(expected, actual) => {}
            _ => self.note(path, Some(expected), Some(actual)),
        }
    }

    fn is_same(&self, expected: Value<'_>, actual: Value<'_>) -> bool {
        match (expected.as_text(), actual.as_text()) {
            (Some(expected), Some(actual)) => expected == actual || (self.agree)(&expected, &actual),
            (None, None) => {
                let are_numbers = expected.kind() == Kind::Number && actual.kind() == Kind::Number;
                expected.raw() == actual.raw() || are_numbers && are_equal(expected.raw(), actual.raw())
            }
            _ => false,
        }
    }

    fn compare_objects(&mut self, path: &str, expected: Value<'_>, actual: Value<'_>) {
        let own: HashMap<Cow<'_, str>, Value<'_>> = actual.members().collect();
        // Of duplicate keys the last one counts.
        let wanted: HashMap<Cow<'_, str>, Value<'_>> = expected.members().collect();
        let mut seen = HashSet::new();
        for (key, _) in expected.members() {
            if !seen.insert(key.clone()) {
                continue;
            }
            let path = below(path, &key);
            match own.get(&key) {
                Some(actual) => self.compare(&path, wanted[&key], *actual),
                None => self.note(&path, Some(wanted[&key]), None),
            }
        }
        for (key, _) in actual.members() {
            if seen.insert(key.clone()) {
                self.note(&below(path, &key), None, Some(own[&key]));
            }
        }
    }

    fn compare_lists(&mut self, path: &str, expected: Value<'_>, actual: Value<'_>) {
        let (mut expected, mut actual) = (expected.members(), actual.members());
        for position in 0.. {
            let path = below(path, &position.to_string());
            match (expected.next(), actual.next()) {
                (Some((_, expected)), Some((_, actual))) => self.compare(&path, expected, actual),
                (None, None) => return,
                (expected, actual) => {
                    self.note(&path, expected.map(|(_, value)| value), actual.map(|(_, value)| value));
                }
            }
        }
    }
}

fn below(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") }
}

/// Whether two numbers are equal; with more digits than a float keeps, only if they are written identically.
fn are_equal(a: &str, b: &str) -> bool {
    const EXACT: usize = 15;
    let is_exact = |text: &str| text.bytes().filter(u8::is_ascii_digit).count() <= EXACT;
    let value = |text: &str| text.parse::<f64>().ok().filter(|_| is_exact(text));
    matches!((value(a), value(b)), (Some(a), Some(b)) if a.to_bits() == b.to_bits())
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    fn differences(expected: &str, actual: &str) -> Vec<String> {
        let (left, right) = (check(expected).unwrap(), check(actual).unwrap());
        let agree = |expected: &str, actual: &str| expected == "any" && actual != "none";
        let found = diff(left.root(expected), right.root(actual), 10, &agree);
        let side = |side: &Option<String>| side.clone().unwrap_or("-".to_owned());
        found.iter().map(|at| format!("{}: {} {}", at.path, side(&at.expected), side(&at.actual))).collect()
    }

    #[test]
    fn equal_values_have_no_differences() {
        for (expected, actual) in [
            (r#"{"a": 1, "b": [2, {"c": null}]}"#, r#"{"b":[2.0,{"c":null}],"a":1e0}"#),
            (r#"{"a": 0, "a": 1}"#, r#"{"a": 1}"#),
            (r#""\u00e4""#, r#""ä""#),
            (r#"["any"]"#, r#"["some"]"#),
            ("12345678901234567890", "12345678901234567890"),
        ] {
            assert_eq!(differences(expected, actual), Vec::<String>::new(), "{expected}");
        }
    }

    #[test]
    fn each_difference_has_its_path() {
        let expected = r#"{"a": 1, "b": {"c": [true, "x"]}, "d": 2, "e": "any"}"#;
        let actual = r#"{"a": "1", "b": {"c": [false], "f": {}}, "e": "none"}"#;
        assert_eq!(
            differences(expected, actual),
            [
                r#"a: 1 "1""#,
                "b.c.0: true false",
                r#"b.c.1: "x" -"#,
                "b.f: - {}",
                "d: 2 -",
                r#"e: "any" "none""#
            ]
        );
        assert_eq!(
            differences("12345678901234567890", "12345678901234567891"),
            [": 12345678901234567890 12345678901234567891"]
        );
        assert_eq!(differences("[]", "{}"), [": [] {}"]);
    }

    #[test]
    fn the_number_of_differences_is_limited() {
        let list = format!("[{}1]", "1,".repeat(100));
        assert_eq!(differences(&list, "[]").len(), 10);
    }
}
