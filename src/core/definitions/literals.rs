//! The credentials of a draft: literal ones, which can be moved to `.env`, and missing ones.

use crate::core::model::FieldValue;
use crate::core::secrets::{credentials, empty_parameter, lacks_credential, url_credentials};
use crate::core::text::{Span, one_line};

use super::{Draft, DraftPair};

/// A literal credential in a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// For messages, such as ``the value of the header `X-Key` ``.
    pub what: String,
    /// The name of its header, body field or parameter.
    pub name: String,
    field: DraftField,
    span: Span,
}

/// A field that may contain credentials; headers and body fields by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DraftField {
    Url,
    Header(usize),
    Body(usize),
}

impl Draft {
    /// The literal credentials in fields that differ from `before`. Those of one field are in reverse order, so that they can
    /// be replaced one by one.
    pub fn literals(&self, before: &Self) -> Vec<Literal> {
        let mut found = Vec::new();
        for field in self.new_fields(before) {
            let (name, text) = self.text(field);
            let what = match field {
                DraftField::Url => {
                    found.extend(url_credentials(text).into_iter().rev().map(|own| {
                        let what = if own.is_user_info {
                            format!("the {} in the payload URL", own.name)
                        } else {
                            format!("the parameter `{}` of the payload URL", one_line(&own.name))
                        };
                        Literal { what, name: own.name, field, span: own.span }
                    }));
                    continue;
                }
                DraftField::Header(_) => format!("the value of the header `{}`", one_line(name)),
                DraftField::Body(_) => format!("the value of the body field `{}`", one_line(name)),
            };
            let literal = |span| Literal { what: what.clone(), name: name.to_owned(), field, span };
            let spans = credentials(name, text);
            if self.is_json(field) {
                found.extend((!spans.is_empty()).then(|| literal(0..text.len())));
            } else {
                found.extend(spans.into_iter().rev().map(literal));
            }
        }
        found
    }

    /// The first field that differs from `before` whose credential is empty or only an authentication scheme: its name for
    /// messages, and the scheme.
    pub fn missing_credential(&self, before: &Self) -> Option<(String, String)> {
        self.new_fields(before).into_iter().find_map(|field| {
            let (name, text) = self.text(field);
            let what = match field {
                DraftField::Url => {
                    let parameter = empty_parameter(text)?;
                    let what = format!("the parameter `{}` of the payload URL", one_line(&parameter));
                    return Some((what, String::new()));
                }
                DraftField::Header(_) => format!("the header `{}`", one_line(name)),
                DraftField::Body(_) => format!("the body field `{}`", one_line(name)),
            };
            lacks_credential(name, text).then(|| (what, text.trim().to_owned()))
        })
    }

    pub fn value_of(&self, literal: &Literal) -> &str {
        &self.text(literal.field).1[literal.span.clone()]
    }

    /// Replaces a credential.
    pub fn replace(&mut self, literal: &Literal, text: &str) {
        let own = match literal.field {
            DraftField::Url => {
                if let Some(url) = &mut self.payload_url {
                    url.replace_range(literal.span.clone(), text);
                }
                return;
            }
            DraftField::Header(index) => self.header.get_mut(index),
            DraftField::Body(index) => self.body.get_mut(index),
        };
        match own {
            Some((_, FieldValue::Text(own))) => own.replace_range(literal.span.clone(), text),
            // In JSON, `${NAME}` is the whole value.
            Some((_, FieldValue::Json(own))) => text.clone_into(own),
            None => {}
        }
    }

    fn new_fields(&self, before: &Self) -> Vec<DraftField> {
        let url = (self.payload_url != before.payload_url).then_some(DraftField::Url);
        let new = |own: &[DraftPair], old: &[DraftPair]| -> Vec<usize> {
            (0..own.len()).filter(|index| !old.contains(&own[*index])).collect()
        };
        let header = new(&self.header, &before.header).into_iter().map(DraftField::Header);
        url.into_iter()
            .chain(header)
            .chain(new(&self.body, &before.body).into_iter().map(DraftField::Body))
            .collect()
    }

    /// The name and the value of a field.
    fn text(&self, field: DraftField) -> (&str, &str) {
        let (name, value) = match field {
            DraftField::Url => return ("", self.payload_url.as_deref().unwrap_or_default()),
            DraftField::Header(index) => &self.header[index],
            DraftField::Body(index) => &self.body[index],
        };
        (name, value.as_str())
    }

    fn is_json(&self, field: DraftField) -> bool {
        matches!(field, DraftField::Body(index) if self.body[index].1.is_json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(url: &str, header: &[(&str, &str)], body: &[(&str, &str)]) -> Draft {
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
        };
        Draft {
            payload_url: Some(url.to_owned()),
            header: owned(header),
            body: owned(body),
            ..Draft::default()
        }
    }

    #[test]
    fn every_new_literal_credential_can_be_replaced() {
        let before = draft("https://example.com", &[("X-Api-Key", "old")], &[]);
        let mut own = draft(
            "https://u:p@example.com/?token=t&x=1",
            &[("X-Api-Key", "old"), ("Authorization", "Bearer b"), ("X-Other", "plain")],
            &[("api_key", "k"), ("seats", "2")],
        );
        let names = own.literals(&before).into_iter().map(|own| own.name).collect::<Vec<_>>();
        assert_eq!(names, ["token", "password", "Authorization", "api_key"]);
        assert_eq!(own.literals(&Draft::default()).len(), 5);
        for literal in own.literals(&before) {
            let text = format!("<{}>", own.value_of(&literal));
            own.replace(&literal, &text);
        }
        assert_eq!(own.payload_url.as_deref(), Some("https://u:<p>@example.com/?token=<t>&x=1"));
        assert_eq!(own.header[1].1.as_str(), "Bearer <b>");
        assert_eq!(own.body[0].1.as_str(), "<k>");
    }

    #[test]
    fn an_empty_credential_is_missing() {
        let none = Draft::default();
        for (own, what, scheme) in [
            (draft("https://example.com/?token=", &[], &[]), "the parameter `token` of the payload URL", ""),
            (draft("", &[("Authorization", "Bearer ")], &[]), "the header `Authorization`", "Bearer"),
            (draft("", &[], &[("api_key", " ")]), "the body field `api_key`", ""),
        ] {
            assert_eq!(own.missing_credential(&none), Some((what.to_owned(), scheme.to_owned())));
            assert_eq!(own.missing_credential(&own), None);
        }
        assert_eq!(draft("https://example.com", &[("X", "")], &[]).missing_credential(&none), None);
    }
}
