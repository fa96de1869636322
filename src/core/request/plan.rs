//! A webhook understood once and rendered any number of times: templates, URL and header names are read and
//! the environment is asked when the plan is made, and what does not differ between elements is shared by
//! all requests.

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use crate::core::catalog::Suggestion;
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::Webhook;
use crate::core::secrets::{Redactor, is_credential_name};
use crate::core::text::Spanned;

use super::element::Element;
use super::environment::Environment;
use super::judge;
use super::prepare::Destination;
use super::prepared::{PreparedHeader, PreparedRequest, RenderedPlace, RenderedValue};
use super::value::{MOST_FINDINGS, Part, Piece, Rendered, Value};

/// A webhook, ready for any element.
#[derive(Clone)]
pub struct Plan {
    pub(super) webhook: Webhook,
    pub(super) handle: Arc<str>,
    pub(super) allow_missing: bool,
    /// None only while something is wrong with it.
    pub(super) target: Option<Target>,
    /// All headers as they go out; of those that differ between elements only the name.
    pub(super) headers: Vec<PreparedHeader>,
    /// The values in the order in which findings speak of them.
    pub(super) steps: Vec<Step>,
    pub(super) redactor: Redactor,
}

/// Where the requests go.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) url: Arc<Url>,
    pub(super) shown: Arc<str>,
}

/// One value on its way into the request.
#[derive(Clone)]
pub(super) struct Step {
    /// What is to be said whatever the element.
    pub(super) findings: Vec<Diagnostic>,
    pub(super) value: Option<(Slot, Value)>,
}

/// Where a value goes.
#[derive(Clone)]
pub(super) enum Slot {
    /// It stands in the URL already.
    Url,
    /// It stands in its header already.
    FixedHeader { name: String },
    /// Into the header at this position.
    Header { name: String, position: usize },
    /// Into the body, after its key as JSON.
    Body { key: String, lead: Vec<u8> },
}

/// A request, or what is wrong; with what is to be said all the same.
type Made = Result<(PreparedRequest, Vec<Diagnostic>), Vec<Diagnostic>>;

impl Plan {
    /// Understands a webhook, and says what no element makes a difference to.
    ///
    /// # Errors
    /// Everything wrong that no element could mend, by place.
    pub fn new(
        webhook: &Webhook,
        environment: &dyn Environment,
        destination: &Destination,
        allow_missing: bool,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let plan = Self::understand(webhook, environment, destination, allow_missing);
        let found = plan.steps.iter().flat_map(|step| {
            step.findings.iter().chain(step.value.iter().flat_map(|(_, value)| value.faults()))
        });
        let (errors, warnings): (Vec<_>, Vec<_>) =
            found.cloned().partition(|finding| finding.level == Level::Error);
        if errors.is_empty() { Ok((plan, warnings)) } else { Err(errors) }
    }

    /// Makes the request for an element, and the warnings that are this element's alone.
    ///
    /// # Errors
    /// Everything wrong with this element: variables that it lacks, values that no header can carry.
    pub fn request(&self, element: &Element) -> Made {
        Making::new(self, element).request()
    }

    /// Makes the request for an element without a word on what it lacks; none when there is none.
    pub fn quietly(&self, element: &Element) -> Option<PreparedRequest> {
        let making = Making { is_quiet: true, ..Making::new(self, element) };
        making.request().ok().map(|(request, _)| request)
    }

    /// The variables that an element lacks, in the order in which they are asked for, repeated as often.
    pub fn missing<'a>(&'a self, element: &'a Element) -> impl Iterator<Item = &'a str> {
        let kind = self.webhook.trigger_element.value;
        let values = self.steps.iter().filter_map(|step| step.value.as_ref());
        let pieces = values.flat_map(|(_, value)| &value.pieces);
        pieces.filter_map(move |piece| match piece {
            Piece::Variable(name) if element.variable(kind, &name.value).is_none() => Some(&*name.value),
            _ => None,
        })
    }

