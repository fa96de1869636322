//! The transport: one set of connections, over which any number of prepared requests go.

use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use super::body::{RequestBody, Sent, request_body};
use super::cause::{Cause, HttpCause};
use super::connect::Connector;
use super::explain::{Limits, Trouble, explain};
use super::marks::Marks;
use super::proxy::Proxy;
use super::wire::Wire;
use super::{Options, SetupError, answer, certificate, probe};
use crate::core::exchange::{
    Answer, Exchange, Facts, Failure, FailureKind, Note, NoteKind, State, framing, judge,
};
use crate::core::request::PreparedRequest;

/// Sends prepared requests. Cheap to create: what a request needs (TLS above all) is set up when it is first needed.
///
/// On hyper's client with connections of our own: `reqwest` opens its connections itself and shows neither what a proxy
/// responded nor a response that arrived before a write failed.
pub struct Transport {
    options: Options,
    connector: Connector,
    client: Client<Connector, RequestBody>,
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
        let connector = Connector::new(options)?;
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(options.idle_connections)
            // Shorter than the 5 s after which Node closes an idle connection: no race, no doubt.
            .pool_idle_timeout(Duration::from_secs(4))
            .pool_timer(TokioTimer::new())
            .set_host(false)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .build(connector.clone());
        Ok(Self { options: options.clone(), connector, client })
    }

    /// Sets up what requests to this URL need.
    ///
    /// # Errors
    /// When a setting of the environment that they need cannot be used.
    pub fn prepare(&self, url: &Url) -> Result<(), SetupError> {
        self.connector.prepare(url).map(drop)
    }

    /// The proxy that requests to this URL go through, as `host:port`.
    pub fn proxy(&self, url: &Url) -> Option<String> {
        self.connector.prepare(url).ok()?.as_ref().map(Proxy::address)
    }

    /// Sends a request and reads the response. Never fails: what went wrong is part of the exchange.
    pub async fn send(&self, request: &PreparedRequest) -> Exchange {
        self.send_until(request, std::future::pending()).await
    }

    /// Like [`send`](Self::send), and gives up (`interrupted`) as soon as `stop` is ready.
    pub async fn send_until(&self, request: &PreparedRequest, stop: impl Future<Output = ()>) -> Exchange {
        // Setting TLS up, the machine's roots above all, is no part of the exchange.
        let prepared = self.connector.prepare(&request.url);
        let proxy = prepared.as_ref().ok().cloned().flatten();
        let attempt = Attempt {
            transport: self,
            request,
            facts: Facts {
                url_is_overridden: self.options.url_is_overridden,
                ..facts(request, proxy.as_ref())
            },
            proxy,
            start: Instant::now(),
            marks: Marks::default(),
            wire: None,
        };
        let marks = attempt.marks.clone();
        match prepared {
            Ok(_) => marks.scope(attempt.run(pin!(stop))).await,
            Err(error) => attempt.failed(&Trouble::CannotSend(error.to_string()), true).await,
        }
    }
}

/// One request on its way.
struct Attempt<'a, 't> {
    transport: &'t Transport,
    request: &'a PreparedRequest,
    proxy: Option<Proxy>,
    facts: Facts,
    start: Instant,
    marks: Marks,
    /// The connection, once it is known.
    wire: Option<Wire>,
}

impl Attempt<'_, '_> {
    async fn run(mut self, mut stop: Pin<&mut impl Future<Output = ()>>) -> Exchange {
        let limit = self.transport.options.timeout;
        let (mut wired, sent) = match wire_request(self.request, self.proxy.as_ref()) {
            Ok(both) => both,
            Err(reason) => return self.failed(&Trouble::CannotSend(reason), true).await,
        };
        let captured = capture_connection(&mut wired);
        let outcome = tokio::select! {
            biased;
            outcome = tokio::time::timeout(limit, self.exchange(wired, captured.clone())) => match outcome {
                Ok(outcome) => outcome.and_then(framed).map_err(Trouble::Error),
                Err(_) => Err(Trouble::TimeIsUp),
            },
            () = &mut stop => Err(Trouble::Stopped),
        };
        let exchange = match outcome {
            Ok(response) => {
                let head = Instant::now();
                let answer = answer::read(response, self.wire.as_ref(), self.start, limit, stop).await;
                self.answered(answer, head)
            }
            Err(trouble) => {
                let all_sent = sent.all() && !self.wire.as_ref().is_some_and(Wire::write_failed);
                let wire = self.wire.clone();
                let exchange = self.failed(&trouble, all_sent).await;
                poison_if_broken(wire.as_ref(), &captured);
                return exchange;
            }
        };
        poison_if_broken(self.wire.as_ref(), &captured);
        exchange
    }

    /// Sends the request, and notes the connection that it goes over.
    async fn exchange(
        &mut self,
        request: Request<RequestBody>,
        mut captured: CaptureConnection,
    ) -> Result<Response<Incoming>, Cause> {
        let mut sending = pin!(self.transport.client.request(request));
        let mut connecting = pin!(async {
            let connected = captured.wait_for_connection_metadata().await;
            let mut extensions = http::Extensions::new();
            connected.as_ref()?.get_extras(&mut extensions);
            extensions.remove::<Wire>()
        });
        let mut is_connecting = true;
        let wire = &mut self.wire;
        std::future::poll_fn(move |cx| {
            let sent = sending.as_mut().poll(cx);
            if is_connecting && let Poll::Ready(connected) = connecting.as_mut().poll(cx) {
                is_connecting = false;
                if let Some(connected) = &connected {
                    connected.begin();
                }
                wire.clone_from(&connected);
            }
            sent
        })
        .await
        .map_err(|error| Cause::of(&error))
    }

