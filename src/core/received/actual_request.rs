//! A request that is compared with the webhooks: its body is parsed once.

use std::borrow::Cow;
use std::sync::Arc;

use crate::core::body::Content;
use crate::core::catalog::detect_element;
use crate::core::json::{self, Document, Kind, Value};
use crate::core::model::TriggerElement;
use crate::core::request::Element;
use crate::core::text::{Source, one_line};

use super::ReceivedRequest;
use super::coverage::{BodyCoverage, Coverage};
use super::difference::{Difference, RequestPart};

pub(super) const ELEMENT_DATA: &str = "element_data";

pub(super) struct ActualRequest<'r> {
    pub(super) received: &'r ReceivedRequest,
    pub(super) coverage: Coverage,
    body: Result<(Cow<'r, str>, Document), Difference>,
    /// The element that the body contains.
    pub(super) element: Option<Element>,
    /// The kinds that the element looks like.
    pub(super) kinds: Vec<TriggerElement>,
}

impl<'r> ActualRequest<'r> {
    pub(super) fn new(received: &'r ReceivedRequest, coverage: Coverage) -> Self {
        let mut actual =
            Self { received, coverage, body: parsed_body(received), element: None, kinds: Vec::new() };
        if let (true, Ok((text, document))) = (coverage.body != BodyCoverage::Missing, &actual.body)
            && let Some(data) = document.root(text).get(ELEMENT_DATA).filter(|own| own.kind() == Kind::Object)
        {
            actual.kinds = detect_element(data);
            let source = Arc::new(Source::new("the request", &**text));
            actual.element = Element::parse(source).ok().map(|(element, _)| element);
        }
        actual
    }

    /// The body as JSON, or the difference to report if it is not JSON.
    pub(super) fn root(&self) -> Result<Value<'_>, &Difference> {
        self.body.as_ref().map(|(text, document)| document.root(text))
    }
}

fn parsed_body(received: &ReceivedRequest) -> Result<(Cow<'_, str>, Document), Difference> {
    let not_json = |actual: &str| {
        let actual = Some(actual).filter(|text| !text.is_empty());
        Difference::new(RequestPart::Body(String::new()), Some("JSON"), actual)
    };
    if received.body.is_empty() {
        return Err(not_json(""));
    }
    let decoded = received.decoded_body();
    let note = decoded.note();
    let text = match decoded.content {
        Content::Text(text) if !decoded.is_incomplete => text,
        Content::Parts(_) => return Err(not_json("a multipart form")),
        Content::Escaped(_, expected) => return Err(not_json(&format!("invalid {expected}"))),
        _ => return Err(not_json(&note.unwrap_or_default())),
    };
    let document = json::check(&text)
        .map_err(|error| not_json(&format!("invalid JSON ({})", one_line(&error.message))))?;
    Ok((text, document))
}
