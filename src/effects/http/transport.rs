//! The transport: one set of connections, over which any number of prepared requests go.

use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;

use super::body::{Sent, request_body};
use super::cause::{Cause, HttpCause};
use super::connect::{MarkConnects, Resolver};
use super::explain::{Limits, Trouble, explain};
use super::marks::Marks;
use super::proxy::{Route, Through};
use super::{Options, Proxies, SetupError, answer, certificate, probe, tls};
use crate::core::exchange::{Answer, Exchange, Facts, Failure, FailureKind, Note, NoteKind, State, judge};
use crate::core::request::PreparedRequest;

/// Sends prepared requests. Cheap to create: what a way needs (TLS, a proxy) is set up when it is first taken.
pub struct Transport {
    options: Options,
    extra_roots: Vec<CertificateDer<'static>>,
    route: Route,
    /// By whether TLS and whether a proxy is needed.
    clients: [OnceLock<Result<Client, String>>; 4],
}

/// One way out.
struct Client {
    client: reqwest::Client,
    bundled_roots: bool,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("timeout", &self.options.timeout).finish_non_exhaustive()
    }
}

impl Transport {
    /// Checks the options.
    ///
    /// # Errors
    /// When a file of certificates holds none, or the proxy's URL cannot be used.
    pub fn new(options: &Options) -> Result<Self, SetupError> {
        Ok(Self {
            extra_roots: tls::extra_roots(&options.ca_certificates)?,
            route: Route::new(&options.proxy)?,
            options: options.clone(),
            clients: [const { OnceLock::new() }; 4],
        })
    }

    /// Sends a request and reads the answer. Never fails: what went wrong is part of the exchange.
    pub async fn send(&self, request: &PreparedRequest) -> Exchange {
        self.send_until(request, std::future::pending()).await
    }

    /// Like [`send`](Self::send), and gives up (`interrupted`) as soon as `stop` is ready.
    pub async fn send_until(&self, request: &PreparedRequest, stop: impl Future<Output = ()>) -> Exchange {
        let through = self.route.proxy(&request.url);
        let attempt = Attempt {
            transport: self,
            request,
            facts: facts(request, through.as_ref()),
            through,
            start: Instant::now(),
            marks: Marks::default(),
        };
        let marks = attempt.marks.clone();
        marks.scope(attempt.run(std::pin::pin!(stop))).await
    }

    /// The client for a way, set up when first needed.
    fn client(&self, https: bool, through: Option<&Through>) -> Result<&Client, String> {
        let tls = https || through.is_some_and(|proxy| proxy.tls);
        let slot = &self.clients[usize::from(tls) + 2 * usize::from(through.is_some())];
        let built = slot.get_or_init(|| self.build(tls, through.is_some()));
        built.as_ref().map_err(Clone::clone)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes clients")]
    fn build(&self, tls: bool, proxied: bool) -> Result<Client, String> {
        let configured = if tls {
            tls::configured(&self.options, self.extra_roots.clone())
        } else {
            tls::unused().map(|config| (config, false))
        };
        let (config, bundled_roots) = configured.map_err(|error| error.to_string())?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(self.options.connect_timeout)
            .pool_max_idle_per_host(self.options.idle_connections)
            // Shorter than the 5 s after which Node closes an idle connection: no race, no doubt.
            .pool_idle_timeout(Duration::from_secs(4))
            .tcp_nodelay(true)
            // The limit for the whole exchange does what keep-alive probes would.
            .tcp_keepalive(None)
            .tcp_keepalive_interval(None)
            .tcp_keepalive_retries(None)
            .dns_resolver(std::sync::Arc::new(Resolver))
            .connector_layer(MarkConnects);
        builder = match &self.options.proxy {
            _ if !proxied => builder.no_proxy(),
            Proxies::Url(url) => builder
                .no_proxy()
                .proxy(reqwest::Proxy::all(url.as_str()).map_err(|error| error.to_string())?),
            Proxies::Environment | Proxies::Off => builder,
        };
        let client = builder.build().map_err(|error| error.without_url().to_string())?;
        Ok(Client { client, bundled_roots })
    }
}

/// One request on its way.
struct Attempt<'a, 't> {
    transport: &'t Transport,
    request: &'a PreparedRequest,
    through: Option<Through>,
    facts: Facts,
    start: Instant,
    marks: Marks,
}

impl Attempt<'_, '_> {
    async fn run(mut self, mut stop: Pin<&mut impl Future<Output = ()>>) -> Exchange {
        let limit = self.transport.options.timeout;
        let client = match self.transport.client(self.request.url.scheme() == "https", self.through.as_ref())
        {
            Ok(client) => client,
            Err(reason) => return self.failed(&Trouble::CannotSend(reason), true, false).await,
        };
        let (wire, sent) = match wire_request(self.request) {
            Ok(both) => both,
            Err(reason) => return self.failed(&Trouble::CannotSend(reason), true, false).await,
        };
        // Setting a client up, the machine's roots above all, is no part of the exchange.
        self.start = Instant::now();
        let outcome = tokio::select! {
            biased;
            outcome = tokio::time::timeout(limit, client.client.execute(wire)) => match outcome {
                Ok(Ok(response)) => Ok(response),
                // What `reqwest` refuses itself, such as a URL of more than 64 KiB.
                Ok(Err(error)) if error.is_builder() => Err(Trouble::CannotSend(Cause::from(&error).words)),
                Ok(Err(error)) => Err(Trouble::Error(Cause::from(&error))),
                Err(_) => Err(Trouble::TimeIsUp),
            },
            () = &mut stop => Err(Trouble::Stopped),
        };
        match outcome {
            Ok(response) => {
                let head = Instant::now();
                let peer = response.remote_addr();
                let answer = answer::read(response, self.start, limit, stop).await;
                self.answered(answer, head, peer)
            }
            Err(trouble) => self.failed(&trouble, sent.all(), client.bundled_roots).await,
        }
    }

