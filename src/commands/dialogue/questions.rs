//! The questions of `add` and `edit`: one per field, with the current value as the default. Each answer is checked at once.

use std::sync::Arc;

use crate::commands::args::checked_json;
use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::learned_fields;
use crate::commands::secrets::DotEnvAdditions;
use crate::core::catalog::{self, LearnedFields};
use crate::core::definitions::{Definitions, Draft, DraftPair};
use crate::core::model::{FieldValue, Method, Trigger, TriggerElement};
use crate::core::secrets::{
    credentials, environment_name, is_scheme, shown_field, shown_header, typed_credential,
};
use crate::core::text::one_line;
use crate::output::prompt::{Choice, NoAnswer, Prompt};

use super::checks::{self, Checked};

/// The webhook that the questions are about.
#[derive(Debug, Clone, Copy)]
pub struct EditTarget<'a> {
    pub definitions: &'a Definitions,
    pub handle: Option<&'a str>,
    pub is_new: bool,
}

/// Whether a question was asked; questions that do not apply are skipped.
type Asked = std::result::Result<bool, NoAnswer>;

const STEPS: [fn(&mut Questions<'_>) -> Asked; 10] = [
    |questions| questions.handle(),
    |questions| questions.label(),
    |questions| questions.trigger(),
    |questions| questions.trigger_element(),
    |questions| questions.prokey_filter(),
    |questions| questions.method(),
    |questions| questions.payload_url(),
    |questions| questions.pairs(Group::Header),
    |questions| questions.pairs(Group::Body),
    |questions| questions.active(),
];

/// Asks all questions and returns the handle. Shift-Tab goes back to the previous question.
pub fn run(
    cx: &mut Context,
    target: EditTarget<'_>,
    draft: &mut Draft,
    moves: &mut DotEnvAdditions,
) -> Result<String> {
    let handle = target.handle.unwrap_or_default().to_owned();
    let learned = learned_fields::known(cx)?;
    let mut questions =
        Questions { cx, learned, target, draft, moves, handle, can_go_back: false, is_offered: false };
    let hint = "press Shift-Tab to go back to the previous question, Escape to quit without writing anything";
    questions.cx.printer.hint(hint);
    let (mut step, mut asked) = (0, Vec::new());
    while let Some(ask) = STEPS.get(step) {
        questions.can_go_back = !asked.is_empty();
        match ask(&mut questions) {
            Ok(is_asked) => {
                asked.extend(is_asked.then_some(step));
                step += 1;
            }
            Err(NoAnswer::Back) => step = asked.pop().unwrap_or_default(),
            Err(reason) => return Err(reason.into()),
        }
    }
    let Questions { draft, moves, handle, .. } = questions;
    // Values that were entered and then replaced are not needed.
    let values = || draft.header.iter().chain(&draft.body).map(|(_, value)| value);
    moves.added.retain(|(name, _)| values().any(|value| value.as_str().contains(&format!("${{{name}}}"))));
    Ok(handle)
}

struct Questions<'a> {
    cx: &'a mut Context,
    learned: Arc<LearnedFields>,
    target: EditTarget<'a>,
    draft: &'a mut Draft,
    moves: &'a mut DotEnvAdditions,
    handle: String,
    can_go_back: bool,
    is_offered: bool,
}

