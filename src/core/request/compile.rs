//! Compiles a webhook: parses its values, looks up environment variables, and validates everything that is the same for
//! every element.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::json;
use crate::core::model::Webhook;
use crate::core::secrets::{Redactor, Secret, spans_in_field, spans_in_header, spans_in_url};
use crate::core::text::Span;

use super::address::{Address, NOT_SET, masked_url, secret_spans, url_secrets, url_without_unset};
use super::compiler::{Compiler, MAX_FINDINGS};
use super::environment::Environment;
use super::explained::ValuePlace;
use super::header::header;
use super::prepared::PreparedHeader;
use super::substitute::{CompiledSegment, CompiledValue};
use super::target::{Destination, authority, parse_target};
use super::validate;

/// `User-Agent` of every request.
const USER_AGENT: &str = concat!("hooks/", env!("CARGO_PKG_VERSION"));

/// A webhook that is ready to be rendered with elements. Its requests share everything that does not depend on the element.
#[derive(Clone)]
pub struct CompiledWebhook {
    pub(super) webhook: Webhook,
    pub(super) handle: Arc<str>,
    pub(super) allow_missing: bool,
    /// None if it is invalid.
    pub(super) target: Option<CompiledUrl>,
    /// The payload URL, if it contains variables of the environment.
    pub(super) url: Option<CompiledValue>,
    /// In the order in which they are sent, without `content-length`.
    pub(super) headers: Vec<Header>,
    pub(super) fields: Vec<Field>,
    pub(super) redactor: Redactor,
}

/// Where the requests go.
#[derive(Clone)]
pub(super) struct CompiledUrl {
    pub(super) url: Arc<Url>,
    pub(super) shown: Arc<str>,
}

#[derive(Clone)]
pub(super) struct Header {
    /// None for the headers that hooks adds.
    pub(super) value: Option<CompiledValue>,
    /// None if it differs between elements.
    pub(super) fixed: Option<PreparedHeader>,
}

#[derive(Clone)]
pub(super) struct Field {
    /// The comma and the key before the value.
    pub(super) lead: Vec<u8>,
    pub(super) value: CompiledValue,
}

impl CompiledWebhook {
    /// Compiles a webhook; the warnings are those that do not depend on the element.
    pub fn compile(
        webhook: &Webhook,
        environment: &dyn Environment,
        destination: &Destination,
        allow_missing: bool,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let (compiled, mut findings) = compile(webhook, environment, destination, allow_missing);
        sort_by_position(&mut findings);
        if findings.iter().any(|finding| finding.level == Level::Error) {
            findings.retain(|finding| finding.level == Level::Error);
            return Err(findings);
        }
        Ok((compiled, findings))
    }

    /// None if it is invalid.
    pub fn url(&self) -> Option<&Url> {
        self.target.as_ref().map(|target| &*target.url)
    }

    pub fn shown_url(&self) -> &str {
        self.target.as_ref().map_or("", |target| &target.shown)
    }

    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

/// Hides the values: some are secret.
impl fmt::Debug for CompiledWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledWebhook")
            .field("webhook", &self.handle)
            .field("url", &self.target.as_ref().map(|target| &target.shown))
            .finish_non_exhaustive()
    }
}

pub(super) fn sort_by_position(findings: &mut [Diagnostic]) {
    findings.sort_by_key(|finding| finding.primary.as_ref().map(|place| place.span.start));
}

