//! The questions.

use std::cell::{Cell, RefCell};

use crate::commands::context::Context;
use crate::commands::secrets::Moves;
use crate::core::catalog;
use crate::core::definitions::{Definitions, Draft};
use crate::core::model::{Method, Trigger, TriggerElement};
use crate::core::secrets::{
    credentials, environment_name, is_scheme, shown_field, shown_header, typed_credential,
};
use crate::core::text::one_line;
use crate::output::pick::{Item, NoAnswer, Prompt};

use super::answers;

/// Whether a question was asked; questions that do not apply are skipped.
pub(super) type Asked = Result<bool, NoAnswer>;

/// Asks for the fields of one webhook.
pub(super) struct Questions {
    prompt: Cell<Prompt>,
    handle: RefCell<String>,
    /// Trigger and element, which are asked for before anything that depends on them.
    kind: Cell<(Trigger, TriggerElement)>,
    /// Whether the variables were listed.
    is_offered: Cell<bool>,
}

const ANYTHING: fn(&str) -> std::result::Result<(), String> = |_| Ok(());

impl Questions {
    pub(super) fn new(is_coloured: bool, handle: Option<&str>) -> Self {
        let kind = Cell::new((Trigger::Create, TriggerElement::RsvpAnswer));
        let prompt = Cell::new(Prompt { is_coloured, can_go_back: false });
        let handle = RefCell::new(handle.unwrap_or_default().to_owned());
        Self { prompt, handle, kind, is_offered: Cell::new(false) }
    }

    pub(super) fn set_can_go_back(&self, can_go_back: bool) {
        self.prompt.set(Prompt { can_go_back, ..self.prompt.get() });
    }

    pub(super) fn into_handle(self) -> String {
        self.handle.into_inner()
    }

    fn ask(
        &self,
        prompt: &str,
        start: Option<&str>,
        variables: &[String],
        check: impl Fn(&str) -> std::result::Result<(), String>,
    ) -> Result<String, NoAnswer> {
        Ok(self.prompt.get().text(prompt, start, variables, check)?.trim().to_owned())
    }

    /// Lets one of some values be picked, today's first.
    fn pick<T: Copy + PartialEq>(
        &self,
        prompt: &str,
        all: &[T],
        today: Option<T>,
        item: impl Fn(T) -> Item,
    ) -> Result<T, NoAnswer> {
        let mut values = all.to_vec();
        // The list begins at its first item: what enter alone should mean.
        values.sort_by_key(|value| Some(*value) != today);
        let items: Vec<Item> = values.iter().map(|value| item(*value)).collect();
        Ok(values[self.prompt.get().pick(prompt, &items)?])
    }

    pub(super) fn handle(&self, definitions: &Definitions) -> Asked {
        let start = self.handle.borrow().clone();
        let check = |text: &str| answers::handle(text, definitions);
        let handle = self.ask("Handle, the short name that commands use", Some(&start), &[], check)?;
        self.handle.replace(handle);
        Ok(true)
    }

    pub(super) fn label(&self, draft: &mut Draft) -> Asked {
        let name =
            self.ask("Name, a label for people (may be empty)", draft.name.as_deref(), &[], ANYTHING)?;
        draft.name = Some(name).filter(|name| !name.is_empty());
        Ok(true)
    }

    pub(super) fn trigger(&self, draft: &mut Draft) -> Asked {
        let trigger =
            self.pick("Trigger, the action that sets it off", &Trigger::ALL, draft.trigger, Item::from)?;
        draft.trigger = Some(trigger);
        self.kind.set((trigger, self.kind.get().1));
        Ok(true)
    }

    pub(super) fn trigger_element(&self, draft: &mut Draft) -> Asked {
        let all = TriggerElement::ALL;
        let element =
            self.pick("Trigger element: what kind of element", &all, draft.trigger_element, Item::from)?;
        draft.trigger_element = Some(element);
        self.kind.set((self.kind.get().0, element));
        Ok(true)
    }

    pub(super) fn prokey_filter(&self, draft: &mut Draft) -> Asked {
        if draft.trigger_element != Some(TriggerElement::RsvpAnswer) {
            draft.prokey_filter = None;
            return Ok(false);
        }
        let prompt = "Prokey filter: this event only (leave empty for all)";
        let filter = self.ask(prompt, draft.prokey_filter.as_deref(), &[], answers::prokey)?;
        draft.prokey_filter = Some(filter).filter(|filter| !filter.is_empty());
        Ok(true)
    }

    pub(super) fn method(&self, draft: &mut Draft) -> Asked {
        let today = draft.method.or(Some(Method::Post));
        let chosen = self.pick("Method", &Method::ALL, today, |method| Item::from(method.to_string()))?;
        draft.method = Some(chosen).filter(|chosen| draft.method.is_some() || *chosen != Method::Post);
        Ok(true)
    }

