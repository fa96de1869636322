//! Puts values into one template, in one pass, and remembers where each came from.

use std::borrow::Cow;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::json::Value;
use crate::core::model::{Trigger, Webhook};
use crate::core::template::{self, Segment, Template};
use crate::core::text::{Secret, Spanned};

use super::element::Element;
use super::judge;
use super::prepared::{Origin, RenderedPart};

/// Where `${NAME}` is looked up.
pub trait Environment {
    /// The value of a name.
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>>;
    /// The names that the user's own file sets, for "did you mean".
    fn own_names(&self) -> Vec<&str>;
    /// What the user's own file is called, for the way out.
    fn own_file(&self) -> &str;
}

/// A value from the environment.
#[derive(Debug, Clone)]
pub struct EnvironmentValue<'a> {
    /// The value.
    pub value: Secret,
    /// Where it was set, such as `the environment` or `.env`.
    pub source: Cow<'a, str>,
}

/// How many findings one value may have. A person reads no more, and each takes time that grows with the
/// value's length.
pub const MOST_FINDINGS: usize = 20;

/// What a template is rendered with.
pub(super) struct Renderer<'a> {
    pub(super) webhook: &'a Webhook,
    pub(super) element: &'a Element,
    pub(super) environment: &'a dyn Environment,
    pub(super) allow_missing: bool,
    /// Everything that is wrong so far.
    pub(super) errors: Vec<Diagnostic>,
    /// Everything to be said, and gone on with.
    pub(super) warnings: Vec<Diagnostic>,
    /// Every value that came from the environment.
    pub(super) secrets: Vec<Secret>,
    /// How many findings the value at hand has.
    pub(super) said: usize,
}

/// A rendered value: its parts, and the value of the element when it is one placeholder and nothing else.
pub(super) struct Rendered<'a> {
    pub(super) parts: Vec<RenderedPart>,
    pub(super) sole: Option<Value<'a>>,
}

impl Rendered<'_> {
    /// The whole as text.
    pub(super) fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }

    /// Whether a part came from the environment.
    pub(super) fn is_secret(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.origin, Origin::Environment { .. }))
    }
}

impl<'a> Renderer<'a> {
    /// Takes a value apart; notes what is wrong with it.
    pub(super) fn parse(&mut self, value: &Spanned<String>) -> Option<Template> {
        match template::parse(&value.value) {
            Ok(template) => Some(template),
            Err(problems) => {
                for problem in problems.into_iter().take(MOST_FINDINGS) {
                    let span = self.webhook.place_within(value, problem.span);
                    let finding = Diagnostic::error(problem.code, problem.message);
                    self.errors.push(finding.at(&self.webhook.source, span, "").help(problem.help));
                }
                None
            }
        }
    }

    /// Renders a value; none when something in it is wrong.
    pub(super) fn render(&mut self, value: &Spanned<String>) -> Option<Rendered<'a>> {
        let template = self.parse(value)?;
        self.said = 0;
        let mut parts = Vec::with_capacity(template.segments.len());
        let mut sole = None;
        let mut is_whole = true;
        for segment in &template.segments {
            let part = match segment {
                Segment::Literal(text) => Some(RenderedPart { text: text.clone(), origin: Origin::Literal }),
                Segment::Variable(name) => self.variable(value, name).map(|(part, found)| {
                    sole = found.filter(|_| template.segments.len() == 1);
                    part
                }),
                Segment::Environment(name) => self.environment(value, name),
            };
            is_whole &= part.is_some();
            parts.extend(part);
        }
        is_whole.then_some(Rendered { parts, sole })
    }

    /// Counts one more finding of the value at hand, and says whether it is still to be made.
    fn may_say(&mut self) -> bool {
        self.said += 1;
        self.said <= MOST_FINDINGS
    }

    fn variable(
        &mut self,
        within: &Spanned<String>,
        name: &Spanned<String>,
    ) -> Option<(RenderedPart, Option<Value<'a>>)> {
        let element = self.element;
        let kind = self.webhook.trigger_element.value;
        let variable = name.value.as_str();
        if self.webhook.trigger.value == Trigger::Delete && variable != "id" {
            if self.may_say() {
                self.errors.push(self.not_on_delete(within, name));
            }
            return None;
        }
        if let Some(found) = element.variable(kind, variable) {
            let origin = Origin::Variable {
                name: variable.to_owned(),
                source: element.origin_of(variable).to_owned(),
            };
            return Some((RenderedPart { text: found.to_text().into_owned(), origin }, Some(found)));
        }
        let finding = self.may_say().then(|| self.missing(within, name));
        if self.allow_missing {
            let warning = |finding| Diagnostic { level: Level::Warning, ..finding };
            self.warnings.extend(finding.map(warning));
            let origin = Origin::Missing { name: variable.to_owned() };
            return Some((RenderedPart { text: String::new(), origin }, None));
        }
        let help = "`--allow-missing` sends an empty text instead";
        self.errors.extend(finding.map(|finding| finding.help(help)));
        None
    }

    fn not_on_delete(&self, within: &Spanned<String>, name: &Spanned<String>) -> Diagnostic {
        let span = self.webhook.place_within(within, name.span.clone());
        judge::variable_on_delete(&name.value).into_diagnostic().at(&self.webhook.source, span, "")
    }

    fn missing(&self, within: &Spanned<String>, name: &Spanned<String>) -> Diagnostic {
        let span = self.webhook.place_within(within, name.span.clone());
        let kind = self.webhook.trigger_element.value;
        let message = format!("`{{{{{}}}}}` is not in {}", name.value, self.element.name());
        let help = match self.element.nearest_name(kind, &name.value) {
            Some(near) => format!("did you mean `{{{{{near}}}}}`?"),
            None => format!("`hooks vars {kind}` lists the variables that there are"),
        };
        Diagnostic::error("variable-missing", message).at(&self.webhook.source, span, "").help(help)
    }

    fn environment(&mut self, within: &Spanned<String>, name: &Spanned<String>) -> Option<RenderedPart> {
        if let Some(found) = self.environment.get(&name.value) {
            let text = found.value.reveal().to_owned();
            self.secrets.push(found.value);
            let origin = Origin::Environment { name: name.value.clone(), source: found.source.into_owned() };
            return Some(RenderedPart { text, origin });
        }
        if self.may_say() {
            self.errors.push(self.missing_from_environment(within, name));
        }
        None
    }

    fn missing_from_environment(&self, within: &Spanned<String>, name: &Spanned<String>) -> Diagnostic {
        let span = self.webhook.place_within(within, name.span.clone());
        let missing = judge::environment_missing(&name.value, self.environment);
        missing.into_diagnostic().at(&self.webhook.source, span, "")
    }
}