    fn answered(self, answer: Answer, head: Instant, peer: Option<std::net::SocketAddr>) -> Exchange {
        let moments = self.marks.snapshot();
        let facts = Facts { elapsed: Some(self.transport.options.timeout), ..self.facts.clone() };
        let (failure, mut notes) = judge(&answer, &self.request.url, &facts, &self.request.redactor);
        notes.extend(self.certificate_note());
        Exchange {
            state: failure.as_ref().map_or(State::Delivered, |failure| failure.kind.state_with_answer()),
            phases: moments.phases(self.start, Some(head)),
            peer: if moments.reused() { peer } else { moments.peer.or(peer) },
            proxy: self.through.map(|proxy| proxy.address),
            reused: moments.reused(),
            answer: Some(answer),
            failure,
            notes,
        }
    }

    async fn failed(self, trouble: &Trouble, all_sent: bool, bundled_roots: bool) -> Exchange {
        let moments = self.marks.snapshot();
        let options = &self.transport.options;
        let limits = Limits { connect: options.connect_timeout, total: options.timeout };
        let (mut failure, mut state) = explain(trouble, &moments, all_sent, limits, self.facts.clone());
        let phases = moments.phases(self.start, None);
        if let (Trouble::Error(cause), None, Some(peer)) = (trouble, &self.through, moments.peer)
            && self.request.url.scheme() == "http"
            && matches!(cause.http, Some(HttpCause::Foreign(_)))
            && probe::speaks_tls(peer).await
        {
            failure.kind = FailureKind::HttpToTlsPort;
            // A TLS server throws a plain request away unread.
            state = State::NotSent;
        }
        let mut notes: Vec<Note> = self.certificate_note().into_iter().collect();
        if bundled_roots && failure.kind == FailureKind::TlsUnknownIssuer {
            notes.push(Note { kind: NoteKind::BundledRoots, facts: self.facts.clone() });
        }
        Exchange {
            state,
            phases,
            peer: moments.peer,
            proxy: self.through.map(|proxy| proxy.address),
            reused: moments.reused() && !matches!(trouble, Trouble::CannotSend(_)),
            answer: None,
            failure: Some(failure),
            notes,
        }
    }

    /// What was wrong with a certificate that was accepted because any is.
    fn certificate_note(&self) -> Option<Note> {
        let moments = self.marks.snapshot();
        let error = moments.certificate_error.clone()?;
        let mut facts = self.facts.clone();
        let kind = certificate::classify(&error, &moments, &mut facts);
        let reason = Failure { kind, facts: facts.clone() }.what();
        Some(Note { kind: NoteKind::CertificateNotAccepted, facts: Facts { reason: Some(reason), ..facts } })
    }
}

/// What is known of the target before anything is sent, without secrets.
fn facts(request: &PreparedRequest, through: Option<&Through>) -> Facts {
    let host = request.url.host_str().unwrap_or_default();
    Facts {
        host: request.redactor.redact(host).into_owned(),
        port: request.url.port_or_known_default().unwrap_or_default(),
        proxy: through.map(|proxy| proxy.address.clone()),
        ..Facts::default()
    }
}

/// The request as `reqwest` takes it: our headers in our order, and nothing else.
fn wire_request(request: &PreparedRequest) -> Result<(reqwest::Request, Sent), String> {
    let method =
        http::Method::from_bytes(request.method.as_str().as_bytes()).map_err(|error| error.to_string())?;
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for header in &request.headers {
        let bad = || format!("the header `{}` cannot be sent", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_bytes(header.value.as_bytes()).map_err(|_| bad())?;
        value.set_sensitive(header.is_secret);
        headers.append(name, value);
    }
    let (body, sent) = request_body(&request.body);
    let mut wire = reqwest::Request::new(method, (*request.url).clone());
    *wire.headers_mut() = headers;
    *wire.body_mut() = body;
    Ok((wire, sent))
}
