//! The paths of the page, and their responses.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use tokio::sync::oneshot;

use super::feed::feed;
use super::guard::random_text;
use super::page;
use super::site::{Ask, Site, Wanted};

pub(super) type Answer = Response<Either<Full<Bytes>, Channel<Bytes>>>;

enum Route {
    Page,
    Requests,
    Events,
    Body(u64),
    Curl(u64),
    Replay(u64),
}

impl Route {
    fn of(path: &str) -> Option<Self> {
        let steps: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        Some(match steps[..] {
            [""] => Self::Page,
            ["requests"] => Self::Requests,
            ["events"] => Self::Events,
            ["requests", id, "body"] => Self::Body(id.parse().ok()?),
            ["requests", id, "curl"] => Self::Curl(id.parse().ok()?),
            ["requests", id, "replay"] => Self::Replay(id.parse().ok()?),
            _ => return None,
        })
    }

    fn method(&self) -> Method {
        if matches!(self, Self::Replay(_)) { Method::POST } else { Method::GET }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayTo {
    url: String,
}

pub(super) async fn answer(site: &Site, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let mut answer = if let Err(denial) = site.guard.check(&head) {
        refusal(denial.status, denial.reason)
    } else {
        match Route::of(head.uri.path()) {
            None => refusal(StatusCode::NOT_FOUND, "there is nothing of this name"),
            Some(route) if route.method() != head.method => wrong_method(&route.method()),
            Some(Route::Page) => page(),
            Some(Route::Requests) => full("application/json", requests(site)),
            Some(Route::Events) => events(site, &head.headers, head.uri.query()),
            Some(Route::Body(id)) => attachment(id, ask(site, id, Wanted::Body).await),
            Some(Route::Curl(id)) => asked("text/plain; charset=utf-8", ask(site, id, Wanted::Curl).await),
            Some(Route::Replay(id)) => replay(site, id, body).await,
        }
    };
    for (name, value) in SAFE {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Headers of every response: it is not sniffed, cached, embedded or named in a referrer.
const SAFE: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

fn full(kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(body.into())));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn refusal(status: StatusCode, reason: &str) -> Answer {
    let mut answer = full("text/plain; charset=utf-8", format!("{reason}\n"));
    *answer.status_mut() = status;
    answer
}

fn wrong_method(right: &Method) -> Answer {
    let mut answer = refusal(StatusCode::METHOD_NOT_ALLOWED, "this cannot be done here");
    if let Ok(value) = HeaderValue::from_str(right.as_str()) {
        answer.headers_mut().insert(ALLOW, value);
    }
    answer
}

fn page() -> Answer {
    let built = random_text::<16>().ok().and_then(|nonce| {
        let policy = HeaderValue::from_str(&page::policy(&nonce)).ok()?;
        let mut answer = full("text/html; charset=utf-8", page::page(&nonce));
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        Some(answer)
    });
    built.unwrap_or_else(|| refusal(StatusCode::INTERNAL_SERVER_ERROR, "there are no random numbers"))
}

/// All that is kept: `{"version":1,"receiver":…,"last":…,"requests":[…]}`.
fn requests(site: &Site) -> Vec<u8> {
    let (documents, last) = site.buffer.all();
    let length = documents.iter().map(|document| document.len() + 1).sum::<usize>();
    let mut list = Vec::with_capacity(length + 64);
    let receiver = &site.receiver;
    let start = format!("{{\"version\":1,\"receiver\":{receiver},\"last\":{last},\"requests\":[");
    list.extend_from_slice(start.as_bytes());
    for (index, document) in documents.iter().enumerate() {
        if index > 0 {
            list.push(b',');
        }
        list.extend_from_slice(document);
    }
    list.extend_from_slice(b"]}");
    list
}

fn events(site: &Site, headers: &HeaderMap, query: Option<&str>) -> Answer {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last.or_else(|| query.and_then(|query| query.strip_prefix("after=")));
    let Ok(after) = after.unwrap_or("0").parse() else {
        return refusal(StatusCode::BAD_REQUEST, "`after` must be the number of a request");
    };
    let body = feed(Arc::clone(&site.buffer), after, site.limits.heartbeat);
    let mut answer = Response::new(Either::Right(body));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    answer
}

/// Passes on a command and waits for the response.
async fn ask(site: &Site, id: u64, what: Wanted) -> Result<Bytes, Answer> {
    let gone = || refusal(StatusCode::GONE, "this request is no longer kept");
    let (answer, wait) = oneshot::channel();
    site.asks.send(Ask { id, what, answer }).await.map_err(|_| gone())?;
    let answer = wait.await.map_err(|_| gone())?;
    answer.map_err(|reason| refusal(StatusCode::UNPROCESSABLE_ENTITY, &reason))
}

fn asked(kind: &'static str, result: Result<Bytes, Answer>) -> Answer {
    result.map_or_else(|refusal| refusal, |bytes| full(kind, bytes))
}

/// As a file to save, never as something that the browser would show.
fn attachment(id: u64, result: Result<Bytes, Answer>) -> Answer {
    let mut answer = asked("application/octet-stream", result);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"request-{id}.bin\"")) {
        answer.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    answer
}

async fn replay(site: &Site, id: u64, body: Incoming) -> Answer {
    let body = Limited::new(body, site.limits.body).collect();
    let body = match tokio::time::timeout(site.limits.body_time, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
        }
        Ok(Err(_)) => return refusal(StatusCode::BAD_REQUEST, "the body cannot be read"),
        Err(_) => return refusal(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
    };
    match serde_json::from_slice::<ReplayTo>(&body) {
        Ok(ReplayTo { url }) => asked("application/json", ask(site, id, Wanted::Replay(url)).await),
        Err(_) => refusal(StatusCode::BAD_REQUEST, "the body must be `{\"url\": \"…\"}`"),
    }
}
