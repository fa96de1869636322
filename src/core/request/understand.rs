//! Makes a plan of a webhook: takes its values apart, looks up what comes from the environment, and judges
//! everything that no element makes a difference to.

use std::collections::HashSet;
use std::sync::Arc;

use url::Url;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::json;
use crate::core::model::{Trigger, Webhook};
use crate::core::secrets::{Redactor, Secret, spans_in_field, spans_in_header, spans_in_url};
use crate::core::template::{self, Segment, Template};
use crate::core::text::{Span, Spanned};

use super::address::{Address, NOT_SET, masked_url, secret_spans, url_secrets, url_without_unset};
use super::environment::{Environment, Unset};
use super::header::MOST_HEADERS;
use super::judge::{self, Judgement};
use super::plan::{self, Plan, Slot, Step, Target};
use super::prepare::Destination;
use super::prepared::{Origin, PreparedHeader, RenderedPart};
use super::target::{authority, parse_target};
use super::value::{MOST_FINDINGS, Piece, Value};

/// `User-Agent` of every request.
const USER_AGENT: &str = concat!("hooks/", env!("CARGO_PKG_VERSION"));

/// Reads values one after the other, and gathers what is to be said of them.
struct Reader<'a> {
    webhook: &'a Webhook,
    environment: &'a dyn Environment,
    /// What was found since it was last taken.
    findings: Vec<Diagnostic>,
    /// Every value that came from the environment, and every literal credential.
    secrets: Vec<Secret>,
}

impl Reader<'_> {
    /// Notes what was judged, at its place in the file and with the level that the file gives it.
    fn judge(&mut self, judgement: Judgement, span: Span) {
        let finding = judgement.into_diagnostic().at(&self.webhook.source, span);
        self.findings.extend(self.webhook.levels.apply(finding));
    }

    /// Notes why no request can be built, whatever level the file gives it.
    fn refuse(&mut self, judgement: Judgement, span: Span) {
        self.findings.push(judgement.into_diagnostic().at(&self.webhook.source, span));
    }

    /// Takes a value apart; none when it is malformed.
    fn template(&mut self, written: &Spanned<String>) -> Option<Template> {
        match template::parse(&written.value) {
            Ok(template) => Some(template),
            Err(problems) => {
                for problem in problems.into_iter().take(MOST_FINDINGS) {
                    let span = self.webhook.place_within(written, problem.span);
                    self.refuse(Judgement::error(problem.code, problem.message, problem.help), span);
                }
                None
            }
        }
    }

    /// Understands the value of a header or a body field; none when it is malformed. What is wrong with single pieces
    /// stays with them, so that it is said in its turn.
    fn value(
        &mut self,
        written: &Spanned<String>,
        secrets: impl FnOnce(&str, &[Span]) -> Vec<Span>,
    ) -> Option<Value> {
        let template = self.template(written)?;
        let mut value = self.looked_up(written, template);
        self.secrets.extend(value.mark_secrets(secrets));
        Some(value)
    }

    /// Puts in what comes from the environment.
    fn looked_up(&mut self, written: &Spanned<String>, template: Template) -> Value {
        let mut said = 0;
        let mut wrong = |finding: &dyn Fn() -> Judgement, within: &Span| {
            said += 1;
            let at = |finding: Judgement| {
                let span = self.webhook.place_within(written, within.clone());
                finding.into_diagnostic().at(&self.webhook.source, span)
            };
            Piece::Wrong((said <= MOST_FINDINGS).then(|| at(finding())))
        };
        let is_delete = self.webhook.trigger.value == Trigger::Delete;
        let (secrets, findings) = (&mut self.secrets, &mut self.findings);
        let pieces = template.segments.into_iter().map(|segment| match segment {
            Segment::Literal(text) => {
                Piece::Fixed(RenderedPart { text, origin: Origin::Literal, secret: Vec::new() })
            }
            Segment::Variable(name) if is_delete && name.value != "id" => {
                wrong(&|| judge::variable_on_delete(&name.value), &name.span)
            }
            Segment::Variable(name) => Piece::Variable(name),
            Segment::Environment(name) => match self.environment.get(&name.value) {
                Some(found) => {
                    let text = found.value.reveal().to_owned();
                    if text.trim().is_empty() {
                        let span = self.webhook.place_within(written, name.span.clone());
                        let empty = judge::environment_empty(&name.value, &found.source);
                        findings.push(empty.into_diagnostic().at(&self.webhook.source, span));
                    }
                    secrets.push(found.value);
                    let origin = Origin::Environment { name: name.value, source: found.source.into_owned() };
                    let secret = std::iter::once(0..text.len()).collect();
                    Piece::Fixed(RenderedPart { text, origin, secret })
                }
                None => match self.environment.unset(&name.value) {
                    Unset::Missing => {
                        wrong(&|| judge::environment_missing(&name.value, self.environment), &name.span)
                    }
                    Unset::NotUtf8 => wrong(&|| judge::environment_encoding(&name.value), &name.span),
                    Unset::Shown => {
                        let span = self.webhook.place_within(written, name.span.clone());
                        let judgement = judge::environment_missing(&name.value, self.environment);
                        let finding = judgement.into_diagnostic().at(&self.webhook.source, span);
                        findings.push(Diagnostic { level: Level::Warning, ..finding });
                        let text = format!("${{{}}}", name.value);
                        let origin = Origin::Unset { name: name.value };
                        Piece::Fixed(RenderedPart { text, origin, secret: Vec::new() })
                    }
                },
            },
        });
        Value { pieces: pieces.collect(), written: written.clone() }
    }
}

