//! Makes the request: every value rendered once, every offence found in one run.

use std::net::SocketAddr;

use bytes::Bytes;
use url::Url;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::json;
use crate::core::model::{Field, Webhook};
use crate::core::text::{Redactor, Span};

use super::address::{Address, masked_url, url_secrets};
use super::element::Element;
use super::header::is_harmless_header;
use super::judge::{self, Judgement};
use super::prepared::{Origin, PreparedHeader, PreparedRequest, RenderedPart, RenderedPlace, RenderedValue};
use super::render::{Environment, MOST_FINDINGS, Rendered, Renderer};
use super::target::parse_target;

/// What a webhook is rendered with.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "an environment holds secrets and shows itself to no one")]
pub struct Rendering<'a> {
    /// The element whose data is sent.
    pub element: &'a Element,
    /// Where `${NAME}` is looked up.
    pub environment: &'a dyn Environment,
    /// Whether a variable that the element lacks becomes an empty text.
    pub allow_missing: bool,
    /// Where the request goes.
    pub destination: &'a Destination,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To the webhook's payload URL.
    Defined,
    /// Somewhere else.
    Elsewhere(Url),
    /// To a receiver on this machine, with the path and query of the payload URL.
    Receiver(SocketAddr),
}

/// `User-Agent` of every request.
const USER_AGENT: &str = concat!("hooks/", env!("CARGO_PKG_VERSION"));
const ELEMENT_DATA: &str = "element_data";

/// Makes the request that a webhook sends, and the warnings to go with it.
///
/// # Errors
/// Everything that is wrong with the webhook for this element and environment, by place.
pub fn prepare(
    webhook: &Webhook,
    with: Rendering<'_>,
) -> Result<(PreparedRequest, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut making = Making {
        renderer: Renderer {
            webhook,
            element: with.element,
            environment: with.environment,
            allow_missing: with.allow_missing,
            errors: Vec::new(),
            warnings: Vec::new(),
            secrets: Vec::new(),
            said: 0,
        },
        values: Vec::new(),
    };
    let target = making.target(with.destination);
    let mut headers = making.headers();
    let (body, body_secrets) = making.body();
    if let Some(odd) = judge::body_on(webhook.method.value) {
        making.judge(odd, webhook.method.span.clone());
    }
    let Making { renderer, values } = making;
    let Some(target) = target.filter(|_| renderer.errors.is_empty()) else { return Err(renderer.errors) };
    let mut secrets = renderer.secrets;
    if let Some(credentials) = &target.credentials {
        if !headers.iter().any(|header| header.name == "authorization") {
            headers.push(credentials.authorization());
        }
        secrets.extend(credentials.secrets());
    }
    let redactor = Redactor::new(&secrets);
    let request = PreparedRequest {
        webhook: webhook.handle.value.clone(),
        method: webhook.method.value,
        headers: with_own_headers(&headers, &target, body.len()),
        shown_url: redactor.redact(target.shown.as_str()).into_owned(),
        url: target.url,
        body: Bytes::from(body),
        body_secrets,
        values,
        redactor,
    };
    Ok((request, renderer.warnings))
}

struct Making<'a> {
    renderer: Renderer<'a>,
    values: Vec<RenderedValue>,
}

