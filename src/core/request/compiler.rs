//! Compiles values: parses their templates, looks up environment variables, and collects findings and secrets.

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::json;
use crate::core::model::{FieldValue, Trigger, Webhook};
use crate::core::secrets::Secret;
use crate::core::template::{self, Template};
use crate::core::text::{Span, Spanned};

use super::environment::{Environment, Unset};
use super::explained::{Origin, ValuePart, ValuePlace};
use super::substitute::{CompiledSegment, CompiledValue};
use super::validate;

/// The maximum number of findings about one value: the time for each grows with the length of the value.
pub const MAX_FINDINGS: usize = 20;

pub(super) struct Compiler<'a> {
    pub(super) webhook: &'a Webhook,
    pub(super) environment: &'a dyn Environment,
    pub(super) findings: Vec<Diagnostic>,
    /// The values of environment variables and the literal credentials.
    pub(super) secrets: Vec<Secret>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(webhook: &'a Webhook, environment: &'a dyn Environment) -> Self {
        Self { webhook, environment, findings: Vec::new(), secrets: Vec::new() }
    }

    /// Reports a finding at the level that the file configures.
    pub(super) fn note(&mut self, finding: Diagnostic, span: Span) {
        let finding = finding.at(&self.webhook.source, span);
        self.findings.extend(self.webhook.levels.apply(finding));
    }

    /// Reports an error that prevents the request, whatever level the file configures.
    pub(super) fn refuse(&mut self, finding: Diagnostic, span: Span) {
        self.findings.push(finding.at(&self.webhook.source, span));
    }

    /// Parses a value; none if it is malformed.
    pub(super) fn template(&mut self, written: &Spanned<String>) -> Option<Template> {
        let problems = match template::parse(&written.value) {
            Ok(template) => return Some(template),
            Err(problems) => problems,
        };
        for problem in problems.into_iter().take(MAX_FINDINGS) {
            let span = self.webhook.span_within(written, problem.span);
            self.refuse(problem.value, span);
        }
        None
    }

    /// Compiles the value of a header or a body field; none if it is malformed.
    pub(super) fn value(
        &mut self,
        place: ValuePlace,
        written: &Spanned<FieldValue>,
        secrets: impl FnOnce(&str, &[Span]) -> Vec<Span>,
    ) -> Option<CompiledValue> {
        let is_json = written.value.is_json();
        let written = Spanned::new(written.value.as_str().to_owned(), written.span.clone());
        let segments = if is_json {
            vec![CompiledSegment::Fixed(self.json(&written)?)]
        } else {
            let template = self.template(&written)?;
            self.segments(&written, template, 0..0)
        };
        let mut value = CompiledValue { place, is_json, written, segments };
        self.secrets.extend(value.mark_secrets(secrets));
        Some(value)
    }

    /// The JSON of a value: as written, or the value of an environment variable; none if it is invalid.
    fn json(&mut self, written: &Spanned<String>) -> Option<ValuePart> {
        let compact = |text: &str| json::check(text).map(|document| document.root(text).to_compact());
        let Some(name) = template::reference(&written.value) else {
            return compact(&written.value).ok().map(|json| ValuePart::literal(&json));
        };
        let (mut part, finding) = self.look_up(&name);
        if let Some(finding) = finding {
            self.refuse(finding, written.span.clone());
        }
        if part.is_from_environment() {
            let Ok(json) = compact(&part.text) else {
                self.refuse(validate::environment_not_json(&name), written.span.clone());
                return None;
            };
            part.secret = std::iter::once(0..json.len()).collect();
            part.text = json;
        }
        Some(part)
    }

    /// Looks up environment variables. A variable that is not set becomes a placeholder. Variables in the part that is `replaced`
    /// need no value, so nothing is reported about them.
    pub(super) fn segments(
        &mut self,
        written: &Spanned<String>,
        template: Template,
        replaced: Span,
    ) -> Vec<CompiledSegment> {
        let mut errors = 0;
        let is_delete = self.webhook.trigger.value == Trigger::Delete;
        let segment = |segment| {
            let part = match segment {
                template::Segment::Literal(text) => ValuePart::literal(&text),
                template::Segment::Variable(name) if is_delete && name.value != "id" => {
                    errors += 1;
                    if errors <= MAX_FINDINGS {
                        let span = self.webhook.span_within(written, name.span);
                        self.refuse(validate::variable_on_delete(&name.value), span);
                    }
                    ValuePart::new(String::new(), Origin::Missing { name: name.value })
                }
                template::Segment::Variable(name) => return CompiledSegment::Variable(name),
                template::Segment::Environment(name) => {
                    let (part, finding) = self.look_up(&name.value);
                    let is_needed = !replaced.contains(&name.span.start);
                    if let Some(finding) = finding.filter(|_| is_needed) {
                        errors += usize::from(finding.level == Level::Error);
                        if errors <= MAX_FINDINGS {
                            self.refuse(finding, self.webhook.span_within(written, name.span));
                        }
                    }
                    part
                }
            };
            CompiledSegment::Fixed(part)
        };
        template.segments.into_iter().map(segment).collect()
    }

    /// The value of an environment variable, and what is wrong with it.
    fn look_up(&mut self, name: &str) -> (ValuePart, Option<Diagnostic>) {
        if let Some(found) = self.environment.get(name) {
            let text = found.value.reveal().to_owned();
            let empty = text.trim().is_empty().then(|| validate::environment_empty(name, &found.source));
            self.secrets.push(found.value);
            let origin = Origin::Environment { name: name.to_owned(), source: found.source.into_owned() };
            let secret = std::iter::once(0..text.len()).collect();
            return (ValuePart { text, origin, secret }, empty);
        }
        let missing = || validate::environment_missing(name, self.environment);
        let finding = match self.environment.unset(name) {
            Unset::Missing => Some(missing()),
            Unset::NotUtf8 => Some(validate::environment_encoding(name)),
            Unset::Shown => Some(Diagnostic { level: Level::Warning, ..missing() }),
            Unset::Ignored => None,
        };
        (ValuePart::unset(name), finding)
    }
}
