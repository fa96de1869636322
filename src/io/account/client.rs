//! Sends requests to the API: limits their rate, retries them where that is safe, and reports events to the command.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use serde_json::Value;
use url::Url;

use crate::core::account::{AccountFailure, AccountFailureKind, AccountKey, ApiResponse, ApiUrl};
use crate::core::backfill::{Pace, Rate};
use crate::core::delivery::{Response, Retry, State, retry_after};
use crate::core::request::authority;
use crate::io::clock;
use crate::io::http::{Options, SetupError, Transport};

/// The most reads in flight.
pub(super) const CONCURRENT_READS: usize = 8;
/// Below the platform's limit of 80 per second (`api.md`, 1.4).
const RATE: Rate = Rate::each_second(70.0);
/// The most attempts at a request that fails temporarily.
const MAX_ATTEMPTS: u32 = 3;
/// The most attempts at a request that gets 429.
const MAX_LIMITED_ATTEMPTS: u32 = 10;
/// Waits up to this time are not reported.
const SHORT_WAIT: Duration = Duration::from_secs(1);
/// In bytes; a page of elements is far smaller.
const LARGEST_BODY: u64 = 64 * 1024 * 1024;

/// What happens while requests are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountEvent {
    /// A request and its result: the status line or the name of the failure.
    Request { method: String, url: String, result: String, took: Duration },
    /// All requests wait, because the API responded with 429.
    Paused { wait: Duration },
    /// A request is retried after a wait.
    Retrying { wait: Duration, failure: AccountFailure },
}

pub struct AccountClient<'a> {
    transport: Transport,
    api: ApiUrl,
    key: AccountKey,
    pace: RefCell<Pace>,
    start: Instant,
    /// The end of the last reported pause, since `start`.
    reported_until: RefCell<Duration>,
    report: RefCell<&'a mut dyn FnMut(AccountEvent)>,
}

impl std::fmt::Debug for AccountClient<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountClient").field("api", &self.api).finish_non_exhaustive()
    }
}

impl<'a> AccountClient<'a> {
    pub fn new(
        api: ApiUrl,
        key: AccountKey,
        options: &Options,
        report: &'a mut dyn FnMut(AccountEvent),
    ) -> Result<Self, SetupError> {
        let options = Options {
            url_setting: "--api",
            idle_connections: CONCURRENT_READS,
            largest_body: LARGEST_BODY,
            ..options.clone()
        };
        let transport = Transport::new(&options)?;
        transport.prepare(&api.join("/"))?;
        Ok(Self {
            transport,
            api,
            key,
            pace: RefCell::new(Pace::new(Some(RATE), 1, 0)),
            start: Instant::now(),
            reported_until: RefCell::default(),
            report: RefCell::new(report),
        })
    }

    /// Reads a path, with retries. None if the account has no such entry; with `is_entry`, any 404 means that.
    pub async fn get(&self, path: &str, is_entry: bool) -> Result<Option<Value>, AccountFailure> {
        self.retried(async || {
            let sent = self.send(&Method::GET, path, None).await;
            (sent.result(|response| response.json(is_entry)), sent.asked)
        })
        .await
    }