    /// Makes the request for an element that somebody looks at: with the origin of each value, and with
    /// everything that is to be said of webhook and element together, by place.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn explained(&self, element: &Element) -> Made {
        Making { values: Some(Vec::new()), ..Making::new(self, element) }.request()
    }

    /// How many bytes of a body there are beside the element, about.
    fn body_room(&self) -> usize {
        const VALUE: usize = 64;
        let fields = self.steps.iter().filter_map(|step| match &step.value {
            Some((Slot::Body { lead, .. }, _)) => Some(lead.len() + VALUE),
            _ => None,
        });
        VALUE + fields.sum::<usize>()
    }

    /// Where the requests go; none while something is wrong with it.
    pub fn url(&self) -> Option<&Url> {
        self.target.as_ref().map(|target| &*target.url)
    }

    /// The same as it may be shown.
    pub fn shown_url(&self) -> &str {
        self.target.as_ref().map_or("", |target| &target.shown)
    }

    /// What every request must hide.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

/// Shows no value: some are secret.
impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self.target.as_ref().map(|target| &target.shown);
        f.debug_struct("Plan").field("webhook", &self.handle).field("url", &shown).finish_non_exhaustive()
    }
}

/// One request in the making.
struct Making<'a> {
    plan: &'a Plan,
    element: &'a Element,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    /// The origins of the values, when somebody looks at this request.
    values: Option<Vec<RenderedValue>>,
    /// Whether nothing is said of missing variables that are allowed to be.
    is_quiet: bool,
}

impl<'a> Making<'a> {
    fn new(plan: &'a Plan, element: &'a Element) -> Self {
        Self { plan, element, errors: Vec::new(), warnings: Vec::new(), values: None, is_quiet: false }
    }

    fn request(mut self) -> Made {
        let plan = self.plan;
        let mut headers = plan.headers.clone();
        let mut body = Vec::with_capacity(self.element.root().span().len() + plan.body_room());
        let mut body_secrets = Vec::new();
        body.push(b'{');
        if !plan.webhook.body.iter().any(|field| field.key.value == judge::ELEMENT_DATA) {
            body.extend_from_slice(b"\"element_data\":");
            self.element.write_compact(&mut body);
        }
        for step in &plan.steps {
            if self.values.is_some() {
                self.say(step.findings.iter().cloned());
            }
            let Some((slot, value)) = &step.value else { continue };
            let is_done = matches!(slot, Slot::Url | Slot::FixedHeader { .. });
            if is_done && self.values.is_none() {
                continue;
            }
            let Some(rendered) = self.render(value) else { continue };
            self.explain(slot, &rendered);
            match slot {
                Slot::Url | Slot::FixedHeader { .. } => {}
                Slot::Header { name, position } => {
                    let header = self.header(name, value, &rendered);
                    if let (Some(header), Some(slot)) = (header, headers.get_mut(*position)) {
                        *slot = header;
                    }
                }
                Slot::Body { lead, .. } => {
                    body.extend_from_slice(lead);
                    rendered.write_json(&mut body, &mut body_secrets);
                }
            }
        }
        body.push(b'}');
        let Some(target) = plan.target.as_ref().filter(|_| self.errors.is_empty()) else {
            return Err(self.errors);
        };
        if let Some(length) = headers.last_mut() {
            length.value = body.len().to_string().into();
        }
        let request = PreparedRequest {
            webhook: plan.handle.clone(),
            method: plan.webhook.method.value,
            url: target.url.clone(),
            shown_url: target.shown.clone(),
            headers,
            body: Bytes::from(body),
            body_secrets,
            values: self.values.unwrap_or_default(),
            redactor: plan.redactor.clone(),
        };
        Ok((request, self.warnings))
    }

    fn say(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        for finding in findings {
            let level = finding.level;
            if level == Level::Error { &mut self.errors } else { &mut self.warnings }.push(finding);
        }
    }

