//! The questions.

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::secrets::Moves;
use crate::core::catalog;
use crate::core::definitions::Draft;
use crate::core::model::{Method, Trigger, TriggerElement};
use crate::core::request::{environment_name, header_credential, shown_header};
use crate::core::text::one_line;
use crate::face::pick;

use super::answers;

/// Asks for the fields of one webhook.
pub(super) struct Questions<'a> {
    pub(super) is_coloured: bool,
    pub(super) handle: &'a str,
}

const NOT_EMPTY: fn(&str) -> std::result::Result<(), String> = |_| Ok(());

impl Questions<'_> {
    fn ask(
        &self,
        prompt: &str,
        start: Option<&str>,
        variables: &[String],
        check: impl Fn(&str) -> std::result::Result<(), String>,
    ) -> Result<String> {
        Ok(pick::ask_from(prompt, self.is_coloured, start, variables, check)?.trim().to_owned())
    }

    /// Lets one of some values be picked, today's first.
    fn pick<T: Copy + PartialEq>(
        &self,
        prompt: &str,
        all: &[T],
        today: Option<T>,
        item: impl Fn(T) -> String,
    ) -> Result<T> {
        let mut values = all.to_vec();
        // The list begins at its first item: what enter alone should mean.
        values.sort_by_key(|value| Some(*value) != today);
        let items: Vec<String> = values.iter().map(|value| item(*value)).collect();
        Ok(values[pick::pick(prompt, &items, self.is_coloured)?])
    }

    pub(super) fn label(&self, draft: &mut Draft) -> Result<()> {
        let name =
            self.ask("Name, a label for people (may be empty)", draft.name.as_deref(), &[], NOT_EMPTY)?;
        draft.name = Some(name).filter(|name| !name.is_empty());
        Ok(())
    }

    pub(super) fn trigger(&self, draft: &mut Draft) -> Result<()> {
        let item = |trigger: Trigger| match trigger {
            Trigger::Create => "create: something new".to_owned(),
            Trigger::Update => "update: something changed".to_owned(),
            Trigger::Delete => "delete: something was removed".to_owned(),
        };
        draft.trigger =
            Some(self.pick("Trigger, the action that sets it off", &Trigger::ALL, draft.trigger, item)?);
        Ok(())
    }

    pub(super) fn trigger_element(&self, draft: &mut Draft) -> Result<()> {
        let item = |element: TriggerElement| format!("{element}: {}", element.meaning());
        let all = TriggerElement::ALL;
        draft.trigger_element =
            Some(self.pick("Trigger element, of what", &all, draft.trigger_element, item)?);
        Ok(())
    }

    pub(super) fn prokey_filter(&self, draft: &mut Draft) -> Result<()> {
        if draft.trigger_element != Some(TriggerElement::RsvpAnswer) {
            draft.prokey_filter = None;
            return Ok(());
        }
        let prompt = "Prokey of the one event whose answers count (empty for all)";
        let filter = self.ask(prompt, draft.prokey_filter.as_deref(), &[], answers::prokey)?;
        draft.prokey_filter = Some(filter).filter(|filter| !filter.is_empty());
        Ok(())
    }

    pub(super) fn method(&self, draft: &mut Draft) -> Result<()> {
        let today = draft.method.or(Some(Method::Post));
        let chosen = self.pick("Method", &Method::ALL, today, |method| method.to_string())?;
        draft.method = Some(chosen).filter(|chosen| draft.method.is_some() || *chosen != Method::Post);
        Ok(())
    }

    pub(super) fn payload_url(&self, draft: &mut Draft) -> Result<()> {
        let start = draft.payload_url.as_deref();
        let url = self.ask("Payload URL, where it is sent", start, &[], answers::payload_url)?;
        draft.payload_url = Some(url);
        Ok(())
    }

    pub(super) fn active(&self, draft: &mut Draft) -> Result<()> {
        let today = draft.active.unwrap_or(true);
        let active = pick::confirm("Active, so that it fires", today, self.is_coloured)?;
        draft.active = Some(active).filter(|active| draft.active.is_some() || !*active);
        Ok(())
    }

    pub(super) fn headers(&self, cx: &mut Context, draft: &mut Draft, moves: &mut Moves) -> Result<()> {
        let (trigger, element) = kind_of(draft);
        draft.header = self.reviewed(
            "header",
            &draft.header.clone(),
            |name, value| shown_header(name, value, false),
            |name, value| self.header_value(name, Some(value), trigger, element, moves),
        )?;
        loop {
            let taken = draft.header.clone();
            let name = self.ask("Add a header: its name (empty to go on)", None, &[], |text| {
                answers::header_name(text, &taken)
            })?;
            if name.is_empty() {
                return Ok(());
            }
            if draft.header.is_empty() {
                offer(cx, trigger, element);
            }
            let value = self.header_value(&name, None, trigger, element, moves)?;
            draft.header.push((name, value));
        }
    }

    /// The value of a header; one that is a credential by its name is typed hidden.
    fn header_value(
        &self,
        name: &str,
        today: Option<&str>,
        trigger: Trigger,
        element: TriggerElement,
        moves: &mut Moves,
    ) -> Result<String> {
        let is_credential = header_credential(name, today.unwrap_or("x")).is_some();
        let environment = environment_name(self.handle, name);
        let question = format!(
            "`{name}` is usually a secret. Type it hidden, and keep it in `.env` as `${{{environment}}}`?"
        );
        if is_credential && pick::confirm(&question, true, self.is_coloured)? {
            let mut value =
                pick::ask_hidden(&format!("Value of {name}, such as `Bearer …`"), self.is_coloured)?;
            if let Some(span) = header_credential(name, &value) {
                let taken = moves.take(&environment, &value[span.clone()]);
                value.replace_range(span, &format!("${{{taken}}}"));
            }
            return Ok(value);
        }
        self.value(name, today, trigger, element)
    }

    fn value(
        &self,
        name: &str,
        today: Option<&str>,
        trigger: Trigger,
        element: TriggerElement,
    ) -> Result<String> {
        let names = variable_names(trigger, element);
        let prompt = format!("Value of {}", one_line(name));
        self.ask(&prompt, today, &names, |text| answers::value(text, trigger, element))
    }

    pub(super) fn body(&self, cx: &mut Context, draft: &mut Draft) -> Result<()> {
        let (trigger, element) = kind_of(draft);
        draft.body = self.reviewed(
            "body field",
            &draft.body.clone(),
            |_, value| value.to_owned(),
            |key, value| self.value(key, Some(value), trigger, element),
        )?;
        loop {
            let taken = draft.body.clone();
            let prompt = "Add a body field beside `element_data`: its key (empty to go on)";
            let key = self.ask(prompt, None, &[], |text| answers::body_key(text, &taken))?;
            if key.is_empty() {
                return Ok(());
            }
            if draft.body.is_empty() {
                offer(cx, trigger, element);
            }
            let value = self.value(&key, None, trigger, element)?;
            draft.body.push((key, value));
        }
    }

    /// Goes through what is there: keep, change or remove.
    fn reviewed(
        &self,
        kind: &str,
        pairs: &[(String, String)],
        shown: impl Fn(&str, &str) -> String,
        mut change: impl FnMut(&str, &str) -> Result<String>,
    ) -> Result<Vec<(String, String)>> {
        let mut kept = Vec::new();
        for (name, value) in pairs {
            let prompt = format!("{kind} {} = {}", one_line(name), one_line(&shown(name, value)));
            let items = ["keep".to_owned(), "change".to_owned(), "remove".to_owned()];
            match pick::pick(&prompt, &items, self.is_coloured)? {
                0 => kept.push((name.clone(), value.clone())),
                1 => kept.push((name.clone(), change(name, value)?)),
                _ => {}
            }
        }
        Ok(kept)
    }
}

/// Trigger and element, which are asked for before anything that depends on them.
fn kind_of(draft: &Draft) -> (Trigger, TriggerElement) {
    (draft.trigger.unwrap_or(Trigger::Create), draft.trigger_element.unwrap_or(TriggerElement::RsvpAnswer))
}

fn variable_names(trigger: Trigger, element: TriggerElement) -> Vec<String> {
    if trigger == Trigger::Delete {
        return vec!["id".to_owned()];
    }
    catalog::variables(element).iter().map(|variable| variable.name.to_owned()).collect()
}

/// Says which variables a value can use.
fn offer(cx: &mut Context, trigger: Trigger, element: TriggerElement) {
    const SHOWN: usize = 12;
    let names = variable_names(trigger, element);
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{{{{{name}}}}}")).collect();
    let more = if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
    cx.ui.hint(&format!("values can use {}{more}; Tab completes a name behind `{{{{`", first.join(" ")));
}
