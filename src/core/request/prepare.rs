//! Makes the request: every value rendered once, every offence found in one run.

use std::net::SocketAddr;

use bytes::Bytes;
use url::Url;

use crate::core::diagnostic::Diagnostic;
use crate::core::json;
use crate::core::model::{Field, Method, Webhook};
use crate::core::text::Redactor;

use super::address::{Address, masked_url, url_secrets};
use super::element::Element;
use super::header::{self, LONGEST_VALUE, SINGLE};
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
    making.warn_of_body_on(webhook.method.value);
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
    fn error_at(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: crate::core::text::Span,
        help: impl Into<String>,
    ) {
        let source = &self.renderer.webhook.source;
        self.renderer.errors.push(Diagnostic::error(code, message).at(source, span, "").help(help));
    }

    fn warn_at(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: crate::core::text::Span,
        help: impl Into<String>,
    ) {
        let source = &self.renderer.webhook.source;
        self.renderer.warnings.push(Diagnostic::warning(code, message).at(source, span, "").help(help));
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
            self.error_at(
                "variable-in-url",
                "the payload URL takes no variables",
                span,
                "the platform puts variables into header and body values only; `${NAME}` from the environment is possible",
            );
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
                self.error_at("payload-url", error.message, span, error.help);
                return None;
            }
        };
        self.warn_of_oddities(&url);
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

    fn warn_of_oddities(&mut self, url: &Url) {
        let span = self.renderer.webhook.payload_url.span.clone();
        if !url.username().is_empty() || url.password().is_some() {
            let help = "they are sent as Basic authorization; an `Authorization` header with `${NAME}` keeps them out of the file";
            self.warn_at("credentials-in-url", "the payload URL holds credentials", span.clone(), help);
        }
        if url.fragment().is_some() {
            self.warn_at(
                "fragment-in-url",
                "the part of the payload URL after `#` is never sent",
                span,
                "take it out",
            );
        }
    }

    fn headers(&mut self) -> Vec<PreparedHeader> {
        let webhook = self.renderer.webhook;
        let mut headers: Vec<PreparedHeader> = Vec::new();
        for field in &webhook.header {
            if let Some((code, message, help)) = header::header_name_problem(&field.key.value) {
                self.error_at(code, message, field.key.span.clone(), help);
                continue;
            }
            let name = field.key.value.to_ascii_lowercase();
            let namesake = headers.iter().rposition(|header| header.name == name);
            if namesake.is_some() {
                self.repeated_header(&name, field);
            }
            // Namesakes go out one after the other.
            let position = namesake.map_or(headers.len(), |namesake| namesake + 1);
            if let Some(header) = self.header(name, field) {
                headers.insert(position, header);
            }
        }
        headers
    }

    fn repeated_header(&mut self, name: &str, field: &Field) {
        let message = format!("the header `{name}` stands here twice; upper and lower case are the same");
        if SINGLE.contains(&name) {
            self.error_at(
                "header-repeated",
                message,
                field.key.span.clone(),
                "receivers disagree on which one counts: keep one",
            );
        } else {
            self.warn_at("header-repeated", message, field.key.span.clone(), "both are sent, in this order");
        }
    }

    fn header(&mut self, name: String, field: &Field) -> Option<PreparedHeader> {
        let rendered = self.renderer.render(&field.value)?;
        self.keep(RenderedPlace::Header(field.key.value.clone()), &field.value.value, &rendered);
        let whole = rendered.text();
        let value = whole.trim_matches([' ', '\t']);
        if let Some((offset, byte)) = header::forbidden_byte(value) {
            let culprit =
                culprit(&rendered, offset + whole.len() - whole.trim_start_matches([' ', '\t']).len());
            let message = format!(
                "the header `{}` of `{}` would hold {byte} at byte {offset}{culprit}",
                field.key.value, self.renderer.webhook.handle.value
            );
            let help = "no header can carry it: use a variable without line breaks, or a body field";
            self.error_at("header-value-invalid", message, field.value.span.clone(), help);
            return None;
        }
        if value.len() > LONGEST_VALUE {
            let message = format!(
                "the header `{}` would be {} bytes long, more than {LONGEST_VALUE}",
                field.key.value,
                value.len()
            );
            self.error_at(
                "header-value-too-long",
                message,
                field.value.span.clone(),
                "receivers refuse such headers: use a body field",
            );
            return None;
        }
        if !value.is_ascii() {
            let message = format!(
                "the header `{}` holds characters beyond ASCII; they are sent as UTF-8",
                field.key.value
            );
            self.warn_at(
                "header-non-ascii",
                message,
                field.value.span.clone(),
                "not every receiver reads them, nor is it known what the platform does: a body field is safe",
            );
        }
        let is_secret = rendered.is_secret() || !header::is_harmless_header(&name);
        Some(PreparedHeader { name, value: value.to_owned(), is_secret })
    }

    fn body(&mut self) -> (Vec<u8>, Vec<crate::core::text::Span>) {
        let webhook = self.renderer.webhook;
        let mut out = Vec::new();
        let mut secrets = Vec::new();
        out.push(b'{');
        if let Some(field) = webhook.body.iter().find(|field| field.key.value == ELEMENT_DATA) {
            let help = "give it another key; what the platform does with this one is not documented";
            self.warn_at(
                "element-data-hidden",
                "this body field takes the place of the element",
                field.key.span.clone(),
                help,
            );
        } else {
            out.extend_from_slice(b"\"element_data\":");
            self.renderer.element.write_compact(&mut out);
        }
        for field in &webhook.body {
            self.body_field(field, &mut out, &mut secrets);
        }
        out.push(b'}');
        (out, secrets)
    }

    fn body_field(&mut self, field: &Field, out: &mut Vec<u8>, secrets: &mut Vec<crate::core::text::Span>) {
        if field.key.value.contains("{{") || field.key.value.contains("${") {
            let help = "the platform puts variables into header and body values only";
            self.error_at(
                "variable-in-body-key",
                "the key of a body field takes no variables",
                field.key.span.clone(),
                help,
            );
            return;
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

    fn warn_of_body_on(&mut self, method: Method) {
        if matches!(method, Method::Get | Method::Delete) {
            let span = self.renderer.webhook.method.span.clone();
            let message = format!("a body is sent with {method}, as the platform does");
            self.warn_at(
                "body-on-get",
                message,
                span,
                "many servers, caches and firewalls drop or refuse it: prefer POST, PUT or PATCH",
            );
        }
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
