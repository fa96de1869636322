//! Detects the kind of an element by its fields, and finds elements that are nested in other documents.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::core::json::{Kind, Value};
use crate::core::model::TriggerElement;

use super::lookup::variables;

/// The maximum number of members of an object that are considered.
const MAX_MEMBERS: usize = 1000;

/// The kinds that the fields of an element fit best: several if they fit equally well, none if no field is known. Fields that only
/// one kind has count more than the rest.
pub fn detect_element(element: Value<'_>) -> Vec<TriggerElement> {
    let fields = shared_fields(element);
    let scores: [(usize, usize); TriggerElement::ALL.len()] = std::array::from_fn(|kind| {
        (fields.unique[kind], score(fields.shared[kind], fields.own, FIELDS.number[kind]))
    });
    let best = scores.iter().copied().max().unwrap_or_default();
    let fits_best = |(score, _): &((usize, usize), TriggerElement)| best.1 > 0 && *score == best;
    scores.into_iter().zip(TriggerElement::ALL).filter(fits_best).map(|(_, kind)| kind).collect()
}

/// With this many shared fields, the kind is certain.
const ENOUGH: usize = 3;

/// The kinds that an element looks like, if it does not look like this one; empty if that is uncertain.
pub fn detect_other_element(kind: TriggerElement, element: Value<'_>) -> Vec<TriggerElement> {
    let SharedFields { shared, .. } = shared_fields(element);
    let most = shared.into_iter().max().filter(|most| *most >= ENOUGH);
    let best = TriggerElement::ALL.into_iter().zip(shared).filter(|(_, shared)| Some(*shared) == most);
    let best: Vec<TriggerElement> = best.map(|(kind, _)| kind).collect();
    if best.contains(&kind) { Vec::new() } else { best }
}

/// The kind of element that an object is by itself; none if it shares few fields with any, or fits several.
pub fn detect_bare_element(object: Value<'_>) -> Option<TriggerElement> {
    let SharedFields { shared, .. } = shared_fields(object);
    match detect_element(object).as_slice() {
        [kind] if shared.into_iter().max() >= Some(ENOUGH) => Some(*kind),
        _ => None,
    }
}

/// An element, or several, inside a document that is not an element itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nested {
    /// A recorded delivery: the path to its `element_data`.
    Delivery(Vec<String>),
    /// A recorded delivery as the text of a string: the path to the string.
    DeliveryAsText(Vec<String>),
    /// A list of elements: the path to the list.
    List(Vec<String>),
}

impl Nested {
    /// The path with dots.
    pub fn path(&self) -> String {
        let (Self::Delivery(steps) | Self::DeliveryAsText(steps) | Self::List(steps)) = self;
        steps.join(".")
    }

    /// The path as a `jq` expression, for use between single quotes in a shell.
    pub fn jq(&self) -> String {
        let (Self::Delivery(steps) | Self::DeliveryAsText(steps) | Self::List(steps)) = self;
        let is_plain = |step: &str| {
            !step.starts_with(|c: char| c.is_ascii_digit())
                && step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let step = |(index, step): (usize, &String)| match step.as_str() {
            plain if is_plain(plain) => format!(".{plain}"),
            other if index == 0 => format!(".[{}]", crate::core::json::quote(other)),
            other => format!("[{}]", crate::core::json::quote(other)),
        };
        steps.iter().enumerate().map(step).collect::<String>().replace('\'', r"'\''")
    }
}

/// Where an element is in a document that is not an element itself.
pub fn nested_element(root: Value<'_>) -> Option<Nested> {
    const DEEPEST: usize = 3;
    let is_known = |(key, _): (Cow<'_, str>, Value<'_>)| FIELDS.of.contains_key(key.as_ref());
    // The common case first: an element begins with fields of its own.
    if root.members().take(3).filter(|member| is_known(member.clone())).count() == 3 {
        return None;
    }
    let mut level = vec![(Vec::new(), root)];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (path, object) in level {
            for (key, value) in object.members().take(MAX_MEMBERS) {
                let path: Vec<String> = path.iter().cloned().chain([key.into_owned()]).collect();
                match (value.kind(), path.last().map(String::as_str)) {
                    (Kind::Object, Some("element_data")) => return Some(Nested::Delivery(path)),
                    (Kind::Object, _) => next.push((path, value)),
                    (Kind::String, _) if holds_delivery(value) => return Some(Nested::DeliveryAsText(path)),
                    (Kind::List, Some(key)) if is_list_of_elements(root, key, value) => {
                        return Some(Nested::List(path));
                    }
                    _ => {}
                }
            }
        }
        level = next;
    }
    None
}

fn holds_delivery(text: Value<'_>) -> bool {
    let raw = text.raw();
    raw.contains("element_data") && raw.trim_start_matches(['"', ' ']).starts_with('{')
}

fn is_list_of_elements(root: Value<'_>, key: &str, list: Value<'_>) -> bool {
    const ENOUGH: usize = 2;
    let Some(first) = list.item(0).filter(|first| first.kind() == Kind::Object) else { return false };
    let own_list = format!("{key}.0.");
    let mut known = TriggerElement::ALL.into_iter().flat_map(variables);
    if known.any(|variable| variable.name.starts_with(&own_list)) {
        return false;
    }
    let most = |value| shared_fields(value).shared.into_iter().max().unwrap_or_default();
    let of_item = most(first);
    of_item >= ENOUGH && of_item > most(root)
}