impl Making<'_> {
    /// Notes what was judged, at its place.
    fn judge(&mut self, judgement: Judgement, span: Span) {
        let level = judgement.level;
        let finding = judgement.into_diagnostic().at(&self.renderer.webhook.source, span, "");
        match level {
            Level::Error => self.renderer.errors.push(finding),
            _ => self.renderer.warnings.push(finding),
        }
    }

    fn keep(&mut self, place: RenderedPlace, template: &str, rendered: &Rendered<'_>) {
        let parts = match rendered.sole {
            Some(value) if matches!(place, RenderedPlace::Body(_)) => {
                let origin = rendered.parts[0].origin.clone();
                vec![RenderedPart { text: value.to_compact(), origin }]
            }
            _ => rendered.parts.clone(),
        };
        let keeps_type = rendered.sole.is_some() && matches!(place, RenderedPlace::Body(_));
        self.values.push(RenderedValue { place, template: template.to_owned(), parts, keeps_type });
    }

    fn target(&mut self, destination: &Destination) -> Option<Address> {
        if let Destination::Elsewhere(url) = destination {
            return Some(Address::new(url.clone(), url.clone()));
        }
        let webhook = self.renderer.webhook;
        let written = &webhook.payload_url;
        let template = self.renderer.parse(written)?;
        let variables: Vec<_> =
            template.variables().map(|name| name.span.clone()).take(MOST_FINDINGS).collect();
        for span in &variables {
            let span = webhook.place_within(written, span.clone());
            self.judge(judge::variable_in_url(), span);
        }
        if !variables.is_empty() {
            return None;
        }
        let rendered = self.renderer.render(written)?;
        if rendered.is_secret() {
            self.keep(RenderedPlace::Url, &written.value, &rendered);
        }
        let mut url = match parse_target(&rendered.text()) {
            Ok(url) => url,
            Err(error) => {
                let at = error.at.filter(|_| !rendered.is_secret()).map(|at| at..at + 1);
                let span = at.map_or(written.span.clone(), |at| webhook.place_within(written, at));
                self.judge(Judgement::error("payload-url", error.message, error.help), span);
                return None;
            }
        };
        for odd in judge::address_oddities(&url) {
            self.judge(odd, written.span.clone());
        }
        let masked = masked_url(&rendered);
        self.renderer.secrets.extend(url_secrets(&rendered, &url, masked.as_ref()));
        if let Destination::Receiver(address) = destination {
            let shown = masked.as_ref().unwrap_or(&url).clone();
            let at_receiver = |from: &Url| {
                let mut to = from.clone();
                // Both are http URLs with a host, so that neither change can be refused.
                let _ = to.set_scheme("http");
                let _ = to.set_ip_host(address.ip());
                let _ = to.set_port(Some(address.port()));
                to
            };
            url = at_receiver(&url);
            return Some(Address::new(url, at_receiver(&shown)));
        }
        let shown = masked.unwrap_or_else(|| url.clone());
        Some(Address::new(url, shown))
    }

    fn headers(&mut self) -> Vec<PreparedHeader> {
        let webhook = self.renderer.webhook;
        let mut headers: Vec<PreparedHeader> = Vec::new();
        for field in &webhook.header {
            if let Some(problem) = judge::header_name(&field.key.value) {
                self.judge(problem, field.key.span.clone());
                continue;
            }
            let name = field.key.value.to_ascii_lowercase();
            let namesake = headers.iter().rposition(|header| header.name == name);
            if namesake.is_some() {
                self.judge(judge::header_repeated(&name), field.key.span.clone());
            }
            // Namesakes go out one after the other.
            let position = namesake.map_or(headers.len(), |namesake| namesake + 1);
            if let Some(header) = self.header(name, field) {
                headers.insert(position, header);
            }
        }
        headers
    }

    fn header(&mut self, name: String, field: &Field) -> Option<PreparedHeader> {
        let rendered = self.renderer.render(&field.value)?;
        self.keep(RenderedPlace::Header(field.key.value.clone()), &field.value.value, &rendered);
        let whole = rendered.text();
        let value = whole.trim_matches([' ', '\t']);
        let key = &field.key.value;
        let handle = &self.renderer.webhook.handle.value;
        let whose = || format!("the header `{key}` of `{handle}`");
        let blanks = whole.len() - whole.trim_start_matches([' ', '\t']).len();
        if let Some(problem) = judge::header_value(value, whose, |at| culprit(&rendered, at + blanks)) {
            self.judge(problem, field.value.span.clone());
            return None;
        }
        if let Some(odd) = judge::header_non_ascii(key, value) {
            self.judge(odd, field.value.span.clone());
        }
        let is_secret = rendered.is_secret() || !is_harmless_header(&name);
        Some(PreparedHeader { name, value: value.to_owned(), is_secret })
    }

    fn body(&mut self) -> (Vec<u8>, Vec<Span>) {
        let webhook = self.renderer.webhook;
        let mut out = Vec::new();
        let mut secrets = Vec::new();
        out.push(b'{');
        if !webhook.body.iter().any(|field| field.key.value == ELEMENT_DATA) {
            out.extend_from_slice(b"\"element_data\":");
            self.renderer.element.write_compact(&mut out);
        }
        for field in &webhook.body {
            self.body_field(field, &mut out, &mut secrets);
        }
        out.push(b'}');
        (out, secrets)
    }

    fn body_field(&mut self, field: &Field, out: &mut Vec<u8>, secrets: &mut Vec<Span>) {
        if let Some(problem) = judge::body_key(&field.key.value) {
            let is_error = problem.level == Level::Error;
            self.judge(problem, field.key.span.clone());
            if is_error {
                return;
            }
        }
        let Some(rendered) = self.renderer.render(&field.value) else { return };
        self.keep(RenderedPlace::Body(field.key.value.clone()), &field.value.value, &rendered);
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend_from_slice(json::quote(&field.key.value).as_bytes());
        out.push(b':');
        if let Some(value) = rendered.sole {
            value.write_compact(out);
            return;
        }
        out.push(b'"');
        for part in &rendered.parts {
            let start = out.len();
            let quoted = json::quote(&part.text);
            out.extend_from_slice(&quoted.as_bytes()[1..quoted.len() - 1]);
            if matches!(part.origin, Origin::Environment { .. }) {
                secrets.push(start..out.len());
            }
        }
        out.push(b'"');
    }
}

/// Names the variable that put a byte of a rendered text in.
fn culprit(rendered: &Rendered<'_>, offset: usize) -> String {
    let mut end = 0;
    let part = rendered.parts.iter().find(|part| {
        end += part.text.len();
        offset < end
    });
    match part.map(|part| &part.origin) {
        Some(Origin::Variable { name, .. }) => format!(", from `{{{{{name}}}}}`"),
        Some(Origin::Environment { name, .. }) => format!(", from `${{{name}}}`"),
        _ => String::new(),
    }
}

/// All headers in the order in which they go out.
fn with_own_headers(headers: &[PreparedHeader], target: &Address, body_length: usize) -> Vec<PreparedHeader> {
    let own = |name: &str, value: String| PreparedHeader { name: name.to_owned(), value, is_secret: false };
    let authority = |url: &Url| match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let host = authority(&target.url);
    // Only what came from the environment makes a difference here.
    let is_secret = host != authority(&target.shown);
    let defaults = [
        own("user-agent", USER_AGENT.to_owned()),
        own("accept", "*/*".to_owned()),
        own("content-type", "application/json".to_owned()),
    ];
    let is_own = |name: &str| headers.iter().any(|header| header.name == name);
    let defaults: Vec<_> = defaults.into_iter().filter(|default| !is_own(&default.name)).collect();
    std::iter::once(PreparedHeader { is_secret, ..own("host", host) })
        .chain(defaults)
        .chain(headers.iter().cloned())
        .chain([own("content-length", body_length.to_string())])
        .collect()
}