    pub(super) fn payload_url(&self, draft: &mut Draft) -> Asked {
        let start = draft.payload_url.as_deref();
        let url = self.ask("Payload URL, where it is sent", start, &[], answers::payload_url)?;
        draft.payload_url = Some(url);
        Ok(true)
    }

    pub(super) fn active(&self, draft: &mut Draft) -> Asked {
        let today = draft.active.unwrap_or(true);
        let active = self.prompt.get().confirm("Active, so that it fires", today)?;
        draft.active = Some(active).filter(|active| draft.active.is_some() || !*active);
        Ok(true)
    }

    pub(super) fn headers(&self, cx: &mut Context, draft: &mut Draft, moves: &mut Moves) -> Asked {
        self.reviewed(cx, Part::Header, &mut draft.header, moves)?;
        loop {
            let taken = draft.header.clone();
            let prompt = "Header name (leave empty to continue)";
            let name = self.ask(prompt, None, &[], |text| answers::header_name(text, &taken))?;
            if name.is_empty() {
                return Ok(true);
            }
            match self.value(cx, &name, None, moves) {
                Ok(value) => draft.header.push((name, value)),
                Err(NoAnswer::Back) => {}
                Err(reason) => return Err(reason),
            }
        }
    }

    pub(super) fn body(&self, cx: &mut Context, draft: &mut Draft, moves: &mut Moves) -> Asked {
        self.reviewed(cx, Part::Body, &mut draft.body, moves)?;
        loop {
            let taken = draft.body.clone();
            let prompt = "Body field key (leave empty to continue)";
            let key = self.ask(prompt, None, &[], |text| answers::body_key(text, &taken))?;
            if key.is_empty() {
                return Ok(true);
            }
            match self.value(cx, &key, None, moves) {
                Ok(value) => draft.body.push((key, value)),
                Err(NoAnswer::Back) => {}
                Err(reason) => return Err(reason),
            }
        }
    }

    /// A value; one that is a credential, by its name or by what it was, is typed hidden.
    fn value(
        &self,
        cx: &mut Context,
        name: &str,
        today: Option<&str>,
        moves: &mut Moves,
    ) -> Result<String, NoAnswer> {
        let shown = one_line(name);
        let is_literal = |value: &str| !credentials(name, value).is_empty();
        if is_literal("x") || today.is_some_and(is_literal) {
            let environment = environment_name(&self.handle.borrow(), name);
            cx.printer.status(&format!(
                "`{shown}` is usually a secret: `.env` can keep it, with `${{{environment}}}` in its place"
            ));
            if self.prompt.get().confirm("Store it in `.env`? (input is hidden)", true)? {
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
    fn hidden(
        &self,
        cx: &mut Context,
        shown: &str,
        environment: &str,
        moves: &mut Moves,
    ) -> Result<String, NoAnswer> {
        let (trigger, element) = self.kind.get();
        loop {
            let prompt = format!("Value of {shown}, such as `Bearer …`");
            let mut value = self.prompt.get().hidden(&prompt)?;
            if let Some(span) = typed_credential(&value) {
                let name = moves.take(environment, &value[span.clone()]);
                value.replace_range(span, &format!("${{{name}}}"));
            }
            if is_scheme(&value) {
                cx.printer
                    .status(&format!("`{}` is only the scheme: type the credential after it", value.trim()));
                continue;
            }
            match answers::value(&value, trigger, element) {
                Ok(()) => return Ok(value),
                Err(reason) => cx.printer.status(&reason),
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
    ) -> Result<(), NoAnswer> {
        let (trigger, element) = self.kind.get();
        let mut reviewed = Vec::new();
        for (name, value) in pairs.iter() {
            let problem = answers::value(value, trigger, element).err();
            if let Some(reason) = &problem {
                cx.printer.status(reason);
            }
            let mut choices = vec!["keep", "change", "remove"];
            if problem.is_some() {
                choices.remove(0);
            }
            let items: Vec<Item> = choices.iter().map(|own| Item::from((*own).to_owned())).collect();
            let prompt =
                format!("{} {} = {}", part.noun(), one_line(name), one_line(&part.shown(name, value)));
            match choices[self.prompt.get().pick(&prompt, &items)?] {
                "keep" => reviewed.push((name.clone(), value.clone())),
                "change" => reviewed.push((name.clone(), self.value(cx, name, Some(value), moves)?)),
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
        cx.printer
            .hint(&format!("values can use {}{more}; Tab completes a name behind `{{{{`", first.join(" ")));
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

    /// A value as it may be shown.
    fn shown(self, name: &str, value: &str) -> String {
        match self {
            Self::Header => shown_header(name, value, false),
            Self::Body => shown_field(name, value, false),
        }
    }
}

fn variable_names(trigger: Trigger, element: TriggerElement) -> Vec<String> {
    if trigger == Trigger::Delete {
        return vec!["id".to_owned()];
    }
    catalog::variables(element).iter().map(|variable| variable.name.to_owned()).collect()
}
