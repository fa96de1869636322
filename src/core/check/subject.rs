//! A webhook as rules look at it: every value taken apart once, the address read once.

use std::borrow::Cow;

use url::Url;

use crate::core::definitions::edit::{Change, FieldPath};
use crate::core::diagnostic::Diagnostic;
use crate::core::model::{Field, Webhook};
use crate::core::request::{Environment, parse_target};
use crate::core::secrets::{shown_field, shown_header, shown_url};
use crate::core::template::{self, Segment, Template};
use crate::core::text::Spanned;

pub(super) struct Subject<'a> {
    pub(super) webhook: &'a Webhook,
    pub(super) url: Part<'a>,
    pub(super) header: Vec<Part<'a>>,
    pub(super) body: Vec<Part<'a>>,
    pub(super) address: Address,
    /// Where `${NAME}` is looked up, when that was asked for.
    pub(super) environment: Option<&'a dyn Environment>,
}

pub(super) struct Part<'a> {
    pub(super) home: Home<'a>,
    pub(super) value: &'a Spanned<String>,
    /// Whether it is in a list, which only a person can edit.
    is_item: bool,
    /// What it falls into; nothing when it is plain text.
    template: Option<Result<Template, Vec<Spanned<Diagnostic>>>>,
}

#[derive(Clone, Copy)]
pub(super) enum Home<'a> {
    Url,
    Header(&'a Spanned<String>),
    Body(&'a Spanned<String>),
}

pub(super) enum Address {
    Good(Url),
    /// It can be sent to whatever stands in the environment, which this URL stands for.
    Likely(Url),
    Bad(Spanned<Diagnostic>),
    /// Nobody can say: it depends on the environment, or it is wrong in another way.
    Unknown,
}

impl<'a> Subject<'a> {
    pub(super) fn new(webhook: &'a Webhook, environment: Option<&'a dyn Environment>) -> Self {
        let url = Part::new(Home::Url, &webhook.payload_url, false);
        let header = webhook.header.iter();
        let header = header.map(|field| Part::new(Home::Header(&field.key), &field.value, field.is_item));
        let body = webhook.body.iter();
        let body = body.map(|field| Part::new(Home::Body(&field.key), &field.value, field.is_item));
        let (header, body) = (header.collect(), body.collect());
        Self { webhook, address: address(&url), url, header, body, environment }
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &Part<'a>> {
        std::iter::once(&self.url).chain(&self.header).chain(&self.body)
    }

    /// The header and body values, which take variables.
    pub(super) fn fields(&self) -> impl Iterator<Item = &Part<'a>> {
        self.header.iter().chain(&self.body)
    }

    /// The change that replaces a value, if it can be made in place.
    pub(super) fn rewrite(&self, part: &Part<'_>, value: impl Into<String>) -> Option<Change> {
        let field = match part.home {
            Home::Url => FieldPath::Field("payload_url".to_owned()),
            Home::Header(key) => FieldPath::Header(key.value.clone()),
            Home::Body(key) => FieldPath::Body(key.value.clone()),
        };
        let handle = self.webhook.handle.value.clone();
        (!part.is_item).then(|| Change::Set { handle, field, value: value.into().into() })
    }

    /// The change that removes a header, if it can be made in place.
    pub(super) fn without_header(&self, field: &Field) -> Option<Change> {
        let handle = self.webhook.handle.value.clone();
        let header = FieldPath::Header(field.key.value.clone());
        (!field.is_item).then_some(Change::Clear { handle, field: header })
    }
}

impl<'a> Part<'a> {
    fn new(home: Home<'a>, value: &'a Spanned<String>, is_item: bool) -> Self {
        let is_plain = !value.value.contains(['{', '$']);
        Self { home, value, is_item, template: (!is_plain).then(|| template::parse(&value.value)) }
    }

    /// Whether it holds literal text that must not be shown.
    pub(super) fn may_be_secret(&self) -> bool {
        let value = &self.value.value;
        match self.home {
            Home::Url => shown_url(value, false) != *value,
            Home::Header(name) => shown_header(&name.value, value, false) != *value,
            Home::Body(key) => shown_field(&key.value, value, false) != *value,
        }
    }

    /// The pieces, when it could be taken apart and is more than plain text.
    pub(super) fn segments(&self) -> &[Segment] {
        match &self.template {
            Some(Ok(template)) => &template.segments,
            _ => &[],
        }
    }

    /// Why it could not be taken apart.
    pub(super) fn problems(&self) -> &[Spanned<Diagnostic>] {
        match &self.template {
            Some(Err(problems)) => problems,
            _ => &[],
        }
    }

    /// The variables of the element that it names.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.segments().iter().filter_map(|segment| match segment {
            Segment::Variable(name) => Some(name),
            _ => None,
        })
    }

    /// Its literal text, where everything else is left out.
    pub(super) fn literal(&self) -> Cow<'a, str> {
        if self.is_plain() {
            return Cow::Borrowed(&self.value.value);
        }
        let literal = |segment: &Segment| match segment {
            Segment::Literal(text) => Some(text.clone()),
            _ => None,
        };
        self.segments().iter().filter_map(literal).collect()
    }

    /// Whether it holds neither variables nor anything from the environment.
    pub(super) fn is_plain(&self) -> bool {
        self.template.is_none()
    }
}

fn address(url: &Part<'_>) -> Address {
    if url.is_plain() {
        return parse_target(&url.value.value).map_or_else(Address::Bad, Address::Good);
    }
    match url.segments() {
        [] | [Segment::Environment(_), ..] => Address::Unknown,
        segments if segments.iter().any(|segment| matches!(segment, Segment::Environment(_))) => {
            likely(segments, &url.value.value)
        }
        segments => {
            parse_target(&literal(segments, &url.value.value, "")).map_or_else(Address::Bad, Address::Good)
        }
    }
}

/// Tries what could stand in the environment: a word, or a number for a port.
fn likely(segments: &[Segment], written: &str) -> Address {
    let with = |stand_in: &str| parse_target(&literal(segments, written, stand_in));
    match with("x").or_else(|error| with("1").map_err(|_| error)) {
        Ok(url) => Address::Likely(url),
        Err(error) => Address::Bad(error.value.spanning(0..written.len())),
    }
}

/// The text of segments: variables as written, since a URL takes none, and a stand-in for the environment.
fn literal(segments: &[Segment], written: &str, stand_in: &str) -> String {
    let text = |segment: &Segment| match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Variable(name) => written[name.span.clone()].to_owned(),
        Segment::Environment(_) => stand_in.to_owned(),
    };
    segments.iter().map(text).collect()
}
