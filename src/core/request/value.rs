//! A value of the definition, understood once: what comes from the environment stands in it already, and
//! only the variables of the element are open. Each rendering goes over it once and never looks at a value
//! that it put in.

use std::borrow::Cow;

use crate::core::diagnostic::Diagnostic;
use crate::core::json;
use crate::core::secrets::{Secret, is_credential_name, joined};
use crate::core::text::{Span, Spanned};

use super::prepared::{Origin, RenderedPart, RenderedPlace, RenderedValue};

/// How many findings one value may have. A person reads no more, and each takes time that grows with the
/// value's length.
pub const MOST_FINDINGS: usize = 20;

/// A value of a header, of a body field, or the payload URL.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) written: Spanned<String>,
    pub(super) pieces: Vec<Piece>,
}

/// A piece of a value.
#[derive(Clone)]
pub(super) enum Piece {
    /// The same for every element.
    Fixed(RenderedPart),
    /// A variable of the element; the span counts bytes of the value.
    Variable(Spanned<String>),
    /// Wrong whatever the element; only the first of a value say how.
    Wrong(Option<Diagnostic>),
}

/// A value with an element's data put in.
pub(super) struct Rendered<'a> {
    value: &'a Value,
    parts: Vec<Part<'a>>,
}

/// A piece of a rendered value.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Fixed(&'a RenderedPart),
    Variable { name: &'a str, value: json::Value<'a>, source: &'a str },
    Missing { name: &'a str },
}

impl Value {
    /// Whether a part of it comes from the environment.
    pub(super) fn is_from_environment(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Fixed(part) if part.is_from_environment()))
    }

    /// Whether a part of it is secret.
    pub(super) fn is_secret(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Fixed(part) if !part.secret.is_empty()))
    }

    /// Marks what of its literal text is secret. `find` gets the whole text, with a letter for each open variable, and
    /// where in it something was put in. Returns the secrets that are the same for every element, whole.
    pub(super) fn mark_secrets(&mut self, find: impl FnOnce(&str, &[Span]) -> Vec<Span>) -> Vec<Secret> {
        let (mut text, mut inserted, mut open) = (String::new(), Vec::new(), Vec::new());
        for piece in &self.pieces {
            let start = text.len();
            match piece {
                Piece::Fixed(part) => text.push_str(&part.text),
                Piece::Variable(_) | Piece::Wrong(_) => text.push('x'),
            }
            match piece {
                Piece::Fixed(part) if part.is_from_environment() => inserted.push(start..text.len()),
                Piece::Fixed(part) if matches!(part.origin, Origin::Unset { .. }) => {
                    inserted.push(start..text.len());
                    open.push(start..text.len());
                }
                Piece::Fixed(_) => {}
                Piece::Variable(_) | Piece::Wrong(_) => {
                    inserted.push(start..text.len());
                    open.push(start..text.len());
                }
            }
        }
        let found = find(&text, &inserted);
        let mut start = 0;
        for piece in &mut self.pieces {
            let Piece::Fixed(part) = piece else {
                start += 1;
                continue;
            };
            let own = start..start + part.text.len();
            start = own.end;
            if !part.is_from_environment() {
                let within = found.iter().filter(|span| span.start >= own.start && span.end <= own.end);
                part.secret = within.map(|span| span.start - own.start..span.end - own.start).collect();
            }
        }
        let environment = inserted.into_iter().filter(|span| !open.contains(span));
        let whole = joined(found.into_iter().chain(environment).collect());
        let is_beside_open =
            |span: &Span| open.iter().any(|open| open.start == span.end || open.end == span.start);
        whole.into_iter().filter(|span| !is_beside_open(span)).map(|span| Secret::new(&text[span])).collect()
    }

    /// Whether a part of it would come from the environment and is not set.
    pub(super) fn is_unset(&self) -> bool {
        let is_unset = |part: &RenderedPart| matches!(part.origin, Origin::Unset { .. });
        self.pieces.iter().any(|piece| matches!(piece, Piece::Fixed(part) if is_unset(part)))
    }

    /// What is wrong with it whatever the element.
    pub(super) fn faults(&self) -> impl Iterator<Item = &Diagnostic> {
        let wrong = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Wrong(finding) => finding.as_ref(),
            _ => None,
        });
        wrong.take(MOST_FINDINGS)
    }

    /// Joins it with the parts that its pieces became.
    pub(super) fn rendered<'a>(&'a self, parts: Vec<Part<'a>>) -> Rendered<'a> {
        Rendered { value: self, parts }
    }

    /// Its parts, if no variable is open and nothing is wrong.
    pub(super) fn fixed_parts(&self) -> Option<Vec<RenderedPart>> {
        let parts = self.pieces.iter().map(|piece| match piece {
            Piece::Fixed(part) => Some(part.clone()),
            Piece::Variable(_) | Piece::Wrong(_) => None,
        });
        parts.collect()
    }

    /// Itself as a rendered value, if no variable is open and nothing is wrong.
    pub(super) fn as_rendered(&self) -> Option<Rendered<'_>> {
        let parts = self.pieces.iter().map(|piece| match piece {
            Piece::Fixed(part) => Some(Part::Fixed(part)),
            Piece::Variable(_) | Piece::Wrong(_) => None,
        });
        Some(self.rendered(parts.collect::<Option<_>>()?))
    }
}

