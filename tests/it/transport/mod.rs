//! Sending prepared requests to receivers with a script.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the message")]

pub(crate) mod broken;
mod echo;
mod environment;
#[cfg(target_os = "linux")]
mod messages;
mod pooled;
mod proxies;
mod responses;
mod timing;
mod tls;
mod wire;

use std::time::Duration;

use bytes::Bytes;
use hooks::core::delivery::{Exchange, FailureKind, State};
use hooks::core::model::Method;
use hooks::core::request::{PreparedHeader, PreparedRequest};
use hooks::core::secrets::Redactor;
use hooks::io::http::{Options, Proxies, send_once};
use url::Url;

use crate::server::{Server, Step};

const PLAIN: &str = "http://127.0.0.1";
const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// No proxy from the environment.
fn options() -> Options {
    Options { proxy: Proxies::Off, ..Options::default() }
}

/// A short time limit.
fn hasty() -> Options {
    Options { timeout: Duration::from_millis(300), ..options() }
}

/// A POST of a small JSON body, with the headers that every request has.
fn post(url: &str) -> PreparedRequest {
    request(Method::Post, url, &[("content-type", "application/json")], b"{\"a\":1}")
}

fn request(method: Method, url: &str, extra: &[(&str, &str)], body: &[u8]) -> PreparedRequest {
    let url = Url::parse(url).unwrap();
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap()),
        None => url.host_str().unwrap().to_owned(),
    };
    let length = body.len().to_string();
    let mut headers = vec![("host", host.as_str()), ("user-agent", "hooks/0"), ("accept", "*/*")];
    headers.extend(extra);
    headers.push(("content-length", &length));
    PreparedRequest {
        webhook: "test".into(),
        method,
        shown_url: url.as_str().into(),
        url: url.into(),
        headers: headers.into_iter().map(|(name, value)| PreparedHeader::new(name, value, false)).collect(),
        body: Bytes::copy_from_slice(body),
        body_secrets: Vec::new(),
        values: Vec::new(),
        redactor: Redactor::default(),
    }
}

fn send(options: &Options, url: &str) -> Exchange {
    send_once(options, &post(url)).unwrap()
}

/// Sends to a receiver that plays this script; `host` is scheme and host of the URL.
fn send_to(script: impl IntoIterator<Item = Step>, host: &str, options: &Options) -> Exchange {
    send(options, &Server::start(script).url(host, "/"))
}

/// Sends to a receiver that responds with these bytes.
fn responded(response: impl Into<Vec<u8>>) -> Exchange {
    send_to([Step::Read, Step::Write(response.into())], PLAIN, &options())
}

fn failure(exchange: &Exchange) -> Option<FailureKind> {
    let kind = exchange.failure.as_ref().map(|failure| failure.kind);
    assert_eq!(kind.is_none(), exchange.state == State::Delivered, "{exchange:?}");
    kind
}

/// Asserts that it failed in this way, and returns the message.
#[track_caller]
fn assert_failed(exchange: &Exchange, kind: FailureKind, state: State) -> String {
    assert_eq!((failure(exchange), exchange.state), (Some(kind), state), "{exchange:#?}");
    let failure = exchange.failure.as_ref().unwrap();
    format!("{} {}", failure.what, failure.next)
}
