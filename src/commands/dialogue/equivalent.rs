//! The command that is equivalent to the answers in a dialogue.

use crate::core::definitions::Draft;
use crate::core::export::shell_word;
use crate::core::secrets::{credentials, mask, shown_url, url_credentials};

/// The command that adds a webhook, or changes one from `before`. Literal credentials in it are masked.
pub fn command(handle: &str, before: Option<&Draft>, draft: &Draft) -> String {
    let verb = if before.is_some() { "edit" } else { "add" };
    let nothing = Draft::default();
    let mut words = Words(vec!["hooks".to_owned(), verb.to_owned(), handle.to_owned()]);
    words.fields(before.unwrap_or(&nothing), draft);
    words.0.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
}

struct Words(Vec<String>);

impl Words {
    fn fields(&mut self, before: &Draft, draft: &Draft) {
        let text = |own: Option<&str>| own.map(str::to_owned);
        let fields = [
            ("name", text(before.name.as_deref()), text(draft.name.as_deref())),
            ("active", before.active.map(|own| own.to_string()), draft.active.map(|own| own.to_string())),
            ("trigger", before.trigger.map(|own| own.to_string()), draft.trigger.map(|own| own.to_string())),
            (
                "trigger-element",
                before.trigger_element.map(|own| own.to_string()),
                draft.trigger_element.map(|own| own.to_string()),
            ),
            ("prokey-filter", text(before.prokey_filter.as_deref()), text(draft.prokey_filter.as_deref())),
            ("method", before.method.map(|own| own.to_string()), draft.method.map(|own| own.to_string())),
            (
                "payload-url",
                before.payload_url.as_deref().map(|url| shown_url(url, false)),
                draft.payload_url.as_deref().map(|url| shown_url(url, false)),
            ),
        ];
        for (name, old, new) in fields.iter().filter(|(_, old, new)| old != new) {
            match new {
                Some(value) => self.option(name, value),
                None if old.is_some() => self.option("clear", name),
                None => {}
            }
        }
        let is_url_literal = draft.payload_url != before.payload_url
            && draft.payload_url.as_deref().is_some_and(|url| !url_credentials(url).is_empty());
        let header = Pairs { option: "header", between: ": " };
        let body = Pairs { option: "body", between: "=" };
        let is_literal =
            self.pairs(&header, &before.header, &draft.header) | self.pairs(&body, &before.body, &draft.body);
        if is_literal || is_url_literal {
            self.0.push("--literal".to_owned());
        }
    }

    /// Whether any of the values that are set is a literal credential.
    fn pairs(&mut self, how: &Pairs, before: &[(String, String)], draft: &[(String, String)]) -> bool {
        for (name, _) in before.iter().filter(|(name, _)| draft.iter().all(|(own, _)| own != name)) {
            self.option(&format!("remove-{}", how.option), name);
        }
        let mut is_literal = false;
        for (name, value) in draft.iter().filter(|pair| !before.contains(pair)) {
            let credentials = credentials(name, value);
            is_literal |= !credentials.is_empty();
            self.option(how.option, &format!("{name}{}{}", how.between, mask(value, credentials)));
        }
        is_literal
    }

    fn option(&mut self, name: &str, value: &str) {
        if value.starts_with('-') {
            self.0.push(format!("--{name}={value}"));
        } else {
            self.0.extend([format!("--{name}"), value.to_owned()]);
        }
    }
}

struct Pairs {
    option: &'static str,
    between: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::{Trigger, TriggerElement};

    fn draft() -> Draft {
        Draft {
            name: Some("Sign-ups".to_owned()),
            trigger: Some(Trigger::Create),
            trigger_element: Some(TriggerElement::RsvpAnswer),
            payload_url: Some("https://example.com/in".to_owned()),
            header: vec![("X-A".to_owned(), "1".to_owned())],
            body: vec![("seats".to_owned(), "{{amount}}".to_owned())],
            ..Draft::default()
        }
    }

    #[test]
    fn a_new_webhook_has_every_field() {
        assert_eq!(
            command("x", None, &draft()),
            "hooks add x --name Sign-ups --trigger create --trigger-element rsvp_answer --payload-url \
             https://example.com/in --header 'X-A: 1' --body 'seats={{amount}}'"
        );
    }

    #[test]
    fn a_change_has_what_differs_and_no_credential() {
        let changed = Draft {
            name: None,
            active: Some(false),
            header: vec![("Authorization".to_owned(), "Bearer hunter2hunter2".to_owned())],
            body: vec![("seats".to_owned(), "-1".to_owned())],
            ..draft()
        };
        assert_eq!(
            command("x", Some(&draft()), &changed),
            "hooks edit x --clear name --active false --remove-header X-A --header 'Authorization: Bearer ***' \
             --body seats=-1 --literal"
        );
    }
}
