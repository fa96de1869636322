//! An element in the account: its address in the API, and its shape in a delivery.

use serde_json::{Map, Value};

use crate::core::catalog::{api_path, delivered_on};
use crate::core::model::{Trigger, TriggerElement};
use crate::core::text::one_line;

use super::failure::{AccountFailure, unexpected};

/// The element to read from the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementAddress {
    /// An element with a path of its own, by prokey or id.
    Entry { kind: TriggerElement, id: String },
    /// An RSVP answer to the event with this prokey; without an id, the latest one.
    Answer { event: String, id: Option<String> },
}

impl ElementAddress {
    /// The address for `--id` and `--event`. The error is a usage error.
    pub fn new(kind: TriggerElement, id: Option<&str>, event: Option<&str>) -> Result<Self, String> {
        match (kind, id, event) {
            (TriggerElement::RsvpAnswer, _, None) => {
                Err("an `rsvp_answer` requires `--event PROKEY`, the event that it answers".to_owned())
            }
            (TriggerElement::RsvpAnswer, id, Some(event)) => {
                let id = id.map(|id| word(id, "id", "an answer")).transpose()?;
                Ok(Self::Answer { event: word(event, "prokey", "an event")?, id })
            }
            (_, _, Some(_)) => Err(format!("`--event` is only for `rsvp_answer`; use `--id` for `{kind}`")),
            (_, None, None) => Err(format!("`{kind}` requires `--id`")),
            (_, Some(id), None) if kind.is_addressed_by_prokey() => {
                Ok(Self::Entry { kind, id: word(id, "prokey", &format!("`{kind}`"))? })
            }
            (_, Some(id), None) => match id.parse::<u64>() {
                Ok(number) => Ok(Self::Entry { kind, id: number.to_string() }),
                Err(_) => {
                    Err(format!("invalid id `{}`: expected the id of a `{kind}`, e.g. `67`", one_line(id)))
                }
            },
        }
    }

    pub fn kind(&self) -> TriggerElement {
        match self {
            Self::Entry { kind, .. } => *kind,
            Self::Answer { .. } => TriggerElement::RsvpAnswer,
        }
    }

    /// The path in the API: of the element itself or, for an answer with an id, of the list that contains it.
    pub fn path(&self) -> String {
        match self {
            Self::Entry { kind, id } => format!("/{}/{id}", api_path(*kind)),
            Self::Answer { event, id } => {
                let latest = if id.is_none() { "/latest" } else { "" };
                format!("/{}/{event}{latest}", api_path(TriggerElement::RsvpAnswer))
            }
        }
    }

    /// The addressed answer, if this page of the list contains it.
    pub fn find_in(&self, items: Vec<Value>) -> Option<Value> {
        let Self::Answer { id: Some(id), .. } = self else { return None };
        items.into_iter().find(|item| plain_id(item.get("id")).as_ref() == Some(id))
    }
}

/// For messages, e.g. `event 5b0c…`.
impl std::fmt::Display for ElementAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry { kind, id } => write!(f, "{kind} {id}"),
            Self::Answer { event, id: Some(id) } => write!(f, "rsvp_answer {id} to event {event}"),
            Self::Answer { event, id: None } => write!(f, "the latest rsvp_answer to event {event}"),
        }
    }
}

/// Whether a text can be a prokey or an id in a path. Anything else could address another endpoint.
pub fn is_path_step(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().all(is_word) && !matches!(text, "all" | "latest")
}

fn word(text: &str, what: &str, of: &str) -> Result<String, String> {
    if is_path_step(text) {
        return Ok(text.to_owned());
    }
    let example = "c6510c06-a277-4e1c-9baf-deec9c5507c7";
    Err(format!("invalid {what} `{}` of {of}: expected a UUID, e.g. `{example}`", one_line(text)))
}

/// An id, which the API writes as text or as a number.
pub(super) fn plain_id(id: Option<&Value>) -> Option<String> {
    match id? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An element in the shape of a delivery.
#[derive(Clone, PartialEq)]
pub struct AccountElement {
    pub kind: TriggerElement,
    /// For messages and the history.
    pub name: String,
    pub delivered: Value,
    /// The value of `{{id}}`, if the delivered element does not contain it.
    pub own_id: Option<String>,
}

/// Without personal data.
impl std::fmt::Debug for AccountElement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountElement").field("name", &self.name).finish_non_exhaustive()
    }
}

