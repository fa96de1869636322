//! The built-in seed: one account with the samples of the catalog, which refer to each other.

use serde_json::{Value, json};

use super::Seed;
use super::error::SeedError;
use super::members::{ANSWERS, EMAIL_TEMPLATES};
use crate::core::catalog::{sample, sample_id};
use crate::core::emulator::{Record, Resource};
use crate::core::model::{Trigger, TriggerElement};

impl Seed {
    /// The sample account: an event in a group with a style, a landing page, a call to action, an RSVP form and an answer.
    pub fn sample() -> Result<Self, SeedError> {
        let mut lists = Record::new();
        for resource in Resource::ALL {
            let Some(element) = resource.trigger_element() else { continue };
            let mut record = parsed(element);
            if resource == Resource::RsvpBlock {
                lists.insert(EMAIL_TEMPLATES.to_owned(), email_templates(&record));
                // The sample's registration ended long ago; the form must accept sign-ups.
                record.insert("expires".to_owned(), Value::Null);
            }
            lists.insert(resource.path().to_owned(), json!([record]));
        }
        let mut answer = parsed(TriggerElement::RsvpAnswer);
        let id = sample_id(TriggerElement::RsvpAnswer).and_then(|id| serde_json::from_str(id).ok());
        answer.insert("id".to_owned(), id.unwrap_or_default());
        lists.insert(ANSWERS.to_owned(), json!([answer]));
        Self::of(Value::Object(lists))
    }
}

fn parsed(element: TriggerElement) -> Record {
    serde_json::from_str(&sample(element, Trigger::Update)).unwrap_or_default()
}

/// The templates that the form refers to.
fn email_templates(form: &Record) -> Value {
    let templates = form.iter().filter(|(_, id)| id.is_number()).filter_map(|(field, id)| {
        let kind = field.strip_prefix("email_")?;
        let name = kind.trim_start_matches("rsvp_").replace('_', " ");
        Some(json!({ "id": id, "name": format!("Our {name} email"), "type": kind }))
    });
    templates.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_one_element_of_each_kind_and_they_belong_together() {
        let seed = Seed::sample().unwrap();
        let resources: Vec<Resource> = seed.elements.iter().map(|own| own.resource).collect();
        assert_eq!(resources, Resource::ALL[1..]);
        assert_eq!((seed.sign_ups.len(), seed.settings.email_templates.len()), (1, 6));
        for (element, sample) in seed.elements.iter().zip(Resource::ALL[1..].iter()) {
            let sample = parsed(sample.trigger_element().unwrap());
            for (field, value) in &sample {
                if !matches!(field.as_str(), "expires" | "events") {
                    assert_eq!(element.record.get(field), Some(value), "{field}");
                }
            }
        }
    }
}
