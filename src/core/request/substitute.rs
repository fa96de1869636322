//! A compiled value: literal text and variables. Substitutes each `{{variable}}` in one pass, so inserted values are never
//! expanded.

use std::borrow::Cow;

use crate::core::json;
use crate::core::model::TriggerElement;
use crate::core::secrets::{Secret, is_credential_name, joined};
use crate::core::text::{Span, Spanned};

use super::element::Element;
use super::explained::{ExplainedValue, Origin, ValuePart, ValuePlace};

/// The value of a header, a body field, or the payload URL.
#[derive(Clone)]
pub(super) struct CompiledValue {
    pub(super) place: ValuePlace,
    /// Whether it is JSON, in a single segment.
    pub(super) is_json: bool,
    pub(super) written: Spanned<String>,
    pub(super) segments: Vec<CompiledSegment>,
}

#[derive(Clone)]
pub(super) enum CompiledSegment {
    /// Literal text, the value of an environment variable, or a placeholder for one that is not set.
    Fixed(ValuePart),
    /// A variable of the element; the span counts bytes of the value.
    Variable(Spanned<String>),
}

#[derive(Clone, Copy)]
pub(super) struct Variables<'a> {
    pub(super) element: &'a Element,
    pub(super) kind: TriggerElement,
}

impl<'a> Variables<'a> {
    fn get(self, name: &str) -> Option<json::Value<'a>> {
        self.element.variable(self.kind, name)
    }
}

impl CompiledSegment {
    fn fixed(&self) -> Option<&ValuePart> {
        match self {
            Self::Fixed(part) => Some(part),
            Self::Variable(_) => None,
        }
    }

    /// Whether its text depends on the element or on an environment variable that is not set.
    fn is_open(&self) -> bool {
        self.fixed().is_none_or(ValuePart::is_unset)
    }

    fn is_from_environment(&self) -> bool {
        self.fixed().is_some_and(ValuePart::is_from_environment)
    }
}

impl CompiledValue {
    fn fixed_parts(&self) -> impl Iterator<Item = &ValuePart> {
        self.segments.iter().filter_map(CompiledSegment::fixed)
    }

    pub(super) fn is_from_environment(&self) -> bool {
        self.fixed_parts().any(ValuePart::is_from_environment)
    }

    pub(super) fn is_unset(&self) -> bool {
        self.fixed_parts().any(ValuePart::is_unset)
    }

    pub(super) fn is_secret(&self) -> bool {
        self.fixed_parts().any(|part| !part.secret.is_empty())
    }

    /// Its parts, unless it contains variables of the element.
    pub(super) fn fixed(&self) -> Option<Vec<&ValuePart>> {
        self.segments.iter().map(CompiledSegment::fixed).collect()
    }

    /// Marks the secrets in its literal text. `find` receives the text, with a letter for each variable, and the spans of
    /// inserted values. Returns the secrets that are the same for every element.
    pub(super) fn mark_secrets(&mut self, find: impl FnOnce(&str, &[Span]) -> Vec<Span>) -> Vec<Secret> {
        let (mut text, mut spans) = (String::new(), Vec::new());
        for segment in &self.segments {
            let start = text.len();
            text.push_str(segment.fixed().map_or("x", |part| &part.text));
            spans.push(start..text.len());
        }
        let those = |is_wanted: fn(&CompiledSegment) -> bool| -> Vec<Span> {
            let wanted = self.segments.iter().zip(&spans).filter(|(segment, _)| is_wanted(segment));
            wanted.map(|(_, span)| span.clone()).collect()
        };
        let (environment, open) =
            (those(CompiledSegment::is_from_environment), those(CompiledSegment::is_open));
        let found = find(&text, &those(|segment| segment.is_open() || segment.is_from_environment()));
        for (segment, own) in self.segments.iter_mut().zip(&spans) {
            if let CompiledSegment::Fixed(part) = segment
                && !part.is_from_environment()
            {
                let within = found.iter().filter(|span| span.start >= own.start && span.end <= own.end);
                part.secret = within.map(|span| span.start - own.start..span.end - own.start).collect();
            }
        }
        let whole = joined(found.into_iter().chain(environment).collect());
        let is_next_to_open =
            |span: &Span| open.iter().any(|open| open.start == span.end || open.end == span.start);
        whole.into_iter().filter(|span| !is_next_to_open(span)).map(|span| Secret::new(&text[span])).collect()
    }

    fn sole_variable(&self) -> Option<&Spanned<String>> {
        match self.segments.as_slice() {
            [CompiledSegment::Variable(name)] => Some(name),
            _ => None,
        }
    }