/// Compiles a webhook as far as possible, and returns all findings.
pub(super) fn compile(
    webhook: &Webhook,
    environment: &dyn Environment,
    destination: &Destination,
    allow_missing: bool,
) -> (CompiledWebhook, Vec<Diagnostic>) {
    let mut compiler = Compiler::new(webhook, environment);
    if let Some(warning) = validate::body_on(webhook.method.value) {
        compiler.note(warning, webhook.method.span.clone());
    }
    let (address, url) = compiler.target(destination);
    let mut headers = compiler.headers();
    let fields = compiler.fields();
    let Compiler { findings, mut secrets, .. } = compiler;
    let credentials = address.as_ref().and_then(|address| address.credentials.as_ref());
    if let Some(credentials) = credentials {
        if !has(&headers, "authorization") {
            headers.push(Header { value: None, fixed: Some(credentials.authorization()) });
        }
        secrets.extend(credentials.secrets());
    }
    let redactor = Redactor::new(&secrets);
    if let Some(address) = &address {
        headers.splice(..0, added_headers(&headers, address));
    }
    let target = address.map(|address| CompiledUrl {
        shown: redactor.redact(address.shown.as_str()).as_ref().into(),
        url: Arc::new(address.url),
    });
    let handle = webhook.handle.value.as_str().into();
    let webhook = webhook.clone();
    (CompiledWebhook { webhook, handle, allow_missing, target, url, headers, fields, redactor }, findings)
}

