//! The transport: one set of connections, over which any number of requests go.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;

use super::classify::{Limits, classify, incomplete};
use super::connect::Connector;
use super::connection::Connection;
use super::error::{Cause, HttpCause, SendError};
use super::options::{Options, SetupError};
use super::proxy::Proxy;
use super::response::{Keep, ReceivedResponse, framing_error};
use super::timing::Timing;
use super::{tls, tls_error};
use crate::core::delivery::{
    Exchange, Facts, Failure, FailureKind, Note, NoteKind, Response, State, classify_response,
};
use crate::core::request::PreparedRequest;
use crate::io::interrupt::signalled;
use crate::io::process;

/// Sends requests. Cheap to create: what a request needs (TLS above all) is set up when it is first needed.
///
/// On hyper's client with connections of our own: `reqwest` opens its connections itself and shows neither what a proxy
/// responded nor a response that arrived before a write failed.
pub struct Transport {
    options: Options,
    connector: Connector,
    client: Client<Connector, Full<Bytes>>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("timeout", &self.options.timeout).finish_non_exhaustive()
    }
}

impl Transport {
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
        let mut attempt =
            Attempt::new(self, &request.url, &|host| request.redactor.redact(host).into_owned());
        match attempt.run(hyper_request(request), Keep::Beginning, pin!(stop)).await {
            Ok(response) => attempt.responded(&response, request),
            Err(error) => attempt.failed(&error).await,
        }
    }

    /// Sends a request as it is and returns the response with all of its body. A body that is too large is not read to
    /// its end ([`BodyEnd::Stopped`](crate::core::delivery::BodyEnd)).
    pub async fn forward(
        &self,
        url: &Url,
        request: Result<Request<Bytes>, String>,
        stop: impl Future<Output = ()>,
    ) -> Result<ReceivedResponse, Failure> {
        let is_stopped = AtomicBool::new(false);
        let stop = async {
            stop.await;
            is_stopped.store(true, Ordering::Relaxed);
        };
        let mut attempt = Attempt::new(self, url, &str::to_owned);
        let response = match attempt.run(request, Keep::All, pin!(stop)).await {
            Ok(response) => response,
            Err(error) => return Err(attempt.failure(&error).await.0),
        };
        let facts = Facts { elapsed: Some(self.options.timeout), ..attempt.facts };
        match incomplete(&response, is_stopped.into_inner(), facts) {
            Some(failure) => Err(failure),
            None => Ok(response),
        }
    }
}

/// Sends one request with a runtime of its own; Ctrl-C and similar signals end it as `interrupted`.
pub fn send_once(options: &Options, request: &PreparedRequest) -> Result<Exchange, SetupError> {
    let transport = Transport::new(options)?;
    transport.prepare(&request.url)?;
    let runtime = process::runtime()?;
    let interrupt = async {
        if signalled().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let exchange = runtime.block_on(transport.send_until(request, interrupt));
    // A lookup cannot be cancelled; the program does not wait for it.
    runtime.shutdown_background();
    Ok(exchange)
}

struct Attempt<'t> {
    transport: &'t Transport,
    proxy: Result<Option<Proxy>, SetupError>,
    facts: Facts,
    start: Instant,
    timing: Timing,
    head: Option<Instant>,
    connection: Option<Connection>,
    body_length: u64,
}

impl<'t> Attempt<'t> {
    /// Sets TLS up if it is needed, which reads the machine's roots and is not part of the exchange. `shown` redacts the
    /// host.
    fn new(transport: &'t Transport, url: &Url, shown: &dyn Fn(&str) -> String) -> Self {
        let proxy = transport.connector.prepare(url);
        let used = proxy.as_ref().ok().and_then(Option::as_ref);
        let facts = Facts {
            host: shown(url.host_str().unwrap_or_default()),
            port: url.port_or_known_default().unwrap_or_default(),
            is_plain: url.scheme() == "http",
            proxy: used.map(Proxy::address),
            proxy_forwards: used.is_some_and(|proxy| proxy.forwards(url.scheme())),
            setting: transport.options.url_setting,
            ..Facts::default()
        };
        Self {
            transport,
            proxy,
            facts,
            start: Instant::now(),
            timing: Timing::default(),
            head: None,
            connection: None,
            body_length: 0,
        }
    }

    fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref().ok()?.as_ref()
    }

    async fn run(
        &mut self,
        request: Result<Request<Bytes>, String>,
        keep: Keep,
        stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<ReceivedResponse, SendError> {
        let mut request = request.map_err(SendError::CannotSend)?;
        if let Err(error) = &self.proxy {
            return Err(SendError::CannotSend(error.to_string()));
        }
        if self.facts.proxy_forwards
            && let Some(credentials) = self.proxy().and_then(Proxy::authorization)
        {
            request.headers_mut().insert(header::PROXY_AUTHORIZATION, credentials);
        }
        self.body_length = request.body().len() as u64;
        let mut request = request.map(Full::new);
        let captured = capture_connection(&mut request);
        let timing = self.timing.clone();
        let response = timing.scope(self.exchange(request, captured.clone(), keep, stop)).await;
        if self.connection.as_ref().is_some_and(Connection::write_failed)
            && let Some(connected) = captured.connection_metadata().as_ref()
        {
            connected.poison();
        }
        response
    }

    async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        captured: CaptureConnection,
        keep: Keep,
        mut stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<ReceivedResponse, SendError> {
        let mut deadline = pin!(tokio::time::sleep(self.transport.options.timeout));
        let response = tokio::select! {
            biased;
            response = self.send(request, captured) => response?,
            () = deadline.as_mut() => return Err(SendError::TimedOut),
            () = stop.as_mut() => return Err(SendError::Stopped),
        };
        self.head = Some(Instant::now());
        Ok(ReceivedResponse::read(response, self.connection.as_ref(), keep, deadline, stop).await)
    }

    /// Sends the request, and notes the connection that it goes over.
    async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
        mut captured: CaptureConnection,
    ) -> Result<http::Response<Incoming>, SendError> {
        let mut sending = pin!(self.transport.client.request(request));
        let mut connecting = pin!(async {
            let connected = captured.wait_for_connection_metadata().await;
            let mut extensions = http::Extensions::new();
            connected.as_ref()?.get_extras(&mut extensions);
            extensions.remove::<Connection>()
        });
        let mut is_connecting = true;
        let connection = &mut self.connection;
        let response = std::future::poll_fn(move |cx| {
            let sent = sending.as_mut().poll(cx);
            if is_connecting && let Poll::Ready(connected) = connecting.as_mut().poll(cx) {
                is_connecting = false;
                if let Some(connected) = &connected {
                    connected.begin();
                }
                connection.clone_from(&connected);
            }
            sent
        });
        let response = response.await.map_err(|error| Cause::of(&error))?;
        match framing_error(response.headers()) {
            Some(reason) => Err(Cause::malformed(reason).into()),
            None => Ok(response),
        }
    }

    fn responded(self, received: &ReceivedResponse, request: &PreparedRequest) -> Exchange {
        let mut response = received.to_response();
        if let Some(own) = self.proxy().and_then(Proxy::redactor) {
            response.redact(&own);
        }
        let facts = Facts { elapsed: Some(self.transport.options.timeout), ..self.facts.clone() };
        let (state, failure, mut notes) =
            classify_response(&response, &request.url, &facts, &request.redactor);
        notes.extend(self.certificate_note());
        self.ended(state, Some(response), failure, notes)
    }

    async fn failed(self, error: &SendError) -> Exchange {
        let (failure, state) = self.failure(error).await;
        let mut notes: Vec<Note> = self.certificate_note().into_iter().collect();
        if self.transport.connector.uses_bundled_roots() && failure.kind == FailureKind::TlsUnknownIssuer {
            notes.push(Note::new(NoteKind::BundledRoots, &self.facts));
        }
        let mut exchange = self.ended(state, None, Some(failure), notes);
        exchange.reused &= !matches!(error, SendError::CannotSend(_));
        exchange
    }

    fn ended(
        self,
        state: State,
        response: Option<Response>,
        failure: Option<Failure>,
        notes: Vec<Note>,
    ) -> Exchange {
        let moments = self.timing.snapshot();
        Exchange {
            state,
            phases: moments.phases(self.start, self.head),
            peer: self.connection.as_ref().map(|connection| connection.peer),
            proxy: self.proxy().map(Proxy::address),
            reused: moments.reused(),
            response,
            failure,
            notes,
        }
    }

    /// Why there is no response, and whether the request may have been received.
    async fn failure(&self, error: &SendError) -> (Failure, State) {
        let options = &self.transport.options;
        let limits = Limits { connect: options.connect_timeout, total: options.timeout };
        let all_sent =
            self.connection.as_ref().is_none_or(|connection| connection.has_sent(self.body_length));
        let moments = self.timing.snapshot();
        let (mut failure, mut state) = classify(error, &moments, all_sent, limits, self.facts.clone());
        if self.connection.as_ref().is_some_and(Connection::speaks_http2) {
            failure = Failure::new(FailureKind::Http2Only, &self.facts);
            state = State::NotSent;
        } else if let (SendError::Failed(cause), None, Some(connection)) =
            (error, self.proxy(), &self.connection)
            && self.facts.is_plain
            && matches!(cause.http, Some(HttpCause::Foreign(_)))
            && tls::is_spoken_at(connection.peer).await
        {
            failure = Failure::new(FailureKind::HttpToTlsPort, &self.facts);
            // A TLS server throws a plain request away unread.
            state = State::NotSent;
        }
        (failure, state)
    }

    /// What was wrong with a certificate that was accepted because any is.
    fn certificate_note(&self) -> Option<Note> {
        let moments = self.timing.snapshot();
        let error = moments.certificate_error.clone()?;
        let mut facts = self.facts.clone();
        let kind = tls_error::classify(&error, &moments, &mut facts);
        let reason = Failure::new(kind, &facts).what;
        let reason = match reason.strip_prefix("The ") {
            Some(rest) => format!("the {rest}"),
            None => reason,
        };
        Some(Note::new(NoteKind::CertificateNotAccepted, &Facts { reason: Some(reason), ..facts }))
    }
}

/// The request as hyper takes it: our headers in our order and nothing else.
fn hyper_request(request: &PreparedRequest) -> Result<Request<Bytes>, String> {
    let mut hyper_request = Request::new(request.body.clone());
    let method = http::Method::from_bytes(request.method.as_str().as_bytes());
    *hyper_request.method_mut() = method.map_err(|error| error.to_string())?;
    *hyper_request.uri_mut() =
        request.url.as_str().parse().map_err(|error: http::uri::InvalidUri| error.to_string())?;
    for header in &request.headers {
        let bad = || format!("the header `{}` cannot be sent", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_bytes(header.value.as_bytes()).map_err(|_| bad())?;
        value.set_sensitive(header.is_secret);
        hyper_request.headers_mut().append(name, value);
    }
    Ok(hyper_request)
}