    /// The value as text; missing variables are empty and added to `missing`.
    pub(super) fn text<'v>(
        &'v self,
        variables: Variables<'_>,
        missing: &mut Vec<&'v Spanned<String>>,
    ) -> String {
        let mut text = String::new();
        for segment in &self.segments {
            match segment {
                CompiledSegment::Fixed(part) => text.push_str(&part.text),
                CompiledSegment::Variable(name) => match variables.get(&name.value) {
                    Some(value) => text.push_str(&value.to_text()),
                    None => missing.push(name),
                },
            }
        }
        text
    }

    /// Appends the value as JSON, and the spans of its secrets in `out` to `secrets`. JSON and a single variable keep their
    /// type; other values are strings.
    pub(super) fn write_json<'v>(
        &'v self,
        variables: Variables<'_>,
        out: &mut Vec<u8>,
        secrets: &mut Vec<Span>,
        missing: &mut Vec<&'v Spanned<String>>,
    ) {
        if let Some(name) = self.sole_variable() {
            if let Some(value) = variables.get(&name.value) {
                value.write_compact(out);
            } else {
                out.extend_from_slice(b"\"\"");
                missing.push(name);
            }
            return;
        }
        if let ([CompiledSegment::Fixed(part)], true) = (self.segments.as_slice(), self.is_json)
            && !part.is_unset()
        {
            let start = out.len();
            out.extend_from_slice(part.text.as_bytes());
            secrets.extend(part.secret.iter().map(|span| start + span.start..start + span.end));
            return;
        }
        out.push(b'"');
        for segment in &self.segments {
            match segment {
                CompiledSegment::Fixed(part) => write_part(part, out, secrets),
                CompiledSegment::Variable(name) => match variables.get(&name.value) {
                    Some(value) => json::escape_into(&value.to_text(), out),
                    None => missing.push(name),
                },
            }
        }
        out.push(b'"');
    }

    /// The variable that inserted the byte at this offset of the text, as the end of a message; empty for literal text.
    pub(super) fn inserted_by(&self, variables: Option<Variables<'_>>, offset: usize) -> String {
        let mut end = 0;
        for segment in &self.segments {
            let (length, by) = match segment {
                CompiledSegment::Fixed(part) => (
                    part.text.len(),
                    match &part.origin {
                        Origin::Environment { name, .. } => format!(", from `${{{name}}}`"),
                        _ => String::new(),
                    },
                ),
                CompiledSegment::Variable(name) => {
                    let value = variables.and_then(|variables| variables.get(&name.value));
                    let length = value.map_or(0, |value| value.to_text().len());
                    (length, format!(", from `{{{{{}}}}}`", name.value))
                }
            };
            end += length;
            if offset < end {
                return by;
            }
        }
        String::new()
    }

    /// The value with this element, and the origin of each part.
    pub(super) fn explain(&self, variables: Variables<'_>) -> ExplainedValue {
        let sole = self.sole_variable().filter(|_| matches!(self.place, ValuePlace::Body(_)));
        let keeps_type = self.is_json || sole.is_some_and(|name| variables.get(&name.value).is_some());
        let is_secret = matches!(&self.place, ValuePlace::Header(name) if is_credential_name(name));
        let explain = |segment: &CompiledSegment| match segment {
            CompiledSegment::Fixed(part) => part.clone(),
            CompiledSegment::Variable(name) => {
                let (name, value) = (name.value.clone(), variables.get(&name.value));
                let Some(value) = value else {
                    return ValuePart::new(String::new(), Origin::Missing { name });
                };
                let text = if keeps_type { Cow::Owned(value.to_compact()) } else { value.to_text() };
                let source = variables.element.origin_of(&name).to_owned();
                let part = ValuePart::new(text.into_owned(), Origin::Variable { name, source });
                let secret = is_secret.then_some(0..part.text.len()).into_iter().collect();
                ValuePart { secret, ..part }
            }
        };
        ExplainedValue {
            place: self.place.clone(),
            template: self.written.value.clone(),
            parts: self.segments.iter().map(explain).collect(),
            keeps_type,
        }
    }
}

fn write_part(part: &ValuePart, out: &mut Vec<u8>, secrets: &mut Vec<Span>) {
    let mut end = 0;
    for secret in &part.secret {
        json::escape_into(&part.text[end..secret.start], out);
        let start = out.len();
        json::escape_into(&part.text[secret.clone()], out);
        secrets.push(start..out.len());
        end = secret.end;
    }
    json::escape_into(&part.text[end..], out);
}