impl Plan {
    /// Understands a webhook, be anything wrong with it or not.
    pub(super) fn understand(
        webhook: &Webhook,
        environment: &dyn Environment,
        destination: &Destination,
        allow_missing: bool,
    ) -> Self {
        let mut reader = Reader { webhook, environment, findings: Vec::new(), secrets: Vec::new() };
        let mut steps = Vec::new();
        let address = reader.target(destination, &mut steps);
        let mut headers = reader.headers(&mut steps);
        reader.body(&mut steps);
        if let Some(odd) = judge::body_on(webhook.method.value) {
            reader.judge(odd, webhook.method.span.clone());
        }
        let last = reader.step(None);
        steps.push(last);
        let mut secrets = reader.secrets;
        if let Some(credentials) = address.as_ref().and_then(|address| address.credentials.as_ref()) {
            if !headers.iter().any(|header| &*header.name == "authorization") {
                headers.push(credentials.authorization());
            }
            secrets.extend(credentials.secrets());
        }
        let redactor = Redactor::new(&secrets);
        let mut plan = Self {
            handle: webhook.handle.value.as_str().into(),
            webhook: webhook.clone(),
            allow_missing,
            target: None,
            headers: Vec::new(),
            steps,
            redactor,
        };
        if let Some(address) = address {
            let before = own_headers(&headers, &address);
            for step in &mut plan.steps {
                if let Some((Slot::Header { position, .. }, _)) = &mut step.value {
                    *position += before.len();
                }
            }
            let length = PreparedHeader::new("content-length", "", false);
            plan.headers = before.into_iter().chain(headers).chain([length]).collect();
            let shown = plan.redactor.redact(address.shown.as_str()).as_ref().into();
            plan.target = Some(Target { url: Arc::new(address.url), shown });
        }
        plan
    }
}