impl Questions<'_> {
    fn prompt(&self) -> Prompt {
        Prompt { can_go_back: self.can_go_back, ..self.cx.prompt() }
    }

    fn ask(
        &self,
        prompt: &str,
        start: Option<&str>,
        check: impl Fn(&str) -> Checked,
    ) -> std::result::Result<String, NoAnswer> {
        Ok(self.prompt().text(prompt, start, &[], check)?.trim().to_owned())
    }

    /// Prompts for one of some values. The current one comes first, so that Enter picks it.
    fn pick<T: Copy + PartialEq + Into<Choice>>(
        &self,
        prompt: &str,
        all: &[T],
        current: Option<T>,
    ) -> std::result::Result<T, NoAnswer> {
        let mut values = all.to_vec();
        values.sort_by_key(|value| Some(*value) != current);
        Ok(values[self.prompt().pick(prompt, values.iter().copied())?])
    }

    fn handle(&mut self) -> Asked {
        if self.target.handle.is_some() {
            return Ok(false);
        }
        let prompt = "Handle (short name used in commands)";
        let definitions = self.target.definitions;
        self.handle = self.ask(prompt, Some(&self.handle), |text| checks::handle(text, definitions))?;
        Ok(true)
    }

    fn label(&mut self) -> Asked {
        let name = self.ask("Name (display name, may be empty)", self.draft.name.as_deref(), |_| Ok(()))?;
        self.draft.name = Some(name).filter(|name| !name.is_empty());
        Ok(true)
    }

    fn trigger(&mut self) -> Asked {
        let prompt = "Trigger";
        self.draft.trigger = Some(self.pick(prompt, &Trigger::ALL, self.draft.trigger)?);
        self.draft.unknown.trigger = None;
        Ok(true)
    }

    fn trigger_element(&mut self) -> Asked {
        let prompt = "Trigger element";
        let element = self.pick(prompt, &TriggerElement::ALL, self.draft.trigger_element)?;
        self.draft.trigger_element = Some(element);
        self.draft.unknown.trigger_element = None;
        Ok(true)
    }

    fn prokey_filter(&mut self) -> Asked {
        if self.draft.trigger_element != Some(TriggerElement::RsvpAnswer) {
            self.draft.prokey_filter = None;
            return Ok(false);
        }
        let prompt = "Prokey filter: this event only (leave empty for all)";
        let filter = self.ask(prompt, self.draft.prokey_filter.as_deref(), checks::prokey)?;
        self.draft.prokey_filter = Some(filter).filter(|filter| !filter.is_empty());
        Ok(true)
    }

    fn method(&mut self) -> Asked {
        let own = self.draft.method;
        let chosen = self.pick("Method", &Method::ALL, own.or(Some(Method::Post)))?;
        self.draft.unknown.method = None;
        self.draft.method = Some(chosen).filter(|chosen| own.is_some() || *chosen != Method::Post);
        Ok(true)
    }

    fn payload_url(&mut self) -> Asked {
        let start = self.draft.payload_url.as_deref();
        self.draft.payload_url = Some(self.ask("Payload URL", start, checks::payload_url)?);
        Ok(true)
    }

    fn active(&mut self) -> Asked {
        if self.target.is_new {
            return Ok(false);
        }
        let own = self.draft.active;
        let active = self.prompt().confirm("Active?", own.unwrap_or(true))?;
        self.draft.active = Some(active).filter(|active| own.is_some() || !*active);
        Ok(true)
    }

    /// Asks about the existing headers or body fields, then for new ones.
    fn pairs(&mut self, group: Group) -> Asked {
        self.review(group)?;
        loop {
            let taken = group.of(self.draft).clone();
            let name = self.ask(group.question(), None, |text| group.check(text, &taken))?;
            if name.is_empty() {
                return Ok(true);
            }
            match self.value(&name, None) {
                Ok(value) => group.of(self.draft).push((name, value)),
                Err(NoAnswer::Back) => {}
                Err(reason) => return Err(reason),
            }
        }
    }

    /// Asks whether to keep, change or remove each existing pair. An invalid value cannot be kept.
    fn review(&mut self, group: Group) -> std::result::Result<(), NoAnswer> {
        let (trigger, element) = self.kind();
        let mut reviewed = Vec::new();
        for (name, value) in group.of(self.draft).clone() {
            let problem = checks::field_value(&value, trigger, element, &self.learned).err();
            if let Some(reason) = &problem {
                self.cx.printer.status(reason);
            }
            let choices = &["keep", "change", "remove"][usize::from(problem.is_some())..];
            let shown = group.shown(&name, value.as_str());
            let prompt = format!("{} {} = {}", group.noun(), one_line(&name), one_line(&shown));
            match choices[self.prompt().pick(&prompt, choices.iter().map(|own| (*own).to_owned()))?] {
                "keep" => reviewed.push((name, value)),
                "change" => {
                    let value = self.value(&name, Some(&value))?;
                    reviewed.push((name, value));
                }
                _ => {}
            }
        }
        *group.of(self.draft) = reviewed;
        Ok(())
    }

    /// Asks for a value. If its name or the current value suggests a credential, offers hidden input.
    fn value(
        &mut self,
        name: &str,
        current: Option<&FieldValue>,
    ) -> std::result::Result<FieldValue, NoAnswer> {
        let shown = one_line(name);
        let is_literal = |value: &str| !credentials(name, value).is_empty();
        if let Some(FieldValue::Json(json)) = current {
            let start = Some(json.as_str()).filter(|json| !is_literal(json));
            let answer =
                self.ask(&format!("JSON of {shown}"), start, |text| checked_json(text.trim()).map(drop))?;
            return Ok(FieldValue::Json(answer));
        }
        let current = current.map(FieldValue::as_str);
        if is_literal("x") || current.is_some_and(is_literal) {
            let environment = environment_name(&self.handle, name);
            self.cx.printer.status(&format!(
                "`{shown}` is usually a secret: it can be stored in `.env` and referred to as `${{{environment}}}`"
            ));
            if self.prompt().confirm("Store its value in `.env`?", true)? {
                return self.hidden(&shown, &environment).map(FieldValue::Text);
            }
        }
        self.offer();
        let (trigger, element) = self.kind();
        let names = variable_names(trigger, element, &self.learned);
        let start = current.filter(|value| !is_literal(value));
        let check = |text: &str| checks::value(text, trigger, element, &self.learned);
        Ok(self.prompt().text(&format!("Value of {shown}"), start, &names, check)?.trim().into())
    }

    /// Asks for a credential. It is stored in `.env` unless the value refers to the environment.
    fn hidden(&mut self, shown: &str, environment: &str) -> std::result::Result<String, NoAnswer> {
        let (trigger, element) = self.kind();
        loop {
            let example =
                if shown.eq_ignore_ascii_case("authorization") { ", e.g. `Bearer …`" } else { "" };
            let prompt = format!("Value of {shown}{example} (hidden; `${{NAME}}` is accepted)");
            let mut value = self.prompt().hidden(&prompt)?;
            if let Some(span) = typed_credential(&value) {
                let name = self.moves.add(environment, &value[span.clone()]);
                value.replace_range(span, &format!("${{{name}}}"));
            }
            let checked = if is_scheme(&value) {
                Err(format!("`{}` is only the scheme: enter the credential after it", value.trim()))
            } else {
                checks::value(&value, trigger, element, &self.learned)
            };
            match checked {
                Ok(()) => return Ok(value),
                Err(reason) => self.cx.printer.status(&reason),
            }
        }
    }

    /// The questions about both come before those that depend on them.
    fn kind(&self) -> (Trigger, TriggerElement) {
        (
            self.draft.trigger.unwrap_or(Trigger::Create),
            self.draft.trigger_element.unwrap_or(TriggerElement::RsvpAnswer),
        )
    }

    /// Prints once which variables values can use.
    fn offer(&mut self) {
        const SHOWN: usize = 12;
        if std::mem::replace(&mut self.is_offered, true) {
            return;
        }
        let (trigger, element) = self.kind();
        let names = variable_names(trigger, element, &self.learned);
        let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{{{{{name}}}}}")).collect();
        let more = match names.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more, see `hooks vars {element}`"),
        };
        self.cx
            .printer
            .hint(&format!("values can use {}{more}; Tab completes a name after `{{{{`", first.join(" ")));
    }
}

#[derive(Debug, Clone, Copy)]
enum Group {
    Header,
    Body,
}

impl Group {
    fn of(self, draft: &mut Draft) -> &mut Vec<DraftPair> {
        match self {
            Self::Header => &mut draft.header,
            Self::Body => &mut draft.body,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Body => "body field",
        }
    }

    fn question(self) -> &'static str {
        match self {
            Self::Header => "Header name (leave empty to continue)",
            Self::Body => "Body field key (leave empty to continue)",
        }
    }

    fn check(self, text: &str, taken: &[DraftPair]) -> Checked {
        match self {
            Self::Header => checks::header_name(text, taken),
            Self::Body => checks::body_key(text, taken),
        }
    }

    fn shown(self, name: &str, value: &str) -> String {
        match self {
            Self::Header => shown_header(name, value, false),
            Self::Body => shown_field(name, value, false),
        }
    }
}

fn variable_names(trigger: Trigger, element: TriggerElement, learned: &LearnedFields) -> Vec<String> {
    if trigger == Trigger::Delete {
        return vec!["id".to_owned()];
    }
    let known = catalog::variables(element).iter().map(|variable| variable.name.to_owned());
    known.chain(learned.fields(element).map(|(name, _)| name.to_owned())).collect()
}