impl AccountElement {
    /// Converts the API's response for an address.
    pub fn read(address: &ElementAddress, trigger: Trigger, json: Value) -> Result<Self, AccountFailure> {
        let Value::Object(fields) = json else {
            return Err(unexpected(&format!("{address} is not a JSON object")));
        };
        let kind = address.kind();
        require_own(address, &fields)?;
        let own_id = plain_id(fields.get("id")).filter(|_| kind == TriggerElement::RsvpAnswer);
        let name = match (address, &own_id) {
            (ElementAddress::Answer { .. }, Some(id)) => format!("rsvp_answer {id}"),
            _ => address.to_string(),
        };
        let name = format!("{name} in the account");
        Ok(Self { kind, name, delivered: delivered_on(trigger, kind, &fields), own_id })
    }
}

/// Fails if the API returned another element.
fn require_own(address: &ElementAddress, fields: &Map<String, Value>) -> Result<(), AccountFailure> {
    let (field, asked) = match address {
        ElementAddress::Entry { kind, id } if kind.is_addressed_by_prokey() => ("prokey", id),
        ElementAddress::Entry { id, .. } => ("id", id),
        ElementAddress::Answer { event, .. } => ("prokey", event),
    };
    match plain_id(fields.get(field)) {
        Some(found) if !found.eq_ignore_ascii_case(asked) => {
            Err(unexpected(&format!("{address} was returned with another `{field}`")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::account::AccountFailureKind;

    use super::*;

    const PROKEY: &str = "c6510c06-a277-4e1c-9baf-deec9c5507c7";

    #[test]
    fn an_address_has_a_path_or_an_error_says_what_is_expected() {
        let path = |kind, id, event| ElementAddress::new(kind, id, event).map(|own| own.path());
        assert_eq!(path(TriggerElement::Event, Some(PROKEY), None), Ok(format!("/event/{PROKEY}")));
        assert_eq!(path(TriggerElement::CtaTemplate, Some("7"), None), Ok("/cta-block/7".to_owned()));
        let answers = format!("/rsvp-answers/{PROKEY}");
        assert_eq!(path(TriggerElement::RsvpAnswer, Some("a1"), Some(PROKEY)), Ok(answers.clone()));
        assert_eq!(path(TriggerElement::RsvpAnswer, None, Some(PROKEY)), Ok(answers + "/latest"));
        for (kind, id, event, expected) in [
            (TriggerElement::RsvpAnswer, Some("a1"), None, "requires `--event"),
            (TriggerElement::Event, Some(PROKEY), Some(PROKEY), "only for `rsvp_answer`"),
            (TriggerElement::Style, Some("none"), None, "the id of a `style`"),
            (TriggerElement::Event, Some("all"), None, "expected a UUID"),
            (TriggerElement::Event, Some("../webhook/1"), None, "expected a UUID"),
            (TriggerElement::EventGroup, Some("a?b"), None, "expected a UUID"),
            (TriggerElement::RsvpAnswer, None, Some(""), "expected a UUID"),
        ] {
            let error = path(kind, id, event).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn an_answer_has_the_shape_of_a_delivery_and_its_id_is_kept_separately() {
        let address = ElementAddress::new(TriggerElement::RsvpAnswer, Some("a1"), Some(PROKEY)).unwrap();
        let answer = json!({"id": "a1", "email": "jane@example.com", "prokey": PROKEY, "amount": 2});
        let found = address.find_in(vec![json!(1), json!({"id": "a0"}), answer]).unwrap();
        let element = AccountElement::read(&address, Trigger::Create, found).unwrap();
        assert_eq!(element.own_id.as_deref(), Some("a1"));
        assert_eq!(element.name, "rsvp_answer a1 in the account");
        let keys: Vec<&String> = element.delivered.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["status", "date_created", "date_updated", "email", "prokey", "amount", "payload"]);
        assert!(!format!("{element:?}").contains("jane"));
    }

    #[test]
    fn another_element_or_a_value_other_than_an_object_is_an_unexpected_response() {
        let address = ElementAddress::new(TriggerElement::Style, Some("7"), None).unwrap();
        for bad in [json!({"id": 8}), json!({"id": "8"}), json!([]), json!("7")] {
            let failure = AccountElement::read(&address, Trigger::Create, bad).unwrap_err();
            assert_eq!(failure.kind, AccountFailureKind::Unexpected);
        }
        for good in [json!({"id": 7}), json!({"id": "7"}), json!({})] {
            assert!(AccountElement::read(&address, Trigger::Create, good).is_ok());
        }
    }
}
