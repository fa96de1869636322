//! The paths of the page, and their responses.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use tokio::sync::oneshot;

use super::access::random_text;
use super::feed::feed;
use super::site::{ActionKind, PageAction, Site};

/// The page in one file; `{nonce}` marks its script and its style.
const PAGE: &str = include_str!("page.html");

pub(super) type PageResponse = Response<Either<Full<Bytes>, Channel<Bytes>>>;

enum Endpoint {
    Page,
    Requests,
    Events,
    Body(u64),
    Curl(u64),
    Replay(u64),
}

impl Endpoint {
    fn of(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        Some(match segments[..] {
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

pub(super) async fn respond(site: &Site, request: Request<Incoming>) -> PageResponse {
    let (head, body) = request.into_parts();
    let mut response = match site.access.check(&head) {
        Ok(()) => route(site, &head, body).await.unwrap_or_else(|refusal| refusal),
        Err(denial) => refusal(denial.status, denial.reason),
    };
    for (name, value) in SAFE {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn route(site: &Site, head: &Parts, body: Incoming) -> Result<PageResponse, PageResponse> {
    let Some(endpoint) = Endpoint::of(head.uri.path()) else {
        return Err(refusal(StatusCode::NOT_FOUND, "not found"));
    };
    if endpoint.method() != head.method {
        return Err(wrong_method(&endpoint.method()));
    }
    match endpoint {
        Endpoint::Page => page(),
        Endpoint::Requests => Ok(full("application/json", requests(site))),
        Endpoint::Events => events(site, &head.headers, head.uri.query()),
        Endpoint::Body(id) => Ok(attachment(id, perform(site, id, ActionKind::Body).await?)),
        Endpoint::Curl(id) => {
            Ok(full("text/plain; charset=utf-8", perform(site, id, ActionKind::Curl).await?))
        }
        Endpoint::Replay(id) => {
            let url = replay_url(site, body).await?;
            Ok(full("application/json", perform(site, id, ActionKind::Replay(url)).await?))
        }
    }
}

/// Headers of every response: it is not sniffed, cached, embedded or named in a referrer.
const SAFE: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

fn full(content_type: &'static str, body: impl Into<Bytes>) -> PageResponse {
    let mut response = Response::new(Either::Left(Full::new(body.into())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn refusal(status: StatusCode, reason: &str) -> PageResponse {
    let mut response = full("text/plain; charset=utf-8", format!("{reason}\n"));
    *response.status_mut() = status;
    response
}

fn wrong_method(right: &Method) -> PageResponse {
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
    if let Ok(value) = HeaderValue::from_str(right.as_str()) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// The page may run what is marked with its nonce, and connect to its own server. Nothing else.
fn page() -> Result<PageResponse, PageResponse> {
    let no_nonce = || refusal(StatusCode::INTERNAL_SERVER_ERROR, "no random numbers available");
    let nonce = random_text::<16>().map_err(|_| no_nonce())?;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = full("text/html; charset=utf-8", PAGE.replace("{nonce}", &nonce));
    let policy = HeaderValue::from_str(&policy).map_err(|_| no_nonce())?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// All documents: `{"version":1,"receiver":…,"last":…,"requests":[…]}`.
fn requests(site: &Site) -> Vec<u8> {
    let (documents, last) = site.buffer.all();
    let start = format!("{{\"version\":1,\"receiver\":{},\"last\":{last},\"requests\":[", site.receiver);
    [start.as_bytes(), &documents.join(&b","[..]), b"]}"].concat()
}

fn events(site: &Site, headers: &HeaderMap, query: Option<&str>) -> Result<PageResponse, PageResponse> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last.or_else(|| query.and_then(|query| query.strip_prefix("after="))).unwrap_or("0");
    let after = after
        .parse()
        .map_err(|_| refusal(StatusCode::BAD_REQUEST, "`after` must be the number of a request"))?;
    let mut response =
        Response::new(Either::Right(feed(Arc::clone(&site.buffer), after, site.limits.heartbeat)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    Ok(response)
}

/// Passes on what a reader asks for, and waits for the result.
async fn perform(site: &Site, id: u64, kind: ActionKind) -> Result<Bytes, PageResponse> {
    let gone = || refusal(StatusCode::GONE, "this request is no longer in memory");
    let (response, result) = oneshot::channel();
    site.actions.send(PageAction { id, kind, response }).await.map_err(|_| gone())?;
    let result = result.await.map_err(|_| gone())?;
    result.map_err(|reason| refusal(StatusCode::UNPROCESSABLE_ENTITY, &reason))
}

/// A file to save, which the browser never displays.
fn attachment(id: u64, body: Bytes) -> PageResponse {
    let mut response = full("application/octet-stream", body);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"request-{id}.bin\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}

async fn replay_url(site: &Site, body: Incoming) -> Result<String, PageResponse> {
    let body = Limited::new(body, site.limits.body).collect();
    let body = match tokio::time::timeout(site.limits.body_time, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
        }
        Ok(Err(_)) => return Err(refusal(StatusCode::BAD_REQUEST, "the body cannot be read")),
        Err(_) => return Err(refusal(StatusCode::REQUEST_TIMEOUT, "timed out reading the body")),
    };
    let parsed = serde_json::from_slice::<ReplayTo>(&body);
    parsed
        .map(|to| to.url)
        .map_err(|_| refusal(StatusCode::BAD_REQUEST, "the body must be `{\"url\": \"…\"}`"))
}

#[cfg(test)]
mod tests {
    use super::PAGE;

    #[test]
    fn the_page_fetches_nothing_from_elsewhere_and_inserts_text_only_as_text() {
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            " src=",
            "href=\"http",
            "@import",
            " url(",
            " style=",
            " onclick=",
        ] {
            assert!(!PAGE.contains(forbidden), "{forbidden}");
        }
        assert_eq!(PAGE.matches("nonce=\"{nonce}\"").count(), 2);
    }
}