    /// Retries a request while it fails temporarily. Sending it twice must be safe.
    pub(super) async fn retried<T>(
        &self,
        attempt: impl AsyncFn() -> (Result<T, AccountFailure>, Option<Duration>),
    ) -> Result<T, AccountFailure> {
        let mut number = 1;
        loop {
            let (result, asked) = attempt().await;
            let failure = match result {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            self.wait_to_retry(failure, number, asked).await?;
            number += 1;
        }
    }

    /// Waits after a failed attempt; returns the failure if it should not be retried.
    pub(super) async fn wait_to_retry(
        &self,
        failure: AccountFailure,
        attempt: u32,
        asked: Option<Duration>,
    ) -> Result<(), AccountFailure> {
        let is_limited = failure.kind == AccountFailureKind::RateLimited;
        let most = if is_limited { MAX_LIMITED_ATTEMPTS } else { MAX_ATTEMPTS };
        let wait = asked.unwrap_or_else(|| back_off(attempt));
        if !failure.is_temporary() || attempt >= most || wait > Retry::MAX_REQUESTED_WAIT {
            return Err(failure);
        }
        if is_limited {
            self.pause(wait);
        } else {
            if wait > SHORT_WAIT {
                self.report(AccountEvent::Retrying { wait, failure });
            }
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// Waits until the rate limit allows another request.
    async fn wait_for_rate_limit(&self) {
        loop {
            let turn = self.pace.borrow_mut().take(self.start.elapsed());
            match turn {
                Ok(()) => return,
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Delays all new requests.
    fn pause(&self, wait: Duration) {
        let now = self.start.elapsed();
        self.pace.borrow_mut().pause(now, wait);
        let until = now + wait;
        let is_new = *self.reported_until.borrow() + SHORT_WAIT < until;
        if wait > SHORT_WAIT && is_new {
            self.reported_until.replace(until);
            self.report(AccountEvent::Paused { wait });
        }
    }

    fn report(&self, event: AccountEvent) {
        (self.report.borrow_mut())(event);
    }

    /// Sends one request, as soon as the rate limit allows it.
    pub(super) async fn send(&self, method: &Method, path: &str, body: Option<&Value>) -> SentRequest {
        self.wait_for_rate_limit().await;
        let url = self.api.join(path);
        let began = Instant::now();
        let request = self.request(method, &url, body);
        let sent = self.transport.forward(&url, request, std::future::pending()).await;
        let (shown, response, asked) = match sent {
            Ok(received) => {
                let head = received.to_response();
                let asked = retry_after(&head, clock::now() / 1000);
                (head.status_line(), Ok((head, received.body)), asked)
            }
            Err((failure, state)) => {
                let shown = failure.kind.name().to_owned();
                (shown, Err((AccountFailure::unreachable(&failure), state)), None)
            }
        };
        let (method, url, took) = (method.to_string(), url.to_string(), began.elapsed());
        self.report(AccountEvent::Request { method, url: url.clone(), result: shown, took });
        SentRequest { url, response, asked }
    }

    fn request(&self, method: &Method, url: &Url, body: Option<&Value>) -> Result<Request<Bytes>, String> {
        let mut key =
            HeaderValue::from_str(self.key.reveal()).map_err(|_| "the API key is invalid".to_owned())?;
        key.set_sensitive(true);
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(header::HOST, authority(url))
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("hooks/", env!("CARGO_PKG_VERSION")))
            .header(header::AUTHORIZATION, key);
        let body = body.map(|json| Bytes::from(json.to_string()));
        if let Some(body) = &body {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::CONTENT_LENGTH, body.len());
        }
        request.body(body.unwrap_or_default()).map_err(|error| error.to_string())
    }
}

/// The result of sending a request.
pub(super) struct SentRequest {
    url: String,
    /// The response with its whole body, or the failure and whether the API may have received the request.
    response: Result<(Response, Vec<u8>), (AccountFailure, State)>,
    /// The wait that `Retry-After` asks for.
    pub(super) asked: Option<Duration>,
}

impl SentRequest {
    pub(super) fn result<T>(
        &self,
        read: impl FnOnce(ApiResponse<'_>) -> Result<T, AccountFailure>,
    ) -> Result<T, AccountFailure> {
        match &self.response {
            Ok((head, body)) => read(ApiResponse { head, body, url: &self.url }),
            Err((failure, _)) => Err(failure.clone()),
        }
    }

    /// Whether the API certainly did not carry it out: it was not sent, or the response says so.
    pub(super) fn is_refused(&self) -> bool {
        match &self.response {
            Ok((head, _)) => matches!(head.status, 300..=407 | 409..=499),
            Err((_, state)) => *state == State::NotSent,
        }
    }
}

/// The wait after an attempt: doubled each time, with jitter.
pub(super) fn back_off(attempt: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
    let most = Retry::FIRST.saturating_mul(doubled).min(Retry::MAX_BACK_OFF);
    most.mul_f64(0.5 + clock::jitter() / 2.0)
}
