//! The questions.

use std::cell::Cell;

use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::secrets::Moves;
use crate::core::catalog;
use crate::core::definitions::Draft;
use crate::core::model::{Method, Trigger, TriggerElement};
use crate::core::request::{
    body_credential, environment_name, header_credential, shown_header, typed_credential,
};
use crate::core::text::{MASK, Span, one_line};
use crate::face::pick;

use super::answers;

/// Asks for the fields of one webhook.
pub(super) struct Questions<'a> {
    is_coloured: bool,
    handle: &'a str,
    /// Trigger and element, which are asked for before anything that depends on them.
    kind: Cell<(Trigger, TriggerElement)>,
    /// Whether the variables were listed.
    is_offered: Cell<bool>,
}

const ANYTHING: fn(&str) -> std::result::Result<(), String> = |_| Ok(());

impl<'a> Questions<'a> {
    pub(super) fn new(is_coloured: bool, handle: &'a str) -> Self {
        let kind = Cell::new((Trigger::Create, TriggerElement::RsvpAnswer));
        Self { is_coloured, handle, kind, is_offered: Cell::new(false) }
    }

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
            self.ask("Name, a label for people (may be empty)", draft.name.as_deref(), &[], ANYTHING)?;
        draft.name = Some(name).filter(|name| !name.is_empty());
        Ok(())
    }

    pub(super) fn trigger(&self, draft: &mut Draft) -> Result<()> {
        let item = |trigger: Trigger| match trigger {
            Trigger::Create => "create: something new".to_owned(),
            Trigger::Update => "update: something changed".to_owned(),
            Trigger::Delete => "delete: something was removed".to_owned(),
        };
        let trigger =
            self.pick("Trigger, the action that sets it off", &Trigger::ALL, draft.trigger, item)?;
        draft.trigger = Some(trigger);
        self.kind.set((trigger, self.kind.get().1));
        Ok(())
    }

    pub(super) fn trigger_element(&self, draft: &mut Draft) -> Result<()> {
        let item = |element: TriggerElement| format!("{element}: {}", element.meaning());
        let all = TriggerElement::ALL;
        let element = self.pick("Trigger element, of what", &all, draft.trigger_element, item)?;
        draft.trigger_element = Some(element);
        self.kind.set((self.kind.get().0, element));
        Ok(())
    }

    pub(super) fn prokey_filter(&self, draft: &mut Draft) -> Result<()> {
        if draft.trigger_element != Some(TriggerElement::RsvpAnswer) {
            draft.prokey_filter = None;
            return Ok(());
        }
        let prompt = "Prokey of the event (empty: all)";
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
        self.reviewed(cx, Part::Header, &mut draft.header, moves)?;
        loop {
            let taken = draft.header.clone();
            let name = self.ask("Add a header: its name (empty: go on)", None, &[], |text| {
                answers::header_name(text, &taken)
            })?;
            if name.is_empty() {
                return Ok(());
            }
            let value = self.value(cx, Part::Header, &name, None, moves)?;
            draft.header.push((name, value));
        }
    }

    pub(super) fn body(&self, cx: &mut Context, draft: &mut Draft, moves: &mut Moves) -> Result<()> {
        self.reviewed(cx, Part::Body, &mut draft.body, moves)?;
        loop {
            let taken = draft.body.clone();
            let prompt = "Add a body field: its key (empty: go on)";
            let key = self.ask(prompt, None, &[], |text| answers::body_key(text, &taken))?;
            if key.is_empty() {
                return Ok(());
            }
            let value = self.value(cx, Part::Body, &key, None, moves)?;
            draft.body.push((key, value));
        }
    }

    /// A value; one that is a credential, by its name or by what it was, is typed hidden.
    fn value(
        &self,
        cx: &mut Context,
        part: Part,
        name: &str,
        today: Option<&str>,
        moves: &mut Moves,
    ) -> Result<String> {
        let shown = one_line(name);
        let is_literal = |value: &str| part.credential(name, value).is_some();
        if is_literal("x") || today.is_some_and(is_literal) {
            let environment = environment_name(self.handle, name);
            cx.ui.status(&format!(
                "`{shown}` is usually a secret: `.env` can keep it, with `${{{environment}}}` in its place"
            ));
            if pick::confirm("Type it hidden, into `.env`?", true, self.is_coloured)? {
                return self.hidden(cx, &shown, &environment, moves);
            }
        }
        self.offer(cx);
        let (trigger, element) = self.kind.get();
        let names = variable_names(trigger, element);
        let start = today.filter(|value| !is_literal(value));
        self.ask(&format!("Value of {shown}"), start, &names, |text| answers::value(text, trigger, element))
    }

    /// A credential, which goes into `.env`, unless what is typed takes it from the environment.
    fn hidden(&self, cx: &mut Context, shown: &str, environment: &str, moves: &mut Moves) -> Result<String> {
        let (trigger, element) = self.kind.get();
        loop {
            let prompt = format!("Value of {shown}, such as `Bearer …`");
            let mut value = pick::ask_hidden(&prompt, self.is_coloured)?;
            if let Some(span) = typed_credential(&value) {
                let name = moves.take(environment, &value[span.clone()]);
                value.replace_range(span, &format!("${{{name}}}"));
            }
            match answers::value(&value, trigger, element) {
                Ok(()) => return Ok(value),
                Err(reason) => cx.ui.status(&reason),
            }
        }
    }

    /// Goes through what is there: keep, change or remove. What the element does not have any more cannot
    /// be kept.
    fn reviewed(
        &self,
        cx: &mut Context,
        part: Part,
        pairs: &mut Vec<(String, String)>,
        moves: &mut Moves,
    ) -> Result<()> {
        let (trigger, element) = self.kind.get();
        let mut reviewed = Vec::new();
        for (name, value) in pairs.iter() {
            let problem = answers::value(value, trigger, element).err();
            if let Some(reason) = &problem {
                cx.ui.status(reason);
            }
            let mut items = vec!["keep".to_owned(), "change".to_owned(), "remove".to_owned()];
            if problem.is_some() {
                items.remove(0);
            }
            let prompt =
                format!("{} {} = {}", part.noun(), one_line(name), one_line(&part.shown(name, value)));
            match items[pick::pick(&prompt, &items, self.is_coloured)?].as_str() {
                "keep" => reviewed.push((name.clone(), value.clone())),
                "change" => reviewed.push((name.clone(), self.value(cx, part, name, Some(value), moves)?)),
                _ => {}
            }
        }
        *pairs = reviewed;
        Ok(())
    }

    /// Says once which variables a value can use.
    fn offer(&self, cx: &mut Context) {
        const SHOWN: usize = 12;
        if self.is_offered.replace(true) {
            return;
        }
        let (trigger, element) = self.kind.get();
        let names = variable_names(trigger, element);
        let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{{{{{name}}}}}")).collect();
        let more = match names.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more, see `hooks vars {element}`"),
        };
        cx.ui.hint(&format!("values can use {}{more}; Tab completes a name behind `{{{{`", first.join(" ")));
    }
}

/// Header or body, which are asked for alike.
#[derive(Debug, Clone, Copy)]
enum Part {
    Header,
    Body,
}

impl Part {
    fn noun(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Body => "body field",
        }
    }

    /// The part of a value that looks like a credential.
    fn credential(self, name: &str, value: &str) -> Option<Span> {
        match self {
            Self::Header => header_credential(name, value),
            Self::Body => body_credential(name, value),
        }
    }

    /// A value as it may be shown.
    fn shown(self, name: &str, value: &str) -> String {
        match self {
            Self::Header => shown_header(name, value, false),
            Self::Body => {
                let mut shown = value.to_owned();
                if let Some(secret) = self.credential(name, value) {
                    shown.replace_range(secret, MASK);
                }
                shown
            }
        }
    }
}

fn variable_names(trigger: Trigger, element: TriggerElement) -> Vec<String> {
    if trigger == Trigger::Delete {
        return vec!["id".to_owned()];
    }
    catalog::variables(element).iter().map(|variable| variable.name.to_owned()).collect()
}
