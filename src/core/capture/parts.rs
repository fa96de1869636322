//! The parts of a saved request, as far as its format contains them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::core::json::{self, Kind, Value};
use crate::core::received::{BodyCoverage, Coverage, ReceivedRequest, RequestHead, masks};

use super::captured::{Captured, Format};

pub(super) type Headers = Vec<(String, Vec<u8>)>;

#[derive(Debug, Clone, Default)]
pub struct RequestParts {
    pub method: Option<String>,
    /// The URL, or path and query.
    pub target: Option<String>,
    /// None if the format contains no headers.
    pub headers: Option<Headers>,
    pub body: Body,
}

#[derive(Debug, Clone, Default)]
pub struct Body {
    pub bytes: Vec<u8>,
    /// The size of the whole body, if it is known.
    pub announced: Option<usize>,
    /// Why it is known to be missing or truncated.
    pub problem: Option<(BodyCoverage, String)>,
}

impl RequestParts {
    pub fn captured(self, format: Format, line: usize) -> Captured {
        let Self { method, target, headers, body } = self;
        let body_bytes = body.bytes.len();
        let (bytes, body_coverage, body_problem) = body.assess();
        let coverage = Coverage {
            method: method.is_some(),
            target: target.is_some(),
            headers: headers.is_some(),
            body: body_coverage,
            masks: true,
        };
        let (method, target) = (method.unwrap_or_default(), target.unwrap_or_default());
        let headers = headers.unwrap_or_default();
        let lines = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        let head = RequestHead::written(&method, &target, "HTTP/1.1", lines);
        let texts = [target.as_bytes(), &bytes];
        let values = headers.iter().map(|(_, value)| value.as_slice());
        let masked = values.chain(texts).map(|text| masks(&String::from_utf8_lossy(text)).len()).sum();
        let request = ReceivedRequest { head, body: bytes };
        Captured { format, line, request, coverage, body_bytes, body_problem, masked }
    }
}

impl Body {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }

    pub(super) fn missing(why: impl Into<String>) -> Self {
        Self { problem: Some((BodyCoverage::Missing, why.into())), ..Self::default() }
    }

    pub(super) fn from_base64(text: &str) -> Self {
        let decoded = STANDARD.decode(text);
        decoded.map_or_else(|_| Self::missing("the body cannot be read: it is not valid base64"), Self::new)
    }

    /// The bytes to compare (truncated JSON is closed), how much of the body that is, and what is wrong with it.
    fn assess(self) -> (Bytes, BodyCoverage, Option<String>) {
        let (length, announced) = (self.bytes.len(), self.announced.unwrap_or(0));
        let text = std::str::from_utf8(&self.bytes).ok();
        let is_json = text.is_some_and(|text| json::check(text).is_ok());
        let completed = text.filter(|_| !is_json).and_then(json::completed);
        let masked = text.map(masks).unwrap_or_default();
        let problem = self.problem.or_else(|| {
            Some(if masked.first() == Some(&(0..length)) {
                (BodyCoverage::Missing, "the body is unknown: its text is masked".to_owned())
            } else if length == 0 && announced > 0 {
                (BodyCoverage::Missing, format!("the body is missing: `Content-Length` is {announced}"))
            } else if length < announced && (!is_json || masked.is_empty()) {
                let why = format!("the body is truncated: it has {length} of {announced} bytes");
                (if is_json { BodyCoverage::Complete } else { BodyCoverage::Cut }, why)
            } else if completed.is_some() {
                (BodyCoverage::Cut, "the body is truncated: its JSON is incomplete".to_owned())
            } else {
                return None;
            })
        });
        let coverage = match problem.as_ref().map_or(BodyCoverage::Complete, |(coverage, _)| *coverage) {
            // The beginning of a body that is not JSON cannot be compared.
            BodyCoverage::Cut if completed.is_none() && !is_json => BodyCoverage::Missing,
            coverage => coverage,
        };
        let bytes = completed.map_or(self.bytes, String::into_bytes).into();
        (bytes, coverage, problem.map(|(_, why)| why))
    }
}

/// The text of a member of an object.
pub(super) fn text_of(object: Value<'_>, name: &str) -> Option<String> {
    object.get(name)?.as_text().map(std::borrow::Cow::into_owned)
}

/// Headers as an object with one or more values each, or as a list of objects or pairs. The pseudo-headers of HTTP/2 are
/// omitted: they repeat the rest of the request.
pub(super) fn headers(value: Value<'_>) -> Option<Headers> {
    let bytes = |value: Value<'_>| value.to_text().into_owned().into_bytes();
    let mut headers = Headers::new();
    for (name, own) in value.members() {
        if value.kind() == Kind::Object {
            let values = if own.kind() == Kind::List {
                own.members().map(|(_, item)| item).collect()
            } else {
                vec![own]
            };
            headers.extend(values.into_iter().map(|own| (name.clone().into_owned(), bytes(own))));
        } else {
            let name = own.get("name").or_else(|| own.get("key")).or_else(|| own.item(0))?.as_text()?;
            let value = own.get("value").or_else(|| own.item(1));
            headers.push((name.into_owned(), value.map(bytes).unwrap_or_default()));
        }
    }
    headers.retain(|(name, _)| !name.starts_with(':'));
    matches!(value.kind(), Kind::Object | Kind::List).then_some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assessed(bytes: &str, announced: Option<usize>) -> (BodyCoverage, Option<String>, String) {
        let (bytes, coverage, problem) = Body { announced, ..Body::new(bytes) }.assess();
        (coverage, problem, String::from_utf8(bytes.to_vec()).unwrap())
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
