//! Sends a request: takes an idle connection or opens one, writes the request, reads the response, classifies the result.

use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Uri, header, uri};
use http_body_util::Full;
use hyper::body::Incoming;
use url::Url;

use super::classify::{Limits, classify, incomplete};
use super::connect::{Connector, HttpConnection};
use super::connection::Connection;
use super::error::{Cause, HttpCause, SendError};
use super::options::{Options, SetupError};
use super::pool::Pool;
use super::proxy::Proxy;
use super::response::{Keep, ReceivedResponse, framing_error};
use super::timing::Timing;
use super::{tls, tls_error};
use crate::core::delivery::{
    BodyEnd, Exchange, Facts, Failure, FailureKind, Note, NoteKind, Response, State, classify_response,
};
use crate::core::request::PreparedRequest;
use crate::io::interrupt::signalled;
use crate::io::process;

/// Sends any number of requests. Cheap to create: TLS is set up for the first request that needs it.
///
/// It is built on hyper's connections, because a complete client such as `reqwest` reports neither the response of a proxy nor a
/// response that arrived before a write failed.
pub struct Transport {
    options: Options,
    connector: Connector,
    pool: Pool,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("timeout", &self.options.timeout).finish_non_exhaustive()
    }
}

impl Transport {
    pub fn new(options: &Options) -> Result<Self, SetupError> {
        let connector = Connector::new(options)?;
        Ok(Self { connector, pool: Pool::new(options.idle_connections), options: options.clone() })
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

    /// Like [`send`](Self::send), but is `interrupted` as soon as `stop` is ready.
    pub async fn send_until(&self, request: &PreparedRequest, stop: impl Future<Output = ()>) -> Exchange {
        let shown_host = |host: &str| request.redactor.redact(host).into_owned();
        let mut attempt = Attempt::new(self, &request.url, &shown_host);
        let mut stop = pin!(stop);
        match attempt.run(hyper_request(request), Keep::Beginning, stop.as_mut()).await {
            Ok(response) => attempt.responded(&response, request),
            Err(error) => attempt.failed(&error, stop).await,
        }
    }

    /// Sends a request unchanged and returns the response with its whole body, or the failure and whether the request may have been
    /// received. A body that is too large is not read to its end ([`BodyEnd::Stopped`]).
    pub async fn forward(
        &self,
        url: &Url,
        request: Result<Request<Bytes>, String>,
        stop: impl Future<Output = ()>,
    ) -> Result<ReceivedResponse, (Failure, State)> {
        let is_stopped = AtomicBool::new(false);
        let stop = async {
            stop.await;
            is_stopped.store(true, Ordering::Relaxed);
        };
        let mut attempt = Attempt::new(self, url, &str::to_owned);
        let mut stop = pin!(stop);
        let response = match attempt.run(request, Keep::All(self.options.largest_body), stop.as_mut()).await {
            Ok(response) => response,
            Err(error) => return Err(attempt.failure(&error, stop).await),
        };
        let facts = Facts { elapsed: Some(self.options.timeout), ..attempt.facts };
        match incomplete(&response, is_stopped.load(Ordering::Relaxed), facts) {
            Some(failure) => Err((failure, State::InDoubt)),
            None => Ok(response),
        }
    }
}

/// Sends one request on its own runtime; Ctrl-C and similar signals end it as `interrupted`.
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

/// One request in progress.
struct Attempt<'t> {
    transport: &'t Transport,
    url: &'t Url,
    proxy: Result<Option<Proxy>, SetupError>,
    facts: Facts,
    start: Instant,
    timing: Timing,
    connection: Option<Connection>,
    body_length: u64,
}

impl<'t> Attempt<'t> {
    /// Sets TLS up if it is needed, which loads the trusted certificates and is not part of the exchange. `shown`
    /// redacts the host.
    fn new(transport: &'t Transport, url: &'t Url, shown: &dyn Fn(&str) -> String) -> Self {
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
        let (start, timing) = (Instant::now(), Timing::default());
        Self { transport, url, proxy, facts, start, timing, connection: None, body_length: 0 }
    }

    fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref().ok()?.as_ref()
    }

    /// Sends the request and reads the response, until the time limit is reached or `stop` is ready.
    async fn run(
        &mut self,
        request: Result<Request<Bytes>, String>,
        keep: Keep,
        mut stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<ReceivedResponse, SendError> {
        let request = request.and_then(|request| self.addressed(request)).map_err(SendError::CannotSend)?;
        self.body_length = request.body().len() as u64;
        let timing = self.timing.clone();
        let exchange = async {
            let mut deadline = pin!(tokio::time::sleep(self.transport.options.timeout));
            let (response, http) = tokio::select! {
                biased;
                sent = self.send(request.map(Full::new)) => sent?,
                () = deadline.as_mut() => return Err(SendError::TimedOut),
                () = stop.as_mut() => return Err(SendError::Stopped),
            };
            if let Some(reason) = framing_error(response.headers()) {
                return Err(Cause::malformed(reason).into());
            }
            Timing::note(|moments| moments.head = Some(Instant::now()));
            let response = ReceivedResponse::read(response, &http.connection, keep, deadline, stop).await;
            if response.body_end == BodyEnd::Complete {
                self.transport.pool.put(self.url, http).await;
            }
            Ok(response)
        };
        timing.scope(exchange).await
    }

    /// The request with the target and the credentials that the proxy or the receiver expects.
    fn addressed(&self, mut request: Request<Bytes>) -> Result<Request<Bytes>, String> {
        let proxy = self.proxy.as_ref().map_err(ToString::to_string)?;
        if self.facts.proxy_forwards {
            if let Some(credentials) = proxy.as_ref().and_then(Proxy::authorization) {
                request.headers_mut().insert(header::PROXY_AUTHORIZATION, credentials);
            }
        } else {
            let mut target = uri::Parts::default();
            target.path_and_query = request.uri().path_and_query().cloned();
            *request.uri_mut() = Uri::from_parts(target).map_err(|error| error.to_string())?;
        }
        Ok(request)
    }

    /// Writes the request to an idle connection or a new one, and reads the head of the response.
    async fn send(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(http::Response<Incoming>, HttpConnection), Cause> {
        while let Some(mut http) = self.transport.pool.take(self.url) {
            self.connection = Some(http.connection.clone());
            Timing::note(|moments| moments.reused = true);
            match http.sender.try_send_request(request).await {
                Ok(response) => return Ok((response, http)),
                Err(mut error) => {
                    self.transport.pool.stop_reuse(self.url);
                    // Closed by the receiver before anything was written?
                    request = error.take_message().ok_or_else(|| Cause::of(error.error()))?;
                }
            }
            self.connection = None;
            Timing::note(|moments| moments.reused = false);
        }
        let proxy = self.proxy.as_ref().ok().and_then(Option::as_ref);
        let mut http = self.transport.connector.open(self.url, proxy).await?;
        self.connection = Some(http.connection.clone());
        let response = http.sender.send_request(request).await.map_err(|error| Cause::of(&error))?;
        Ok((response, http))
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

    async fn failed(self, error: &SendError, stop: Pin<&mut impl Future<Output = ()>>) -> Exchange {
        let (failure, state) = self.failure(error, stop).await;
        let mut notes: Vec<Note> = self.certificate_note().into_iter().collect();
        if self.transport.connector.uses_bundled_roots() && failure.kind == FailureKind::TlsUnknownIssuer {
            notes.push(Note::new(NoteKind::BundledRoots, &self.facts));
        }
        self.ended(state, None, Some(failure), notes)
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
            phases: moments.phases(self.start),
            peer: self.connection.as_ref().map(|connection| connection.peer),
            proxy: self.proxy().map(Proxy::address),
            reused: moments.reused,
            response,
            failure,
            notes,
        }
    }

    /// Why the request got no response, and whether it may have been received.
    async fn failure(&self, error: &SendError, stop: Pin<&mut impl Future<Output = ()>>) -> (Failure, State) {
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
            && self.is_tls_spoken_at(connection.peer, stop).await
        {
            failure = Failure::new(FailureKind::HttpToTlsPort, &self.facts);
            // A TLS server does not read a plain request.
            state = State::NotSent;
        }
        (failure, state)
    }

    /// Tries TLS, within the time limit of the exchange and until `stop` is ready.
    async fn is_tls_spoken_at(&self, peer: SocketAddr, stop: Pin<&mut impl Future<Output = ()>>) -> bool {
        let left = self.transport.options.timeout.saturating_sub(self.start.elapsed());
        tokio::select! {
            biased;
            () = stop => false,
            spoken = tokio::time::timeout(left, tls::is_spoken_at(peer)) => spoken.unwrap_or(false),
        }
    }

    /// Why a certificate was accepted only because of `--insecure`.
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

/// The request for hyper: our headers in our order and nothing else.
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
