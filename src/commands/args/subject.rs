//! A trigger element, given by its own name or by the handle of a webhook.

use std::path::Path;

use crate::commands::context::Context;
use crate::commands::error::{Result, usage};
use crate::core::model::{Trigger, TriggerElement};
use crate::core::text::{fold, list, nearest, one_line};

/// What was named.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// The trigger element.
    pub element: TriggerElement,
    /// The trigger of the webhook, if a webhook was named.
    pub trigger: Option<Trigger>,
}

impl Subject {
    /// Finds an element by its name, or a webhook by its handle.
    pub fn named(cx: &Context, text: &str) -> Result<Self> {
        if let Some(element) = TriggerElement::parse(text) {
            return Ok(Self { element, trigger: None });
        }
        // Without a definitions file there are no handles, but element names still work.
        let definitions = cx.definitions_to_edit().ok();
        let webhooks =
            definitions.as_ref().map(|definitions| definitions.webhooks.as_slice()).unwrap_or_default();
        if let Some(webhook) = webhooks.iter().find(|webhook| webhook.handle.value == text) {
            let (element, trigger) = (webhook.trigger_element.value, Some(webhook.trigger.value));
            return Ok(Self { element, trigger });
        }
        let handles = webhooks.iter().map(|webhook| webhook.handle.value.as_str());
        let similar =
            similar_names(text, TriggerElement::ALL.map(TriggerElement::as_str).into_iter().chain(handles));
        let help = if !similar.is_empty() {
            format!("did you mean {}?", list(&similar, "or"))
        } else if Path::new(text).is_file() {
            format!("name the element before the file, as in `hooks vars rsvp_answer {}`", one_line(text))
        } else {
            all_elements()
        };
        let message = format!("unknown trigger element or webhook `{}`", one_line(text));
        Err(usage(message).help(help))
    }
}

/// Lists all trigger elements.
pub fn all_elements() -> String {
    format!("the trigger elements are {}", list(&TriggerElement::ALL.map(TriggerElement::as_str), "and"))
}

/// The names that contain a string, else the closest one.
pub fn similar_names<'a>(text: &str, names: impl Iterator<Item = &'a str> + Clone) -> Vec<&'a str> {
    const SHORTEST: usize = 3;
    const MOST: usize = 5;
    let own = fold(text);
    let containing =
        names.clone().filter(|name| own.chars().count() >= SHORTEST && fold(name).contains(&own));
    let containing: Vec<&str> = containing.take(MOST).collect();
    if containing.is_empty() { nearest(text, names).into_iter().collect() } else { containing }
}
