//! The command line that is equivalent to the answers in a dialogue.

use crate::core::definitions::Draft;
use crate::core::export::shell_word;
use crate::core::secrets::{credentials, mask, shown_url, url_credentials};

/// The command that adds a webhook, or changes it from `before`. Literal credentials in it are masked.
pub fn command(handle: &str, before: Option<&Draft>, draft: &Draft) -> String {
    let verb = if before.is_some() { "edit" } else { "add" };
    let nothing = Draft::default();
    let before = before.unwrap_or(&nothing);
    let mut words = vec!["hooks".to_owned(), verb.to_owned(), handle.to_owned()];
    for ((name, old), (_, new)) in fields(before).into_iter().zip(fields(draft)) {
        match new {
            Some(value) if old.as_ref() != Some(&value) => words.extend(option(name, &value)),
            None if old.is_some() => words.extend(option("clear", name)),
            _ => {}
        }
    }
    let url = draft.payload_url.as_deref().filter(|_| draft.payload_url != before.payload_url);
    let mut is_literal = url.is_some_and(|url| !url_credentials(url).is_empty());
    for (name, separator, old, new) in
        [("header", ": ", &before.header, &draft.header), ("body", "=", &before.body, &draft.body)]
    {
        for (key, _) in old.iter().filter(|(key, _)| new.iter().all(|(own, _)| own != key)) {
            words.extend(option(&format!("remove-{name}"), key));
        }
        for (key, value) in new.iter().filter(|pair| !old.contains(pair)) {
            let text = value.as_str();
            let credentials = credentials(key, text);
            is_literal |= !credentials.is_empty();
            let name = if value.is_json() { "body-json" } else { name };
            words.extend(option(name, &format!("{key}{separator}{}", mask(text, credentials))));
        }
    }
    words.extend(is_literal.then(|| "--literal".to_owned()));
    words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
}

/// The single-valued fields, by the names of their options.
fn fields(draft: &Draft) -> [(&'static str, Option<String>); 7] {
    [
        ("name", draft.name.clone()),
        ("active", draft.active.map(|active| active.to_string())),
        ("trigger", draft.trigger.map(|trigger| trigger.to_string())),
        ("trigger-element", draft.trigger_element.map(|element| element.to_string())),
        ("prokey-filter", draft.prokey_filter.clone()),
        ("method", draft.method.map(|method| method.to_string())),
        ("payload-url", draft.payload_url.as_deref().map(|url| shown_url(url, false))),
    ]
}

fn option(name: &str, value: &str) -> Vec<String> {
    if value.starts_with('-') {
        vec![format!("--{name}={value}")]
    } else {
        vec![format!("--{name}"), value.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::{FieldValue, Trigger, TriggerElement};

    fn draft() -> Draft {
        Draft {
            name: Some("Sign-ups".to_owned()),
            trigger: Some(Trigger::Create),
            trigger_element: Some(TriggerElement::RsvpAnswer),
            payload_url: Some("https://example.com/in".to_owned()),
            header: vec![("X-A".to_owned(), "1".into())],
            body: vec![("seats".to_owned(), "{{amount}}".into())],
            ..Draft::default()
        }
    }

    #[test]
    fn a_new_webhook_lists_every_field() {
        assert_eq!(
            command("x", None, &draft()),
            "hooks add x --name Sign-ups --trigger create --trigger-element rsvp_answer --payload-url \
             https://example.com/in --header 'X-A: 1' --body 'seats={{amount}}'"
        );
    }

    #[test]
    fn a_change_lists_only_differences_and_no_credential() {
        let changed = Draft {
            name: None,
            active: Some(false),
            header: vec![("Authorization".to_owned(), "Bearer hunter2hunter2".into())],
            body: vec![
                ("seats".to_owned(), "-1".into()),
                ("n".to_owned(), FieldValue::Json("-1".to_owned())),
            ],
            ..draft()
        };
        assert_eq!(
            command("x", Some(&draft()), &changed),
            "hooks edit x --clear name --active false --remove-header X-A --header 'Authorization: Bearer ***' \
             --body seats=-1 --body-json n=-1 --literal"
        );
    }
}