/// A number for each kind of element.
type PerKind = [usize; TriggerElement::ALL.len()];

struct SharedFields {
    /// How many different keys the object has.
    own: usize,
    /// How many of them are fields of each kind.
    shared: PerKind,
    /// How many of them are fields of this kind only.
    unique: PerKind,
}

fn shared_fields(element: Value<'_>) -> SharedFields {
    let mut own: Vec<Cow<'_, str>> = element.members().take(MAX_MEMBERS).map(|(key, _)| key).collect();
    own.sort_unstable();
    own.dedup();
    let (mut shared, mut unique) = (PerKind::default(), PerKind::default());
    for name in &own {
        let kinds = FIELDS.of.get(name.as_ref()).map_or(&[][..], Vec::as_slice);
        for kind in kinds {
            shared[*kind] += 1;
            unique[*kind] += usize::from(kinds.len() == 1);
        }
    }
    SharedFields { own: own.len(), shared, unique }
}

struct Fields {
    /// The kinds that have a field of this name, as indexes into [`TriggerElement::ALL`].
    of: HashMap<&'static str, Vec<usize>>,
    /// How many each kind has.
    number: PerKind,
}

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let mut fields = Fields { of: HashMap::new(), number: [0; TriggerElement::ALL.len()] };
    for (place, kind) in TriggerElement::ALL.into_iter().enumerate() {
        let names = variables(kind).iter().map(|variable| variable.name);
        for name in names.filter(|name| !name.contains('.')) {
            let kinds = fields.of.entry(name).or_default();
            if !kinds.contains(&place) {
                kinds.push(place);
                fields.number[place] += 1;
            }
        }
    }
    fields
});

/// The share of names that both have, in thousandths.
fn score(shared: usize, own: usize, known: usize) -> usize {
    shared * 1000 / (own + known - shared).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::catalog::sample;
    use crate::core::json;
    use crate::core::model::Trigger;

    fn likely(text: &str) -> Vec<TriggerElement> {
        detect_element(json::check(text).unwrap().root(text))
    }

    fn nested(text: &str) -> Option<Nested> {
        nested_element(json::check(text).unwrap().root(text))
    }

    #[test]
    fn every_sample_looks_like_its_own_kind_alone() {
        for kind in TriggerElement::ALL {
            let text = sample(kind, Trigger::Create);
            assert_eq!(likely(&text), [kind]);
            assert_eq!(nested(&text), None, "{kind}");
            for other in TriggerElement::ALL {
                let found = detect_other_element(other, json::check(&text).unwrap().root(&text));
                assert_eq!(found, if other == kind { Vec::new() } else { vec![kind] }, "{kind} for {other}");
            }
        }
    }

    #[test]
    fn a_field_that_only_one_kind_has_decides_among_few_fields() {
        assert_eq!(likely(r#"{"prokey": "x", "dates": [{"name": "A"}]}"#), [TriggerElement::Event]);
        assert_eq!(likely(r#"{"prokey": "x", "amount": 1}"#), [TriggerElement::RsvpAnswer]);
        let both = r#"{"prokey": "x", "email": "a", "amount": 1, "payload": {}, "dates": []}"#;
        assert_eq!(likely(both), [TriggerElement::RsvpAnswer]);
    }

    #[test]
    fn an_object_without_shared_fields_looks_like_no_kind() {
        assert_eq!(likely("{}"), []);
        assert_eq!(likely(r#"{"hello": 1}"#), []);
    }

    #[test]
    fn a_few_common_fields_are_not_enough_to_look_like_another_kind() {
        for text in [r#"{"prokey": "p"}"#, r#"{"id": 1, "name": "x"}"#, "{}"] {
            let document = json::check(text).unwrap();
            for kind in TriggerElement::ALL {
                assert_eq!(detect_other_element(kind, document.root(text)), [], "{kind}: {text}");
            }
        }
    }

    #[test]
    fn elements_nested_in_other_documents_are_found_with_their_path() {
        for (text, jq) in [
            (r#"{"data":[{"email":"a","amount":1}],"total":2}"#, ".data"),
            (
                r#"{"id":"p","status":"ok","my page":{"rows":[{"email":"a","amount":1,"payload":{}}]}}"#,
                r#".["my page"].rows"#,
            ),
            (r#"{"method":"POST","body":{"element_data":{"a":1}}}"#, ".body.element_data"),
            (r#"{"it's":[{"email":"a","amount":1}]}"#, r#".["it'\''s"]"#),
            (r#"{"uuid":"x","content":"{\"element_data\":{}}"}"#, ".content"),
        ] {
            assert_eq!(nested(text).map(|found| found.jq()).as_deref(), Some(jq), "{text}");
        }
        for text in [
            r#"{"dates":[{"name":"x","status":"CONFIRMED"}]}"#,
            r#"{"email":"a","amount":1,"payload":{"list":[{"email":"b"}]}}"#,
            r#"{"rows":[1,2],"list":[]}"#,
        ] {
            assert_eq!(nested(text), None, "{text}");
        }
    }
}
