//! Renders a compiled webhook with an element: `render` for speed, `explain` for the origin of each value, and
//! `prepare` for both, with every finding.

use bytes::Bytes;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::Webhook;
use crate::core::template::environment_name;
use crate::core::text::Spanned;

use super::compile::{CompiledWebhook, compile, sort_by_position};
use super::compiler::MAX_FINDINGS;
use super::element::Element;
use super::environment::Environment;
use super::explained::{ExplainedValue, ValuePlace};
use super::header::header;
use super::prepared::{PreparedHeader, PreparedRequest};
use super::substitute::{CompiledValue, Variables};
use super::target::Destination;
use super::validate::ELEMENT_DATA;

#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it contains secrets")]
pub struct Rendering<'a> {
    pub element: &'a Element,
    pub environment: &'a dyn Environment,
    /// Whether a missing variable becomes an empty string.
    pub allow_missing: bool,
    pub destination: &'a Destination,
}

/// A request and its warnings, or all errors.
type Rendered = Result<(PreparedRequest, Vec<Diagnostic>), Vec<Diagnostic>>;

/// Builds the request that a webhook sends, with the origin of each value. For many elements, a
/// [`CompiledWebhook`] builds the same requests in less time.
pub fn prepare(webhook: &Webhook, with: Rendering<'_>) -> Rendered {
    let Rendering { element, environment, allow_missing, destination } = with;
    let (compiled, mut findings) = compile(webhook, environment, destination, allow_missing);
    let (request, own) = compiled.rendered(element);
    findings.extend(own);
    sort_by_position(&mut findings);
    outcome(request.map(|request| PreparedRequest { values: compiled.explain(element), ..request }), findings)
}

fn outcome(request: Option<PreparedRequest>, mut findings: Vec<Diagnostic>) -> Rendered {
    let is_error = |finding: &Diagnostic| finding.level == Level::Error;
    if let Some(request) = request.filter(|_| !findings.iter().any(is_error)) {
        return Ok((request, findings));
    }
    findings.retain(is_error);
    Err(findings)
}

impl CompiledWebhook {
    /// Builds the request for an element, with warnings about this element only.
    pub fn render(&self, element: &Element) -> Rendered {
        let (request, findings) = self.rendered(element);
        outcome(request, findings)
    }

    /// The values for an element, with the origin of their parts. The payload URL is included if it contains variables of the
    /// environment.
    pub fn explain(&self, element: &Element) -> Vec<ExplainedValue> {
        let headers = self.headers.iter().filter_map(|header| header.value.as_ref());
        let fields = self.fields.iter().map(|field| &field.value);
        let variables = self.variables(element);
        self.url.iter().chain(headers).chain(fields).map(|value| value.explain(variables)).collect()
    }

    fn variables<'a>(&self, element: &'a Element) -> Variables<'a> {
        Variables { element, kind: self.webhook.trigger_element.value }
    }

    fn rendered(&self, element: &Element) -> (Option<PreparedRequest>, Vec<Diagnostic>) {
        let variables = self.variables(element);
        let mut findings = Vec::new();
        let (body, body_secrets) = self.body(variables, &mut findings);
        let headers = self.headers(variables, body.len(), &mut findings);
        let request = self.target.as_ref().map(|target| PreparedRequest {
            webhook: self.handle.clone(),
            method: self.webhook.method.value,
            url: target.url.clone(),
            shown_url: target.shown.clone(),
            headers,
            body,
            body_secrets,
            values: Vec::new(),
            redactor: self.redactor.clone(),
        });
        (request, findings)
    }

    fn headers(
        &self,
        variables: Variables<'_>,
        body_length: usize,
        findings: &mut Vec<Diagnostic>,
    ) -> Vec<PreparedHeader> {
        let mut headers = Vec::with_capacity(self.headers.len() + 1);
        for own in &self.headers {
            match (&own.fixed, &own.value) {
                (Some(fixed), _) => headers.push(fixed.clone()),
                (None, Some(value)) => headers.extend(self.header(value, variables, findings)),
                (None, None) => {}
            }
        }
        headers.push(PreparedHeader::new("content-length", &body_length.to_string(), false));
        headers
    }

    fn header(
        &self,
        value: &CompiledValue,
        variables: Variables<'_>,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<PreparedHeader> {
        let ValuePlace::Header(key) = &value.place else { return None };
        let mut missing = Vec::new();
        let text = value.text(variables, &mut missing);
        self.report_missing(value, &missing, variables, findings);
        let (header, finding) = header(&self.handle, key, value, &text, Some(variables));
        if let Some(finding) = finding {
            let finding = finding.at(&self.webhook.source, value.written.span.clone());
            // An invalid header is an error, whatever level the file configures.
            let is_refused = header.is_none();
            findings.extend(if is_refused { Some(finding) } else { self.webhook.levels.apply(finding) });
        }
        header
    }

    fn body(
        &self,
        variables: Variables<'_>,
        findings: &mut Vec<Diagnostic>,
    ) -> (Bytes, Vec<std::ops::Range<usize>>) {
        const VALUE: usize = 64;
        let fields = self.fields.iter().map(|field| field.lead.len() + VALUE).sum::<usize>();
        let element = variables.element;
        let mut body = Vec::with_capacity(element.root().span().len() + fields + VALUE);
        let mut secrets = Vec::new();
        body.push(b'{');
        if !self.webhook.body.iter().any(|field| field.key.value == ELEMENT_DATA) {
            body.extend_from_slice(b"\"element_data\":");
            element.write_compact(&mut body);
        }
        let mut missing = Vec::new();
        for field in &self.fields {
            body.extend_from_slice(&field.lead);
            field.value.write_json(variables, &mut body, &mut secrets, &mut missing);
            if !missing.is_empty() {
                self.report_missing(&field.value, &missing, variables, findings);
                missing.clear();
            }
        }
        body.push(b'}');
        (Bytes::from(body), secrets)
    }

    fn report_missing(
        &self,
        value: &CompiledValue,
        missing: &[&Spanned<String>],
        variables: Variables<'_>,
        findings: &mut Vec<Diagnostic>,
    ) {
        let (webhook, Variables { element, kind }) = (&self.webhook, variables);
        for name in missing.iter().take(MAX_FINDINGS) {
            let span = webhook.span_within(&value.written, name.span.clone());
            let change = if element.is_changed(&name.value) { " after `--set` or `--set-json`" } else { "" };
            let message = format!("`{{{{{}}}}}` is not in {}{change}", name.value, element.name());
            let help = match element.suggest(kind, &name.value) {
                _ if element.is_learned(kind, &name.value) => {
                    "the account's elements have it: use one with `--id`, or a file with this field"
                        .to_owned()
                }
                Some(suggestion) => suggestion.as_variable(),
                None => environment_name(&name.value).map_or_else(
                    || format!("`{}` lists the variables", element.vars_command(kind)),
                    |variable| format!("write `${{{variable}}}` for an environment variable"),
                ),
            };
            let level = if self.allow_missing { Level::Warning } else { Level::Error };
            let finding = Diagnostic::new(level, "variable-missing", message).help(help);
            let alternative =
                (!self.allow_missing).then(|| "use `--allow-missing` to send an empty string instead".into());
            findings.push(finding.maybe_help(alternative).at(&webhook.source, span));
        }
    }
}