    /// Puts the element's data into a value; none when something in it is wrong.
    fn render(&mut self, value: &'a Value) -> Option<Rendered<'a>> {
        let mut parts = Vec::with_capacity(value.pieces.len());
        let mut said = 0;
        for piece in &value.pieces {
            match piece {
                Piece::Fixed(part) => parts.push(Part::Fixed(part)),
                Piece::Variable(name) => {
                    let part = self.variable(&name.value);
                    if part.is_none() {
                        said += 1;
                        self.missing(value, name, said <= MOST_FINDINGS);
                    }
                    let missing = Part::Missing { name: &name.value };
                    parts.extend(part.or(self.plan.allow_missing.then_some(missing)));
                }
                Piece::Wrong(finding) => {
                    said += 1;
                    self.errors.extend(finding.clone().filter(|_| said <= MOST_FINDINGS));
                }
            }
        }
        (parts.len() == value.pieces.len()).then(|| value.rendered(parts))
    }

    fn variable(&self, name: &'a str) -> Option<Part<'a>> {
        let value = self.element.variable(self.plan.webhook.trigger_element.value, name)?;
        Some(Part::Variable { name, value, source: self.element.origin_of(name) })
    }

    /// Notes that the element lacks a variable.
    fn missing(&mut self, value: &Value, name: &Spanned<String>, is_said: bool) {
        if !is_said || self.is_quiet && self.plan.allow_missing {
            return;
        }
        let webhook = &self.plan.webhook;
        let kind = webhook.trigger_element.value;
        let span = webhook.place_within(&value.written, name.span.clone());
        let message = format!("`{{{{{}}}}}` is not in {}", name.value, self.element.name());
        let suggestion = self.element.suggest(kind, &name.value);
        let list = format!("`hooks vars {kind}` lists the variables");
        let help = suggestion.as_ref().map_or(list, Suggestion::as_variable);
        let finding = Diagnostic::error("variable-missing", message).at(&webhook.source, span).help(help);
        if self.plan.allow_missing {
            self.warnings.push(Diagnostic { level: Level::Warning, ..finding });
        } else {
            self.errors.push(finding.help("`--allow-missing` sends an empty text instead"));
        }
    }

    fn explain(&mut self, slot: &Slot, rendered: &Rendered<'_>) {
        if let Some(values) = &mut self.values {
            values.push(rendered.explained(match slot {
                Slot::Url => RenderedPlace::Url,
                Slot::FixedHeader { name } | Slot::Header { name, .. } => RenderedPlace::Header(name.clone()),
                Slot::Body { key, .. } => RenderedPlace::Body(key.clone()),
            }));
        }
    }

    fn header(&mut self, name: &str, value: &Value, rendered: &Rendered<'_>) -> Option<PreparedHeader> {
        let (header, judged) = header(&self.plan.handle, name, rendered, value.is_secret());
        let webhook = &self.plan.webhook;
        let at = |finding: Diagnostic| finding.at(&webhook.source, value.written.span.clone());
        let found = judged.map(|judgement| at(judgement.into_diagnostic()));
        // Without a header there is no request, whatever level the file gives it.
        self.say(if header.is_some() { found.and_then(|found| webhook.levels.apply(found)) } else { found });
        header
    }
}

/// A header with its value, unless no header can carry it, and what is to be said of that value.
pub(super) fn header(
    webhook: &str,
    key: &str,
    rendered: &Rendered<'_>,
    is_secret: bool,
) -> (Option<PreparedHeader>, Option<judge::Judgement>) {
    let whole = rendered.text();
    let value = whole.trim_matches([' ', '\t']);
    let blanks = whole.len() - whole.trim_start_matches([' ', '\t']).len();
    let whose = || format!("the header `{key}` of `{webhook}`");
    if let Some(problem) = judge::header_value(value, whose, |at| rendered.culprit(at + blanks)) {
        return (None, Some(problem));
    }
    let name = key.to_ascii_lowercase();
    let is_secret = is_secret || is_credential_name(&name);
    (Some(PreparedHeader::new(&name, value, is_secret)), judge::header_non_ascii(key, value))
}
