//! A webhook as rules see it: every value is parsed once.

use std::borrow::Cow;

use url::Url;

use crate::core::catalog::LearnedFields;
use crate::core::definitions::edit::{Change, FieldPath};
use crate::core::diagnostic::Diagnostic;
use crate::core::model::{Field, FieldValue, Webhook};
use crate::core::request::{Environment, parse_target};
use crate::core::secrets::{shown_field, shown_header, shown_url};
use crate::core::template::{self, Segment, Template};
use crate::core::text::{Span, Spanned};

pub(super) struct ParsedWebhook<'a> {
    pub(super) definition: &'a Webhook,
    pub(super) url: ParsedValue<'a>,
    pub(super) header: Vec<ParsedValue<'a>>,
    pub(super) body: Vec<ParsedValue<'a>>,
    pub(super) target: PayloadTarget,
    /// Where `${NAME}` is looked up, with `--env`.
    pub(super) environment: Option<&'a dyn Environment>,
    pub(super) learned: &'a LearnedFields,
}

pub(super) struct ParsedValue<'a> {
    pub(super) field: FieldPath,
    text: &'a str,
    pub(super) span: &'a Span,
    /// Whether it is a JSON value other than a string.
    pub(super) is_json: bool,
    /// Whether it is in a list, which `--fix` does not edit.
    is_item: bool,
    /// None for plain text.
    template: Option<Result<Template, Vec<Spanned<Diagnostic>>>>,
}

/// None for plain text.
fn parsed(text: &str) -> Option<Result<Template, Vec<Spanned<Diagnostic>>>> {
    text.contains(['{', '$']).then(|| template::parse(text))
}

pub(super) enum PayloadTarget {
    Valid(Url),
    /// Valid for some values of its environment variables, such as the ones in this URL.
    Possible(Url),
    Invalid(Spanned<Diagnostic>),
    /// It depends on the environment, or its template is invalid.
    Unknown,
}

impl<'a> ParsedWebhook<'a> {
    pub(super) fn new(
        definition: &'a Webhook,
        environment: Option<&'a dyn Environment>,
        learned: &'a LearnedFields,
    ) -> Self {
        let parse = |path: fn(String) -> FieldPath| {
            move |field: &'a Field| {
                let (value, span) = (&field.value.value, &field.value.span);
                let template = match value {
                    FieldValue::Text(text) => parsed(text),
                    FieldValue::Json(json) => template::reference(json).and_then(|_| parsed(json)),
                };
                ParsedValue {
                    field: path(field.key.value.clone()),
                    text: value.as_str(),
                    span,
                    is_json: value.is_json(),
                    is_item: field.is_item,
                    template,
                }
            }
        };
        let url = FieldPath::Field("payload_url".to_owned());
        let Spanned { value: text, span } = &definition.payload_url;
        let url =
            ParsedValue { field: url, text, span, is_json: false, is_item: false, template: parsed(text) };
        let header = definition.header.iter().map(parse(FieldPath::Header)).collect();
        let body = definition.body.iter().map(parse(FieldPath::Body)).collect();
        Self { definition, target: target(&url), url, header, body, environment, learned }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &ParsedValue<'a>> {
        std::iter::once(&self.url).chain(self.fields())
    }

    /// The header and body values, in which variables are replaced.
    pub(super) fn fields(&self) -> impl Iterator<Item = &ParsedValue<'a>> {
        self.header.iter().chain(&self.body)
    }

    /// The change that replaces a value, if `--fix` can edit it.
    pub(super) fn rewrite(&self, value: &ParsedValue<'_>, new: impl Into<String>) -> Option<Change> {
        let (handle, field) = (self.definition.handle.value.clone(), value.field.clone());
        (!value.is_item && !value.is_json).then(|| Change::Set { handle, field, value: new.into().into() })
    }

    /// The change that removes a header, if `--fix` can edit it.
    pub(super) fn without_header(&self, header: &Field) -> Option<Change> {
        let handle = self.definition.handle.value.clone();
        let field = FieldPath::Header(header.key.value.clone());
        (!header.is_item).then_some(Change::Clear { handle, field })
    }
}

impl<'a> ParsedValue<'a> {
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Whether it contains literal text that must not be shown.
    pub(super) fn may_be_secret(&self) -> bool {
        let text = self.text();
        match &self.field {
            FieldPath::Field(_) | FieldPath::Id(_) => shown_url(text, false) != text,
            FieldPath::Header(name) => shown_header(name, text, false) != text,
            FieldPath::Body(key) => shown_field(key, text, false) != text,
        }
    }

    /// The segments; none for plain text or an invalid template.
    pub(super) fn segments(&self) -> &[Segment] {
        match &self.template {
            Some(Ok(template)) => &template.segments,
            _ => &[],
        }
    }

    /// Why the template is invalid.
    pub(super) fn problems(&self) -> &[Spanned<Diagnostic>] {
        match &self.template {
            Some(Err(problems)) => problems,
            _ => &[],
        }
    }

    /// The element's variables in it.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.segments().iter().filter_map(|segment| match segment {
            Segment::Variable(name) => Some(name),
            _ => None,
        })
    }

    /// Its literal text, without variables.
    pub(super) fn literal(&self) -> Cow<'a, str> {
        if self.is_plain() {
            return Cow::Borrowed(self.text());
        }
        let literal = |segment: &Segment| match segment {
            Segment::Literal(text) => Some(text.clone()),
            _ => None,
        };
        self.segments().iter().filter_map(literal).collect()
    }

    pub(super) fn is_plain(&self) -> bool {
        self.template.is_none()
    }
}

fn target(url: &ParsedValue<'_>) -> PayloadTarget {
    let written = url.text();
    let parse = |text: &str| parse_target(text).map_or_else(PayloadTarget::Invalid, PayloadTarget::Valid);
    if url.is_plain() {
        return parse(written);
    }
    match url.segments() {
        [] | [Segment::Environment(_), ..] => PayloadTarget::Unknown,
        segments if segments.iter().any(|segment| matches!(segment, Segment::Environment(_))) => {
            possible(segments, written)
        }
        segments => parse(&literal(segments, written, "")),
    }
}

/// Parses the URL with a word in place of its environment variables, or with a number, as for a port.
fn possible(segments: &[Segment], written: &str) -> PayloadTarget {
    let with = |value: &str| parse_target(&literal(segments, written, value));
    match with("x").or_else(|error| with("1").map_err(|_| error)) {
        Ok(url) => PayloadTarget::Possible(url),
        Err(error) => PayloadTarget::Invalid(error.value.spanning(0..written.len())),
    }
}

/// The text of a URL: variables as written, since they are not replaced in a URL, and this value for the environment.
fn literal(segments: &[Segment], written: &str, value: &str) -> String {
    let text = |segment: &Segment| match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Variable(name) => written[name.span.clone()].to_owned(),
        Segment::Environment(_) => value.to_owned(),
    };
    segments.iter().map(text).collect()
}
