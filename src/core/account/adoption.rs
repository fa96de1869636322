//! Finds webhooks in the account that definitions without `id` may already describe.

use std::collections::HashSet;

use crate::core::model::Webhook;

use super::webhook::AccountWebhook;

/// The webhook that a definition without `id` may describe, or several that fire like it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdoptionMatch {
    pub id: Option<u64>,
    /// Whether all compared fields are equal.
    pub is_identical: bool,
    /// Webhooks with the same URL, trigger and element, if none of them could be chosen.
    pub alike: Vec<u64>,
}

/// For each definition without `id`, the webhook to adopt: the only untied one that equals it in all fields, or else the only
/// untied one with the same URL, trigger and element. No webhook is adopted twice; identical pairs are matched first.
pub fn adoption_matches(
    definitions: &[(&Webhook, &AccountWebhook)],
    untied: &[&AccountWebhook],
) -> Vec<AdoptionMatch> {
    let mut taken = HashSet::new();
    let mut matches = vec![AdoptionMatch::default(); definitions.len()];
    for is_identical in [true, false] {
        for ((webhook, resolved), found) in definitions.iter().zip(&mut matches) {
            if found.id.is_some() {
                continue;
            }
            let alike = untied.iter().filter(|own| !taken.contains(&own.id) && own.fires_like(resolved));
            let alike: Vec<&AccountWebhook> = alike.copied().collect();
            let same = |own: &&&AccountWebhook| own.differing(resolved, webhook.label()).is_empty();
            let candidates: Vec<&&AccountWebhook> =
                alike.iter().filter(|own| !is_identical || same(own)).collect();
            if let [only] = candidates.as_slice() {
                taken.insert(only.id);
                *found = AdoptionMatch { id: Some(only.id), is_identical, alike: Vec::new() };
            } else {
                found.alike = alike.iter().map(|own| own.id).collect();
            }
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use crate::core::definitions::read;
    use crate::core::request::EmptyEnvironment;
    use crate::core::text::Source;

    use super::*;

    fn webhook(text: &str) -> Webhook {
        let text = format!(
            "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"https://a\"\n{text}"
        );
        read(&Arc::new(Source::new("x", text))).0.webhooks.remove(0)
    }

    #[test]
    fn a_webhook_is_adopted_only_if_no_other_is_like_it() {
        let file = webhook("");
        let resolved = AccountWebhook::resolved(0, &file, &EmptyEnvironment).unwrap();
        let other = |id, name: &str| {
            let json = json!({
                "name": name, "trigger": "create", "trigger_element": "rsvp_answer", "payload_url": "https://a",
            });
            AccountWebhook::read(id, &json).unwrap()
        };
        let of = |all: &[AccountWebhook]| {
            adoption_matches(&[(&file, &resolved)], &all.iter().collect::<Vec<_>>()).remove(0)
        };
        let found = |id, is_identical| AdoptionMatch { id: Some(id), is_identical, alike: Vec::new() };
        assert_eq!(of(&[]), AdoptionMatch::default());
        assert_eq!(of(&[other(2, "a")]), found(2, true));
        assert_eq!(of(&[other(2, "b")]), found(2, false));
        assert_eq!(of(&[other(2, "b"), other(3, "a")]), found(3, true));
        assert_eq!(of(&[other(2, "b"), other(3, "c")]).alike, [2, 3]);
        assert_eq!(of(&[other(2, "a"), other(3, "a")]).alike, [2, 3]);
        let elsewhere = AccountWebhook { payload_url: "https://b".to_owned(), ..other(2, "a") };
        assert_eq!(of(&[elsewhere]), AdoptionMatch::default());
        // Two definitions never adopt the same webhook: the identical one gets it.
        let named = webhook("name = \"b\"\n");
        let second = AccountWebhook::resolved(0, &named, &EmptyEnvironment).unwrap();
        let both = adoption_matches(&[(&file, &resolved), (&named, &second)], &[&other(2, "b")]);
        assert_eq!(both, [AdoptionMatch::default(), found(2, true)]);
    }
}