impl Compiler<'_> {
    /// The URL of the requests, and the payload URL if it contains variables of the environment.
    fn target(&mut self, destination: &Destination) -> (Option<Address>, Option<CompiledValue>) {
        if let Destination::Elsewhere(url) = destination {
            let spans = spans_in_url(url.as_str(), &[]);
            let secrets: Vec<Secret> =
                spans.iter().map(|span| Secret::new(&url.as_str()[span.clone()])).collect();
            let shown = masked_url(url.as_str(), spans);
            self.secrets.extend(url_secrets(&secrets, url, shown.as_ref()));
            return (Some(Address::new(url.clone(), shown.unwrap_or_else(|| url.clone()))), None);
        }
        let written = &self.webhook.payload_url;
        let Some(template) = self.template(written) else { return (None, None) };
        for name in template.variables().take(MAX_FINDINGS) {
            let span = self.webhook.span_within(written, name.span.clone());
            self.note(validate::variable_in_url(), span);
        }
        let replaced = destination.replaced_part(&written.value, &template);
        let mut segments = self.segments(written, template.with_literal_variables(&written.value), replaced);
        for segment in &mut segments {
            if let CompiledSegment::Fixed(part) = segment
                && part.is_unset()
            {
                NOT_SET.clone_into(&mut part.text);
            }
        }
        let mut value =
            CompiledValue { place: ValuePlace::Url, is_json: false, segments, written: written.clone() };
        let secrets = value.mark_secrets(spans_in_url);
        let address = self.address(destination, &value, secrets);
        let is_explained = value.is_from_environment() || value.is_unset();
        (address, is_explained.then_some(value))
    }

    fn address(
        &mut self,
        destination: &Destination,
        value: &CompiledValue,
        mut secrets: Vec<Secret>,
    ) -> Option<Address> {
        let written = &value.written;
        let parts = value.fixed()?;
        let text: String = parts.iter().map(|part| part.text.as_str()).collect();
        let url = parse_target(&text).or_else(|error| url_without_unset(&parts).ok_or(error));
        let url = match url {
            Ok(url) => url,
            Err(error) => {
                let is_whole =
                    error.span.len() == text.len() || value.is_from_environment() || value.is_unset();
                let within = || self.webhook.span_within(written, error.span.clone());
                let span = if is_whole { written.span.clone() } else { within() };
                self.refuse(error.value, span);
                return None;
            }
        };
        for warning in validate::payload_url_warnings(&url) {
            self.note(warning, written.span.clone());
        }
        let masked = masked_url(&text, secret_spans(&parts));
        let from_environment = parts.iter().filter(|part| part.is_from_environment());
        secrets.extend(from_environment.map(|part| Secret::new(&*part.text)));
        self.secrets.extend(url_secrets(&secrets, &url, masked.as_ref()));
        let shown = masked.unwrap_or_else(|| url.clone());
        Some(Address::new(destination.applied_to(url), destination.applied_to(shown)))
    }

    /// The headers of the definition in the order in which they are sent: repeated names are adjacent.
    fn headers(&mut self) -> Vec<Header> {
        let webhook = self.webhook;
        if let (Some(problem), Some(first)) =
            (validate::too_many_headers(webhook.header.len()), webhook.header.get(validate::MAX_HEADERS))
        {
            self.refuse(problem, first.key.span.clone());
            return Vec::new();
        }
        let mut names: Vec<String> = Vec::new();
        let mut headers = Vec::new();
        for field in &webhook.header {
            let key = &field.key.value;
            if let Some(problem) = validate::header_name(key) {
                self.refuse(problem, field.key.span.clone());
                continue;
            }
            let name = key.to_ascii_lowercase();
            let last = names.iter().rposition(|own| *own == name);
            if last.is_some() {
                self.note(validate::header_repeated(&name), field.key.span.clone());
            }
            let place = ValuePlace::Header(key.clone());
            let value =
                self.value(place, &field.value, |text, inserted| spans_in_header(&name, text, inserted));
            let position = last.map_or(names.len(), |last| last + 1);
            let fixed = value.as_ref().filter(|value| value.fixed().is_some());
            let (value, fixed) = match fixed.map(|fixed| self.fixed_header(key, fixed)) {
                // An invalid header is reported once.
                Some(None) => (None, None),
                fixed => (value, fixed.flatten()),
            };
            headers.insert(position, Header { value, fixed });
            names.insert(position, name);
        }
        headers
    }

    /// The header, if it is the same for every element.
    fn fixed_header(&mut self, key: &str, value: &CompiledValue) -> Option<PreparedHeader> {
        let text: String = value.fixed()?.iter().map(|part| part.text.as_str()).collect();
        let (header, finding) = header(&self.webhook.handle.value, key, value, &text, None);
        match finding {
            Some(finding) if header.is_none() => self.refuse(finding, value.written.span.clone()),
            Some(finding) => self.note(finding, value.written.span.clone()),
            None => {}
        }
        header
    }

    fn fields(&mut self) -> Vec<Field> {
        let webhook = self.webhook;
        let mut is_first = webhook.body.iter().any(|field| field.key.value == validate::ELEMENT_DATA);
        let mut seen = HashSet::new();
        let mut fields = Vec::new();
        for field in &webhook.body {
            let key = &field.key.value;
            if !seen.insert(key) {
                self.note(validate::body_field_repeated(key), field.key.span.clone());
            }
            if let Some(problem) = validate::body_key(key) {
                self.note(problem, field.key.span.clone());
            }
            let place = ValuePlace::Body(key.clone());
            let secrets = |text: &str, inserted: &[Span]| spans_in_field(key, text, inserted);
            let comma = if std::mem::take(&mut is_first) { "" } else { "," };
            let lead = format!("{comma}{}:", json::quote(key)).into_bytes();
            fields.extend(self.value(place, &field.value, secrets).map(|value| Field { lead, value }));
        }
        fields
    }
}

fn has(headers: &[Header], name: &str) -> bool {
    headers.iter().any(|header| {
        let own = header.value.as_ref().map(|value| &value.place);
        matches!(own, Some(ValuePlace::Header(own)) if own.eq_ignore_ascii_case(name))
    })
}

/// The headers that hooks adds unless the definition has its own.
fn added_headers(headers: &[Header], target: &Address) -> Vec<Header> {
    let host = authority(&target.url);
    // They differ only if the host comes from the environment.
    let is_secret = host != authority(&target.shown);
    let defaults = [("user-agent", USER_AGENT), ("accept", "*/*"), ("content-type", "application/json")];
    let defaults = defaults.into_iter().filter(|(name, _)| !has(headers, name));
    let defaults = defaults.map(|(name, value)| PreparedHeader::new(name, value, false));
    let all = std::iter::once(PreparedHeader::new("host", &host, is_secret)).chain(defaults);
    all.map(|header| Header { value: None, fixed: Some(header) }).collect()
}
