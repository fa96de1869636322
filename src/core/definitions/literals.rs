//! The credentials of a draft: those that are literal, so that `.env` can take them, and those that are missing.

use crate::core::secrets::{credentials, empty_parameter, lacks_credential, url_credentials};
use crate::core::text::{Span, one_line};

use super::Draft;

/// A literal credential in a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// In words, such as ``the value of the header `X-Key` ``.
    pub what: String,
    /// The name of its header, body field or parameter.
    pub name: String,
    place: Place,
    span: Span,
}

/// A text that may contain credentials; headers and body fields by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Url,
    Header(usize),
    Body(usize),
}

impl Draft {
    /// The literal credentials in the texts that `before` does not have. In a text, the last comes first, so that they can
    /// be replaced one by one.
    pub fn literals(&self, before: &Self) -> Vec<Literal> {
        let mut found = Vec::new();
        for place in self.new_places(before) {
            let (name, text) = self.text(place);
            let what = match place {
                Place::Url => {
                    found.extend(url_credentials(text).into_iter().rev().map(|own| {
                        let what = if own.is_user_info {
                            format!("the {} in the payload URL", own.name)
                        } else {
                            format!("the parameter `{}` of the payload URL", one_line(&own.name))
                        };
                        Literal { what, name: own.name, place, span: own.span }
                    }));
                    continue;
                }
                Place::Header(_) => format!("the value of the header `{}`", one_line(name)),
                Place::Body(_) => format!("the value of the body field `{}`", one_line(name)),
            };
            let literal = |span| Literal { what: what.clone(), name: name.to_owned(), place, span };
            found.extend(credentials(name, text).into_iter().rev().map(literal));
        }
        found
    }

    /// The first credential that is empty, or only an authentication scheme, in the texts that `before` does not have: in
    /// words, and the scheme.
    pub fn missing_credential(&self, before: &Self) -> Option<(String, String)> {
        self.new_places(before).into_iter().find_map(|place| {
            let (name, text) = self.text(place);
            let what = match place {
                Place::Url => {
                    let parameter = empty_parameter(text)?;
                    let what = format!("the parameter `{}` of the payload URL", one_line(&parameter));
                    return Some((what, String::new()));
                }
                Place::Header(_) => format!("the header `{}`", one_line(name)),
                Place::Body(_) => format!("the body field `{}`", one_line(name)),
            };
            lacks_credential(name, text).then(|| (what, text.trim().to_owned()))
        })
    }

    /// The credential itself.
    pub fn value_of(&self, literal: &Literal) -> &str {
        &self.text(literal.place).1[literal.span.clone()]
    }

    /// Puts another text in the place of a credential.
    pub fn replace(&mut self, literal: &Literal, text: &str) {
        let own = match literal.place {
            Place::Url => self.payload_url.as_mut(),
            Place::Header(index) => self.header.get_mut(index).map(|(_, value)| value),
            Place::Body(index) => self.body.get_mut(index).map(|(_, value)| value),
        };
        if let Some(own) = own {
            own.replace_range(literal.span.clone(), text);
        }
    }

    fn new_places(&self, before: &Self) -> Vec<Place> {
        let url = (self.payload_url != before.payload_url).then_some(Place::Url);
        let new = |own: &[(String, String)], old: &[(String, String)]| -> Vec<usize> {
            (0..own.len()).filter(|index| !old.contains(&own[*index])).collect()
        };
        let header = new(&self.header, &before.header).into_iter().map(Place::Header);
        url.into_iter()
            .chain(header)
            .chain(new(&self.body, &before.body).into_iter().map(Place::Body))
            .collect()
    }

    /// The name and the value.
    fn text(&self, place: Place) -> (&str, &str) {
        let (name, value) = match place {
            Place::Url => return ("", self.payload_url.as_deref().unwrap_or_default()),
            Place::Header(index) => &self.header[index],
            Place::Body(index) => &self.body[index],
        };
        (name, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(url: &str, header: &[(&str, &str)], body: &[(&str, &str)]) -> Draft {
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        Draft {
            payload_url: Some(url.to_owned()),
            header: owned(header),
            body: owned(body),
            ..Draft::default()
        }
    }

    #[test]
    fn every_new_literal_can_be_replaced() {
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
        assert_eq!(own.header[1].1, "Bearer <b>");
        assert_eq!(own.body[0].1, "<k>");
    }

    #[test]
    fn what_the_shell_has_emptied_is_missing() {
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
