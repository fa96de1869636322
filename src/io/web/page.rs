//! A page in the browser: its file, a list of documents, and an event stream of new ones.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};

use super::access::{AccessControl, Denial, deny, random_text};
use super::buffer::Buffer;
use super::events::event_stream;
use super::serve::{Server, ServerLimits};
use crate::core::received::Ring;
use crate::io::listeners::Listeners;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

#[derive(Debug, Clone)]
pub struct PageLimits {
    /// The maximum number of documents in the buffer.
    pub documents: usize,
    /// The maximum size of the documents in the buffer, in bytes.
    pub bytes: usize,
    /// How often an idle event stream sends a comment.
    pub heartbeat: Duration,
    pub server: ServerLimits,
}

impl Default for PageLimits {
    fn default() -> Self {
        Self {
            documents: Ring::<()>::MAX_ITEMS,
            bytes: Ring::<()>::MAX_BYTES,
            heartbeat: Duration::from_secs(10),
            server: ServerLimits::default(),
        }
    }
}

/// What a page consists of.
#[derive(Debug)]
pub struct PageContent {
    /// `{nonce}` marks its script and its style, which contain `{script}` and `{style}`: what all pages share.
    pub html: &'static str,
    /// A JSON document about what the page shows.
    pub about: String,
    /// What the page can do beyond showing documents.
    pub actions: Router,
}

/// Serves a page, until it is dropped.
pub struct Page {
    address: SocketAddr,
    token: String,
    buffer: Arc<Buffer>,
    _server: Server,
}

#[derive(Clone)]
struct Site {
    html: Arc<str>,
    about: Arc<str>,
    buffer: Arc<Buffer>,
    heartbeat: Duration,
}

impl Page {
    /// Starts to serve on this port of `127.0.0.1`, a free one for 0, on a thread called `name`.
    pub fn start(name: &str, port: u16, content: PageContent, limits: PageLimits) -> io::Result<Self> {
        let listeners =
            Listeners::bind(Some(Ipv4Addr::LOCALHOST.into()), port).map_err(|error| error.source)?;
        let address = listeners.address();
        let (access, token) = AccessControl::new(address.port())?;
        let buffer = Arc::new(Buffer::new(limits.documents, limits.bytes));
        let site = Site {
            html: content.html.replace("{style}", STYLE).replace("{script}", SCRIPT).into(),
            about: content.about.into(),
            buffer: Arc::clone(&buffer),
            heartbeat: limits.heartbeat,
        };
        let router = Router::new()
            .route("/", get(html))
            .route("/documents", get(documents))
            .route("/events", get(events))
            .with_state(site)
            .merge(content.actions)
            .layer(from_fn_with_state(Arc::new(access), check_access))
            .layer(map_response(protect));
        let server = Server::start(name, listeners, router, limits.server)?;
        Ok(Self { address, token, buffer, _server: server })
    }

    /// The URL to open in a browser. The token follows the `#`: browsers do not send that part.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.address, self.token)
    }

    /// Shows a JSON document on one line.
    pub fn publish(&self, document: String) {
        self.buffer.push(document.into());
    }
}

/// Shows the port, not the token.
impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn check_access(
    State(access): State<Arc<AccessControl>>,
    request: Request,
    next: middleware::Next,
) -> Result<Response, Denial> {
    let (head, body) = request.into_parts();
    access.check(&head)?;
    Ok(next.run(Request::from_parts(head, body)).await)
}

/// No response is sniffed, cached, embedded or named in a referrer.
async fn protect(mut response: Response) -> Response {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The page may run only what is marked with its nonce, and connect only to its own server.
async fn html(State(site): State<Site>) -> Result<impl IntoResponse, Denial> {
    let nonce = random_text::<16>()
        .map_err(|_| deny(StatusCode::INTERNAL_SERVER_ERROR, "no random numbers available"))?;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    Ok(([(CONTENT_SECURITY_POLICY, policy)], Html(site.html.replace("{nonce}", &nonce))))
}

/// All documents: `{"version":1,"about":…,"last":…,"documents":[…]}`.
async fn documents(State(site): State<Site>) -> impl IntoResponse {
    let (documents, last) = site.buffer.all();
    let (about, documents) = (&site.about, documents.join(","));
    let text = format!("{{\"version\":1,\"about\":{about},\"last\":{last},\"documents\":[{documents}]}}");
    ([(CONTENT_TYPE, "application/json")], text)
}

async fn events(State(site): State<Site>, uri: Uri, headers: HeaderMap) -> Result<impl IntoResponse, Denial> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last.or_else(|| uri.query()?.strip_prefix("after=")).unwrap_or("0");
    let after = after
        .parse()
        .map_err(|_| deny(StatusCode::BAD_REQUEST, "`after` must be the number of a document"))?;
    Ok(event_stream(site.buffer, after, site.heartbeat))
}
