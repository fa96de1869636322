//! Which parts of a request are known. A received request is known completely; a saved one may lack its URL, or contain
//! masks instead of secrets.

use super::foreign_mask;

/// The parts of a request that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    pub method: bool,
    pub target: bool,
    pub headers: bool,
    pub body: BodyCoverage,
    /// Whether a mask such as `***` matches any text.
    pub masks: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyCoverage {
    Complete,
    /// Its beginning, completed to valid JSON if possible.
    Cut,
    Missing,
}

impl Coverage {
    /// A request as it was received.
    pub const FULL: Self =
        Self { method: true, target: true, headers: true, body: BodyCoverage::Complete, masks: false };

    /// Whether a text is the expected one, given as the literals between its wildcards. With `masks`, a mask matches any text.
    pub(super) fn agrees(self, expected: &[&str], actual: &str) -> bool {
        if !self.masks {
            return matches_pattern(expected, actual);
        }
        let expected_literals: Vec<&str> =
            expected.iter().flat_map(|text| foreign_mask::literals(text)).collect();
        let actual_literals = foreign_mask::literals(actual);
        match (expected_literals.as_slice(), actual_literals.as_slice()) {
            ([expected], [actual]) => expected == actual,
            (pattern, [_]) => matches_pattern(pattern, actual),
            ([expected], pattern) => matches_pattern(pattern, expected),
            (left, right) => {
                let (starts, ends) = ((left.first(), right.first()), (left.last(), right.last()));
                let fit = |pair: (Option<&&str>, Option<&&str>), is_part: fn(&str, &str) -> bool| match pair {
                    (Some(a), Some(b)) => is_part(a, b) || is_part(b, a),
                    _ => false,
                };
                // With a wildcard on both sides, only what is before the first and after the last matters.
                fit(starts, |a, b| a.starts_with(b)) && fit(ends, |a, b| a.ends_with(b))
            }
        }
    }

    /// Whether a JSON value is a mask as a whole.
    pub(super) fn is_masked(self, json: Option<&str>) -> bool {
        self.masks && json.is_some_and(|text| foreign_mask::is_mask(text.trim_matches('"')))
    }
}

/// Whether a text consists of these literals, in this order, with any text between them.
fn matches_pattern(literals: &[&str], text: &str) -> bool {
    let [first, middle @ .., last] = literals else { return literals == [text] };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for literal in middle {
        let Some(at) = rest.find(literal) else { return false };
        rest = &rest[at + literal.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_on_either_side_matches_any_text() {
        let masked = Coverage { masks: true, ..Coverage::FULL };
        for (expected, actual) in [
            ("Bearer t0ken", "Bearer ***"),
            ("Bearer t0ken", "***"),
            ("*** at home", "Jane at home"),
            ("*** at home", "J*** at home"),
            ("a-[FILTERED]-b", "a-1-b"),
            ("same", "same"),
        ] {
            assert!(masked.agrees(&[expected], actual), "{expected} {actual}");
            assert_eq!(Coverage::FULL.agrees(&[expected], actual), expected == actual, "{expected} {actual}");
        }
        for (expected, actual) in [("Bearer t0ken", "Basic ***"), ("*** at home", "*** at work"), ("a", "b")]
        {
            assert!(!masked.agrees(&[expected], actual), "{expected} {actual}");
        }
    }
}
