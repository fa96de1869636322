//! The body of a saved request: complete, cut off, or missing.

use bytes::Bytes;

use crate::core::json;
use crate::core::received::{BodyCoverage, masks};

/// The body as far as a format contains it.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// The bytes that there are.
    pub bytes: Vec<u8>,
    /// How many there should be, where that is known.
    pub announced: Option<usize>,
    /// Why it is known to be missing or cut.
    pub problem: Option<(BodyCoverage, String)>,
}

/// A body that can be compared.
pub(super) struct AssessedBody {
    /// The bytes to compare: of a JSON body that is cut, what there is of it, closed.
    pub(super) bytes: Bytes,
    pub(super) coverage: BodyCoverage,
    pub(super) length: usize,
    pub(super) problem: Option<String>,
}

impl Body {
    /// A body of which these are all bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }

    /// One that is not there.
    pub(super) fn missing(why: impl Into<String>) -> Self {
        Self { problem: Some((BodyCoverage::Missing, why.into())), ..Self::default() }
    }

    /// Determines whether it is complete.
    pub(super) fn assess(self) -> AssessedBody {
        let (length, announced) = (self.bytes.len(), self.announced.unwrap_or(0));
        let text = std::str::from_utf8(&self.bytes).ok();
        let is_json = text.is_some_and(|text| json::check(text).is_ok());
        let completed = text.filter(|_| !is_json).and_then(json::completed);
        let masked = text.map(masks).unwrap_or_default();
        let is_masked = !masked.is_empty();
        let is_unknown = masked.first() == Some(&(0..length));
        let mut problem = self.problem;
        if problem.is_none() && is_unknown {
            problem = Some((BodyCoverage::Missing, "the body is unknown: its text is masked".to_owned()));
        }
        if problem.is_none() && length == 0 && announced > 0 {
            let why = format!("the body is missing: `Content-Length` is {announced}");
            problem = Some((BodyCoverage::Missing, why));
        } else if problem.is_none() && length < announced && !(is_json && is_masked) {
            let why = format!("the body is truncated: it has {length} of {announced} bytes");
            problem = Some((if is_json { BodyCoverage::Complete } else { BodyCoverage::Cut }, why));
        } else if problem.is_none() && completed.is_some() {
            problem = Some((BodyCoverage::Cut, "the body is truncated: its JSON is incomplete".to_owned()));
        }
        let coverage = problem.as_ref().map_or(BodyCoverage::Complete, |(coverage, _)| *coverage);
        // The beginning of a body that is not JSON cannot be compared.
        let coverage = match (coverage, completed.is_some() || is_json) {
            (BodyCoverage::Cut, false) => BodyCoverage::Missing,
            (coverage, _) => coverage,
        };
        let bytes = completed.map_or(self.bytes, String::into_bytes).into();
        AssessedBody { bytes, coverage, length, problem: problem.map(|(_, why)| why) }
    }
}

/// Text in UTF-16 with a byte-order mark, as PowerShell writes it.
pub(super) fn from_utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assessed(bytes: &str, announced: Option<usize>) -> (BodyCoverage, Option<String>, String) {
        let assessed = Body { announced, ..Body::new(bytes) }.assess();
        (assessed.coverage, assessed.problem, String::from_utf8(assessed.bytes.to_vec()).unwrap())
    }

    #[test]
    fn an_incomplete_body_is_detected() {
        let cut = "the body is truncated: it has 11 of 20 bytes".to_owned();
        assert_eq!(
            assessed(r#"{"a": 1, "b"#, Some(20)),
            (BodyCoverage::Cut, Some(cut.clone()), r#"{"a": 1}"#.to_owned())
        );
        let breaks_off = Some("the body is truncated: its JSON is incomplete".to_owned());
        assert_eq!(assessed(r#"{"a": 1, "b"#, None), (BodyCoverage::Cut, breaks_off, r#"{"a": 1}"#.into()));
        assert_eq!(assessed("hello there", Some(20)).0, BodyCoverage::Missing);
        assert_eq!(
            assessed(r#"{"a": "b"} "#, Some(20)),
            (BodyCoverage::Complete, Some(cut), r#"{"a": "b"} "#.into())
        );
        assert_eq!(assessed(r#"{"a": "***"}"#, Some(20)).1, None);
        assert_eq!(assessed("", Some(3)).0, BodyCoverage::Missing);
        assert_eq!(assessed("", None), (BodyCoverage::Complete, None, String::new()));
    }
}