impl<'a> Rendered<'a> {
    /// The whole as text.
    pub(super) fn text(&self) -> String {
        self.parts.iter().map(Part::text).collect()
    }

    /// The value of the element, when the whole is one placeholder and nothing else.
    fn sole(&self) -> Option<json::Value<'a>> {
        match self.parts.as_slice() {
            [Part::Variable { value, .. }] => Some(*value),
            _ => None,
        }
    }

    /// Names what put in the byte at an offset of the text.
    pub(super) fn culprit(&self, offset: usize) -> String {
        let mut end = 0;
        let part = self.parts.iter().find(|part| {
            end += part.text().len();
            offset < end
        });
        match part {
            Some(Part::Variable { name, .. }) => format!(", from `{{{{{name}}}}}`"),
            Some(Part::Fixed(RenderedPart { origin: Origin::Environment { name, .. }, .. })) => {
                format!(", from `${{{name}}}`")
            }
            _ => String::new(),
        }
    }

    /// Appends it as JSON, and to `secrets` where in `out` something from the environment stands. One
    /// placeholder and nothing else keeps its type; everything else is text.
    pub(super) fn write_json(&self, out: &mut Vec<u8>, secrets: &mut Vec<Span>) {
        if let Some(value) = self.sole() {
            value.write_compact(out);
            return;
        }
        out.push(b'"');
        for part in &self.parts {
            let text = part.text();
            let mut end = 0;
            for secret in part.secret() {
                json::escape_into(&text[end..secret.start], out);
                let start = out.len();
                json::escape_into(&text[secret.clone()], out);
                secrets.push(start..out.len());
                end = secret.end;
            }
            json::escape_into(&text[end..], out);
        }
        out.push(b'"');
    }

    /// The same for people, with the origin of each part.
    pub(super) fn explained(&self, place: RenderedPlace) -> RenderedValue {
        let sole = self.sole().filter(|_| matches!(place, RenderedPlace::Body(_)));
        let is_secret = matches!(&place, RenderedPlace::Header(name) if is_credential_name(name));
        let explain = |part: &Part<'_>| match *part {
            Part::Fixed(part) => part.clone(),
            Part::Variable { name, value, source } => {
                let text = if sole.is_some() { value.to_compact() } else { value.to_text().into_owned() };
                let origin = Origin::Variable { name: name.to_owned(), source: source.to_owned() };
                let secret = is_secret.then_some(0..text.len()).into_iter().collect();
                RenderedPart { text, origin, secret }
            }
            Part::Missing { name } => {
                let origin = Origin::Missing { name: name.to_owned() };
                RenderedPart { text: String::new(), origin, secret: Vec::new() }
            }
        };
        RenderedValue {
            place,
            template: self.value.written.value.clone(),
            parts: self.parts.iter().map(explain).collect(),
            keeps_type: sole.is_some(),
        }
    }
}

impl<'a> Part<'a> {
    fn secret(&self) -> &'a [Span] {
        match *self {
            Self::Fixed(part) => &part.secret,
            Self::Variable { .. } | Self::Missing { .. } => &[],
        }
    }

    fn text(&self) -> Cow<'a, str> {
        match *self {
            Self::Fixed(part) => Cow::Borrowed(&part.text),
            Self::Variable { value, .. } => value.to_text(),
            Self::Missing { .. } => Cow::Borrowed(""),
        }
    }
}