impl Reader<'_> {
    /// Takes what was found since the last step, for this one.
    fn step(&mut self, value: Option<(Slot, Value)>) -> Step {
        Step { findings: std::mem::take(&mut self.findings), value }
    }

    fn target(&mut self, destination: &Destination, steps: &mut Vec<Step>) -> Option<Address> {
        if let Destination::Elsewhere(url) = destination {
            let spans = spans_in_url(url.as_str(), &[]);
            let secrets: Vec<Secret> =
                spans.iter().map(|span| Secret::new(&url.as_str()[span.clone()])).collect();
            let shown = masked_url(url.as_str(), spans);
            self.secrets.extend(url_secrets(&secrets, url, shown.as_ref()));
            return Some(Address::new(url.clone(), shown.unwrap_or_else(|| url.clone())));
        }
        let written = &self.webhook.payload_url;
        let template = self.template(written);
        for name in template.iter().flat_map(Template::variables).take(MOST_FINDINGS) {
            let span = self.webhook.place_within(written, name.span.clone());
            self.judge(judge::variable_in_url(), span);
        }
        let mut value = template
            .map(|template| self.looked_up(written, template.with_literal_variables(&written.value)))
            .map(with_stand_ins);
        let secrets = value.as_mut().map(|value| value.mark_secrets(spans_in_url)).unwrap_or_default();
        let address = value.as_ref().and_then(|value| self.address(destination, value, &secrets));
        // Nobody wonders where a URL without values comes from.
        let is_explained =
            |value: &Value| value.is_from_environment() || value.is_unset() || value.as_rendered().is_none();
        let value = value.filter(is_explained);
        let step = self.step(value.map(|value| (Slot::Url, value)));
        steps.push(step);
        address
    }

    fn address(&mut self, destination: &Destination, value: &Value, secrets: &[Secret]) -> Option<Address> {
        let written = &value.written;
        let parts = value.fixed_parts()?;
        let text: String = parts.iter().map(|part| part.text.as_str()).collect();
        let url = parse_target(&text).or_else(|error| url_without_unset(&parts).ok_or(error));
        let url = match url {
            Ok(url) => url,
            Err(error) => {
                let at = error.at.filter(|_| !value.is_from_environment()).map(|at| at..at + 1);
                let span = at.map_or(written.span.clone(), |at| self.webhook.place_within(written, at));
                self.refuse(Judgement::error("payload-url", error.message, error.help), span);
                return None;
            }
        };
        for odd in judge::address_oddities(&url) {
            self.judge(odd, written.span.clone());
        }
        let masked = masked_url(&text, secret_spans(&parts));
        let from_environment = parts.iter().filter(|part| part.is_from_environment());
        let secrets = secrets.iter().cloned().chain(from_environment.map(|part| Secret::new(&*part.text)));
        self.secrets.extend(url_secrets(&secrets.collect::<Vec<_>>(), &url, masked.as_ref()));
        let shown = masked.unwrap_or_else(|| url.clone());
        let address = match destination {
            Destination::Receiver(address) => address,
            Destination::Host(to) => return Some(Address::new(to.applied_to(&url), to.applied_to(&shown))),
            Destination::Defined | Destination::Elsewhere(_) => return Some(Address::new(url, shown)),
        };
        let at_receiver = |mut url: Url| {
            // These are http URLs with a host, so that no change can be refused.
            let _ = url.set_scheme("http");
            let _ = url.set_ip_host(address.ip());
            let _ = url.set_port(Some(address.port()));
            url
        };
        Some(Address::new(at_receiver(url), at_receiver(shown)))
    }

    /// The definition's headers in the order in which they go out, namesakes one after the other.
    fn headers(&mut self, steps: &mut Vec<Step>) -> Vec<PreparedHeader> {
        let webhook = self.webhook;
        let mut headers: Vec<PreparedHeader> = Vec::new();
        if let (Some(problem), Some(first)) =
            (judge::too_many_headers(webhook.header.len()), webhook.header.get(MOST_HEADERS))
        {
            self.refuse(problem, first.key.span.clone());
            let step = self.step(None);
            steps.push(step);
            return headers;
        }
        for field in &webhook.header {
            if let Some(problem) = judge::header_name(&field.key.value) {
                self.refuse(problem, field.key.span.clone());
                let step = self.step(None);
                steps.push(step);
                continue;
            }
            let name = field.key.value.to_ascii_lowercase();
            let namesake = headers.iter().rposition(|header| *header.name == *name);
            if namesake.is_some() {
                self.judge(judge::header_repeated(&name), field.key.span.clone());
            }
            let here = namesake.map_or(headers.len(), |namesake| namesake + 1);
            for step in steps.iter_mut() {
                if let Some((Slot::Header { position, .. }, _)) = &mut step.value {
                    *position += usize::from(*position >= here);
                }
            }
            let value = self.value(&field.value, |text, inserted| spans_in_header(&name, text, inserted));
            let (header, value) = match value {
                Some(value) => self.header(&field.key.value, here, value),
                None => (None, None),
            };
            headers.insert(here, header.unwrap_or_else(|| PreparedHeader::new(&name, "", true)));
            let step = self.step(value);
            steps.push(step);
        }
        headers
    }

    /// The header with its value, as far as no element makes a difference, and the value's way into it.
    fn header(
        &mut self,
        key: &str,
        position: usize,
        value: Value,
    ) -> (Option<PreparedHeader>, Option<(Slot, Value)>) {
        let name = key.to_owned();
        let fixed = value
            .as_rendered()
            .map(|rendered| plan::header(&self.webhook.handle.value, key, &rendered, value.is_secret()));
        let Some((header, judged)) = fixed else {
            return (None, Some((Slot::Header { name, position }, value)));
        };
        match judged {
            Some(judged) if header.is_none() => self.refuse(judged, value.written.span.clone()),
            Some(judged) => self.judge(judged, value.written.span.clone()),
            None => {}
        }
        (header, Some((Slot::FixedHeader { name }, value)))
    }

    fn body(&mut self, steps: &mut Vec<Step>) {
        let webhook = self.webhook;
        let mut is_first = webhook.body.iter().any(|field| field.key.value == judge::ELEMENT_DATA);
        let mut seen = HashSet::new();
        for field in &webhook.body {
            let key = &field.key.value;
            if !seen.insert(key) {
                self.judge(judge::body_field_repeated(key), field.key.span.clone());
            }
            if let Some(problem) = judge::body_key(key) {
                self.judge(problem, field.key.span.clone());
            }
            let secrets = |text: &str, inserted: &[Span]| spans_in_field(key, text, inserted);
            let value = self.value(&field.value, secrets);
            let comma = if std::mem::take(&mut is_first) { "" } else { "," };
            let lead = format!("{comma}{}:", json::quote(key)).into_bytes();
            let step = self.step(value.map(|value| (Slot::Body { key: key.clone(), lead }, value)));
            steps.push(step);
        }
    }
}

/// The value of a payload URL, with a text that a URL can contain for what is not set.
fn with_stand_ins(mut value: Value) -> Value {
    for piece in &mut value.pieces {
        if let Piece::Fixed(part) = piece
            && matches!(part.origin, Origin::Unset { .. })
        {
            NOT_SET.clone_into(&mut part.text);
        }
    }
    value
}

/// The headers that the tool adds before the definition's, unless that has its own.
fn own_headers(headers: &[PreparedHeader], target: &Address) -> Vec<PreparedHeader> {
    let host = authority(&target.url);
    // Only what came from the environment makes a difference here.
    let is_secret = host != authority(&target.shown);
    let defaults = [("user-agent", USER_AGENT), ("accept", "*/*"), ("content-type", "application/json")];
    let is_own = |name: &str| headers.iter().any(|header| &*header.name == name);
    std::iter::once(PreparedHeader::new("host", &host, is_secret))
        .chain(
            defaults
                .into_iter()
                .filter(|(name, _)| !is_own(name))
                .map(|(name, value)| PreparedHeader::new(name, value, false)),
        )
        .collect()
}