    fn answered(&self, mut answer: Answer, head: Instant) -> Exchange {
        if let Some(own) = self.proxy.as_ref().and_then(Proxy::redactor) {
            answer.redact(&own);
        }
        let moments = self.marks.snapshot();
        let facts = Facts { elapsed: Some(self.transport.options.timeout), ..self.facts.clone() };
        let (failure, mut notes) = judge(&answer, &self.request.url, &facts, &self.request.redactor);
        notes.extend(self.certificate_note());
        Exchange {
            state: failure.as_ref().map_or(State::Delivered, |failure| failure.kind.state_with_answer()),
            phases: moments.phases(self.start, Some(head)),
            peer: self.wire.as_ref().map(|wire| wire.peer),
            proxy: self.proxy.as_ref().map(Proxy::address),
            reused: moments.reused(),
            answer: Some(answer),
            failure,
            notes,
        }
    }

    async fn failed(self, trouble: &Trouble, all_sent: bool) -> Exchange {
        let moments = self.marks.snapshot();
        let options = &self.transport.options;
        let limits = Limits { connect: options.connect_timeout, total: options.timeout };
        let (mut failure, mut state) = explain(trouble, &moments, all_sent, limits, self.facts.clone());
        let phases = moments.phases(self.start, None);
        if self.wire.as_ref().is_some_and(Wire::speaks_http2) {
            failure.kind = FailureKind::Http2Only;
            state = FailureKind::Http2Only.state_with_answer();
        } else if let (Trouble::Error(cause), None, Some(wire)) = (trouble, &self.proxy, &self.wire)
            && self.request.url.scheme() == "http"
            && matches!(cause.http, Some(HttpCause::Foreign(_)))
            && probe::speaks_tls(wire.peer).await
        {
            failure.kind = FailureKind::HttpToTlsPort;
            // A TLS server throws a plain request away unread.
            state = State::NotSent;
        }
        let mut notes: Vec<Note> = self.certificate_note().into_iter().collect();
        if self.transport.connector.uses_bundled_roots() && failure.kind == FailureKind::TlsUnknownIssuer {
            notes.push(Note { kind: NoteKind::BundledRoots, facts: self.facts.clone() });
        }
        Exchange {
            state,
            phases,
            peer: self.wire.as_ref().map(|wire| wire.peer),
            proxy: self.proxy.as_ref().map(Proxy::address),
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
        let reason = match reason.strip_prefix("The ") {
            Some(rest) => format!("the {rest}"),
            None => reason,
        };
        Some(Note { kind: NoteKind::CertificateNotAccepted, facts: Facts { reason: Some(reason), ..facts } })
    }
}

/// A response with framing that is safe to trust.
fn framed(response: Response<Incoming>) -> Result<Response<Incoming>, Cause> {
    let headers = response.headers();
    let values = |name| headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
    let (encodings, lengths) =
        (values(http::header::TRANSFER_ENCODING), values(http::header::CONTENT_LENGTH));
    match framing(response.status().as_u16(), encodings, lengths) {
        Ok(_) => Ok(response),
        Err(reason) => Err(Cause::malformed(reason)),
    }
}

/// Prevents the reuse of a connection that cannot be written to.
fn poison_if_broken(wire: Option<&Wire>, captured: &CaptureConnection) {
    if wire.is_some_and(Wire::write_failed)
        && let Some(connected) = captured.connection_metadata().as_ref()
    {
        connected.poison();
    }
}

/// What is known of the target before anything is sent, without secrets.
fn facts(request: &PreparedRequest, proxy: Option<&Proxy>) -> Facts {
    let host = request.url.host_str().unwrap_or_default();
    Facts {
        host: request.redactor.redact(host).into_owned(),
        port: request.url.port_or_known_default().unwrap_or_default(),
        is_plain: request.url.scheme() == "http",
        proxy: proxy.map(Proxy::address),
        proxy_forwards: proxy.is_some_and(|proxy| proxy.forwards(request.url.scheme())),
        ..Facts::default()
    }
}

/// The request as hyper takes it: our headers in our order, and nothing else but the proxy's credentials.
fn wire_request(
    request: &PreparedRequest,
    proxy: Option<&Proxy>,
) -> Result<(Request<RequestBody>, Sent), String> {
    let method =
        http::Method::from_bytes(request.method.as_str().as_bytes()).map_err(|error| error.to_string())?;
    let uri: Uri = request.url.as_str().parse().map_err(|error: http::uri::InvalidUri| error.to_string())?;
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for header in &request.headers {
        let bad = || format!("the header `{}` cannot be sent", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_bytes(header.value.as_bytes()).map_err(|_| bad())?;
        value.set_sensitive(header.is_secret);
        headers.append(name, value);
    }
    let forwarding = proxy.filter(|proxy| proxy.forwards(request.url.scheme()));
    if let Some(credentials) = forwarding.and_then(Proxy::authorization) {
        headers.insert(http::header::PROXY_AUTHORIZATION, credentials);
    }
    let (body, sent) = request_body(&request.body);
    let mut wire = Request::new(body);
    *wire.method_mut() = method;
    *wire.uri_mut() = uri;
    *wire.headers_mut() = headers;
    Ok((wire, sent))
}
